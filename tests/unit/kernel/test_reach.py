"""A process knows whether what it knows of the log is still what is there."""

from collections.abc import Mapping

from shared.log.reach import LogReach


class World:
    """Brokers, a reader's positions and a clock, moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.at = {0: 0, 1: 0}
        self.reach = LogReach(self.ends, lambda: self.at, away_seconds=5, behind_seconds=30, now=lambda: self.now)

    async def ends(self) -> Mapping[int, int]:
        """Never asked here."""
        raise AssertionError

    def told(self, *ends: int) -> bool:
        """The brokers tell these ends; whether the log is within reach then."""
        self.reach.heard(dict(enumerate(ends)))
        return self.reach.reached()

    def later(self, seconds: float) -> bool:
        """Time passes; whether the log is within reach then."""
        self.now += seconds
        return self.reach.reached()


def test_nothing_is_known_before_the_brokers_have_answered_and_the_end_is_reached() -> None:
    """Not even that a case is unknown."""
    world = World()

    assert not world.reach.reached()
    assert not world.told(3, 0)
    world.at = {0: 3, 1: 0}
    assert world.told(3, 0)


def test_a_log_that_grows_stays_within_reach_while_its_reader_keeps_up() -> None:
    """One that does not get to an end within the bound knows an old state."""
    world = World()
    assert world.told(0, 0)
    for _ in range(7):
        world.later(4)
        assert world.told(9, 9)
    world.later(4)
    world.told(9, 9)
    world.later(4)

    assert not world.told(9, 9)
    world.at = {0: 9, 1: 9}
    assert world.told(9, 9)


def test_brokers_that_fall_silent_are_lost_until_what_was_written_meanwhile_is_read() -> None:
    """They are back before what they hold is known."""
    world = World()
    assert world.told(0, 0)
    assert world.later(5)
    assert not world.later(1)
    assert not world.told(4, 0)
    world.later(2)
    assert not world.told(4, 0)
    world.at = {0: 4, 1: 0}
    assert world.told(4, 0)


def test_a_partition_that_is_read_elsewhere_counts_for_nothing() -> None:
    """A worker owns some."""
    world = World()
    world.at = {1: 0}

    assert world.told(100, 0)


def test_a_process_says_how_far_it_lags_behind_in_records_and_in_time() -> None:
    """Time counts from when an end was seen that it has not reached; the records are those up to the last end."""
    world = World()
    world.told(0, 0)
    at_first = world.reach.behind()
    world.later(2)
    world.told(5, 3)
    world.later(2)
    world.told(9, 3)
    world.later(1)
    lagging = world.reach.behind()
    world.at = {0: 9, 1: 3}
    world.told(9, 3)

    assert (0, 0.0) == at_first
    assert (12, 3.0) == lagging
    assert (0, 0.0) == world.reach.behind()


def test_a_process_that_reaches_no_broker_lags_by_time_alone() -> None:
    """It cannot know what is there: since the last answer, or since it began to ask."""
    never, lost = World(), World()
    never.later(7)
    lost.told(0, 0)
    lost.later(9)

    assert (0, 7.0) == never.reach.behind()
    assert (0, 9.0) == lost.reach.behind()
