"""What the customer and the bank are told: reply, satisfaction, report, its tracking, and why it takes longer."""

from datetime import date
from typing import Any

from services.casework import act_times as times
from services.casework.acting import Act
from services.casework.bad_content import (
    AttemptsMissing,
    InvalidCommand,
    PromiseInPast,
    ProofMissing,
    RemediesNotTold,
    ReportIncomplete,
    UnknownUnit,
)
from services.casework.refusals import NoDecision, NoResult, NothingOwed, NothingToReport, PartyConcerned
from services.casework.state import OUTCOMES
from shared.case.duties import Duty
from shared.contract.bodies import NEEDS_ATTEMPTS
from shared.contract.events.base import DutyEnded
from shared.contract.events.casework import (
    CustomerReplied,
    OverrunExplained,
    OverrunReasonReported,
    ResultReported,
    ResultTracked,
    SatisfactionRecorded,
)
from shared.kernel.service import Fact

ELEMENTS = ("cause_and_findings", "treatment_of_persons", "lessons_and_measures", "handled_at", "handler_and_phone")
"""The elements of article 4 that the report itself brings; satisfaction is asked for and recorded before."""


def reply_customer(act: Act) -> Fact:
    """The customer has the bank's answer, and there is proof of it for the way it went.

    After a decision the remedies have to be told, whatever it says (order 2020 no. 3, art. 19).
    """
    if not act.core.did(*OUTCOMES):
        raise NoDecision
    if act.proof is None:
        raise ProofMissing("/proof")
    if act.core.did("DecisionMade") and act.body.get("remedies_told") is not True:
        raise RemediesNotTold("/remedies_told")
    duties = act.ends("contact_customer", "promise", "reply_customer")
    return act.fact(CustomerReplied, duties, **act.said("way", "content", "remedies_told"))


def record_satisfaction(act: Act) -> Fact:
    """What the customer thinks of the outcome; who could not be reached has to have been tried."""
    if not act.core.did(*OUTCOMES):
        raise NoDecision
    attempts = act.body.get("attempts") or ()
    if act.body.get("value") in NEEDS_ATTEMPTS and not attempts:
        raise AttemptsMissing("/attempts")
    times.check_attempts(attempts, "/attempts", act.state, act.context.now)
    return act.fact(SatisfactionRecorded, **act.said("value", "attempts"))


def report_result(act: Act) -> Fact:
    """The handler's report with the six elements of article 4; it goes to the lowest level that waits for it."""
    duties = _reports(act)
    if not act.core.did("DecisionMade", "SettledOnTheSpot") or not duties:
        raise NothingToReport
    satisfaction = act.state.satisfaction or (None if act.core.customer_known else "not_applicable")
    missing = [name for name in ELEMENTS if act.body.get(name) is None]
    missing += ["satisfaction"] if satisfaction is None else []
    missing += [] if act.body.get("copy_to") or act.body.get("no_copy_reason") else ["copy_to"]
    if missing:
        raise ReportIncomplete(*(f"/{name}" for name in missing), about=tuple(missing))
    act.checked_instant("handled_at")
    check_copies(act)
    said = act.said(*ELEMENTS, "copy_to", "no_copy_reason")
    return act.fact(ResultReported, duties, satisfaction=satisfaction, **said)


def _reports(act: Act) -> tuple[DutyEnded, ...]:
    """``report_result``, and of the reports upward the lowest: the one that no office passes on."""
    kept = ("report_result", "report_up")
    lowest = {duty.id for duty in act.core.open_duties(*kept) if not _passed_on(duty)}
    return tuple(end for end in act.ends(*kept) if end.id in lowest)


def _passed_on(duty: Duty) -> bool:
    return duty.terms.kind == "report_up" and duty.terms.debtor.post == "general_office"


def check_copies(act: Act) -> None:
    """Copies go to units or people of the bank, never to a party concerned. Raises UnknownUnit, PartyConcerned."""
    copies: Any = act.body.get("copy_to") or ()
    known = (*act.organisation.units, *act.organisation.people) if copies else ()
    for position, copy in enumerate(copies):
        if copy not in known:
            raise UnknownUnit(f"/copy_to/{position}")
        if copy in act.rights.parties:
            raise PartyConcerned(f"/copy_to/{position}")


def confirm_result(act: Act) -> Fact:
    """The accepting post looked at the result (article 2.1)."""
    if not act.core.did("ResultReported", "SettledOnTheSpot"):
        raise NoResult
    duties = act.ends("track_result")
    if not duties:
        raise NothingOwed(about=("track_result",))
    return act.fact(ResultTracked, duties, **act.said("checked", "called_back"))


def report_overrun_reason(act: Act) -> Fact:
    """Why the limit cannot be kept, to the accepting unit (article 3); may be said before it is missed."""
    return act.fact(OverrunReasonReported, _overrun(act, "report_overrun_reason"), **act.said("reason"))


def explain_overrun(act: Act) -> Fact:
    """The customer was told why it takes longer, and until when (article 3); moves no limit."""
    try:
        promised = date.fromisoformat(str(act.body.get("promised_on")))
    except ValueError as error:
        raise InvalidCommand("/promised_on") from error
    duties = _overrun(act, "explain_overrun")
    if promised < times.bank_date(act.organisation, act.at):
        raise PromiseInPast("/promised_on")
    return act.fact(OverrunExplained, duties, promised_on=promised, **act.said("words"))


def _overrun(act: Act, kind: str) -> tuple[DutyEnded, ...]:
    duties = act.ends(kind)
    if not duties and not act.core.clock_open():
        raise NothingOwed(about=(kind,))
    return duties
