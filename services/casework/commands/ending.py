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
    UnknownDuty,
    UnknownRepresentative,
)
from services.casework.bad_state import (
    AttemptsNeeded,
    DecidedAlready,
    DutiesOpen,
    NothingOwed,
    NotTrackedYet,
    ToBeRevised,
    Unclassified,
)
from services.casework.bad_times import RetentionTooShort
from services.casework.commands.declaration import Body, Declaration, SecondPerson
from services.casework.event_parts import ended
from services.casework.same_matter import NAMES_OTHER, SAME_MATTER
from services.casework.sides import ACCEPTING, ARCHIVIST, CLOSER, DEBTOR
from shared.bank.bank_day import instant_of
from shared.case.duties import Duty
from shared.case.duty_kinds import (
    ASSIST,
    CUSTOMER,
    KINDS,
    SURVIVE_REFUSAL,
    SURVIVE_WITHDRAWAL,
)
from shared.case.speakers import named
from shared.contract.bodies import CaseName, Id, Listed, Text
from shared.contract.codes import ReplyWay
from shared.contract.events.approving import DutyWaived
from shared.contract.events.base import DutyEnded
from shared.contract.events.ending import CaseArchived, CaseClosed, CaseNotAccepted, CaseWithdrawn
from shared.contract.names import Name
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
    by: Listed[Name] = ()
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
    _check_all(act)
    duties = _all_but(act, SURVIVE_WITHDRAWAL, "withdrawn")
    return act.fact(CaseWithdrawn, duties, **act.said("received_at", "way", "by"))


def _check_all(act: Act) -> None:
    """Refuse the withdrawal of a joint complaint that not all who speak for it make.

    A command of before names nobody and says that all do. Raises UnknownRepresentative, NotAllRepresentatives.
    """
    speakers, by = act.core.speakers, list(act.body.get("by") or ())
    unknown = [f"/by/{at}" for at, name in enumerate(by) if named(speakers, name) is None]
    if unknown:
        raise UnknownRepresentative(*unknown)
    wanted = speakers.representatives if speakers is not None else ()
    there = {id(named(speakers, name)) for name in by}
    said_so = act.body.get("by_all_representatives") is True
    if len(wanted) > 1 and not said_so and any(id(one) not in there for one in wanted):
        raise NotAllRepresentatives("/by")


class NotAccept(Body):
    """Say that it is not handled as a complaint; ``of_case`` names the case of the same matter, by id or number."""

    model_config = NAMES_OTHER

    ground: Literal[
        "not_the_complainant", "not_a_complaint", "not_this_bank", "same_without_new_facts",
        "inquiry", "praise", "duplicate", "entered_by_mistake",
    ]  # fmt: skip
    signpost: Text
    of_case: CaseName | None = None
    approved_by: Id | None = None


MISTAKE: Final = "entered_by_mistake"
"""The ground of which nobody is told: there is no customer who complained."""
KIND_GROUNDS = ("inquiry", "praise")
"""Grounds that refuse nothing: a question is answered, praise is thanked for."""


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
    if act.core.looks.to_be_revised:
        raise ToBeRevised
    if owed or act.core.reason is None:
        raise Unclassified(about=("classify",))
    if not act.core.did("ResultTracked"):
        raise NotTrackedYet(about=("track_result",))
    return act.fact(CaseClosed, [ended(duty, "waived", "closed") for duty in act.core.open_duties(ASSIST)])


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
        names_speakers="by",
        refused=(ProofMissing, NotAllRepresentatives, UnknownRepresentative),
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
        refused=(DutiesOpen, ToBeRevised, Unclassified, NotTrackedYet),
    ),
    Declaration(
        "archive", Archive, CaseArchived, archive,
        who=(ARCHIVIST,),
        stages=("ended",),
        not_before=("ended_at",),
        refused=(DutiesOpen, RetentionTooShort),
    ),
)  # fmt: skip
