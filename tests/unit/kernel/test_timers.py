"""A fold's timers, whatever becomes of them: each is handed out once, none early, none late, in order of due time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given as for_all
from hypothesis import strategies as st

from shared.contract.envelope import Event, outgoing
from shared.contract.records import Record
from shared.kernel.case_timers import CASES_PER_TICK
from shared.kernel.fold import Fold
from shared.kernel.service import Service, Timer
from tests.support.echo import Decider, echo_service, receipt

START = datetime(2020, 1, 1, tzinfo=UTC)
CASES = ("case-0", "case-1", "case-2")


def due(minute: int) -> datetime:
    """So many minutes after the start."""
    return START + timedelta(minutes=minute)


def evolve(state: tuple[int, ...] | None, event: Event) -> tuple[int, ...]:
    """A receipt says which timers its case has from now on."""
    return tuple(event.data["minutes"])


def timers(case: str, state: tuple[int, ...]) -> list[Timer]:
    """One per minute."""
    return [Timer(case, case, "test", due(minute)) for minute in state]


def fresh_fold() -> Fold[Any]:
    """A fold of a service whose cases have the timers that their last receipt says."""
    echo: Service[Any] = echo_service(Decider())
    return Fold(replace(echo, evolve=evolve, timers=timers, reacts_to={}), 0)


minutes = st.integers(min_value=1, max_value=60)
receipts = st.tuples(st.sampled_from(CASES), st.lists(minutes, max_size=4, unique=True))


@for_all(st.lists(st.one_of(receipts, minutes), max_size=30))
def test_every_timer_is_handed_out_once_when_it_is_due(steps: list[tuple[str, list[int]] | int]) -> None:
    """Receipts change the timers of three cases, ticks go forward; compared with looking at every case each time."""
    fold = fresh_fold()
    states: dict[str, list[int]] = {}
    expected: list[str] = []
    now = 0
    for number, step in enumerate(steps):
        if isinstance(step, int):
            now += step
            known = [t for case in states for t in timers(case, tuple(states[case])) if t.due_at <= due(now)]
            ripe = [(t.due_at, t.id) for t in known]
            expected += [id_ for _, id_ in sorted(ripe) if id_ not in expected]
            fold.tick(due(now))
        else:
            case, states[case] = step[0], step[1]
            event = receipt(case, number)._replace(data={"minutes": step[1]})
            made = outgoing(event)
            fold.apply(Record(0, number, case, made.value, dict(made.headers)))
        assert expected == [one.id for one in fold.due.ready()]


def test_timers_that_moved_are_let_go_of_some_at_a_time() -> None:
    """A calendar moves the timers of all cases: who asks for the next one does not wait until all were looked at."""
    fold, looks, cases = fresh_fold(), 0, 5 * CASES_PER_TICK
    for minute in (10, 20):
        for number in range(cases):
            made = outgoing(receipt(f"case-{number}", minute)._replace(data={"minutes": [minute]}))
            fold.apply(Record(0, number, f"case-{number}", made.value, dict(made.headers)))
    first = fold.timers.first

    def counted(case: str, state: Any) -> float | None:
        nonlocal looks
        looks += 1
        return first(case, state)

    fold.timers.first = counted  # type: ignore[method-assign] # counts only
    said = [fold.next_due()]
    looked = looks
    while said[-1] != due(20).timestamp():
        said.append(fold.next_due())

    assert CASES_PER_TICK == looked
    assert said == sorted(said, key=lambda at: at or 0)
    assert due(10).timestamp() == said[0]


def test_a_case_whose_timer_stays_the_same_is_looked_at_once() -> None:
    """However many events a case has, it takes one place in the queue of timers."""
    fold = fresh_fold()
    for number in range(100):
        made = outgoing(receipt("case", number)._replace(data={"minutes": [10]}))
        fold.apply(Record(0, number, "case", made.value, dict(made.headers)))

    assert 1 == len(fold.timers)
