"""This command takes a case up again that has ended: what was done before is owed anew."""

from collections.abc import Iterator

from services.casework.act import Act
from services.casework.commands.declaration import Body, Declaration
from services.casework.event_parts import as_creditor, ended
from services.casework.sides import ACCEPTING
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import APPROVE, CUSTOMER, KINDS, REOPENED, REPORT, REPORT_UP
from shared.case.levels import is_lowest_report
from shared.case.second_looks import REVIEW
from shared.contract.bodies import Text
from shared.contract.events.base import DutyOpened
from shared.contract.events.ending import CaseReopened
from shared.contract.tenses import Happened
from shared.kernel.service import Fact


class Reopen(Body):
    """Take the case up again."""

    ground: Text
    received_at: Happened


def reopen(act: Act) -> Fact:
    """The case starts a new round: what was done before is owed anew, by whoever has it now."""
    left = [ended(duty, "waived", "reopened") for duty in act.core.open_duties(*REOPENED, REVIEW, APPROVE)]
    opened = [duty for kind in REOPENED for duty in _anew(act, kind)]
    return act.fact(CaseReopened, left, opened, **act.said("ground", "received_at"))


def _anew(act: Act, kind: str) -> Iterator[DutyOpened]:
    """A kind of duty of the new round; the result is reported as before, at once or level by level."""
    levels = {duty.terms.level: duty for duty in act.core.duties() if duty.terms.kind == REPORT_UP}
    chain = [levels[unit] for unit in act.core.chains.report if unit in levels]
    if kind == REPORT_UP:
        for before in chain:
            lowest = is_lowest_report(act.core.chains, before.terms)
            debtor = _debtor(act, kind) if lowest else before.terms.debtor
            yield act.opens(kind, act.post_of(debtor), as_creditor(before.terms.creditor), level=before.terms.level)
    elif kind != REPORT or not chain:
        yield _opened_anew(act, kind)


def _opened_anew(act: Act, kind: str) -> DutyOpened:
    before: Duty | None = None
    for duty in act.core.duties():
        before = duty if duty.terms.kind == kind else before
    creditor = before.terms.creditor if before else _creditor(act, kind)
    waived = "customer_unknown" if creditor == CUSTOMER and act.nobody_to_answer else None
    return act.opens(kind, act.post_of(_debtor(act, kind)), as_creditor(creditor), waived)


def _debtor(act: Act, kind: str) -> Place:
    """Who owes a duty that is opened anew."""
    match KINDS[kind].debtor:
        case "handler":
            return act.core.handler or act.accepting
        case "archivist":
            return act.rights.archivist()
        case "accepting" | None:
            return act.accepting


def _creditor(act: Act, kind: str) -> Place | str | None:
    """Name to whom a duty is owed that the case did not have before."""
    creditor = KINDS[kind].creditor
    return act.accepting if creditor == "accepting" else creditor


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "reopen", Reopen, CaseReopened, reopen,
        who=(ACCEPTING,),
        stages=("ended", "archived"),
        not_before=("ended_at",),
        effect="opens contact, handling, reply, report, tracking and archiving anew",
    ),
)  # fmt: skip
