"""Commands read up to an end that is there, and do not wait for ever for brokers that bring nothing any more."""

from dataclasses import dataclass, field

import pytest

from ops.local.reading import batches
from shared.contract.records import Record
from shared.errors import BrokersSilent
from shared.log.silence import Silence


@dataclass
class Brought:
    """A reader that brings what a test says, and then nothing."""

    left: list[list[Record]]
    at: int = 0
    asked: list[float] = field(default_factory=list)

    async def batch(self, wait_seconds: float) -> list[Record]:
        """The next of them."""
        self.asked.append(wait_seconds)
        found = self.left.pop(0) if self.left else []
        self.at = found[-1].offset + 1 if found else self.at
        return found

    async def position(self) -> int:
        """Where the next one lies."""
        return self.at

    async def stop(self) -> None:
        """Nothing is held."""


def record(offset: int) -> Record:
    """A record at a place."""
    return Record(0, offset, "case", b"", {})


async def test_what_lies_before_the_end_is_read_and_nothing_behind_it() -> None:
    """A batch may bring more than was asked for; one that brings nothing is no end."""
    reader = Brought([[record(0)], [], [record(2), record(3)]])

    found = [(records, at) async for records, at in batches(reader, 3)]

    assert [([record(0)], 1), ([], 1), ([record(2)], 4)] == found


async def test_brokers_that_bring_nothing_any_more_are_given_up() -> None:
    """They are frozen, perhaps for ever."""
    left = batches(Brought([[record(0)]]), 3, silent_seconds=0.0)

    assert ([record(0)], 1) == await anext(left)
    with pytest.raises(BrokersSilent, match="redress status"):
        await anext(left)


def test_only_waiting_counts_and_only_since_something_came() -> None:
    """What is done with records between two batches may take as long as it likes."""
    silence = Silence(2.0)
    for further in (False, False, True, False, False):
        silence.after(1.0, further=further)

    with pytest.raises(BrokersSilent):
        silence.after(1.0, further=False)
