"""Invented facts for letter previews: what happens on an invented case so that a letter is called for."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from ops.previews import assignment_stories
from ops.previews.file_stories import evidence
from ops.previews.passing_stories import PASSING
from ops.previews.told import Told
from shared.bank.organisation import Organisation
from shared.case.late_timers import AUTHORITY_ENDED
from shared.contract.events.base import EventData, Sealed, Versioned
from shared.contract.events.casework import (
    AgentNamed,
    ApprovalGranted,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalRequestWithdrawn,
    CaseClosed,
    CaseNotAccepted,
    CaseReopened,
    CaseWithdrawn,
    CustomerContacted,
    DecisionMade,
    HandlerReassigned,
    OverrunReasonReported,
    ResultReported,
    SettlementDenied,
)
from shared.contract.events.casework import SettledOnTheSpot as Settled
from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.intake import (
    ComplaintReceived,
    ReceiptAdded,
    SealedComplainant,
    SealedGroupPerson,
    SealedOnBehalfOf,
)
from shared.contract.events.notify import MessageFailed
from shared.contract.events.routing import CaseEscalated, CaseRerouted, DutiesAdded, RoutingFellBack
from shared.contract.events.settlement import SealedSettlement
from shared.contract.events.sla import BoxReviewMissed, ClockBreached, ClockRecomputed, ClockWarned, TargetPassed
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged
from shared.contract.ids import duty_id, event_id

ADDRESS_LINES = "示例市示例区示例路3号4幢501室\n000000"
EMAIL, ADDRESS = {"email": "customer@customer.example"}, {"address": ADDRESS_LINES}


def receipt(
    organisation: Organisation, reason: str | None, language: str, reached: dict[str, str], at: datetime
) -> ComplaintReceived:
    """A call about the first unit that can be complained about, by a customer who can be reached in this way."""
    told = Told(organisation, (), language, at)
    unit = next((u for u in organisation.units.values() if u.kind in ("department", "outlet")), None)
    unit = unit or next(iter(organisation.units.values()))
    where = {way: Sealed(label=way, box=text) for way, text in reached.items()}
    return ComplaintReceived.model_validate(
        {
            "case_number": "20260305-0000000001-1",
            "channel": "phone",
            "submitter": "channel:preview",
            "received_at": at,
            "received_by": {"unit": unit.parent or unit.id},
            "first_received": {"at": at, "unit": unit.parent or unit.id},
            "origin": {},
            "anonymous": False,
            "reachable_by": ["email" if "email" in reached else "post"],
            "language": language,
            "complainant": {"name": told.said("name"), **where},
            "matter": {
                "narrative": told.said("narrative"),
                "request": told.said("request"),
                "reason": reason,
                "complained_unit": unit.id,
            },
            "details": {},
            "fingerprint": "preview",
        }
    )


def for_somebody_else(call: ComplaintReceived) -> ComplaintReceived:
    """The same call, by somebody who says that he is the customer's proxy."""
    who = call.complainant or SealedComplainant()
    behalf = SealedOnBehalfOf(name=Sealed(label="customer", box="乙某"), relation="proxy", authority="claimed")
    return call.model_copy(update={"complainant": who.model_copy(update={"on_behalf_of": behalf})})


def wants_a_call(call: ComplaintReceived) -> ComplaintReceived:
    """The same call, by a customer who wants to be rung first."""
    who = call.complainant or SealedComplainant()
    wishes = {"prefers": "phone", "phone": Sealed(label="phone", box="0000-5550199")}
    return call.model_copy(update={"complainant": who.model_copy(update=wishes)})


def _clock(told: Told, milestone: str = "reply") -> dict[str, Any]:
    """What every fact about a clock says of it."""
    started = next(e.data for e in told.events if e.name == "ClockStarted" and e.data["milestone"] == milestone)
    deadline = started["deadline"]
    return {"clock_id": started["clock_id"], "milestone": milestone} | {
        name: deadline[name] for name in ("due_on", "due_at")
    }


def _warned(told: Told) -> EventData:
    return ClockWarned.model_validate(_clock(told) | {"warning": "day_before_due"})


def _passed(told: Told) -> EventData:
    return TargetPassed.model_validate(_clock(told) | {"target_on": told.at.date()})


def _breached(told: Told) -> EventData:
    return ClockBreached.model_validate(_clock(told) | {"duties_opened": []})


def _duty_warned(told: Told) -> EventData:
    """The customer has to be called soon."""
    duty = _duty(told, "contact_customer")
    return ClockWarned.model_validate(_clock(told, "contact_customer") | {"warning": "day_of_due", "duty_id": duty})


def _duty_breached(told: Told) -> EventData:
    """The handler did not take the case over in time."""
    more = {"duty_id": _duty(told, "accept_handover"), "duties_opened": []}
    return ClockBreached.model_validate(_clock(told, "accept_handover") | more)


def _duty(told: Told, kind: str) -> str:
    return next(str(d["id"]) for d in told.last("CaseRouted")["duties_opened"] if d["kind"] == kind)


def _reassigned(told: Told) -> EventData:
    return HandlerReassigned(handler=told.somebody_else(), ground=told.said("request"))


def _escalated(told: Told) -> EventData:
    version = told.last("CaseRouted")["decision"]["organisation"]
    return CaseEscalated(
        mode="takes_over", rung="deputy_president", to=told.somebody_else(), ground="requested", organisation=version
    )


def decided(told: Told) -> EventData:
    """The handler decided, and offers an apology and a refund."""
    refund = {"kind": "refund", "amount_minor": 5000, "currency": "CNY", "words": told.said("refund")}
    return DecisionMade.model_validate(
        {
            "outcome": "partly_upheld",
            "findings": told.said("findings"),
            "grounds": told.said("grounds"),
            "decision": told.said("decision"),
            "remedies_offered": [{"kind": "apology"}, refund],
            "remedies_open": ["review", "mediation", "arbitration", "litigation"],
        }
    )


def settlement(told: Told) -> SealedSettlement:
    """Everything that a settlement on the spot says."""
    refund = {"kind": "refund", "amount_minor": 5000, "currency": "CNY", "words": told.said("refund")}
    said = {
        "findings": told.said("findings"),
        "remedy": refund,
        "words": told.said("agreed"),
        "customer_agreed": True,
        "agreed_proof": told.said("agreed"),
        "satisfaction": {"value": "satisfied"},
        "lessons_and_measures": told.said("lessons"),
        "treatment_of_persons": told.said("treatment"),
        "handler_and_phone": told.said("handler"),
        "remedies_told": True,
    }
    return SealedSettlement.model_validate(said)


def _settled(told: Told) -> EventData:
    return Settled(settlement=settlement(told))


def _denied(told: Told) -> EventData:
    return SettlementDenied(ground=told.said("denial"))


def _reported(told: Told) -> EventData:
    return ResultReported(
        cause_and_findings=told.said("cause"),
        treatment_of_persons=told.said("treatment"),
        lessons_and_measures=told.said("lessons"),
        satisfaction="mostly_satisfied",
        handled_at=told.at,
        handler_and_phone=told.said("handler"),
        copy_to=tuple(told.organisation.units)[-1:],
    )


def _not_accepted(told: Told) -> EventData:
    approver = told.somebody_else().person
    return CaseNotAccepted.model_validate(
        {"ground": "not_this_bank", "signpost": told.said("signpost"), "approved_by": approver}
    )


def _authority_refused(told: Told) -> EventData:
    return AuthorityChecked(authority="not_proved")


def _proved_until(told: Told) -> EventData:
    return AuthorityChecked(authority="proved", until=told.at.date(), ends_at=told.at)


def _authority_over(told: Told) -> EventData:
    return DutiesAdded(reason=AUTHORITY_ENDED, duties_opened=())


def _speakers_changed(told: Told) -> EventData:
    """A lawyer takes the place of who spoke before, and has yet to prove that he may."""
    lawyer = SealedGroupPerson(name=Sealed(label="lawyer", box="丙某"))
    said = {"removed": [told.said("name")], "proxy": lawyer, "relation": "lawyer", "authority": "claimed"}
    return RepresentativeChanged.model_validate(said)


def _closed(told: Told) -> EventData:
    return CaseClosed()


def _reopened(told: Told) -> EventData:
    return CaseReopened(ground=told.said("request"), received_at=told.at)


def _received_again(told: Told) -> EventData:
    """The same by letter, passed on by a body."""
    first = told.events[0].data
    said = {name: first[name] for name in ("received_by", "matter", "complainant", "reachable_by", "fingerprint")}
    again = {"receipt_id": "again", "channel": "letter", "received_at": told.at, "anonymous": False}
    return ReceiptAdded.model_validate(said | again | {"origin": {"kind": "consumer_body", "body": "消费者协会"}})


def _withdrawn(told: Told) -> EventData:
    return CaseWithdrawn(received_at=told.at, way="letter")


def _agent_named(told: Told) -> EventData:
    person = told.somebody_else().person
    return AgentNamed.model_validate({"agent": person, "ground": told.said("request")})


def contacted(told: Told) -> EventData:
    """Somebody spoke with the customer."""
    return CustomerContacted(way="phone", points=told.said("narrative"), outcome="reached")


def _corrected(told: Told) -> EventData:
    """The customer's address was taken down wrongly, and a letter went there."""
    sent = [event.data["message_id"] for event in told.events if event.name == "MessageSent"]
    said = {"pointer": "/complainant/email", "value": told.said("refund"), "ground": told.said("request")}
    return ReceiptCorrected.model_validate(said | {"went_wrong": sent[:1]})


def _overrun_reported(told: Told) -> EventData:
    return OverrunReasonReported(reason=told.said("grounds"))


def _answer_owed(told: Told, request_of: str) -> dict[str, Any]:
    """The duty of the handler to answer the request that a fact of this name makes."""
    case, handler = told.events[0].subject, told.handler()
    request = event_id("casework", case, request_of, 0)
    debtor = {"unit": handler.unit, "post": "unit_head", "person": handler.person}
    id_ = duty_id(request, "approve", request)
    return {"id": id_, "kind": "approve", "debtor": debtor, "creditor": None, "level": request}


def _approval_asked(told: Told, fact: str = "story") -> EventData:
    """Somebody asks the handler to approve that the complaint is not accepted."""
    duty = _answer_owed(told, fact)
    body = {
        "ground": "not_this_bank",
        "remedies_offered": [{"kind": "refund", "amount_minor": 5000, "currency": "CNY"}],
    }
    asked = {"act": "decide", "body": body, "approvers": [duty["debtor"]["person"]], "duties_opened": [duty]}
    return ApprovalRequested.model_validate(asked)


def _approved(told: Told) -> EventData:
    return ApprovalGranted(approval="request", act="not-accept", asked_by=str(told.handler().person))


def _not_approved(told: Told) -> EventData:
    return ApprovalRefused(
        approval="request", act="not-accept", asked_by=str(told.handler().person), ground=told.said("grounds")
    )


def _taken_back(told: Told) -> EventData:
    """Who asked the handler for an approval takes the request back."""
    duty = _answer_owed(told, "before")
    over = {"id": duty["id"], "kind": duty["kind"], "state": "waived", "reason": "taken_back"}
    said = {"approval": duty["level"], "act": "decide", "ground": told.said("grounds"), "duties_ended": [over]}
    return ApprovalRequestWithdrawn.model_validate(said)


def _moved_on(told: Told) -> EventData:
    """What the handler was asked to approve is asked of somebody else."""
    duty, somebody = _answer_owed(told, "before"), told.somebody_else()
    over = {"id": duty["id"], "kind": duty["kind"], "state": "waived", "reason": "rerouted"}
    debtor = {"unit": somebody.unit, "post": "unit_head", "person": somebody.person}
    anew = duty | {"id": "anew", "debtor": debtor}
    said = {"ground": "organisation_changed", "decision": told.last("CaseRouted")["decision"]}
    return CaseRerouted.model_validate(said | {"duties_opened": [anew], "duties_ended": [over]})


def _letter_failed(told: Told) -> EventData:
    started = told.last("MessageSendStarted")
    kept = ("message_id", "kind", "duty_id", "recipient", "way", "smtp_message_id")
    said = {name: started[name] for name in kept}
    return MessageFailed.model_validate(said | {"code": 550, "reason": "refused_by_mail_server"})


def _moved(told: Told) -> EventData:
    """The complaint is classified anew, so that it may take a week longer."""
    clock = next(e.data for e in reversed(told.events) if e.name == "ClockStarted" and e.data["duty_id"] is None)
    week, deadline = timedelta(days=7), clock["deadline"]
    later = {
        "due_on": date.fromisoformat(deadline["due_on"]) + week,
        "due_at": datetime.fromisoformat(deadline["due_at"]) + week,
    }
    moved = {
        "clock_id": clock["clock_id"],
        "milestone": "reply",
        "ground": "reclassified",
        "deadline": deadline | later,
    }
    return ClockRecomputed.model_validate(moved)


def _fell_back(told: Told) -> EventData:
    return RoutingFellBack(unit=told.handler().unit, reason="nobody_eligible")


def _box_not_reviewed(told: Told) -> EventData:
    day, closed = told.at.date(), told.at
    return BoxReviewMissed(
        unit=told.handler().unit, date=day, due_at=closed, calendar=Versioned(id="cn", version="invented")
    )


BEFORE: dict[str, Callable[[Told], EventData]] = {
    "suggestion_answer": lambda told: assignment_stories.suggested(told, "before"),
    "level_report": _reported, "body_answer": decided, "reopening_proposal": _closed, "reopened_notice": _reopened,
    "reopening_confirmation": _reopened, "limit_notice": _reopened,
    "approval_withdrawn": lambda told: _approval_asked(told, "before"), "authority_ended": _proved_until,
    "duty_over_notice": lambda told: _approval_asked(told, "before"),
}  # fmt: skip
"""What has to have happened before a letter can be called for at all."""
ONLY = {"duty_over_notice": _moved_on}
"""By which story a letter is shown that many facts can call for."""
STORIES: tuple[Callable[[Told], EventData], ...] = (
    _warned, _passed, _breached, _duty_warned, _duty_breached, _reassigned, _escalated, decided, _reported, _settled,
    _denied, _authority_refused, _speakers_changed,
    _not_accepted, _closed, _reopened, _received_again, _withdrawn, _agent_named, contacted, evidence,
    _corrected, _overrun_reported, _approval_asked, _approved, _not_approved, _taken_back, _letter_failed, _moved,
    _fell_back, _box_not_reviewed, *assignment_stories.STORIES, *PASSING, _authority_over,
)  # fmt: skip
"""What can happen on the case after its first letters: a letter is shown by the first of these that calls for it."""
