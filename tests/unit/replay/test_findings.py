"""How an event of the log differs from what is decided now, and how what was found is counted."""

import pytest

from ops.replay.findings import DifferingField, Findings, Row, differing
from shared.contract.envelope import Event
from tests.support.facts import NOW, event, receipt

LOGGED = event(receipt())


def with_data(**changes: object) -> Event:
    """The same event saying something else."""
    return LOGGED._replace(data=LOGGED.data | changes)


def test_equal_events_differ_in_nothing() -> None:
    """Also if they are not the same objects."""
    again = with_data()
    assert [] == differing(LOGGED, again, LOGGED.data)


def test_fields_are_named_by_their_pointers() -> None:
    """However deep they lie; of the envelope what a decision says."""
    again = with_data(channel="mail", matter=LOGGED.data["matter"] | {"reason": None})._replace(actor="service:other")

    assert [
        DifferingField("/actor", "service:test", "service:other"),
        DifferingField("/data/channel", "phone", "mail"),
        DifferingField("/data/matter/reason", "service_attitude", None),
    ] == differing(LOGGED, again, LOGGED.data)


def test_lists_of_one_length_are_compared_one_by_one() -> None:
    """And those of different lengths as they are."""
    assert [DifferingField("/data/reachable_by/0", "email", "sms")] == differing(
        LOGGED, with_data(reachable_by=["sms"]), LOGGED.data
    )
    assert [DifferingField("/data/reachable_by", ["email"], [])] == differing(
        LOGGED, with_data(reachable_by=[]), LOGGED.data
    )


def test_what_an_upcaster_filled_in_is_not_compared() -> None:
    """Nobody decided it: the code of that time did not know the field."""
    stored = {name: value for name, value in LOGGED.data.items() if name != "language"}
    assert [] == differing(LOGGED, with_data(language="en"), stored)
    assert [DifferingField("/data/channel", "phone", "mail")] == differing(LOGGED, with_data(channel="mail"), stored)


@pytest.mark.parametrize("told_of", [0, 1, 5])
def test_only_so_many_differences_are_listed_and_all_are_counted(told_of: int) -> None:
    """Those of several partitions together."""
    total, part = Findings(told_of), Findings(told_of)
    for _ in range(2):
        part.tell("different", LOGGED, "dongqiao")
    part.count("same", LOGGED, "dongqiao")
    total.add(part)
    total.add(part)

    assert (min(told_of, 4), 4) == (len(total.differences), len(total.differences) + total.untold)
    assert [Row("intake", "ComplaintReceived", "dongqiao", 2, 4, 0, 0)] == total.rows()
    assert (2, 4) == (total.total("same"), total.total("different", "new", "missing"))
    assert NOW.isoformat() == LOGGED.recordedtime
