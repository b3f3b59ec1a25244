"""Which facts are told to whom, the whole catalogue typed by hand: a fact without its hearers is found here."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.notify.letters.content import quoted
from services.notify.letters.dossier import CaseDossier
from services.notify.letters.kinds import KINDS, OCCASIONS
from shared.case.second_looks import REVIEW
from shared.contract.events import CATALOGUE, EventData
from shared.contract.events.agreements import NegotiationPlanAnswered
from shared.contract.events.assignments import (
    AssistanceGiven,
    AssistanceRequested,
    CorrectiveActionOpened,
    SuggestionAnswered,
    SuggestionPassedUp,
)
from shared.contract.events.base import DutyEnded, DutyOpened, PersonAt, PostAt, Sealed
from shared.contract.events.casework import (
    AgentNamed,
    ApprovalGranted,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalRequestWithdrawn,
    CaseClosed,
    CaseReopened,
    CaseWithdrawn,
    CustomerContacted,
    DissatisfactionReviewed,
    DutyWaived,
    HandlerReassigned,
    OverrunExplained,
    OverrunReasonReported,
    SatisfactionRecorded,
    SettlementDenied,
    TransferringBodyAnswered,
)
from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.evidence import EvidenceScanned
from shared.contract.events.intake import EvidenceAdded
from shared.contract.events.notify import CustomerRecipient, MessageFailed, MessageSendStarted
from shared.contract.events.passing import DispatchPassedDown, MediaAnswered, ReportPassedUp
from shared.contract.events.routing import CaseEscalated, DutiesAdded, RoutingFellBack
from shared.contract.events.second_looks import DecisionRevised, MajorFlagged
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged
from shared.contract.ids import duty_id
from tests.support.letter_case import (
    ADDRESS,
    BAI,
    EMAIL,
    NEXT_DAY,
    ORGANISATION,
    SHEN,
    LetterCase,
    breached,
    content_about,
    decision,
    moved,
    noes,
    not_accepted,
    passed,
    plan_answered,
    plan_offered,
    received_again,
    reopened,
    report,
    rerouted,
    sealed,
    settlement,
    told,
    warned,
)

ACCEPTING, HANDLER, AGENT, CUSTOMER = "lin.fang", "luo.tian", "fan.yi", "customer"
SAID = sealed("said")
HALL = PostAt(unit="dongqiao.hall", post="outlet_head", person="bai.xue")
OFFICE = PostAt(unit="province", post="general_office")

MO = {"unit": "dongqiao.operations", "person": "mo.ran"}
MO_RAN = PostAt(unit="dongqiao.operations", post="unit_head", person="mo.ran")
TOLD: dict[str, set[tuple[str, str]]] = {
    "CaseRerouted": {("written_notice", "bai.xue"), ("handover_cancelled", HANDLER), ("handover_cancelled", AGENT)},
    "HandlerReassigned": {("written_notice", "mo.ran"), ("handover_cancelled", HANDLER), ("handover_cancelled", AGENT)},
    "CaseEscalated": {("escalation_notice", "shen.bo"), ("handover_cancelled", HANDLER), ("handover_cancelled", AGENT)},
    "AgentNamed": {("delegation_notice", "tang.yu"), ("delegation_notice", HANDLER), ("handover_cancelled", AGENT)},
    "ReceiptAdded": {("further_receipt_notice", HANDLER), ("further_receipt_notice", AGENT)},
    "EvidenceAdded": {("evidence_notice", HANDLER), ("evidence_notice", AGENT)},
    "EvidenceScanned": {("infected_file_notice", HANDLER), ("infected_file_notice", AGENT)},
    "AssistanceRequested": {("assistance_request", "mo.ran")},
    "AssistanceGiven": {("assistance_answer", HANDLER), ("assistance_answer", AGENT)},
    "CorrectiveActionOpened": {("corrective_task", "mo.ran")},
    "SuggestionPassedUp": {("suggestion_notice", "mo.ran")},
    "SuggestionAnswered": {("suggestion_answer", CUSTOMER)},
    "ReceiptCorrected": {
        ("acknowledgement", CUSTOMER), ("correction_notice", HANDLER), ("correction_notice", AGENT),
        ("correction_notice", ACCEPTING),
    },
    "CustomerContacted": {("contact_notice", HANDLER), ("contact_notice", AGENT)},
    "CaseWithdrawn": {("case_over_notice", HANDLER), ("case_over_notice", AGENT), ("case_over_notice", ACCEPTING)},
    "CaseNotAccepted": {
        ("not_accepted_notice", CUSTOMER), ("case_over_notice", HANDLER), ("case_over_notice", AGENT),
    },
    "SettledOnTheSpot": {
        ("settlement_notice", CUSTOMER), ("result_report", ACCEPTING), ("result_report", "wu.qing"),
        ("case_over_notice", HANDLER), ("case_over_notice", AGENT),
    },
    "DispatchPassedDown": {("dispatch_slip", "bai.xue")},
    "ReportPassedUp": {("level_report", "ye.lan")},
    "TransferringBodyAnswered": {("body_answer", "wu.qing")},
    "MediaAnswered": {("media_answer", "wu.qing")},
    "SettlementDenied": {("settlement_claim_denied", HANDLER), ("settlement_claim_denied", ACCEPTING)},
    "AuthorityChecked": {("authority_notice", HANDLER), ("authority_notice", AGENT)},
    "RepresentativeChanged": {("representatives_notice", HANDLER), ("representatives_notice", AGENT)},
    "DecisionMade": {("decision_notice", CUSTOMER)},
    "DecisionRevised": {("corrected_decision", CUSTOMER)},
    "SatisfactionRecorded": {("review_request", "he.yun")},
    "DissatisfactionReviewed": {
        ("review_result", CUSTOMER), ("review_notice", HANDLER), ("review_notice", AGENT),
    },
    "DutyWaived": {("duty_over_notice", HANDLER)},
    "CaseReopened": {("duty_over_notice", "he.yun")},
    "MajorFlagged": {("major_report", "qiu.min")},
    "DutiesAdded": {("duty_notice", "mo.ran")},
    "NegotiationPlanAnswered": {("duty_notice", "mo.ran")},
    "OverrunExplained": {("duty_notice", HANDLER)},
    "NegotiationPlanOffered": {("plan_notice", CUSTOMER)},
    "ResultReported": {("result_report", ACCEPTING), ("result_report", "wu.qing")},
    "OverrunReasonReported": {("overrun_reason_notice", ACCEPTING)},
    "ApprovalRequested": {("approval_request", "qiu.min")},
    "ApprovalGranted": {("approval_answered", ACCEPTING)},
    "ApprovalRefused": {("approval_answered", ACCEPTING)},
    "ApprovalRequestWithdrawn": {("approval_withdrawn", "qiu.min")},
    "CaseClosed": {("closing_note", CUSTOMER)},
    "ClockWarned": {("warning_chaser", HANDLER)},
    "TargetPassed": {("target_chaser", HANDLER)},
    "ClockBreached": {("breach_notice", HANDLER), ("breach_notice", ACCEPTING)},
    "ClockRecomputed": {("limit_notice", CUSTOMER), ("limit_notice", HANDLER), ("limit_notice", AGENT)},
    "RoutingFellBack": {("routing_alarm", "wu.qing")},
    "MessageFailed": {("failed_letter_notice", ACCEPTING)},
}  # fmt: skip
"""Of a case that Luo Tian handles with Fan Yi as agent, accepted by Lin Fang; done by Wu Qing, asked first."""
FIRST = {"CaseRouted", "ClockStarted"}
"""What makes the first letters: ``test_first_letters.py``."""
OF_BOXES = {"BoxReviewMissed"}
"""No case's: who is told of a box is in ``test_box_alarms``."""
ANSWERED_ELSEWHERE = {"CommandRefused", "MessageResendRequested"}
"""A receipt's own settlement that was refused; a letter once more: who sent the command has the answer."""
SILENT: dict[str, str] = {
    "ComplaintReceived": "told by the first letters",
    "ReceiptConflictDetected": "refused; nothing of it counts, and who compares it is told by the reminder of the duty",
    "LetterReturned": "told by the letter about what did not arrive",
    "OpinionBoxReviewed": "no case's",
    "WebhookAgreed": "no person's: it says that a channel system is told",
    "WebhookDelivered": "no person's: a channel system was told",
    "WebhookGivenUp": "operations see it in the status and in the metrics",
    "CandidateReported": "no case's",
    "CandidateDropped": "no case's",
    "CandidateConfirmed": "no case's",
    "HandoverAccepted": "asked of him; the accepting post sees it",
    "HandoverRefused": "told by the rerouting",
    "ComplainedUnitDetermined": "told by the rerouting",
    "PartyConcernedNamed": "told by the rerouting",
    "ComplaintClassified": "told by the moved date or the escalation",
    "InterimReplyGiven": "the handler's own; the customer heard it",
    "InvestigationRecorded": "the handler's own; a rerouting follows where it names somebody",
    "CustomerReplied": "the handler's own; the customer heard it",
    "NegotiationPlanStepExecuted": "nobody's work changes",
    "RemedyExecuted": "nobody's work changes; the customer has it",
    "ResultTracked": "the accepting post's own",
    "EscalationRequested": "told by the escalation",
    "CorrectiveActionCompleted": "stands in the timeline; whoever opened it sees to it",
    "EvidenceChecked": "the handler's own",
    "DeliveryRecorded": "the reader has it in hand",
    "CaseArchived": "nobody's work changes",
    "ClockMet": "nothing is to be done",
    "ClockStopped": "told by the ending",
    "MessageSendStarted": "is a letter",
    "MessageSent": "is a letter",
    "MessageSuppressed": "is a deliberate no; the reminders of its duty follow",
}
"""Why nobody is told by letter."""


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


def of(case: LetterCase, data: EventData, actor: str = "wu.qing") -> list[Any]:
    """What a fact that somebody brought about calls for."""
    return case.when_event(case.event(data)._replace(actor=f"person:{actor}"))


@pytest.mark.parametrize("name", TOLD)
def test_a_fact_is_told_to_exactly_these(name: str) -> None:
    """To nobody twice."""
    case = with_agent()
    letters = told(of(case, HAPPENS[name](case)))

    assert TOLD[name] == set(letters)
    assert len(letters) == len(set(letters))


def test_of_every_fact_of_the_catalogue_it_is_said_who_is_told() -> None:
    """A new type has to be put into one of the lists, with the reason where nobody is told."""
    lists = [set(TOLD), FIRST, OF_BOXES, ANSWERED_ELSEWHERE, set(SILENT)]

    assert set(CATALOGUE) == set().union(*lists)
    assert sum(map(len, lists)) == len(CATALOGUE)
    assert set(TOLD) | FIRST | OF_BOXES | {"CommandRefused"} == OCCASIONS.keys()


@pytest.mark.parametrize("name", ["ReceiptAdded", "EvidenceAdded", "CustomerContacted", "CaseWithdrawn"])
def test_nobody_is_told_what_he_did_himself(name: str) -> None:
    """The agent still learns it, and no record is made of what was left out."""
    case = with_agent()
    letters = of(case, HAPPENS[name](case), HANDLER)

    assert HANDLER not in {who for _, who in told(letters)}
    assert AGENT in {who for _, who in told(letters)}
    assert "own_act" not in {why for _, why in noes(letters)}


@pytest.mark.parametrize(
    "name", ["ReceiptAdded", "CustomerContacted", "AgentNamed", "ApprovalRefused", "ApprovalRequestWithdrawn"]
)
def test_what_happened_long_ago_is_no_news(name: str) -> None:
    """Nobody gets a letter about it when a version that tells of it meets an old case."""
    case = with_agent()
    fact = case.event(HAPPENS[name](case))._replace(actor="person:wu.qing")
    news = {"further_receipt_notice", "contact_notice", "delegation_notice", "approval_answered", "approval_withdrawn"}

    assert set() == news & {kind for kind, _ in told(case.when_event(fact, NEXT_DAY + timedelta(days=6)))}


def test_a_contact_of_the_handler_alone_calls_for_nothing() -> None:
    """Not even for a record: it is his ordinary work."""
    case = LetterCase()

    assert [] == of(case, HAPPENS["CustomerContacted"](case), HANDLER)


def test_a_customer_on_paper_is_told_of_a_reopening_and_when_that_date_moves() -> None:
    """Both letters go to the print room: by no other way does he learn either."""
    case = LetterCase(complainant={"address": ADDRESS}, reachable_by=["post"])
    case.happens(CaseClosed())
    letters = reopened(case)
    case.all_sent(letters)
    moved_on = case.when(moved(case, 7))

    assert [("reopening_confirmation", "print")] == on_paper(letters)
    assert [("limit_notice", "print")] == on_paper(moved_on)


def on_paper(letters: list[Any]) -> list[tuple[str, str]]:
    """The letters to the customer that are started, each with its way."""
    return [
        (letter.kind, letter.way)
        for letter in letters
        if isinstance(letter, MessageSendStarted) and isinstance(letter.recipient, CustomerRecipient)
    ]


def test_a_reopening_is_told_with_the_date_that_runs_from_it() -> None:
    """To handler, agent and customer, when the clock of the new round starts; the first letters are decided once."""
    case = with_agent()
    case.happens(CaseClosed())
    letters = reopened(case)

    assert [("reopened_notice", HANDLER), ("reopened_notice", AGENT), ("reopening_confirmation", CUSTOMER)] == told(
        letters
    )
    assert {"2020年3月12日"} == {content_about(case, letter)["due_on"] for letter in letters}


def test_on_a_closed_case_a_further_receipt_proposes_to_take_it_up_received_again() -> None:
    """To the accepting post, which may; the handler has no case any more."""
    case = with_agent()
    case.happens(CaseClosed())

    assert [("reopening_proposal", ACCEPTING)] == told(of(case, received_again()))


def test_whoever_gets_the_case_afterwards_reads_what_was_said_in_between() -> None:
    """The notice holds every further receipt: it moved the case, so nobody else was told."""
    case = with_agent()
    case.happens(received_again(matter={"narrative": sealed("matter.narrative")}))
    notice = case.when(rerouted(case, BAI))[0]
    said = content_about(case, notice)["said_again"]

    assert ("2020年3月6日：matter.narrative",) == said


def test_a_new_address_counts_from_then_on_and_a_worse_one_does_not() -> None:
    """The decision goes where the customer asked for it last; who gave an e-mail address is not written on paper."""
    fresh = sealed("complainant.email")
    by_mail = LetterCase()
    by_mail.happens(received_again(complainant={"email": fresh}))
    before = LetterCase()
    before.happens(received_again(complainant={"address": sealed("complainant.address")}))
    unreachable = LetterCase(complainant=None, anonymous=True, reachable_by=[])
    unreachable.happens(received_again(complainant={"email": fresh}, reachable_by=["email"]))

    assert fresh == by_mail.when(decision())[0].recipient.address
    assert EMAIL == before.when(decision())[0].recipient.address
    assert fresh == unreachable.when(decision())[0].recipient.address


def test_a_letter_that_says_that_another_failed_says_nothing_of_itself() -> None:
    """Else two addresses that take nothing would write of each other for ever."""
    case = LetterCase()
    (notice,) = case.when(failed(case))
    gone = case.result(case.started(notice), outcome="failed", code=550, reason="refused_by_mail_server")

    assert [("failed_letter_notice", "no_longer_needed")] == noes(case.when(gone))


def test_what_an_approver_must_not_know_stays_out() -> None:
    """The request names act, asker and cost; no text of the customer or of the act is opened for it."""
    case = LetterCase()
    (letter,) = of(case, approval_asked(case), ACCEPTING)
    content = content_about(case, letter)

    assert ("处理决定", "林芳", ("50.00元",)) == (content["act"], content["asked_by"], content["amounts"])
    assert letter.about == content["approval"]
    assert SAID.box not in str(content)
    assert {} == quoted(KINDS["approval_request"], CaseDossier.of(case.log, case.log[-1]))


@pytest.mark.parametrize("pointer", ["/complainant/name", "/complainant/address", "/matter/product"])
def test_a_correction_of_anything_but_the_address_acknowledges_nothing_anew(pointer: str) -> None:
    """What the customer was told went to the right place."""
    assert ("acknowledgement", CUSTOMER) not in told(of(with_agent(), corrected(pointer)))


def test_who_corrected_it_himself_is_not_told() -> None:
    """The others are."""
    letters = told(of(with_agent(), corrected("/complainant/phone"), ACCEPTING))

    assert {("correction_notice", HANDLER), ("correction_notice", AGENT)} == set(letters)


def test_letters_go_to_the_corrected_address_and_to_paper_where_it_is_taken_out() -> None:
    """Whatever was known before stays known."""
    email, address = (Sealed(label=f"complainant.{field}", box=field) for field in ("email", "address"))
    case = LetterCase(complainant={"email": email, "address": address})
    case.happens(
        ReceiptCorrected(pointer="/complainant/email", value=Sealed(label=email.label, box="new"), ground=SAID)
    )
    assert ("email", "new", "address") == (case.state.reach and case.state.reach.way, case.state.box, case.state.paper)
    case.happens(ReceiptCorrected(pointer="/complainant/email", value=None, ground=SAID))
    assert ("print", "address", "") == (case.state.reach and case.state.reach.way, case.state.box, case.state.paper)
    case.happens(ReceiptCorrected(pointer="/complainant/address", value=None, ground=SAID))
    assert (None, "") == (case.state.reach, case.state.box)
