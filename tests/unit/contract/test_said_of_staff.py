"""What is said of staff is sealed: every text and code that stands in the clear is named here, with what it is.

The catalogue, the bodies of commands and the records of accesses are looked through. A new field in the clear fails
until somebody has said what it tells: of the complaint, of a place, who has a part. What it tells *of* a person of the
bank is sealed, or stands in ``OF_STAFF`` with the reason why everybody has to know it.
"""

from collections.abc import Iterator
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from services.casework.decisions import COMMANDS
from shared.contract import bodies, names
from shared.contract.access import AccessRecord
from shared.contract.events import CATALOGUE
from shared.contract.events.base import Sealed, Unsealed

SEALS = {bodies.typed, bodies._chosen, names.name, names.mailable}
PLAIN = (int, bool, type(None), AwareDatetime, datetime, date)
NAMES_AND_MARKS = """
ComplaintReceived: case_number channel submitter fingerprint · ReceiptAdded: receipt_id channel fingerprint submitter
RelatesTo: case_id case_number · EvidenceAdded: sha256 kind media_type content_type
EvidenceScanned: document found · ReceiptConflictDetected: submitter fingerprint
LetterReturned: message_id
CommandRef: name fingerprint · DutyOpened: id kind level state ended_by creditor · DutyEnded: id kind state
ApprovalRequested: act body · ApprovalGranted: approval act · ApprovalRefused: approval act · DutyWaived: duty_id
ApprovalRequestWithdrawn: approval act · WithdrawRequest: approval
MessageResendRequested: message_id · MessageSendStarted: message_id kind duty_id about way language smtp_message_id
Versioned: id version · MessageSent: message_id kind duty_id way content_sha256 smtp_message_id smtp_reply gateway_reply
WebhookAgreed: system case_number · WebhookDelivered: webhook_id system state ended_how
WebhookGivenUp: webhook_id system state ended_how reason
MessageFailed: message_id kind duty_id way smtp_message_id reason · MessageSuppressed: kind duty_id why message_id about
ClockStarted: clock_id milestone duty_id · ClockRecomputed: clock_id milestone duty_id ground
ClockWarned: clock_id milestone duty_id warning · TargetPassed: clock_id milestone · WarningPoint: name
ClockBreached: clock_id milestone duty_id · ClockMet: clock_id milestone duty_id · Length: unit
ClockStopped: clock_id milestone duty_id ground · DeliveryRecorded: document · RecordDelivery: document
ReceiptCorrected: pointer went_wrong · CorrectReceipt: pointer · EvidenceChecked: document · CheckEvidence: document
AssistanceGiven: request documents · GiveAssistance: request documents · CorrectiveActionCompleted: action
CompleteCorrectiveAction: action · SuggestionAnswered: suggestion adopted · AnswerSuggestion: suggestion adopted
NegotiationPlanOffered: replaces · NegotiationPlanAnswered: plan · NegotiationPlanStepExecuted: plan
RemedyExecuted: granted_by granted_in · AnswerPlan: plan · ExecuteStep: plan · ExecuteRemedy: plan
ResendMessage: message · Approve: approval · RefuseApproval: approval · WaiveDuty: duty
DecisionRevised: content_fingerprint
CandidateReported: candidate channel · CandidateDropped: candidate · CandidateConfirmed: candidate case_id case_number
AccessRecord: id kind service call case role fields why query opening
"""
"""Ids, kinds, versions, hashes, what a duty, a clock or a letter is; of an access what was asked for."""
OF_THE_COMPLAINT = """
ComplaintReceived: reachable_by language details warnings · ReceiptAdded: reachable_by language details warnings
Origin: kind body reference · SealedIdentity: kind · SealedComplainant: prefers · SealedOnBehalfOf: relation authority
AuthorityChecked: authority · RepresentativeChanged: relation authority · CheckAuthority: authority
NewSpeaker: relation · CandidateDropped: ground
SealedInterpreter: kind · SealedGroupPerson: reachable_by · LateRegistration: cause · RelatesTo: relation
SealedMatter: product business_channel currency · SealedSettlement: customer_agreed · Remedy: kind currency
Satisfaction: value · Attempt: way · ComplaintClassified: level · JrtCodes: channel business · Jrt: channel business
CustomerContacted: way outcome · InterimReplyGiven: way · DecisionMade: remedies_open · CustomerReplied: way
DecisionRevised: remedies_open · MajorFlagged: ground · FlagMajor: ground
TransferringBodyAnswered: kind body way · AnswerTransferringBody: kind body way · MediaAnswered: kind
AnswerMedia: kind · DispatchPassedDown: step
NegotiationPlanOffered: ways · NegotiationPlanAnswered: answer way · RemedyExecuted: kind currency
OfferPlan: ways · AnswerPlan: answer way
SatisfactionRecorded: value · ResultReported: satisfaction · EscalationRequested: mode skip_to · CaseWithdrawn: way
CaseNotAccepted: ground of_case · CaseEscalated: mode rung ground · DutiesAdded: reason · DutyEnded: reason
Deadline: complaint_class reasons · Escalate: mode skip_to · RecordContact: way outcome · InterimReply: way
ReceiptCorrected: value · EvidenceChecked: result · CheckEvidence: result
Classify: level · ReplyCustomer: way · RecordSatisfaction: value · Withdraw: way · NotAccept: ground of_case
"""
"""What the customer said or got, by which way, how hard it is, how long there is time."""
WHO_AND_WHERE = """
PersonAt: unit person · PostAt: unit post person · FirstReceived: unit · SealedMatter: complained_unit
SealedSettlement: copy_to · OpinionBoxReviewed: unit reviewer witness · BoxReviewMissed: unit
CandidateReported: unit
HandoverRefused: proposed_unit
ComplainedUnitDetermined: unit · AgentNamed: agent · ResultReported: copy_to · ApprovalRequested: approvers
ApprovalGranted: asked_by · ApprovalRefused: asked_by · DutyWaived: approved_by · CaseNotAccepted: approved_by
StaffRecipient: person unit · UnitRecipient: unit · RoutingDecision: inputs complained_unit dispatch_chain report_chain
RefusedCandidate: person · RoutingFellBack: unit · RefuseHandover: proposed_unit · AssignUnit: unit · Delegate: person
Reassign: person · Decide: approved_by · SettleOnTheSpot: copy_to approved_by · ReportResult: copy_to
PlanStep: by · OfferedStep: by · OfferPlan: approved_by
DispatchPassedDown: level · ReportPassedUp: level
WaiveDuty: approved_by · Withdraw: approved_by · NotAccept: approved_by · ReviseDecision: approved_by
RequestAssistance: unit person · CorrectiveActionOpened: owner · OpenCorrectiveAction: owner
SuggestionPassedUp: unit · PassSuggestionUp: unit · CorrectReceipt: approved_by
AccessRecord: who
"""
"""Units and posts, and people by their ids in the part that they have: it says nothing of them but that."""
PARTY = "everybody has to know who is a party concerned, and routes, addresses and shows by it"
OF_STAFF = {
    "SealedMatter.complained_persons": PARTY,
    "PartyConcernedNamed.person": PARTY,
    "NameParty.person": PARTY,
    "InvestigationRecorded.parties": PARTY,
    "HandoverRefused.ground": PARTY,
    "RefuseHandover.ground": PARTY,
    "CaseRerouted.ground": "which kind of fact it answers, never what that says of anybody",
    "RefusedCandidate.reason": "why somebody was passed over can be checked from the decision itself",
    "RoutingFellBack.reason": "an alarm: there is nobody, so of nobody in particular",
    "DutyOpened.reason": "why a duty is not owed, such as that there is nobody to answer",
    "CommandRefused.code": "a repetition gets the same answer, and an auditor sees the attempt",
    "CommandRefused.pointers": "where in the body",
    "CommandRefused.about": "kinds of duties and codes, such as what is missing",
    "SealedMatter.reason": "what the complaint is about decides its class and limit",
    "ComplaintClassified.reason": "the same",
    "ComplaintClassified.other_reasons": "the same",
    "Classify.reason": "the same",
    "Classify.other_reasons": "the same",
    "JrtCodes.cause": "a dimension of the statistics that are reported, of the complaint and no person",
    "Jrt.cause": "the same",
    "DecisionMade.outcome": "whether the complaint is upheld; whose fault it was is not said",
    "Decide.outcome": "the same",
    "DecisionRevised.outcome": "the same",
    "ReviseDecision.outcome": "the same",
    "DissatisfactionReviewed.outcome": "whether the outcome stands: the case is not closed while it does not",
    "ReviewDissatisfaction.outcome": "the same",
}
"""What tells something of people of the bank and is not sealed, and why it cannot be."""


def named(text: str) -> list[str]:
    """The fields of a list as ``Shape: field field · Shape: …``."""
    rows = (row.split(":") for line in text.split("\n") for row in line.split("·") if row.strip())
    return [f"{shape.strip()}.{field}" for shape, fields in rows for field in fields.split()]


LISTED = [*named(NAMES_AND_MARKS), *named(OF_THE_COMPLAINT), *named(WHO_AND_WHERE), *OF_STAFF]


def parts(annotation: Any, more: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """What an annotation allows, each with all that is said of it."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        yield from parts(inner, (*more, *metadata))
    elif get_origin(annotation) in (Union, UnionType, tuple):
        for one in get_args(annotation):
            yield from parts(one, more) if one is not Ellipsis else ()
    else:
        yield annotation, more


def in_the_clear(shape: type[BaseModel], known: set[type[BaseModel]]) -> Iterator[str]:
    """Every field of a shape, and of what it is made of, that stands in the clear and is no number or time."""
    if shape in known or shape in (Sealed, Unsealed):
        return
    known.add(shape)
    for name, field in shape.model_fields.items():
        for kind, said in parts(field.annotation, tuple(field.metadata)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from in_the_clear(kind, known)
            elif kind not in PLAIN and not any(getattr(one, "func", None) in SEALS for one in said):
                yield f"{shape.__name__}.{name}"


def shapes() -> list[type[BaseModel]]:
    """All that reaches a topic."""
    return [*CATALOGUE.values(), *(one.body for one in COMMANDS.values()), AccessRecord]


def found() -> set[str]:
    """Every field in the clear, but for who a superior acted for."""
    known: set[type[BaseModel]] = set()
    return {place for one in shapes() for place in in_the_clear(one, known) if not place.endswith(".acted_for")}


def test_whatever_stands_in_the_clear_is_said_to_tell_nothing_of_staff() -> None:
    """A field that is not listed: seal it, or list it above as what it is."""
    assert [] == sorted(found() - set(LISTED))


def test_nothing_is_listed_that_is_sealed_by_now() -> None:
    """Nor twice."""
    assert [] == sorted(set(LISTED) - found())
    assert len(LISTED) == len(set(LISTED))


def test_a_field_about_staff_would_be_found() -> None:
    """As they stood before they were sealed."""

    class Disciplined(BaseModel):
        measure: str | None = None
        warned: tuple[str, ...] = ()
        treatment: Sealed
        fault: bodies.OfStaff[str]
        words: bodies.Text

    assert ["Disciplined.measure", "Disciplined.warned"] == list(in_the_clear(Disciplined, set()))
