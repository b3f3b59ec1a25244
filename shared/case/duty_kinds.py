"""Each kind of duty is declared once: its words, the time there is for it, what discharges it, and what it holds up.

Who owes it on which channel stands in the routing rules (contract 3); who owes it where a decision opens it, here.
"""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["business_hours", "working_days"]
Debtor = Literal["accepting", "handler", "archivist"]
Creditor = Literal["customer", "accepting"]
CUSTOMER: Creditor = "customer"
TO_BODY = "answer_transferring_body"
"""Owed where a body passed the complaint on, whatever the channel; for a further receipt its level is that one's id."""
ANSWER = "reply_customer"
"""The kind of the duty to answer the customer."""
HAND_OVER, PASS_DOWN, FORWARD = "hand_over_to_general_office", "pass_down", "forward"
"""The kinds of the duties to pass the case on, on its way to its handler."""
REPORT, REPORT_UP = "report_result", "report_up"
"""The kinds of the duties to report the result: at once, or level by level, where its level is the unit's id."""
RESPOND = "respond_media"
"""The kind of the duty to answer the medium: due when it asked for it, where it did."""
PROMISE = "promise"
"""The kind of the duty to keep what the customer was promised."""
EXECUTE_REMEDY = "execute_remedy"
"""The kind of the duty to carry out a remedy; its level is the list that grants it, and its number there."""
EXECUTE_STEP = "execute_step"
"""The kind of the duty to do a step of an accepted plan; its level is the plan, and the step's number there."""
APPROVE = "approve"
"""The kind of the duty that a request for an approval opens; its level is the request's id."""


ASSIST = "assist"
"""The duty of another unit that was asked; the level of this and the next two is the event that opened it."""
CORRECTIVE_ACTION = "corrective_action"
"""The duty to mend something in the bank."""
ANSWER_SUGGESTION = "answer_suggestion"
"""The duty to say what becomes of a suggestion."""


READ_SUBMISSION = "read_submission"
"""The duty to read what no machine could: only while it is owed a narrative is written by somebody else."""
RESOLVE_RECEIPT_CONFLICT = "resolve_receipt_conflict"
"""The duty to say which of two messages counts that came under one id."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The time there is for a duty, from when it was opened."""

    amount: int
    unit: Unit


ONE_WORKING_DAY = Limit(1, "working_days")
FOUR_BUSINESS_HOURS = Limit(4, "business_hours")


@dataclass(frozen=True, slots=True)
class DutyKind:
    """One kind of duty. ``zh`` and ``en`` are its words, as a reminder names what is overdue.

    ``discharged_by``: the event types that can discharge it; which of its duties a fact discharges is decided
    where it is recorded. ``limit``: how long there is time; ``promised``: it is due at the instant that was promised.
    ``dated``: it is due on the day that the fact names which opened it.
    ``asked_for``: it is due on the day that a body asked for, and at the latest with the bank's own limit.
    ``own_clock``: the bank's own clock is met when the last of its parts that the case has is ended; with none of
    them, by the substitute. ``levelled``: a level's time runs from when the level before it was done.
    ``closing``: the case cannot be closed while it is open. ``personal``: a new handler owes it anew, whatever the
    former one did. ``follows_handler``: it moves when the case gets another handler. ``waivable``: somebody may let it
    go (never reports and answers). ``survives``: what it is still owed after. ``reopened``: CaseReopened opens it anew.
    ``before_opening``: a fact recorded before it was opened discharges it too. ``while_unknown``: it is owed as long
    as what it asks for is unknown, also where it was done or let go before. ``until_answered``: it is let go once the
    customer has the answer. ``heard_from``: it shows first that somebody works on the case. ``document``: what is
    delivered. ``debtor`` and ``creditor``: who owes it to whom where no channel says so; nobody in particular where
    None. ``told_by``: the letters of which its debtor learns that he owes it, where a fact that opens it calls for one;
    else he is told by a ``duty_notice``. What is owed by the handler is told by what tells him that the case is his.
    """

    kind: str
    zh: str
    en: str
    discharged_by: tuple[str, ...]
    limit: Limit | None = None
    promised: bool = False
    dated: bool = False
    asked_for: bool = False
    own_clock: Literal["part", "substitute"] | None = None
    levelled: bool = False
    closing: bool = True
    personal: bool = False
    follows_handler: bool = False
    waivable: bool = False
    survives: tuple[Literal["withdrawal", "refusal"], ...] = ()
    reopened: bool = False
    before_opening: bool = False
    while_unknown: bool = False
    until_answered: bool = False
    heard_from: bool = False
    document: str | None = None
    debtor: Debtor | None = None
    creditor: Creditor | None = None
    told_by: tuple[str, ...] = ()

    @property
    def clocked(self) -> bool:
        """Whether it has a clock of its own."""
        return self.limit is not None or self.promised or self.dated or self.asked_for


_ROWS = (
    DutyKind(
        "acknowledge_customer", "向客户告知已登记", "acknowledging the complaint to the customer",
        ("ComplaintReceived", "MessageSent", "CustomerContacted", "SettledOnTheSpot"), waivable=True,
    ),
    DutyKind(
        "deliver_written_notice", "送达书面通知", "delivering the written notice",
        ("MessageSent", "DeliveryRecorded", "HandoverAccepted"), personal=True, document="written_notice",
    ),
    DutyKind(
        "deliver_supervision_form", "送达督办单", "delivering the supervision form",
        ("MessageSent", "DeliveryRecorded"), personal=True, document="supervision_form",
    ),
    DutyKind(
        "accept_handover", "接办投诉", "accepting the case",
        ("HandoverAccepted", "HandoverRefused", "SettledOnTheSpot"),
        limit=FOUR_BUSINESS_HOURS, personal=True, follows_handler=True, heard_from=True,
    ),
    DutyKind(
        "contact_customer", "与客户沟通", "contacting the customer",
        ("CustomerContacted", "CustomerReplied", "SettledOnTheSpot"),
        limit=ONE_WORKING_DAY, follows_handler=True, waivable=True, heard_from=True,
        reopened=True, debtor="handler", creditor="customer", told_by=("authority_notice",),
    ),
    DutyKind(
        PASS_DOWN, "逐级下发", "passing the case down", ("DispatchPassedDown",),
        limit=FOUR_BUSINESS_HOURS, levelled=True, told_by=("dispatch_slip",),
    ),
    DutyKind(
        FORWARD, "转发", "forwarding the case", ("DispatchPassedDown",),
        limit=FOUR_BUSINESS_HOURS, levelled=True, told_by=("dispatch_slip",),
    ),
    DutyKind(
        HAND_OVER, "移交综合办公室", "handing the case to the general office",
        ("DispatchPassedDown",), limit=FOUR_BUSINESS_HOURS, levelled=True, told_by=("dispatch_slip",),
    ),
    DutyKind("verify", "核实", "verifying the matter", ("InvestigationRecorded",), told_by=("written_notice",)),
    DutyKind(
        "handle", "处理投诉", "handling the complaint", ("DecisionMade", "SettledOnTheSpot"),
        own_clock="substitute", follows_handler=True, reopened=True, debtor="handler", creditor="accepting",
    ),
    DutyKind(
        ANSWER, "答复客户", "replying to the customer",
        ("CustomerReplied", "MessageSent", "SettledOnTheSpot"),
        own_clock="part", follows_handler=True, survives=("refusal",),
        reopened=True, debtor="handler", creditor="customer", told_by=("authority_notice",),
    ),
    DutyKind(
        RESPOND, "回应媒体", "answering the media", ("MediaAnswered",), limit=ONE_WORKING_DAY, own_clock="part",
        told_by=("written_notice",),
    ),
    DutyKind(
        REPORT, "报送处理结果", "reporting the result", ("ResultReported", "SettledOnTheSpot"),
        own_clock="part", follows_handler=True, reopened=True, debtor="handler", creditor="accepting",
    ),
    DutyKind(
        REPORT_UP, "逐级报告", "reporting upward", ("ResultReported", "ReportPassedUp"),
        limit=FOUR_BUSINESS_HOURS, own_clock="part", levelled=True, follows_handler=True, reopened=True,
        debtor="handler", told_by=("level_report",),
    ),
    DutyKind(
        TO_BODY, "回复转办单位", "answering the body that transferred the case",
        ("TransferringBodyAnswered", "ReportPassedUp"), asked_for=True, own_clock="part",
        survives=("withdrawal", "refusal"), debtor="accepting", told_by=("dispatch_slip",),
    ),
    DutyKind(
        "report_overrun_reason", "报告超时限原因", "reporting why the limit was not kept", ("OverrunReasonReported",),
        limit=ONE_WORKING_DAY, follows_handler=True, before_opening=True, debtor="handler", creditor="accepting",
    ),
    DutyKind(
        "explain_overrun", "向客户说明超时限情况", "explaining the delay to the customer", ("OverrunExplained",),
        limit=ONE_WORKING_DAY, follows_handler=True, before_opening=True, until_answered=True,
        debtor="handler", creditor="customer",
    ),
    DutyKind(
        "track_result", "跟踪处理结果", "tracking the result", ("ResultTracked",), reopened=True, debtor="accepting"
    ),
    DutyKind(
        "archive", "归档", "archiving the case", ("CaseArchived",), limit=Limit(5, "working_days"), closing=False,
        survives=("withdrawal", "refusal"), reopened=True, debtor="archivist",
    ),
    DutyKind(
        "classify", "投诉分类", "classifying the complaint", ("ComplaintClassified",),
        limit=ONE_WORKING_DAY, while_unknown=True, debtor="accepting",
    ),
    DutyKind(
        READ_SUBMISSION, "阅读系统无法读出的来件", "reading what no machine could read", ("ReceiptCorrected",),
        limit=ONE_WORKING_DAY, waivable=True, debtor="accepting",
    ),
    DutyKind(
        RESOLVE_RECEIPT_CONFLICT, "核对同一标识的不同来件", "comparing two messages that came under one id",
        ("ReceiptCorrected",), limit=ONE_WORKING_DAY, waivable=True, debtor="accepting",
    ),
    DutyKind(
        "determine_unit", "确定被投诉单位", "determining the unit complained of", ("ComplainedUnitDetermined",),
        while_unknown=True, debtor="accepting",
    ),
    DutyKind(
        "review_dissatisfaction", "复核客户不满意的处理结果", "looking again at what the customer is dissatisfied with",
        ("DissatisfactionReviewed",), limit=Limit(3, "working_days"), creditor="accepting", told_by=("review_request",),
    ),
    DutyKind(
        EXECUTE_REMEDY, "落实补救措施", "carrying out a remedy", ("RemedyExecuted",),
        limit=Limit(5, "working_days"), follows_handler=True, waivable=True, debtor="handler", creditor="customer",
    ),
    DutyKind(
        EXECUTE_STEP, "落实协商方案", "doing a step of the plan", ("NegotiationPlanStepExecuted",),
        promised=True, waivable=True, creditor="customer",
    ),
    DutyKind(
        APPROVE, "审批", "approving what somebody asked for", ("ApprovalGranted", "ApprovalRefused"),
        told_by=("approval_request",),
    ),
    DutyKind(
        "confirm_settlement", "确认当场解决", "confirming or denying a settlement on the spot",
        ("SettledOnTheSpot", "SettlementDenied"), creditor="accepting", told_by=("settlement_claim",),
    ),
    DutyKind(
        "check_authority", "核验代理权", "checking the authority of who speaks for the customer",
        ("AuthorityChecked", "RepresentativeChanged"),
        limit=ONE_WORKING_DAY, survives=("refusal",), while_unknown=True, debtor="accepting",
    ),
    DutyKind(
        ASSIST, "协办", "answering what another unit asks", ("AssistanceGiven",),
        dated=True, closing=False, waivable=True,
        told_by=("assistance_request",),
    ),
    DutyKind(
        CORRECTIVE_ACTION, "整改", "mending what went wrong", ("CorrectiveActionCompleted",),
        dated=True, closing=False, survives=("withdrawal", "refusal"),
        told_by=("corrective_task",),
    ),
    DutyKind(
        ANSWER_SUGGESTION, "答复建议", "answering a suggestion", ("SuggestionAnswered",),
        limit=Limit(10, "working_days"), closing=False, survives=("withdrawal", "refusal"),
        told_by=("suggestion_notice",),
    ),
    DutyKind(
        PROMISE, "兑现对客户的承诺", "keeping what the customer was promised",
        ("CustomerContacted", "CustomerReplied", "MessageSent", "SettledOnTheSpot"),
        promised=True, follows_handler=True, waivable=True, debtor="handler", creditor="customer",
        told_by=("contact_notice",),
    ),
)  # fmt: skip
KINDS: dict[str, DutyKind] = {row.kind: row for row in _ROWS}
"""Every kind that anybody can owe so far."""

INTERNAL_CLOCK = tuple(row.kind for row in _ROWS if row.own_clock == "part")
WATCHED = frozenset(row.kind for row in _ROWS if row.own_clock)
"""The parts of the bank's own clock; and with them the substitute, whose end counts where the case has no part."""
PROMISED = frozenset(row.kind for row in _ROWS if row.promised)
"""What is due at an instant that was promised to the customer."""
CLOCKED = frozenset(row.kind for row in _ROWS if row.clocked)
LEVELLED = frozenset(row.kind for row in _ROWS if row.levelled)
FOLLOWS_HANDLER = frozenset(row.kind for row in _ROWS if row.follows_handler)
OF_UNIT = FOLLOWS_HANDLER & CLOCKED - LEVELLED - PROMISED - {row.kind for row in _ROWS if row.personal}
"""The kinds whose time the handler's unit has, whoever in it has the case."""
HEARD_FROM = tuple(row.kind for row in _ROWS if row.heard_from)
"""What shows first that somebody works on a case: who lets its time pass is reported to those above (contract 3)."""
REOPENED = tuple(row.kind for row in _ROWS if row.reopened)
UNTIL_ANSWERED = tuple(row.kind for row in _ROWS if row.until_answered)
ANTICIPATED = {row.kind: event for row in _ROWS if row.before_opening for event in row.discharged_by}
"""The kinds of duties that a fact may discharge before they are opened, each with the fact's type."""
DELIVERED_BY = {row.document: row.kind for row in _ROWS if row.document}
"""Per document the kind of duty that its delivery discharges; a printed decision notice needs `reply-customer`."""
SURVIVE_WITHDRAWAL = frozenset(row.kind for row in _ROWS if "withdrawal" in row.survives)
SURVIVE_REFUSAL = frozenset(row.kind for row in _ROWS if "refusal" in row.survives)
"""What is still owed after CaseWithdrawn, and after CaseNotAccepted (order 2020 no. 3, art. 15; contract 3)."""


def called(kind: str, language: str) -> str:
    """What a kind of duty is called; one that is not declared by its code."""
    found = KINDS.get(kind)
    if found is None:
        return kind
    return found.zh if language == "zh" else found.en
