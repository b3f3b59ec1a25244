"""Invented facts for letter previews: what happens on an invented case so that a letter is called for."""

from collections.abc import Callable
from datetime import datetime

from ops.previews import approval_stories, assignment_stories, clock_stories
from ops.previews.file_stories import evidence
from ops.previews.passing_stories import PASSING
from ops.previews.story_so_far import StorySoFar
from shared.bank.organisation import Organisation
from shared.case.late_timers import AUTHORITY_ENDED
from shared.contract.events.base import EventData, Sealed
from shared.contract.events.casework import (
    CustomerContacted,
    DecisionMade,
    OverrunReasonReported,
    ResultReported,
    SettlementDenied,
)
from shared.contract.events.casework import SettledOnTheSpot as Settled
from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.ending import CaseClosed, CaseNotAccepted, CaseReopened, CaseWithdrawn
from shared.contract.events.intake import (
    ComplaintReceived,
    ReceiptAdded,
    SealedComplainant,
    SealedGroupPerson,
    SealedOnBehalfOf,
)
from shared.contract.events.notify import MessageFailed
from shared.contract.events.ownership import AgentNamed, HandlerReassigned
from shared.contract.events.routing import CaseEscalated, DutiesAdded, RoutingFellBack
from shared.contract.events.settlement import SealedSettlement
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged

ADDRESS_LINES = "示例市示例区示例路3号4幢501室\n000000"
EMAIL, ADDRESS = {"email": "customer@customer.example"}, {"address": ADDRESS_LINES}


def receipt(
    organisation: Organisation, reason: str | None, language: str, reached: dict[str, str], at: datetime
) -> ComplaintReceived:
    """A call about the first unit that can be complained about, by a customer who can be reached in this way."""
    told = StorySoFar(organisation, (), language, at)
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


def _reassigned(told: StorySoFar) -> EventData:
    return HandlerReassigned(handler=told.somebody_else(), ground=told.said("request"))


def _escalated(told: StorySoFar) -> EventData:
    version = told.last("CaseRouted")["decision"]["organisation"]
    return CaseEscalated(
        mode="takes_over", rung="deputy_president", to=told.somebody_else(), ground="requested", organisation=version
    )


def decided(told: StorySoFar) -> EventData:
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


def settlement(told: StorySoFar) -> SealedSettlement:
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


def _settled(told: StorySoFar) -> EventData:
    return Settled(settlement=settlement(told))


def _denied(told: StorySoFar) -> EventData:
    return SettlementDenied(ground=told.said("denial"))


def _reported(told: StorySoFar) -> EventData:
    return ResultReported(
        cause_and_findings=told.said("cause"),
        treatment_of_persons=told.said("treatment"),
        lessons_and_measures=told.said("lessons"),
        satisfaction="mostly_satisfied",
        handled_at=told.at,
        handler_and_phone=told.said("handler"),
        copy_to=tuple(told.organisation.units)[-1:],
    )


def _not_accepted(told: StorySoFar) -> EventData:
    approver = told.somebody_else().person
    return CaseNotAccepted.model_validate(
        {"ground": "not_this_bank", "signpost": told.said("signpost"), "approved_by": approver}
    )


def _authority_refused(told: StorySoFar) -> EventData:
    return AuthorityChecked(authority="not_proved")


def _proved_until(told: StorySoFar) -> EventData:
    return AuthorityChecked(authority="proved", until=told.at.date(), ends_at=told.at)


def _authority_over(told: StorySoFar) -> EventData:
    return DutiesAdded(reason=AUTHORITY_ENDED, duties_opened=())


def _speakers_changed(told: StorySoFar) -> EventData:
    """A lawyer takes the place of who spoke before, and has yet to prove that he may."""
    lawyer = SealedGroupPerson(name=Sealed(label="lawyer", box="丙某"))
    said = {"removed": [told.said("name")], "proxy": lawyer, "relation": "lawyer", "authority": "claimed"}
    return RepresentativeChanged.model_validate(said)


def _closed(told: StorySoFar) -> EventData:
    return CaseClosed()


def _reopened(told: StorySoFar) -> EventData:
    return CaseReopened(ground=told.said("request"), received_at=told.at)


def _received_again(told: StorySoFar) -> EventData:
    """The same by letter, passed on by a body."""
    first = told.events[0].data
    said = {name: first[name] for name in ("received_by", "matter", "complainant", "reachable_by", "fingerprint")}
    again = {"receipt_id": "again", "channel": "letter", "received_at": told.at, "anonymous": False}
    return ReceiptAdded.model_validate(said | again | {"origin": {"kind": "consumer_body", "body": "消费者协会"}})


def _withdrawn(told: StorySoFar) -> EventData:
    return CaseWithdrawn(received_at=told.at, way="letter")


def _agent_named(told: StorySoFar) -> EventData:
    person = told.somebody_else().person
    return AgentNamed.model_validate({"agent": person, "ground": told.said("request")})


def contacted(told: StorySoFar) -> EventData:
    """Somebody spoke with the customer."""
    return CustomerContacted(way="phone", points=told.said("narrative"), outcome="reached")


def _corrected(told: StorySoFar) -> EventData:
    """The customer's address was taken down wrongly, and a letter went there."""
    sent = [event.data["message_id"] for event in told.events if event.name == "MessageSent"]
    said = {"pointer": "/complainant/email", "value": told.said("refund"), "ground": told.said("request")}
    return ReceiptCorrected.model_validate(said | {"went_wrong": sent[:1]})


def _overrun_reported(told: StorySoFar) -> EventData:
    return OverrunReasonReported(reason=told.said("grounds"))


def _letter_failed(told: StorySoFar) -> EventData:
    started = told.last("MessageSendStarted")
    kept = ("message_id", "kind", "duty_id", "recipient", "way", "smtp_message_id")
    said = {name: started[name] for name in kept}
    return MessageFailed.model_validate(said | {"code": 550, "reason": "refused_by_mail_server"})


def _fell_back(told: StorySoFar) -> EventData:
    return RoutingFellBack(unit=told.handler().unit, reason="nobody_eligible")


BEFORE: dict[str, Callable[[StorySoFar], EventData]] = {
    "suggestion_answer": lambda told: assignment_stories.suggested(told, "before"),
    "level_report": _reported, "body_answer": decided, "reopening_proposal": _closed, "reopened_notice": _reopened,
    "reopening_confirmation": _reopened, "limit_notice": _reopened,
    "approval_withdrawn": lambda told: approval_stories.asked(told, "before"), "authority_ended": _proved_until,
    "duty_over_notice": lambda told: approval_stories.asked(told, "before"),
}  # fmt: skip
"""What has to have happened before a letter can be called for at all."""
ONLY = {"duty_over_notice": approval_stories.asked_of_another}
"""By which story a letter is shown that many facts can call for."""
STORIES: tuple[Callable[[StorySoFar], EventData], ...] = (
    clock_stories.warned, clock_stories.passed, clock_stories.breached, clock_stories.duty_warned,
    clock_stories.duty_breached, _reassigned, _escalated, decided, _reported, _settled,
    _denied, _authority_refused, _speakers_changed,
    _not_accepted, _closed, _reopened, _received_again, _withdrawn, _agent_named, contacted, evidence,
    _corrected, _overrun_reported, approval_stories.asked, approval_stories.granted, approval_stories.refused,
    approval_stories.taken_back, _letter_failed, clock_stories.moved,
    _fell_back, clock_stories.box_not_reviewed, *assignment_stories.STORIES, *PASSING, _authority_over,
)  # fmt: skip
"""What can happen on the case after its first letters: a letter is shown by the first of these that calls for it."""
