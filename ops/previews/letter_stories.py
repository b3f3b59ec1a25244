"""Invented facts for letter previews: what happens on an invented case so that a letter is called for."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from shared.bank.organisation import Organisation
from shared.contract.envelope import Event
from shared.contract.events.base import EventData, PersonAt, Sealed
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
from shared.contract.events.intake import ComplaintReceived, EvidenceAdded, ReceiptAdded
from shared.contract.events.notify import MessageFailed
from shared.contract.events.routing import CaseEscalated, RoutingFellBack
from shared.contract.events.settlement import SealedSettlement
from shared.contract.events.sla import ClockBreached, ClockRecomputed, ClockWarned, TargetPassed
from shared.contract.ids import duty_id, event_id

ADDRESS_LINES = "示例市示例区示例路3号4幢501室\n000000"
EMAIL, ADDRESS = {"email": "customer@customer.example"}, {"address": ADDRESS_LINES}
SPOKEN = {
    "zh": {
        "name": "甲某", "narrative": "在柜台排队两个小时，工作人员态度生硬。", "request": "希望道歉并退还手续费。",
        "findings": "经调阅监控录像并询问当班人员，您当日排队时间为一小时五十分，柜员答复时态度生硬，情况属实。",
        "grounds": "依据我行《柜面服务规范》，客户等候超过三十分钟应当增开窗口；收取手续费的依据是我行公示的价目表。",
        "decision": "我行向您赔礼道歉，退还当日手续费，并调整高峰时段的窗口安排。", "refund": "退回原账户",
        "agreed": "我行向您道歉，退还手续费；您对此表示满意。",
        "cause": "客户投诉柜台等候时间过长、柜员态度生硬，经核实情况属实。",
        "treatment": "对当班柜员进行批评教育，扣减当月绩效。", "lessons": "高峰时段应及时增开窗口；已修订排班办法。",
        "denial": "我只登记了来电，未与客户商定任何处理办法。",
        "handler": "罗天，0000-5550121", "signpost": "该业务由代销的保险公司办理，请拨打其客服电话0000-5559000。",
    },
    "en": {
        "name": "J. Doe", "narrative": "I queued for two hours, and the clerk was rude.",
        "request": "An apology, and the fee back.",
        "findings": "The recordings of the hall and the people on duty confirm that you waited for an hour and fifty "
        "minutes, and that the clerk answered you rudely.",
        "grounds": "By our rules for the counter a further window has to be opened when somebody waits for more than "
        "thirty minutes. The fee was charged by our published list of prices.",
        "decision": "We apologise to you, return the fee, and change how the windows are staffed at busy hours.",
        "refund": "to the account that it was taken from",
        "agreed": "We apologise and return the fee. You agreed to this.",
        "cause": "The customer complained of a long wait and of a rude clerk; both are so.",
        "treatment": "The clerk was admonished and loses part of the month's bonus.",
        "denial": "I only took the call; nothing was agreed with the customer.",
        "lessons": "Further windows at busy hours; the rota was changed.", "handler": "Luo Tian, 0000-5550121",
        "signpost": "The insurance company that we sold this for is responsible: please call 0000-5559000.",
    },
}  # fmt: skip


class Told(NamedTuple):
    """What a story builds on: the bank, what happened so far, in which language people spoke, and when it goes on."""

    organisation: Organisation
    events: Sequence[Event]
    language: str
    at: datetime

    def said(self, what: str) -> Sealed:
        """A text as somebody typed it. Nothing is sealed in a preview."""
        return Sealed(label=what, box=SPOKEN[self.language][what])

    def last(self, name: str) -> dict[str, Any]:
        """The data of the last fact of a type."""
        return next(event.data for event in reversed(self.events) if event.name == name)

    def handler(self) -> PersonAt:
        """Who handles the case."""
        return PersonAt.model_validate(self.last("CaseRouted")["decision"]["handler"])

    def somebody_else(self) -> PersonAt:
        """Somebody of the bank who does not handle it."""
        handler = self.handler().person
        found = next(p for p in self.organisation.people.values() if p.id != handler and p.email)
        return PersonAt(unit=found.unit, person=found.id)


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


def _decided(told: Told) -> EventData:
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


def _contacted(told: Told) -> EventData:
    return CustomerContacted(way="phone", points=told.said("narrative"), outcome="reached")


def _evidence(told: Told) -> EventData:
    return EvidenceAdded(
        sha256="00", size_bytes=1, kind="photo", file_name=told.said("refund"), media_type="image/png",
        note=told.said("request"),
    )  # fmt: skip


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


def _letter_failed(told: Told) -> EventData:
    started = told.last("MessageSendStarted")
    kept = ("message_id", "kind", "duty_id", "recipient", "way", "smtp_message_id")
    said = {name: started[name] for name in kept}
    return MessageFailed.model_validate(said | {"code": 550, "reason": "refused_by_mail_server"})


def _moved(told: Told) -> EventData:
    """The complaint is classified anew, so that it may take a week longer."""
    clock = next(e.data for e in told.events if e.name == "ClockStarted" and e.data["duty_id"] is None)
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


BEFORE: dict[str, Callable[[Told], EventData]] = {
    "reopening_proposal": _closed, "reopened_notice": _reopened,
    "approval_withdrawn": lambda told: _approval_asked(told, "before"),
}  # fmt: skip
"""What has to have happened before a letter can be called for at all."""
STORIES: tuple[Callable[[Told], EventData], ...] = (
    _warned, _passed, _breached, _duty_warned, _duty_breached, _reassigned, _escalated, _decided, _reported, _settled,
    _denied,
    _not_accepted, _closed, _reopened, _received_again, _withdrawn, _agent_named, _contacted, _evidence,
    _overrun_reported, _approval_asked, _approved, _not_approved, _taken_back, _letter_failed, _moved,
    _fell_back,
)  # fmt: skip
"""What can happen on the case after its first letters: a letter is shown by the first of these that calls for it."""
