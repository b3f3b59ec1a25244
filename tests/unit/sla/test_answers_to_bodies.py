"""An answer to a body is due when it asked for it, at the latest with the bank's own limit, and moves with that."""

from typing import Any

import pytest

from shared.contract.events.casework import ComplaintClassified
from shared.contract.events.sla import ClockRecomputed
from tests.support.facts import SEALED
from tests.support.sla_case import SlaCase, at

BODY: dict[str, Any] = {"kind": "regulator", "body": "某监管局"}
OWED = "answer_transferring_body"


def dues(case: SlaCase) -> list[str]:
    """The last days of the answers' clocks."""
    return [clock.terms.due_on for clock in case.state.clocks if clock.terms.kind == OWED]


@pytest.mark.parametrize(
    ("asked", "due_on"),
    [("2020-03-09", "2020-03-09"), ("2020-04-09", "2020-03-10"), (None, "2020-03-10"), ("2020-03-01", "2020-03-10")],
)
def test_it_is_due_with_the_earlier_of_both_dates(asked: str | None, due_on: str) -> None:
    """The body's and the bank's; a date that had passed when the complaint came is chased by nobody."""
    assert [due_on] == dues(SlaCase(origin=BODY | {"reply_due_on": asked}))


@pytest.mark.parametrize("asked", ["2020-03-12", None])
def test_it_moves_with_the_banks_own_limit(asked: str | None) -> None:
    """Up to the day that the body asked for."""
    case = SlaCase(origin=BODY | {"reply_due_on": asked})
    said = case.tell(case.act(ComplaintClassified, at("06 10:00"), reason="violation", ground=SEALED))
    moved = [fact.deadline.due_on.isoformat() for fact in said if isinstance(fact, ClockRecomputed)]

    assert ["2020-03-19", asked or "2020-03-19"] == moved
    assert [asked or "2020-03-19"] == dues(case)


def test_one_that_is_missed_is_moved_no_more() -> None:
    """Also where the timer could not say so yet."""
    case = SlaCase(origin=BODY | {"reply_due_on": "2020-03-05"})
    case.tell(case.act(ComplaintClassified, at("06 10:00"), reason="violation", ground=SEALED))

    assert ["2020-03-05"] == dues(case)
