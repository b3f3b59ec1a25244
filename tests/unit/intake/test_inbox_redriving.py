"""A record of the inbox is taken in again from its dead letter, as it was posted, and what comes of it is said once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.intake.inbox import redriving as module
from services.intake.inbox.answers import NotNow, Outcome
from services.intake.inbox.cloud_events import PostedRecord
from services.intake.inbox.redriving import InboxRedriving, inbox_and_place, posted
from shared.contract.letter_standings import Standing
from shared.contract.letters import Fault, sealed_under
from shared.log.dead_letters import LARGEST_RECORD_BYTES, DeadLetter
from shared.process.retrying import Pauses
from tests.support.letters import House, house
from tests.support.waiting import until

RECORD = PostedRecord(1, 7, b"k\xff", b"\x00{}", (("ce_id", b"\xfe"), ("ce_type", None)))


def kept(record: PostedRecord) -> bytes:
    """What a dead letter keeps of a record (``answering``)."""
    text = [None if part is None else part.decode("latin-1") for part in (record.key, record.value)]
    headers = [(name, None if value is None else value.decode("latin-1")) for name, value in record.headers]
    return orjson.dumps({"key": text[0], "value": text[1], "headers": headers})


class Answerer:
    """Answers as it is told to."""

    def __init__(self) -> None:
        self.refused: str | None = None
        self.away = 0
        self.records: list[PostedRecord] = []

    async def ready(self) -> None:
        """It can answer at once."""

    async def attempt(self, record: PostedRecord, tried: int) -> Outcome:
        """Note it, and answer."""
        if self.away:
            self.away -= 1
            raise NotNow
        self.records.append(record)
        problem: dict[str, Any] | None = {"code": self.refused} if self.refused else None
        return Outcome(422 if self.refused else 201, None, problem=problem)


@pytest.fixture
def answerer() -> Answerer:
    """Of the inbox of all."""
    return Answerer()


@pytest.fixture
async def at_work(tmp_path: Path, answerer: Answerer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A house whose inbox redrives."""
    monkeypatch.setattr(module, "PAUSES", Pauses(0.01, 0.02))

    async def heard() -> None:
        """Nothing was told before."""

    tasks = list[asyncio.Task[Any]]()
    async with house(tmp_path, "intake-inbox", lambda work: tasks.append(asyncio.create_task(work))) as found:
        working = InboxRedriving(found.steps, {"": answerer}, heard)
        tasks.append(asyncio.create_task(working.run()))
        yield found
        assert [] == [task for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def told(found: House, place: str, raw: bytes) -> Standing:
    """A dead letter about a record of the inbox."""
    await found.box.publish(DeadLetter.of(place, "cause", "inbox", Fault("bad", "bad"), raw))
    await until(lambda: bool(found.box.standings.by_id))
    return found.only()


async def answered(found: House, one: Standing) -> tuple[str | None, str | None]:
    """Ask for a redrive; outcome and reason."""
    number = one.count("redrive_answered")
    await found.ask(one)
    await until(lambda: one.count("redrive_answered") > number)
    return one.steps[-1].outcome, one.steps[-1].reason


@pytest.mark.parametrize(
    ("case", "expected"),
    [("inbox/0:12", ("", (0, 12))), ("inbox.hotline/3:4", ("hotline", (3, 4))), ("inbox.a.b/1:0", ("a.b", (1, 0)))],
)
def test_a_letter_names_the_inbox_and_the_place(case: str, expected: tuple[str, tuple[int, int]]) -> None:
    """A channel system may have an inbox of its own."""
    assert expected == inbox_and_place(case)


@pytest.mark.parametrize("record", [RECORD, PostedRecord(0, 0, None, None, ())])
def test_a_record_comes_back_as_it_was_posted(record: PostedRecord) -> None:
    """Byte for byte, also what is no text, and what is nothing."""
    assert record == posted((record.partition, record.offset), kept(record))


async def test_a_record_is_refused_again_or_taken_in(at_work: House, answerer: Answerer) -> None:
    """Whatever is away for a moment is waited for, and each redrive is answered once."""
    one = await told(at_work, "inbox/1:7", kept(RECORD))
    answerer.refused = "invalid_submission"
    assert ("failed", "invalid_submission") == await answered(at_work, one)
    answerer.refused, answerer.away = None, 2
    assert ("done", None) == await answered(at_work, one)

    assert [RECORD, RECORD] == answerer.records
    assert 2 == sum(kind == "redrive_answered" for kind, _, _ in at_work.all_steps())


@pytest.mark.parametrize(
    ("place", "raw", "reason"),
    [
        ("inbox/1:7", b"x" * (LARGEST_RECORD_BYTES + 1), "record_not_kept"),
        ("inbox.gone/1:7", kept(RECORD), "no_such_inbox"),
    ],
)
async def test_what_cannot_be_taken_in_at_all_fails_with_its_reason(
    at_work: House, answerer: Answerer, place: str, raw: bytes, reason: str
) -> None:
    """A record that was too large to be kept, an inbox that there is no more."""
    assert ("failed", reason) == await answered(at_work, await told(at_work, place, raw))
    assert [] == answerer.records


async def test_a_record_whose_letter_is_kept_no_longer_fails_with_its_reason(
    at_work: House, answerer: Answerer
) -> None:
    """It was resolved long ago; whoever asks for it again is answered, and not left waiting."""
    one = await told(at_work, "inbox/1:7", kept(RECORD))
    await at_work.vault.destroy(sealed_under(one.letter.id))

    assert ("failed", "record_not_kept") == await answered(at_work, one)
    assert [] == answerer.records
