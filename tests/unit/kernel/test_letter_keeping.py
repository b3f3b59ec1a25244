"""What a dead letter seals is kept until somebody has seen to it, whatever time passes, and a year longer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.contract.governance import StepKind, outgoing_step
from shared.contract.letter_standings import Standing
from shared.contract.letters import Fault, sealed_under
from shared.log.dead_letters import DeadLetter
from shared.log.letter_keeping import LetterKeeping
from shared.sealing.vault import KeyDestroyed, WrappedKey
from tests.support.letters import NOW, House, house, step
from tests.support.waiting import until

A_YEAR_LATER = NOW + timedelta(days=365)
FAR = NOW + timedelta(days=36_500)


@pytest.fixture
async def found(tmp_path: Path) -> AsyncIterator[House]:
    """The letters of a service, with a vault."""
    tasks = list[asyncio.Task[Any]]()
    async with house(tmp_path, "intake-inbox", lambda work: tasks.append(asyncio.create_task(work))) as made:
        yield made
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def told(found: House) -> Standing:
    """A letter about a record of the inbox."""
    await found.box.publish(DeadLetter.of("inbox/0:7", "cause", "inbox", Fault("bad", "bad"), b"what somebody wrote"))
    await until(lambda: bool(found.box.standings.by_id))
    return found.only()


async def decided(found: House, one: Standing, kind: StepKind, **more: Any) -> None:
    """A step about it, taken now."""
    number = one.count(kind) + 1
    await found.governance.append([outgoing_step(step(one, kind, number, **more))])
    await until(lambda: one.count(kind) == number)


async def nothing_to_hear() -> None:
    """All that was told is known."""


async def test_what_nobody_has_seen_to_is_kept_for_ever(found: House) -> None:
    """Also while a service was asked and has not answered, and when it answered that it failed."""
    one, keeping = await told(found), LetterKeeping(found.box.standings, found.vault, nothing_to_hear)
    await keeping.look(FAR)
    await decided(found, one, "redrive_asked", who="person:luo.tian")
    await keeping.look(FAR)
    await decided(found, one, "redrive_answered", outcome="failed", reason="bad")
    await keeping.look(FAR)

    assert b"what somebody wrote" == await found.steps.record_of(one.letter)
    assert one.kept_at(FAR)


@pytest.mark.parametrize(
    ("kind", "more"), [("settled", {}), ("discarded", {"who": "person:luo.tian", "approved_by": "person:jin.hao"})]
)
async def test_a_year_after_it_was_resolved_nobody_can_open_it(found: House, kind: StepKind, more: Any) -> None:
    """To the day; what stands in the clear is there as before."""
    one, keeping = await told(found), LetterKeeping(found.box.standings, found.vault, nothing_to_hear)
    await decided(found, one, kind, **more)
    await keeping.look(A_YEAR_LATER - timedelta(seconds=1))
    kept = await found.steps.record_of(one.letter)
    await keeping.look(A_YEAR_LATER)

    assert (b"what somebody wrote", None) == (kept, await found.steps.record_of(one.letter))
    assert not one.kept_at(A_YEAR_LATER)
    with pytest.raises(KeyDestroyed):
        await found.vault.key(sealed_under(one.letter.id))
    assert ("inbox/0:7", "bad") == (one.letter.case_id, one.letter.reason)


async def test_one_that_is_so_once_more_is_kept_again(found: House) -> None:
    """Its year begins when it is resolved the last time."""
    one, keeping = await told(found), LetterKeeping(found.box.standings, found.vault, nothing_to_hear)
    await decided(found, one, "settled")
    await decided(found, one, "reopened")
    await keeping.look(FAR)

    assert await found.steps.record_of(one.letter) is not None


async def test_a_key_that_a_restore_brought_back_goes_again_at_the_next_start(found: House) -> None:
    """A backup of before holds it; whoever destroyed it once has nothing left to do."""
    one = await told(found)
    await decided(found, one, "settled")
    key = sealed_under(one.letter.id)
    store: Any = found.vault._store
    before = await store.get(key)
    with capture_logs() as logs:
        for _ in range(2):
            await LetterKeeping(found.box.standings, found.vault, nothing_to_hear).look(FAR)
    assert ["dead_letter.no_longer_kept"] == [line["event"] for line in logs]
    await store._many("UPDATE case_keys SET wrapped = ? WHERE case_id = ?", [(before, key)])
    await found.vault.key(key)
    await LetterKeeping(found.box.standings, found.vault, nothing_to_hear).look(FAR)

    assert [WrappedKey(key, None)] == await store.page("", 10)
