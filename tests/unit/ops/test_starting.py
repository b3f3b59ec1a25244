"""A start waits for as long as something gets further, says how far, and ends when nothing does."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.local.processes import Child
from ops.local.starting import STILL_SECONDS, Headway, NotReady, Starting


@dataclass
class Clock:
    """A time that a test moves."""

    seconds: float = 0.0

    def __call__(self) -> float:
        """Its seconds."""
        return self.seconds


@dataclass
class Reading(Child):
    """A process that has read so much, and is ready or not, as a test says."""

    read: int = 0
    is_ready: bool = False

    def ready(self) -> bool:
        """As the test says."""
        return self.is_ready

    def records_read(self) -> int:
        """As the test says."""
        return self.read


def reading(name: str) -> Reading:
    """A process that has not begun."""
    return Reading(name, [], {}, Path(f"{name}.log"), 8114)


@pytest.fixture
def clock() -> Clock:
    """A time that stands."""
    return Clock()


def test_who_gets_further_is_waited_for_however_long_it_takes(clock: Clock) -> None:
    """Half an hour for a long log; then it is ready, and the start is over."""
    child, said = reading("sla"), list[str]()
    starting = Starting([child], 1_800_000, said.append, clock)
    for _ in range(1800):
        clock.seconds += 1
        child.read += 1000
        assert not starting.over()
    child.is_ready = True

    assert starting.over()
    assert "starting for 5 s: sla has read 5,000 of 1,800,000 records" in said
    assert "sla: ready after 1800.0 s on port 8114" == said[-1]


def test_one_that_gets_no_further_ends_the_start_and_is_named_with_its_log(clock: Clock) -> None:
    """Also when it begins again and again: it gets no further than before."""
    ready, dying = reading("routing"), reading("sla")
    ready.is_ready, dying.read = True, 500
    starting = Starting([ready, dying], 1000, lambda line: None, clock)
    assert not starting.over()
    clock.seconds += STILL_SECONDS / 2
    dying.read = 0
    assert not starting.over()
    clock.seconds += STILL_SECONDS / 2 + 1
    dying.read = 499

    with pytest.raises(NotReady, match=r"Nothing got further for 60 s\. Not ready: sla \(see sla\.log\)\."):
        starting.over()


def test_one_that_gets_further_keeps_the_others_waited_for(clock: Clock) -> None:
    """A quick one that waits for a slow one is not at fault."""
    headway = Headway(clock)
    for second in range(0, 200, 50):
        clock.seconds = second
        headway.note("slow", second)
        headway.note("waiting", 7)

        assert 0 == headway.still()
    clock.seconds += 10

    assert 10 == headway.still()
