"""No time in the log stops a clock: what nobody can mean is counted within reach, and said to be provisional."""

from datetime import date, datetime, timedelta

import pytest

from shared.contract.events.casework import CustomerContacted, CustomerReplied
from shared.contract.events.sla import ClockBreached, ClockStarted
from tests.support.sla_case import SlaCase, at, names, said

ABSURD = [
    "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59+00:00", "9999-12-31T00:00:00+14:00", "2200-01-01T00:00:00Z",
    "2021-03-06T11:00:01+08:00",
]  # fmt: skip
ANCIENT = ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "1899-12-31T00:00:00Z", "1999-12-31T10:00:00+08:00"]


def promised(until: str) -> SlaCase:
    """A case on which the log holds a promise for a time that no door would take any more."""
    case = SlaCase()
    case.did(
        CustomerContacted,
        at("05 11:00"),
        ends=["contact_customer"],
        opens=["promise"],
        promised_at=datetime.fromisoformat(until),
    )
    return case


@pytest.mark.parametrize("until", ABSURD)
def test_a_promise_beyond_a_year_falls_due_after_a_year(until: str) -> None:
    """Provisional, and breached then if nobody called: it does not wait for ever."""
    case = promised(until)
    (clock,) = case.clocks("promise")
    due_at = datetime.fromisoformat(clock["due_at"])

    assert at("05 11:00") + timedelta(days=366) == due_at
    assert clock["provisional"]
    breach = said(case.advance(due_at), ClockBreached, "promise")
    assert due_at == breach.due_at


@pytest.mark.parametrize("until", ABSURD)
def test_the_case_goes_on_beside_such_a_promise(until: str) -> None:
    """The bank's own clock runs, is met, and the promise with it."""
    case = promised(until)
    facts = case.did(CustomerReplied, at("06 10:00"), ends=["reply_customer", "promise", "report_result"])

    assert [("ClockMet", "promise"), ("ClockMet", "reply")] == sorted(names(facts))


@pytest.mark.parametrize("received", ANCIENT)
def test_a_receipt_of_before_the_first_pack_counts_by_the_first_one(received: str) -> None:
    """By weekdays, provisional, and missed at once: somebody hears of it."""
    case = SlaCase(first_received={"at": datetime.fromisoformat(received), "unit": "dongqiao"})
    (clock,) = case.clocks("reply")

    assert clock["provisional"]
    assert date.fromisoformat(clock["due_on"]).year in (1900, 2000)
    facts = case.fire(*case.due(at("05 12:00")), now=at("05 12:00"))
    assert ("ClockBreached", "reply") in names(facts)


def test_the_clock_of_such_a_receipt_is_started_by_a_fact() -> None:
    """It names the pack that it was counted by."""
    case = SlaCase(first_received={"at": datetime.fromisoformat(ANCIENT[-1]), "unit": "dongqiao"})

    assert case.clocks("reply")
    assert (
        "cn-bank-internal"
        == ClockStarted.model_validate(
            next(one.data for one in case.events if one.name == "ClockStarted" and one.data["duty_id"] is None)
        ).deadline.pack.id
    )
