"""These commands record what customer and bank are told: reply, satisfaction, report, and why it takes longer."""

from services.casework.act import Act
from services.casework.bad_content import AttemptsMissing, ProofMissing, RemediesNotTold, ReportIncomplete, UnknownUnit
from services.casework.bad_state import (
    AuthorityUnproved,
    NoDecision,
    NoResult,
    NotAnsweredYet,
    NothingOwed,
    NothingToReport,
)
from services.casework.commands.declaration import Body, Declaration
from services.casework.refusals import PartyConcerned
from services.casework.reviews import of_dissatisfied
from services.casework.sides import ACCEPTING, HANDLER, HANDLER_ALONE, IN_HANDLERS_PLACE
from services.casework.state import OUTCOMES
from shared.case.duty_kinds import KINDS, PROMISE, REPORT_UP
from shared.case.levels import is_lowest_report
from shared.contract.bodies import Ids, Listed, Text
from shared.contract.codes import ReplyWay, SatisfactionValue
from shared.contract.events.base import DutyEnded
from shared.contract.events.casework import (
    CustomerReplied,
    OverrunExplained,
    OverrunReasonReported,
    ResultReported,
    ResultTracked,
    SatisfactionRecorded,
)
from shared.contract.settlement_bodies import Attempt
from shared.contract.tenses import DayAhead, Happened
from shared.kernel.service import Fact

ELEMENTS = ("cause_and_findings", "treatment_of_persons", "lessons_and_measures", "handled_at", "handler_and_phone")
"""The elements of article 4 that the report itself brings; satisfaction is asked for and recorded before."""


class ReplyCustomer(Body):
    """Record the reply to the customer, with its proof."""

    way: ReplyWay
    content: Text
    remedies_told: bool


def reply_customer(act: Act) -> Fact:
    """The customer has the bank's answer, and there is proof of it for the way it went.

    After a decision the remedies have to be told, whatever it says (order 2020 no. 3, art. 19).
    """
    if not act.core.did(*OUTCOMES):
        raise NoDecision
    if act.body.get("way") != "in_book":  # where nobody is named
        act.check_authority()
    if act.proof is None:
        raise ProofMissing("/proof")
    if act.core.did("DecisionMade") and act.body.get("remedies_told") is not True:
        raise RemediesNotTold("/remedies_told")
    duties = act.discharges_all(CustomerReplied)
    return act.fact(CustomerReplied, duties, **act.said("way", "content", "remedies_told"))


class RecordSatisfaction(Body):
    """Record what the customer thinks of the outcome."""

    value: SatisfactionValue
    attempts: Listed[Attempt] = ()


def record_satisfaction(act: Act) -> Fact:
    """The customer rates the outcome, having had it; who could not be reached has to have been tried."""
    if not act.core.did(*OUTCOMES):
        raise NoDecision
    if not act.core.answered:
        raise NotAnsweredYet
    act.check_attempts(act.body)
    opened = of_dissatisfied(act, act.body.get("value"))
    return act.fact(SatisfactionRecorded, opened=opened, **act.said("value", "attempts"))


class ReportResult(Body):
    """Report the result with the elements of article 4; every missing one is named."""

    cause_and_findings: Text | None = None
    treatment_of_persons: Text | None = None
    lessons_and_measures: Text | None = None
    handled_at: Happened | None = None
    handler_and_phone: Text | None = None
    copy_to: Ids = ()
    no_copy_reason: Text | None = None


def report_result(act: Act) -> Fact:
    """The handler reports the six elements of article 4 to the lowest level that waits for them."""
    duties = _reports(act)
    if not act.core.did("DecisionMade", "SettledOnTheSpot") or not duties:
        raise NothingToReport
    satisfaction = act.state.satisfaction or (None if act.core.customer_known else "not_applicable")
    if act.state.satisfaction is not None and not act.core.answered:
        raise NotAnsweredYet  # of what was recorded before there was an answer to be satisfied with
    missing = [name for name in ELEMENTS if act.body.get(name) is None]
    missing += ["satisfaction"] if satisfaction is None else []
    missing += [] if act.body.get("copy_to") or act.body.get("no_copy_reason") else ["copy_to"]
    if missing:
        raise ReportIncomplete(*(f"/{name}" for name in missing), about=tuple(missing))
    act.check_copies()
    said = act.said(*ELEMENTS, "copy_to", "no_copy_reason")
    return act.fact(ResultReported, duties, satisfaction=satisfaction, **said)


def _reports(act: Act) -> tuple[DutyEnded, ...]:
    """The report discharges ``report_result``, and of the reports upward the lowest: no office passes that one on."""
    chains = act.core.chains
    passed_on = {duty.id for duty in act.core.open_duties(REPORT_UP) if not is_lowest_report(chains, duty.terms)}
    return tuple(end for end in act.discharges_all(ResultReported) if end.id not in passed_on)


class ConfirmResult(Body):
    """Confirm that the accepting post looked at the result."""

    checked: Text
    called_back: bool


def confirm_result(act: Act) -> Fact:
    """The accepting post looked at the result (article 2.1); it calls back who has had the answer."""
    if not act.core.did("ResultReported", "SettledOnTheSpot"):
        raise NoResult
    if act.body.get("called_back") is True and not act.core.answered:
        raise NotAnsweredYet("/called_back")
    duties = act.discharges_all(ResultTracked)
    if not duties:
        raise NothingOwed(about=("track_result",))
    return act.fact(ResultTracked, duties, **act.said("checked", "called_back"))


class ReportOverrunReason(Body):
    """Tell the accepting unit why the limit cannot be kept."""

    reason: Text


def report_overrun_reason(act: Act) -> Fact:
    """The accepting unit hears why the limit cannot be kept (article 3); this may be said before it is missed."""
    duties = _overrun(act, "report_overrun_reason", waited_for=act.core.clock_open())
    return act.fact(OverrunReasonReported, duties, **act.said("reason"))


class ExplainOverrun(Body):
    """Record that the customer was told why it takes longer."""

    words: Text
    promised_on: DayAhead


def explain_overrun(act: Act) -> Fact:
    """The customer hears why it takes longer, and until when (article 3); this moves no limit, and is a promise.

    Whoever waits for no answer any more is owed no explanation either.
    """
    act.check_times()
    promised = act.day("promised_on")
    duties = _overrun(act, "explain_overrun", waited_for=act.core.answer_owed)
    debtor = act.post_of(act.core.handler or act.accepting)
    opened = [act.opens(PROMISE, debtor, KINDS[PROMISE].creditor)]
    until = act.organisation.day.end_of(promised)
    return act.fact(OverrunExplained, duties, opened, promised_on=promised, promised_at=until, **act.said("words"))


def _overrun(act: Act, kind: str, waited_for: bool) -> tuple[DutyEnded, ...]:
    """End what was owed of a kind; before it is owed it may be done as long as it is waited for."""
    duties = act.discharges(kind)
    if not duties and not waited_for:
        raise NothingOwed(about=(kind,))
    return duties


COMMANDS = (
    Declaration(
        "reply-customer", ReplyCustomer, CustomerReplied, reply_customer,
        who=(HANDLER, IN_HANDLERS_PLACE),
        while_owed="reply_customer",
        not_before=("decided_at",),
        refused=(NoDecision, AuthorityUnproved, ProofMissing, RemediesNotTold),
    ),
    Declaration(
        "record-satisfaction", RecordSatisfaction, SatisfactionRecorded, record_satisfaction,
        who=(ACCEPTING, HANDLER),
        stages=("open", "ended"),
        not_before=("decided_at", "replied_at"),
        refused=(NoDecision, NotAnsweredYet, AttemptsMissing),
        effect="the last one counts; `dissatisfied` opens `review_dissatisfaction`",
    ),
    Declaration(
        "report-result", ReportResult, ResultReported, report_result,
        who=(HANDLER_ALONE,),
        not_before=("decided_at",),
        refused=(NothingToReport, NotAnsweredYet, ReportIncomplete, UnknownUnit, PartyConcerned),
        effect="of the reports upward only the lowest that is open is discharged",
    ),
    Declaration(
        "confirm-result", ConfirmResult, ResultTracked, confirm_result,
        who=(ACCEPTING,),
        not_before=("reported_at", "decided_at"),
        refused=(NoResult, NotAnsweredYet, NothingOwed),
    ),
    Declaration(
        "report-overrun-reason", ReportOverrunReason, OverrunReasonReported, report_overrun_reason,
        who=(HANDLER, IN_HANDLERS_PLACE),
        while_owed="report_overrun_reason",
        refused=(NothingOwed,),
        effect="may be said before the limit is missed",
    ),
    Declaration(
        "explain-overrun", ExplainOverrun, OverrunExplained, explain_overrun,
        who=(HANDLER, IN_HANDLERS_PLACE),
        while_owed="explain_overrun",
        refused=(NothingOwed,),
        effect="only while the answer is owed, also before the limit is missed; moves none; opens `promise`",
    ),
)  # fmt: skip
