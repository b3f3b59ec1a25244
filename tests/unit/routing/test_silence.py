"""Silence is noticed: a case that nobody takes on or works on goes to the next above before its limit."""

from datetime import datetime
from typing import Any

import pytest

from services.routing.decisions import SERVICE
from services.sla.decisions import SERVICE as SLA
from shared.contract.envelope import Event
from shared.contract.events import EventData
from shared.contract.events.base import DutyEnded, PersonAt, Sealed
from shared.contract.events.casework import CustomerContacted
from shared.contract.events.ending import CaseClosed, CaseWithdrawn
from shared.contract.events.ownership import HandoverAccepted
from shared.contract.events.routing import CaseEscalated, RoutingFellBack
from shared.contract.events.sla import ClockBreached, ClockWarned
from tests.support.facts import NOW, Given, event, receipt
from tests.support.sla_case import SlaCase, at

SAID = Sealed(label="text", box="AAAA")
DUE: dict[str, Any] = {"clock_id": "c", "due_on": NOW.date(), "due_at": NOW}


class Routed:
    """A routed case to which things happen; routing answers what it owes."""

    def __init__(self, **changes: Any) -> None:
        self.given = Given(SERVICE)
        self._told = 0
        cause = event(receipt(**changes))
        for fact in self.given.when_event(cause):
            self.given.fold(event(fact, cause.id))

    def open(self, kind: str) -> str:
        """The open duty of a kind."""
        return str(self.given.state.core.open_duties(kind)[-1].id)

    def tell(self, data: EventData) -> list[Any]:
        """What routing answers to a fact; its answers are folded."""
        self._told += 1
        one = event(data, f"cause {self._told}")
        if not self.given.owes(one):
            self.given.fold(one)
            return []
        facts = self.given.when_event(one)
        for place, fact in enumerate(facts):
            self.given.fold(event(fact, one.id, place))
        return list(facts)

    def breach(self, kind: str) -> list[Any]:
        """The limit of a duty passed."""
        return self.tell(ClockBreached(milestone=kind, duty_id=self.open(kind), duties_opened=(), **DUE))

    def warn(self, duty_id: str | None = None) -> list[Any]:
        """The limit of the case is near."""
        return self.tell(ClockWarned(milestone="reply", duty_id=duty_id, warning="day_before_due", **DUE))

    def does(self, kind: type[EventData], *ends: str, **data: Any) -> list[Any]:
        """Somebody's act."""
        duties = self.given.state.core.open_duties(*ends) if ends else ()
        ended = tuple(DutyEnded(id=d.id, kind=d.terms.kind, state="discharged") for d in duties)
        return self.tell(kind.model_validate({"duties_ended": ended} | data))


def accepted(case: Routed) -> None:
    """The handler took it over."""
    handler = PersonAt(unit="dongqiao.lending", person="luo.tian")
    case.does(HandoverAccepted, "accept_handover", handler=handler)


def contacted(case: Routed) -> None:
    """The customer was called."""
    case.does(CustomerContacted, "contact_customer", way="phone", points=SAID, outcome="reached")


def test_a_second_silence_goes_to_the_next_above_who_supports() -> None:
    """Neither taken on in four hours nor called within a working day."""
    case = Routed()
    assert [] == case.breach("accept_handover")
    (fact,) = case.breach("contact_customer")

    assert isinstance(fact, CaseEscalated)
    assert ("supports", "silence") == (fact.mode, fact.ground)
    assert fact.to.person not in ("luo.tian", "lin.fang")
    assert ((), ()) == (fact.duties_opened, fact.duties_ended)


def test_two_silences_more_go_one_further() -> None:
    """Those that went up are not counted twice."""
    case = Routed()
    case.breach("accept_handover")
    (first,) = case.breach("contact_customer")
    assert [] == case.breach("accept_handover")
    (second,) = case.breach("contact_customer")

    assert first.to.person != second.to.person


def test_what_was_done_meanwhile_is_no_silence() -> None:
    """The breach was only said with the act that was late."""
    case = Routed()
    late = case.open("accept_handover")
    accepted(case)
    case.tell(ClockBreached(milestone="accept_handover", duty_id=late, duties_opened=(), **DUE))

    assert [] == case.breach("contact_customer")


def test_other_duties_and_the_cases_own_clock_are_no_silence() -> None:
    """They have reminders of their own."""
    case = Routed(matter={"reason": None})
    case.breach("accept_handover")

    assert [] == case.breach("classify")
    assert [] == case.tell(ClockBreached(milestone="reply", duties_opened=(), **DUE))


def test_a_case_that_nobody_handles_goes_up_when_its_limit_is_near() -> None:
    """The unit was not determined: nobody owes a contact, and the accepting person is reminded."""
    (fact,) = Routed(matter={"complained_unit": None}).warn()

    assert ("supports", "silence") == (fact.mode, fact.ground)


@pytest.mark.parametrize("changes", [{}, {"anonymous": True, "complainant": None, "reachable_by": []}])
def test_a_case_that_nobody_touched_goes_up_when_its_limit_is_near(changes: dict[str, Any]) -> None:
    """Also where nobody can be called, so that no contact is missed; to take it on is not yet to work on it."""
    case = Routed(**changes)
    accepted(case)
    (fact,) = case.warn()

    assert ("supports", "silence") == (fact.mode, fact.ground)
    assert [] == case.warn()


def test_a_case_that_somebody_works_on_stays_where_it_is() -> None:
    """The reminder goes to its handler."""
    case = Routed()
    contacted(case)

    assert [] == case.warn()


def test_a_reminder_of_a_promise_sends_no_case_up() -> None:
    """Only that of the case's own limit does."""
    assert [] == Routed().warn(duty_id="a duty")


@pytest.mark.parametrize("end", [CaseClosed, CaseWithdrawn])
def test_nothing_goes_up_once_it_is_over(end: type[EventData]) -> None:
    """Whatever is still owed."""
    case = Routed()
    case.breach("accept_handover")
    case.does(end, **({"received_at": NOW, "way": "phone"} if end is CaseWithdrawn else {}))

    assert [] == case.breach("contact_customer")
    assert [] == case.warn()


def test_who_is_heard_from_before_routing_answers_ends_the_matter() -> None:
    """Routing was away: what it owed for the silence is let go."""
    case = Routed()
    case.breach("accept_handover")
    missed = ClockBreached(milestone="contact_customer", duty_id=case.open("contact_customer"), duties_opened=(), **DUE)
    asked = event(missed, "away")
    case.given.fold(asked)
    heard = event(CustomerContacted(way="phone", points=SAID, outcome="reached"), "heard")

    assert [asked.id] == list(case.given.discharged(heard))


def test_at_the_top_an_alarm_is_raised_once() -> None:
    """There is nobody further up."""
    case = Routed()
    found: list[Any] = []
    for _ in range(40):
        found += [*case.breach("accept_handover"), *case.breach("contact_customer")]

    assert ["top_reached"] == [fact.reason for fact in found if isinstance(fact, RoutingFellBack)]


def test_on_the_clock_it_happens_before_the_limit() -> None:
    """Received on Thursday at 10, due on Tuesday at midnight: up since the end of Friday."""
    sla = SlaCase()
    sla.advance(at("07 00:00"))
    routing, went_up = Given(SERVICE), list[datetime]()
    for one in sla.events:
        if one.source == "/redress/sla" and routing.state is not None and routing.owes(one):
            went_up.append(_recorded(one))
        routing.fold(one)

    assert SLA.name == "sla"
    assert [at("07 00:00")] == went_up


def _recorded(one: Event) -> datetime:
    return one.recorded_at
