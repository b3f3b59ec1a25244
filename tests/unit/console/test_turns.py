"""Long answers let others work in between: what is made of many rows is made in turns."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from services.console.projection.case_as_of import case_as_of
from services.console.projection.projected_case import BatchRows, ProjectedCase
from shared.contract import refusal_words
from shared.contract.records import Record
from shared.process import pace
from shared.web import problems
from tests.support.console_stories import Story


def rows() -> list[dict[str, Any]]:
    """The events of a handled case, as the database holds them."""
    story, batch = Story(1).clock().handled(), BatchRows()
    case = ProjectedCase(story.id, 0)
    for offset, out in enumerate(story.records()):
        case.take(Record(0, offset, story.id, out.value, dict(out.headers)), batch)
    return list(batch.events)


async def test_others_work_while_a_case_is_folded_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each of its events, if that took long: a case may have any number of them."""
    monkeypatch.setattr(pace, "SLICE_SECONDS", 0)
    events, turns = rows(), 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(another())
    known = await case_as_of({"case_id": events[0]["case_id"], "partition": 0}, events)
    task.cancel()

    assert known is not None
    assert len(events) <= turns


def test_the_words_of_refusals_are_read_before_anybody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading them takes a while, for which the first who is refused made everybody wait."""
    refusal_words.read.cache_clear()
    problems.install(FastAPI())

    assert 1 == refusal_words.read.cache_info().currsize
