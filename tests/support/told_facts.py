"""Each fact that somebody is told of, as it happens to a case that Luo Tian handles with Fan Yi as agent."""

from collections.abc import Callable
from typing import Any

from shared.case.second_looks import REVIEW
from shared.contract.events import EventData
from shared.contract.events.agreements import NegotiationPlanAnswered
from shared.contract.events.approving import (
    ApprovalGranted,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalRequestWithdrawn,
    DutyWaived,
)
from shared.contract.events.assignments import (
    AssistanceGiven,
    AssistanceRequested,
    CorrectiveActionOpened,
    SuggestionAnswered,
    SuggestionPassedUp,
)
from shared.contract.events.base import DutyEnded, DutyOpened, PersonAt, PostAt, Sealed
from shared.contract.events.casework import (
    CustomerContacted,
    DissatisfactionReviewed,
    OverrunExplained,
    OverrunReasonReported,
    SatisfactionRecorded,
    SettlementDenied,
    TransferringBodyAnswered,
)
from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.ending import CaseClosed, CaseReopened, CaseWithdrawn
from shared.contract.events.evidence import EvidenceScanned
from shared.contract.events.intake import EvidenceAdded
from shared.contract.events.notify import MessageFailed
from shared.contract.events.ownership import AgentNamed, HandlerReassigned
from shared.contract.events.passing import DispatchPassedDown, MediaAnswered, ReportPassedUp
from shared.contract.events.routing import CaseEscalated, DutiesAdded, RoutingFellBack
from shared.contract.events.second_looks import DecisionRevised, MajorFlagged
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged
from shared.contract.ids import duty_id
from tests.support.letter_case import (
    BAI,
    NEXT_DAY,
    ORGANISATION,
    SHEN,
    LetterCase,
    breached,
    decision,
    moved,
    not_accepted,
    passed,
    plan_answered,
    plan_offered,
    received_again,
    report,
    rerouted,
    sealed,
    settlement,
    warned,
)

ACCEPTING, HANDLER, AGENT, CUSTOMER = "lin.fang", "luo.tian", "fan.yi", "customer"
SAID = sealed("said")
HALL = PostAt(unit="dongqiao.hall", post="outlet_head", person="bai.xue")
OFFICE = PostAt(unit="province", post="general_office")
MO = {"unit": "dongqiao.operations", "person": "mo.ran"}
MO_RAN = PostAt(unit="dongqiao.operations", post="unit_head", person="mo.ran")


def evidence() -> EvidenceAdded:
    """A file."""
    return EvidenceAdded(sha256="0", size_bytes=1, kind="photo", file_name=SAID, media_type="image/png")


def assigned(case: LetterCase, shape: type[EventData], kind: str, **said: Any) -> EventData:
    """Mo Ran is given work beside the case."""
    fact = case.next_id("casework")
    duty = DutyOpened(id=duty_id(fact, kind, fact), kind=kind, debtor=MO_RAN, creditor=None, level=fact)
    return shape.model_validate(said | {"duties_opened": [duty]})


def corrected(pointer: str = "/complainant/email") -> ReceiptCorrected:
    """The customer's e-mail address is another one."""
    return ReceiptCorrected(pointer=pointer, value=Sealed(label="complainant.email", box="bmV3"), ground=SAID)


def failed(case: LetterCase) -> MessageFailed:
    """The decision could not be sent."""
    letter = case.when(decision())[0]
    begun = case.started(letter)
    return case.result(begun, outcome="failed", code=550, reason="refused_by_mail_server")  # type: ignore[return-value]


def approval_asked(case: LetterCase) -> ApprovalRequested:
    """Lin Fang asks for a decision that costs something; her own words go with it, sealed."""
    request = case.next_id("casework")
    debtor = PostAt(unit="dongqiao", post="unit_head", person="qiu.min")
    duty = DutyOpened(
        id=duty_id(request, "approve", request), kind="approve", debtor=debtor, creditor=None, level=request
    )
    remedy = {"kind": "refund", "amount_minor": 5000, "currency": "CNY", "words": SAID.model_dump()}
    body = {"findings": SAID.model_dump(), "remedies_offered": [remedy]}
    return ApprovalRequested(act="decide", body=body, approvers=("qiu.min",), duties_opened=(duty,))


def taken_back(case: LetterCase) -> ApprovalRequestWithdrawn:
    """Lin Fang asks Qiu Min, and takes it back."""
    asked = approval_asked(case)
    case.happens(asked)
    (duty,) = asked.duties_opened
    over = DutyEnded(id=duty.id, kind=duty.kind, state="waived", reason="taken_back")
    return ApprovalRequestWithdrawn(approval="a", act="decide", ground=SAID, duties_ended=(over,))


def escalated() -> CaseEscalated:
    """The deputy president takes it over."""
    said = {"mode": "takes_over", "rung": "deputy_president", "to": SHEN, "ground": "requested"}
    return CaseEscalated.model_validate(said | {"organisation": {"id": "bank", "version": "1"}})


def withdrawn(case: LetterCase) -> CaseWithdrawn:
    """All that is owed is let go, but the archiving."""
    owed = [duty for duty in case.state.core.open_duties() if duty.terms.kind != "archive"]
    waived = tuple(DutyEnded(id=duty.id, kind=duty.terms.kind, state="waived") for duty in owed)
    return CaseWithdrawn(received_at=NEXT_DAY, way="letter", duties_ended=waived)


def revised() -> DecisionRevised:
    """The decision is another one now."""
    said = decision().model_dump(include={"findings", "grounds", "decision", "remedies_open"})
    return DecisionRevised.model_validate({**said, "ground": SAID, "what_changed": SAID, "outcome": "upheld"})


def dissatisfied() -> SatisfactionRecorded:
    """The customer is dissatisfied, so that the next rung above has to look again."""
    debtor = PostAt(unit="dongqiao", post="operations_supervisor", person="he.yun")
    duty = DutyOpened(id=duty_id("a", REVIEW, None), kind=REVIEW, debtor=debtor, creditor=None)
    return SatisfactionRecorded(value="dissatisfied", duties_opened=(duty,))


def waived(case: LetterCase) -> DutyWaived:
    """Somebody in the handler's place is allowed to let a duty of his go."""
    duty = case.duty("contact_customer")
    over = DutyEnded(id=duty.id, kind=duty.terms.kind, state="waived", reason="approved")
    return DutyWaived(duty_id=duty.id, ground=SAID, approved_by="qiu.min", duties_ended=(over,))


def reopened_from_review(case: LetterCase) -> CaseReopened:
    """Everything is decided anew, so nobody has to look at what was decided."""
    case.all_sent(case.when(dissatisfied()))
    duty = case.duty(REVIEW)
    over = DutyEnded(id=duty.id, kind=duty.terms.kind, state="waived", reason="reopened")
    return CaseReopened(ground=SAID, received_at=NEXT_DAY, duties_ended=(over,))


def owed_by(person: str, unit: str, kind: str) -> tuple[DutyOpened]:
    """Somebody owes a duty from now on."""
    debtor = PostAt(unit=unit, post="handler", person=person)
    return (DutyOpened(id=duty_id("a", kind, None), kind=kind, debtor=debtor, creditor="customer"),)


def agreed(case: LetterCase) -> EventData:
    """The customer accepts a plan, one step of which Mo Ran owes."""
    offer = case.happens(plan_offered())
    answer = plan_answered(offer.id).model_dump()
    step = owed_by("mo.ran", "dongqiao.operations", "execute_step")
    return NegotiationPlanAnswered.model_validate(answer | {"duties_opened": step})


HAPPENS: dict[str, Callable[[LetterCase], EventData]] = {
    "CaseRerouted": lambda case: rerouted(case, BAI),
    "HandlerReassigned": lambda case: HandlerReassigned(
        handler=PersonAt(unit="dongqiao.operations", person="mo.ran"), ground=SAID
    ),
    "CaseEscalated": lambda case: escalated(),
    "AgentNamed": lambda case: AgentNamed(agent="tang.yu", ground=SAID),
    "ReceiptAdded": lambda case: received_again(),
    "EvidenceAdded": lambda case: evidence(),
    "EvidenceScanned": lambda case: EvidenceScanned(document="d", infected=True, found="Test.Mark-1"),
    "AssistanceRequested": lambda case: assigned(
        case, AssistanceRequested, "assist", asked=MO, question=SAID, answer_by="2020-03-09"
    ),
    "AssistanceGiven": lambda case: AssistanceGiven(request="r", words=SAID),
    "CorrectiveActionOpened": lambda case: assigned(
        case, CorrectiveActionOpened, "corrective_action", what=SAID, owner="mo.ran", due_on="2020-06-30"
    ),
    "SuggestionPassedUp": lambda case: assigned(
        case, SuggestionPassedUp, "answer_suggestion", unit="province", words=SAID
    ),
    "SuggestionAnswered": lambda case: SuggestionAnswered(suggestion="s", adopted="no", words=SAID),
    "ReceiptCorrected": lambda case: corrected(),
    "CustomerContacted": lambda case: CustomerContacted(way="phone", points=SAID, outcome="reached"),
    "CaseWithdrawn": withdrawn,
    "CaseNotAccepted": lambda case: not_accepted(),
    "SettledOnTheSpot": lambda case: settlement(),
    "SettlementDenied": lambda case: SettlementDenied(ground=SAID),
    "AuthorityChecked": lambda case: AuthorityChecked(authority="proved"),
    "RepresentativeChanged": lambda case: RepresentativeChanged(removed=(SAID,)),
    "DecisionMade": lambda case: decision(),
    "DecisionRevised": lambda case: revised(),
    "SatisfactionRecorded": lambda case: dissatisfied(),
    "DissatisfactionReviewed": lambda case: DissatisfactionReviewed(outcome="stands", words=SAID),
    "DutyWaived": waived,
    "CaseReopened": reopened_from_review,
    "MajorFlagged": lambda case: MajorFlagged(ground="many_people", words=SAID),
    "DutiesAdded": lambda case: DutiesAdded(
        reason="agreed", duties_opened=owed_by("mo.ran", "dongqiao.operations", "execute_step")
    ),
    "NegotiationPlanAnswered": agreed,
    "OverrunExplained": lambda case: OverrunExplained(
        words=SAID, promised_on=NEXT_DAY.date(), duties_opened=owed_by(HANDLER, "dongqiao.lending", "promise")
    ),
    "NegotiationPlanOffered": lambda case: plan_offered(),
    "ResultReported": lambda case: report(),
    "DispatchPassedDown": lambda case: DispatchPassedDown(step="pass_down", level="dongqiao", to=HALL),
    "ReportPassedUp": lambda case: ReportPassedUp(level="dongqiao", to=OFFICE, last=True),
    "TransferringBodyAnswered": lambda case: TransferringBodyAnswered(
        kind="final", body="某监管局", words=SAID, way="letter"
    ),
    "MediaAnswered": lambda case: MediaAnswered(kind="final", outlet=SAID, words=SAID),
    "OverrunReasonReported": lambda case: OverrunReasonReported(reason=SAID),
    "ApprovalRequested": approval_asked,
    "ApprovalGranted": lambda case: ApprovalGranted(approval="a", act="not-accept", asked_by=ACCEPTING),
    "ApprovalRefused": lambda case: ApprovalRefused(approval="a", act="not-accept", asked_by=ACCEPTING, ground=SAID),
    "ApprovalRequestWithdrawn": taken_back,
    "CaseClosed": lambda case: CaseClosed(),
    "ClockWarned": lambda case: warned(),
    "TargetPassed": lambda case: passed(),
    "ClockBreached": lambda case: breached(),
    "ClockRecomputed": moved,
    "RoutingFellBack": lambda case: RoutingFellBack(unit="dongqiao.lending", reason="nobody_eligible"),
    "MessageFailed": failed,
}
TANG = "  - {id: tang.yu, name: 唐羽, unit: dongqiao.lending, email: tang.yu@bank.example, from: 2015-01-01}\nposts:\n"


def with_agent() -> LetterCase:
    """A case whose first letters were sent, and on which Fan Yi was named agent and told so."""
    case = LetterCase(ORGANISATION.replace("posts:\n", TANG, 1))
    case.all_sent(case.when(AgentNamed(agent=AGENT, ground=SAID)))
    return case


def called_for(case: LetterCase, data: EventData, actor: str = "wu.qing") -> list[Any]:
    """What a fact that somebody brought about calls for."""
    return case.when_event(case.event(data)._replace(actor=f"person:{actor}"))
