"""Which facts are told to whom, the whole catalogue typed by hand: a fact without its hearers is found here."""

from datetime import timedelta

import pytest

from services.notify.letters.kinds import OCCASIONS
from shared.contract.events import CATALOGUE
from tests.support.letter_case import (
    NEXT_DAY,
    LetterCase,
    noes,
    told,
)
from tests.support.told_facts import (
    ACCEPTING,
    AGENT,
    CUSTOMER,
    HANDLER,
    HAPPENS,
    called_for,
    with_agent,
)

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


@pytest.mark.parametrize("name", TOLD)
def test_a_fact_is_told_to_exactly_these(name: str) -> None:
    """To nobody twice."""
    case = with_agent()
    letters = told(called_for(case, HAPPENS[name](case)))

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
    letters = called_for(case, HAPPENS[name](case), HANDLER)

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

    assert [] == called_for(case, HAPPENS["CustomerContacted"](case), HANDLER)
