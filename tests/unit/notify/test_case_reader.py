"""A case is read from the log once, whoever asks for it, and what came since is read when it is asked for again."""

import asyncio
from collections.abc import Sequence

import pytest

from services.notify.sending.case_reader import KEPT_CASES, CaseReader
from shared.contract.envelope import Event, outgoing
from shared.contract.records import Record
from tests.support.facts import event, receipt


class Log:
    """Cases with one event at each of their offsets; remembers what was read."""

    def __init__(self) -> None:
        self.offsets: dict[str, list[int]] = {}
        self.asked: list[tuple[str, list[int]]] = []

    async def records(self, case: str, offsets: Sequence[int]) -> list[Record]:
        """The records, in a moment."""
        self.asked.append((case, list(offsets)))
        await asyncio.sleep(0)
        return [self._record(case, offset) for offset in offsets]

    def _record(self, case: str, offset: int) -> Record:
        out = outgoing(event(receipt())._replace(id=f"{case}-{offset}", subject=case))
        return Record(0, offset, out.key, out.value, dict(out.headers))

    def reader(self) -> CaseReader:
        """A reader on it."""
        return CaseReader(lambda case: self.offsets[case], self.records)


def ids(events: list[Event]) -> list[str]:
    """Their ids."""
    return [one.id for one in events]


async def test_two_letters_of_a_case_read_it_once() -> None:
    """Also when they ask at the same time."""
    log = Log()
    log.offsets["a"] = [3, 4, 9]
    reader = log.reader()
    first, second = await asyncio.gather(reader.read("a"), reader.read("a"))
    third = await reader.read("a")

    assert [["a-3", "a-4", "a-9"]] * 3 == [ids(first), ids(second), ids(third)]
    assert [("a", [3, 4, 9])] == log.asked


async def test_only_what_came_since_is_read_again() -> None:
    """A case grows; its events never change."""
    log = Log()
    log.offsets["a"] = [3]
    reader = log.reader()
    await reader.read("a")
    log.offsets["a"] = [3, 12]
    found = await reader.read("a")

    assert ["a-3", "a-12"] == ids(found)
    assert [("a", [3]), ("a", [12])] == log.asked


async def test_a_case_that_could_not_be_read_is_read_at_the_next_call() -> None:
    """A broker that is away leaves nothing half known."""
    log = Log()
    log.offsets["a"] = [3]
    failures = [OSError("away")]

    async def unsteady(case: str, offsets: Sequence[int]) -> list[Record]:
        if failures:
            raise failures.pop()
        return await log.records(case, offsets)

    reader = CaseReader(lambda case: log.offsets[case], unsteady)
    with pytest.raises(OSError, match="away"):
        await reader.read("a")

    assert ["a-3"] == ids(await reader.read("a"))


async def test_only_the_cases_read_last_are_kept() -> None:
    """Memory stays flat over a year's letters."""
    log = Log()
    cases = [f"case-{n}" for n in range(KEPT_CASES + 1)]
    log.offsets = {case: [1] for case in cases}
    reader = log.reader()
    for case in [*cases, cases[-1], cases[0]]:
        await reader.read(case)

    assert [(case, [1]) for case in [*cases, cases[0]]] == log.asked
