"""The queue of one source: what is ready, in order, whatever was laid aside, brought back and taken out meanwhile."""

from typing import NamedTuple

from hypothesis import given as for_all
from hypothesis import strategies as st

from shared.kernel.work_queue import WorkQueue


class Row(NamedTuple):
    """A trigger of a case; its number is its place."""

    case: str
    id: str
    number: int


cases = st.sampled_from(["a", "b", "c"])
steps = st.one_of(
    st.tuples(st.just("add"), cases, st.integers(0, 20)),
    st.tuples(st.just("discard"), cases, st.integers(0, 20)),
    st.tuples(st.just("lay_aside"), cases, st.just(0)),
    st.tuples(st.just("bring_back"), cases, st.just(0)),
)


@for_all(st.lists(steps, max_size=60), st.booleans())
def test_what_is_ready_is_what_does_not_wait_in_order(todo: list[tuple[str, str, int]], sort: bool) -> None:
    """Held against a list that is walked every time."""
    queue: WorkQueue[Row] = WorkQueue(order=(lambda row: row.number) if sort else None)
    rows: list[Row] = []
    aside: set[str] = set()
    for what, case, number in todo:
        row = Row(case, f"{case}{number}", number)
        if what == "add":
            queue.add(row)
            rows += [row] if row not in rows else []
        elif what == "discard":
            queue.discard(case, row.id)
            there, rows = row in rows, [one for one in rows if one != row]
            aside -= {case} if there and case not in {one.case for one in rows} else set()
        elif what == "lay_aside":
            queue.lay_aside(case)
            aside.add(case)
        else:
            queue.bring_back(case)
            aside.discard(case)
        ready = [one for one in rows if one.case not in aside]
        found = list(queue.ready())
        assert sorted(ready) == sorted(found)
        if not sort:
            assert ready == found
        assert len(rows) == len(queue) == len(list(queue.values()))
        assert bool(ready) == queue.has_ready


@for_all(st.lists(cases, min_size=1, max_size=40), st.lists(cases, max_size=10))
def test_what_comes_back_takes_its_old_place(arrivals: list[str], waits: list[str]) -> None:
    """However often its case waited in between."""
    queue: WorkQueue[Row] = WorkQueue()
    rows = [Row(case, f"{case}{number}", number) for number, case in enumerate(arrivals)]
    for row in rows:
        queue.add(row)
    for case in waits:
        queue.lay_aside(case)
    for case in sorted(set(waits)):
        queue.bring_back(case)

    assert rows == list(queue.ready())


def test_the_oldest_is_the_one_that_came_first_whatever_its_place() -> None:
    """One that is laid aside is no younger for it; where there is none, nothing waits."""
    now = 0.0
    queue: WorkQueue[Row] = WorkQueue(order=lambda row: row.number, now=lambda: now)
    queue.add(Row("a", "a9", 9))
    now = 5.0
    queue.add(Row("b", "b1", 1))
    queue.lay_aside("a")
    now = 8.0
    both = queue.oldest_seconds()
    queue.discard("a", "a9")
    one = queue.oldest_seconds()
    queue.discard("b", "b1")

    assert (8.0, 3.0, 0.0) == (both, one, queue.oldest_seconds())
