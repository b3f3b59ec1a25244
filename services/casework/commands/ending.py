"""These commands end a case, or duties that nobody fulfils: waiver, withdrawal, non-acceptance, closing, archive."""

from calendar import monthrange
from datetime import date
from typing import Final, Literal

from services.casework.act import Act
from services.casework.approvals import entitled
from services.casework.bad_content import (
    BadOfCase,
    NotAllRepresentatives,
    NotWaivable,
    ProofMissing,
    RetentionTooShort,
    UnknownDuty,
)
from services.casework.commands.declaration import Body, Declaration, SecondPerson
from services.casework.event_parts import as_creditor, ended
from services.casework.refusals import (
    AttemptsNeeded,
    DecidedAlready,
    DutiesOpen,
    NothingOwed,
    NotTrackedYet,
    Unclassified,
)
from services.casework.rights import ACCEPTING, ARCHIVIST, CLOSER, DEBTOR
from shared.bank.bank_day import instant_of
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import APPROVE, CUSTOMER, KINDS, REOPENED, SURVIVE_REFUSAL, SURVIVE_WITHDRAWAL
from shared.contract.bodies import Id, Text
from shared.contract.channels import ANSWERED_IN_BOOK
from shared.contract.codes import ReplyWay
from shared.contract.events.base import DutyEnded, DutyOpened
from shared.contract.events.casework import (
    CaseArchived,
    CaseClosed,
    CaseNotAccepted,
    CaseReopened,
    CaseWithdrawn,
    DutyWaived,
)
from shared.contract.tenses import Happened, KeptUntil
from shared.kernel.service import Fact

KEPT_YEARS = 5
"""How long a case is kept from its end at least (contract 6)."""


class WaiveDuty(Body):
    """Let a duty go, with somebody else's approval."""

    duty: Id
    ground: Text
    approved_by: Id | None = None


def waive_duty(act: Act) -> Fact:
    """Whoever owes a duty lets it go, with somebody else's approval. Reports and answers are never let go."""
    duty = _waived(act)
    if duty is None:
        raise UnknownDuty("/duty")
    act = act.as_debtor_of(duty)
    kind = duty.terms.kind
    if duty.state != "open":
        raise NothingOwed(about=(kind,))
    if not KINDS[kind].waivable:
        raise NotWaivable("/duty", about=(kind,))
    if duty.terms.creditor == CUSTOMER and act.core.reachable_by and not act.core.did("CustomerContacted"):
        raise AttemptsNeeded(about=(kind,))
    said = act.said("ground")
    return act.fact(DutyWaived, [ended(duty, "waived", "approved")], duty_id=duty.id, approved_by=act.approver, **said)


def _waived(act: Act) -> Duty | None:
    return next((duty for duty in act.core.duties() if duty.id == act.body.get("duty")), None)


def _who_lets_go(act: Act) -> tuple[str, ...]:
    duty = _waived(act)
    if duty is None:
        raise UnknownDuty("/duty")
    return entitled(act.rights, duty.terms.debtor, [act.person, act.as_debtor_of(duty).acted_for])


class Withdraw(Body):
    """Record that the complainant withdraws."""

    received_at: Happened
    way: ReplyWay
    by_all_representatives: bool = True
    recorded: bool = False
    approved_by: Id | None = None


WRITTEN = ("letter", "sms", "email", "in_book")
"""The ways in which a withdrawal is in the complainant's own writing."""


def _above_accepting(act: Act) -> tuple[str, ...]:
    return entitled(act.rights, act.accepting, [act.person, act.acted_for])


def _who_confirms(act: Act) -> tuple[str, ...] | None:
    """A withdrawal that is neither in the complainant's writing nor on a recording needs a second person."""
    if act.body.get("way") in WRITTEN or act.body.get("recorded") is True:
        return None
    return _above_accepting(act)


def withdraw(act: Act) -> Fact:
    """The withdrawal ends the procedure the day the withdrawal arrives (order 2020 no. 3, art. 15)."""
    if act.proof is None:
        raise ProofMissing("/proof")
    if act.state.several_representatives and act.body.get("by_all_representatives") is not True:
        raise NotAllRepresentatives("/by_all_representatives")
    return act.fact(CaseWithdrawn, _all_but(act, SURVIVE_WITHDRAWAL, "withdrawn"), **act.said("received_at", "way"))


class NotAccept(Body):
    """Say that it is not handled as a complaint: nothing that this bank has to handle, a question, praise, a duplicate.

    ``of_case``: the case that has the same matter, by id or number.
    """

    ground: Literal[
        "not_the_complainant", "not_a_complaint", "not_this_bank", "same_without_new_facts",
        "inquiry", "praise", "duplicate", "entered_by_mistake",
    ]  # fmt: skip
    signpost: Text
    of_case: Id | None = None
    approved_by: Id | None = None


MISTAKE: Final = "entered_by_mistake"
"""The ground of which nobody is told: there is no customer who complained."""
KIND_GROUNDS = ("inquiry", "praise")
"""Grounds that refuse nothing: a question is answered, praise is thanked for."""
SAME_MATTER = ("duplicate", "same_without_new_facts")
"""Grounds that name the case of the same matter; a duplicate has to."""


def _who_turns_away(act: Act) -> tuple[str, ...] | None:
    """An answer or thanks refuses nothing, so it needs nobody else."""
    return None if act.body.get("ground") in KIND_GROUNDS else _above_accepting(act)


def not_accept(act: Act) -> Fact:
    """It is not handled as a complaint, and the sender is told where to go, is answered or is thanked."""
    if act.core.did("DecisionMade", "SettledOnTheSpot"):
        raise DecidedAlready
    ground, of_case = act.body.get("ground"), act.body.get("of_case")
    if (ground == "duplicate" and of_case is None) or (of_case is not None and ground not in SAME_MATTER):
        raise BadOfCase("/of_case")
    kept = SURVIVE_REFUSAL - {"reply_customer"} if ground == MISTAKE else SURVIVE_REFUSAL
    duties = _all_but(act, kept, "not_accepted")
    approver = act.approver if ground not in KIND_GROUNDS else None
    return act.fact(CaseNotAccepted, duties, of_case=of_case, approved_by=approver, **act.said("ground", "signpost"))


def _all_but(act: Act, kept: frozenset[str], reason: str) -> list[DutyEnded]:
    granted = act.approval.duty if act.approval else None
    going = (duty for duty in act.core.open_duties() if duty.terms.kind not in kept and duty.id != granted)
    return [ended(duty, "waived", reason) for duty in going]


class Close(Body):
    """Close the case."""


def close(act: Act) -> Fact:
    """The case closes once nothing is owed any more but the archiving."""
    owed = _holding_up(act)
    if set(owed) - {"classify"}:
        raise DutiesOpen(about=owed)
    if owed or act.core.reason is None:
        raise Unclassified(about=("classify",))
    if not act.core.did("ResultTracked"):
        raise NotTrackedYet(about=("track_result",))
    return act.fact(CaseClosed)


def _holding_up(act: Act) -> tuple[str, ...]:
    """Name the kinds of open duties that bar the closing."""
    kinds = (duty.terms.kind for duty in act.core.open_duties())
    return tuple(sorted({kind for kind in kinds if kind not in KINDS or KINDS[kind].closing}))


class Archive(Body):
    """Put the case into the archive; it is kept for five years from its end unless a later day is said."""

    place: Text
    retain_until: KeptUntil | None = None


def archive(act: Act) -> Fact:
    """The archivist takes the case in once all is done that is owed even after its end."""
    if owed := _holding_up(act):
        raise DutiesOpen(about=owed)
    least = _kept_at_least(act)
    until = act.day("retain_until") if act.body.get("retain_until") is not None else least
    if until < least:
        raise RetentionTooShort("/retain_until")
    return act.fact(CaseArchived, act.discharges_all(CaseArchived), retain_until=until, **act.said("place"))


def _kept_at_least(act: Act) -> date:
    """The first day on which a case may be let go, by the bank date of its end (rules: default-retention)."""
    ended_at = act.state.ended_at
    ended_on = act.organisation.day.date_of(instant_of(ended_at)) if ended_at is not None else act.bank_date()
    years = ended_on.year + KEPT_YEARS
    return ended_on.replace(year=years, day=min(ended_on.day, monthrange(years, ended_on.month)[1]))


class Reopen(Body):
    """Take the case up again."""

    ground: Text
    received_at: Happened


def reopen(act: Act) -> Fact:
    """The case starts a new round: what was done before is owed anew, by whoever has it now."""
    left = [ended(duty, "waived", "reopened") for duty in act.core.open_duties(*REOPENED, APPROVE)]
    opened = [_anew(act, kind) for kind in REOPENED]
    return act.fact(CaseReopened, left, opened, **act.said("ground", "received_at"))


def _anew(act: Act, kind: str) -> DutyOpened:
    before: Duty | None = None
    for duty in act.core.duties():
        before = duty if duty.terms.kind == kind else before
    creditor = before.terms.creditor if before else _creditor(act, kind)
    nobody = creditor == CUSTOMER and not act.core.customer_known and act.core.channel not in ANSWERED_IN_BOOK
    waived = "customer_unknown" if nobody else None
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
        "waive-duty", WaiveDuty, DutyWaived, waive_duty,
        who=(DEBTOR,),
        stages=("open", "ended"),
        second_person=SecondPerson("always", _who_lets_go, about=("duty",)),
        refused=(UnknownDuty, NothingOwed, NotWaivable, AttemptsNeeded),
        effect="the duty is waived; only who owes it may do so",
    ),
    Declaration(
        "withdraw", Withdraw, CaseWithdrawn, withdraw,
        who=(ACCEPTING,),
        second_person=SecondPerson("where it is neither in the complainant's writing nor recorded", _who_confirms),
        refused=(ProofMissing, NotAllRepresentatives),
        effect="waives all but `answer_transferring_body`, `archive`",
    ),
    Declaration(
        "not-accept", NotAccept, CaseNotAccepted, not_accept,
        who=(ACCEPTING,),
        second_person=SecondPerson("but for `inquiry` and `praise`", _who_turns_away),
        refused=(DecidedAlready, BadOfCase),
        names_case="of_case",
        effect="waives all but `answer_transferring_body`, `archive`, `reply_customer`; `entered_by_mistake` this too",
    ),
    Declaration(
        "close", Close, CaseClosed, close,
        who=(CLOSER,),
        not_before=("decided_at", "replied_at", "reported_at", "tracked_at"),
        refused=(DutiesOpen, Unclassified, NotTrackedYet),
    ),
    Declaration(
        "archive", Archive, CaseArchived, archive,
        who=(ARCHIVIST,),
        stages=("ended",),
        not_before=("ended_at",),
        refused=(DutiesOpen, RetentionTooShort),
    ),
    Declaration(
        "reopen", Reopen, CaseReopened, reopen,
        who=(ACCEPTING,),
        stages=("ended", "archived"),
        not_before=("ended_at",),
        effect="opens contact, handling, reply, report, tracking and archiving anew",
    ),
)  # fmt: skip
