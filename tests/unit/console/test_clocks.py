"""A verdict that was passed is shown for ever, by the console and by the independent reading alike."""

import json
from typing import Any

import pytest

from ops.verify import naive_console
from services.console.projection import clocks
from services.console.projection.clocks import CLOCK_EVENTS, Clocks, ShownClock
from shared.contract.envelope import to_json
from shared.contract.events.casework import CustomerContacted
from shared.contract.events.ending import CaseClosed, CaseReopened, CaseWithdrawn
from shared.contract.events.ownership import HandlerReassigned
from tests.support.sla_case import DUE, REOPENED, SlaCase, at

CONTACT = "contact_customer"


def shown(case: SlaCase) -> dict[str, ShownClock]:
    """The last clock of each milestone, as the console has it."""
    found: Clocks = ()
    for one in case.events:
        found = clocks.evolve(found, one) if one.name in CLOCK_EVENTS else found
    return {clock.milestone: clock for clock in found}


def breached() -> SlaCase:
    """The contact's limit and the bank's own have passed."""
    case = SlaCase()
    case.advance(DUE)
    return case


def reassigned() -> SlaCase:
    """Somebody else of the unit has it then."""
    case = breached()
    case.did(HandlerReassigned, at("11 10:00"), waives=[CONTACT], opens=[CONTACT])
    return case


def withdrawn() -> SlaCase:
    """Nobody owes it any more."""
    case = breached()
    case.did(CaseWithdrawn, at("11 10:00"), waives=[CONTACT, "handle", "reply_customer", "report_result"])
    return case


def reopened() -> SlaCase:
    """Another round began."""
    case = breached()
    case.did(CaseReopened, at("11 10:00"), received_at=at("11 10:00"), waives=REOPENED, opens=REOPENED)
    return case


@pytest.mark.parametrize("went_on", [reassigned, withdrawn, reopened])
def test_a_breach_is_shown_whoever_has_the_case_afterwards(went_on: Any) -> None:
    """Sla's own reading, the console's and the independent one say the same of every clock."""
    case = went_on()
    by_id = {clock["clock_id"]: clock["state"] for clock in case.clocks()}
    found: Clocks = ()
    for one in case.events:
        found = clocks.evolve(found, one) if one.name in CLOCK_EVENTS else found

    assert "breached" == next(clock["state"] for clock in case.clocks(CONTACT))
    assert by_id == {clock.clock_id: clock.state for clock in found}
    assert by_id == {row[0]: row[2] for row in naive_console.clocks([json.loads(to_json(one)) for one in case.events])}


def test_a_breached_clock_that_nobody_owes_any_more_leads_no_case() -> None:
    """It is shown, and waits for nothing."""
    clock = shown(withdrawn())[CONTACT]

    assert ("breached", False) == (clock.state, clock.open)
    assert clock.stopped_at is not None


def test_a_clock_that_was_stopped_and_runs_again_is_shown_to_run() -> None:
    """Archiving was put off while the case was open again."""
    case = SlaCase()
    case.did(CustomerContacted, at("05 11:00"), ends=[CONTACT, "accept_handover", "handle", "reply_customer"])
    case.did(CaseClosed, at("06 12:00"))
    case.did(CaseReopened, at("09 12:00"), received_at=at("09 12:00"), opens=REOPENED[:-1])
    assert "stopped" == shown(case)["archive"].state

    case.did(CaseClosed, at("10 12:00"))
    assert ("running", None) == (shown(case)["archive"].state, shown(case)["archive"].stopped_at)
