"""The news of a key names just the cases that changed, so that nobody looks at all that wait under it."""

import asyncio

import pytest

from shared.kernel.case_keys import CaseKeys

OWED = "owed"


async def test_the_news_of_a_key_are_the_cases_that_stand_or_stood_under_it_each_once() -> None:
    """A case that leaves the key is news too, one of another key is not, and what was taken is none any more."""
    keys = CaseKeys()
    keys.put("before", (OWED,))
    news = keys.news_of(OWED)
    waiting = asyncio.create_task(news.wait())
    keys.put("another", ("elsewhere",))
    await asyncio.sleep(0)
    nothing_yet = waiting.done()
    for case in ("first", "second", "first"):
        keys.put(case, (OWED,))
    keys.put("before", ())
    await waiting
    taken, again = news.taken(), news.taken()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(news.wait(), 0.01)

    assert not nothing_yet
    assert (["first", "second", "before"], []) == (taken, again)
    assert ["first", "second"] == keys.cases(OWED)
