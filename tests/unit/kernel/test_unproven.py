"""What nobody of this installation wrote is counted exactly, and told one by one so often in an hour."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from shared.contract.records import Record
from shared.log import unproven
from shared.log.unproven import HOUR_SECONDS, MOST_TOLD, Gate, unproven_here
from shared.process import metrics

TOPIC = "complaints.test"


class Clock:
    """A clock that stands where it is put."""

    seconds = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """Nothing was met before."""
    unproven._here.clear()
    unproven._counted.clear()
    yield
    unproven._here.clear()
    unproven._counted.clear()


def gate(clock: Clock) -> Gate:
    """A gate that believes nobody."""
    return Gate(TOPIC, lambda record: "no proof", None, clock)


def record(offset: int, partition: int = 0) -> Record:
    """A record at a place."""
    return Record(partition, offset, "key", b"", {})


def counted() -> float:
    """What the metric says."""
    return float(metrics.UNPROVEN.labels(TOPIC)._value.get())


def test_a_flood_is_told_of_in_bounds_and_an_hour_later_again() -> None:
    """Whoever comes after a flood is told of all the same; the number is exact throughout."""
    clock, told, before = Clock(), list[int](), counted()
    at_door = gate(clock)
    at_door.tell = lambda found, why: told.append(found.offset)
    with capture_logs() as lines:
        for offset in range(100):
            assert not at_door.lets_in(record(offset), 0)
        clock.seconds += HOUR_SECONDS - 1
        at_door.lets_in(record(100), 0)
        clock.seconds += 1
        at_door.lets_in(record(101), 0)

    assert [*range(MOST_TOLD), 101] == told == [line["offset"] for line in lines]
    assert [MOST_TOLD - 1] == [line["offset"] for line in lines if line["last_told"]]
    assert {"records": 102, "last": "0:101", "last_at": "1970-01-01T00:00:00+00:00"} == unproven_here()[TOPIC]
    assert 102 == counted() - before


def test_a_record_that_several_readers_meet_counts_once() -> None:
    """Two indexes of one process read the same partition, each at its own pace, and a third begins anew."""
    clock, before = Clock(), counted()
    first, second = gate(clock), gate(clock)
    for at_door, offset in ((first, 3), (first, 7), (second, 3), (first, 9), (second, 7), (second, 9), (second, 3)):
        assert not at_door.lets_in(record(offset), 0)
    assert not first.lets_in(record(3, partition=1), 0)

    assert 4 == unproven_here()[TOPIC]["records"] == counted() - before


def test_what_is_picked_by_its_place_hides_nothing_that_lies_before_it() -> None:
    """It counts for nothing, and is counted by whoever reads the partition in order."""
    at_door = gate(Clock())

    assert not at_door.would_let_in(record(50), 0)
    assert {} == unproven_here()
    at_door.lets_in(record(4), 0)
    assert 1 == unproven_here()[TOPIC]["records"]
