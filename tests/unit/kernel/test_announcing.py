"""Telling of a fault never holds up the work, whoever is away: it is kept, in bounds, and told later, once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.contract.events.base import Sealed
from shared.contract.letters import Fault
from shared.contract.records import Outgoing, Position, Record
from shared.errors import OutcomeUnknown
from shared.kernel.fold import Fold
from shared.log.dead_letters import HEAD_BYTES, LARGEST_RECORD_BYTES, MOST_KEPT, Announcements, DeadLetterBox
from shared.process.retrying import Pauses
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from shared.sealing.vault import Vault
from tests.support.letters import as_record, house, letter, step
from tests.support.memory_log import MemoryLog
from tests.support.one_session import Bench
from tests.support.waiting import until

TOPIC_TAKES_BYTES = 2**20
WHY = Fault("code", "why")


class Topic(MemoryLog):
    """A topic of dead letters that refuses for a while, and never takes more than Kafka's topics take."""

    def __init__(self, refusals: int = 0) -> None:
        super().__init__()
        self.refusals = refusals

    async def append(self, records: Sequence[Outgoing]) -> list[Position]:
        """Append, or refuse."""
        if self.refusals:
            self.refusals -= 1
            raise OutcomeUnknown
        assert all(len(record.value) < TOPIC_TAKES_BYTES for record in records)
        return await super().append(records)

    def letters(self) -> list[dict[str, Any]]:
        """What it holds."""
        return [orjson.loads(row.value) for rows in self._rows for row in rows if row is not None]


class VaultAway(Vault):
    """A vault that cannot be reached."""

    def __init__(self) -> None:
        """It keeps nothing."""

    async def ensure_key(self, case: str) -> bytes:
        """Fail."""
        raise OSError("connection refused")


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    """A vault."""
    async with open_vault(Settings(data=tmp_path)) as opened:
        yield opened


async def heard() -> None:
    """What was announced before is known at once."""


@asynccontextmanager
async def telling(topic: Topic, vault: Vault) -> AsyncIterator[Announcements]:
    """Announcements at work, with short pauses."""
    told = Announcements(DeadLetterBox(topic, vault, "echo"), "echo", heard, Pauses(0.01, 0.02))
    running = asyncio.create_task(told.run())
    try:
        yield told
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_what_the_topic_refuses_is_told_later_and_once(vault: Vault) -> None:
    """A refusing topic ended the session, and with it the process, again and again."""
    topic = Topic(refusals=5)
    async with telling(topic, vault) as told:
        for _ in range(3):
            told.tell("case", "cause", "poison", WHY, b"")
        told.tell("case", "another", "poison", WHY, b"")
        assert 2 == told.waiting
        await until(lambda: told.waiting == 0)
        told.tell("case", "cause", "poison", WHY, b"")
        assert 0 == told.waiting

    assert ["another", "cause"] == sorted(letter["cause"] for letter in topic.letters())


@pytest.mark.parametrize("size", [0, LARGEST_RECORD_BYTES, LARGEST_RECORD_BYTES + 1, 8 * 2**20])
async def test_a_record_of_any_size_is_told_of_and_a_large_one_by_its_head(vault: Vault, size: int) -> None:
    """Three times as large in base64 as the topic takes, it was refused for ever."""
    topic, raw = Topic(), b"\xff" * size
    async with telling(topic, vault) as told:
        told.tell("case", "0:7", "unreadable", WHY, raw)
        await until(lambda: told.waiting == 0)
    (letter,) = topic.letters()
    whole = size <= LARGEST_RECORD_BYTES
    kept = await vault.open(f"dead-letter/{letter['id']}", Sealed(**letter["record"]))

    assert (size, whole, "0:7") == (letter["record_bytes"], letter["record_whole"], letter["cause"])
    assert (size if whole else HEAD_BYTES) == len(kept)


async def test_what_is_kept_has_a_bound_and_what_is_over_it_is_counted() -> None:
    """A broken deployment makes every record of the log unreadable, while the vault is away."""
    async with telling(Topic(), VaultAway()) as told:
        for number in range(MOST_KEPT + 100):
            told.tell("case", str(number), "unreadable", WHY, b"x" * 50_000)
        assert told.waiting + told.not_kept == MOST_KEPT + 100
        assert told.waiting <= MOST_KEPT
        assert 0 < told.not_kept


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"redress-id": b"ab", "redress-type": b"t", "redress-causation": b"c", "redress-source": b"s"},
        {"redress-id": None, "redress-type": None, "redress-causation": None, "redress-source": None},
        {"redress-id": b"\xff" * 36, "redress-type": b"\xff", "redress-causation": b"\xff", "redress-source": b"\xff"},
    ],
)
def test_a_record_with_whatever_headers_blocks_its_case_only(headers: Any) -> None:
    """Also one whose headers hold nothing at all, which ended the process at every start."""
    fold = Fold(Bench().service, 0)
    fold.apply(Record(0, 0, "case", b"\x00" * 100, headers))

    assert {"case": 0} == fold.blocked
    assert [0] == [record.offset for record, _ in fold.unreadable]


async def test_what_failed_again_before_it_is_known_that_it_was_settled_is_told_again(tmp_path: Path) -> None:
    """A session opens sooner than the topics of letters are read: its case was passed over until the next start."""
    tasks, known = list[asyncio.Task[Any]](), asyncio.Event()
    async with house(tmp_path, "echo", lambda work: tasks.append(asyncio.create_task(work))) as there:
        told = Announcements(there.box, "echo", known.wait)
        tasks.append(asyncio.create_task(told.run()))
        id_ = there.box.id_of("case", "0:7")
        told.tell("case", "0:7", "unreadable", WHY, b"")
        settled = letter(0, "case", "echo", "unreadable", id=id_, cause="0:7")
        there.box.take(as_record(settled.letter))
        there.box.standings.add(step(settled, "settled"))
        known.set()
        await until(lambda: told.waiting == 0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

        assert {id_} == there.box.told_again
        assert [[]] == there.letters._rows
