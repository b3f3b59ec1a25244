"""These commands say who has the case: hand-overs, agents, other handlers, other units, the way up."""

from typing import Literal

from services.casework.act import Act
from services.casework.bad_content import OutsideUnit, SamePerson, SameUnit, UnknownPerson, UnknownUnit
from services.casework.bad_state import (
    AlreadyAccepted,
    AlreadyNamed,
    NobodyHandles,
    NothingOwed,
    TopReached,
    UnitRefusedBefore,
)
from services.casework.commands.declaration import Body, Declaration
from services.casework.event_parts import as_creditor, ended, person_at
from services.casework.refusals import PartyConcerned
from services.casework.reviews import passed_on
from services.casework.sides import ACCEPTING, DEBTOR, HANDLER, HEAD_OF_HANDLING_UNIT, ONESELF
from shared.bank.ladder import PeopleSearch
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import FOLLOWS_HANDLER
from shared.contract.bodies import Id, Text
from shared.contract.events.base import DutyOpened, PersonAt, PostAt
from shared.contract.events.ownership import (
    AgentNamed,
    ComplainedUnitDetermined,
    EscalationRequested,
    HandlerReassigned,
    HandoverAccepted,
    HandoverRefused,
    PartyConcernedNamed,
)
from shared.kernel.service import Fact


class AcceptHandover(Body):
    """Take the case over as its handler."""


def accept_handover(act: Act) -> Fact:
    """The handler takes the case over; a written notice still to be delivered is not needed any more."""
    _check_not_accepted(act)
    return act.fact(HandoverAccepted, act.discharges_all(HandoverAccepted), handler=person_at(act.handler))


class RefuseHandover(Body):
    """Refuse to take the case over; a unit may do so once."""

    ground: Literal["not_competent", "party_concerned"]
    proposed_unit: Id | None = None


def refuse_handover(act: Act) -> Fact:
    """The handler hands the case back; a unit may do so once."""
    _check_not_accepted(act)
    if act.handler.unit in act.core.refused_units:
        raise UnitRefusedBefore
    said = act.said("ground")
    if act.body.get("proposed_unit") is not None:
        said["proposed_unit"] = act.known_unit("proposed_unit")
        if said["proposed_unit"] == act.handler.unit:
            raise SameUnit("/proposed_unit")
    return act.fact(HandoverRefused, act.discharges_all(HandoverRefused), handler=person_at(act.handler), **said)


def _check_not_accepted(act: Act) -> None:
    if not act.core.open_duties("accept_handover"):
        raise AlreadyAccepted if act.core.did("HandoverAccepted") else NothingOwed(about=("accept_handover",))


class AssignUnit(Body):
    """Determine the complained unit; this binds also a unit that refused."""

    unit: Id
    ground: Text


def assign_unit(act: Act) -> Fact:
    """The accepting post determines the complained unit; that binds also a unit that refused."""
    unit, handler = act.known_unit("unit"), act.core.handler
    if unit == act.core.complained_unit and handler is not None and handler.unit == unit:
        raise SameUnit("/unit")
    return act.fact(
        ComplainedUnitDetermined, act.discharges_all(ComplainedUnitDetermined), unit=unit, **act.said("ground")
    )


class NameParty(Body):
    """Name somebody as a party concerned."""

    person: Id
    ground: Text


def name_party(act: Act) -> Fact:
    """Somebody on the case names a party concerned."""
    person = act.known_person()
    if person in act.core.parties:
        raise AlreadyNamed("/person")
    return act.fact(PartyConcernedNamed, person=person, **act.said("ground"))


class Delegate(Body):
    """Name an agent."""

    person: Id
    ground: Text


def delegate(act: Act) -> Fact:
    """The handler names an agent of his unit."""
    person = _of_the_unit(act)
    if person in (act.handler.person, act.core.agent):
        raise SamePerson("/person")
    return act.fact(AgentNamed, *passed_on(act, person), agent=person, **act.said("ground"))


class Reassign(Body):
    """Give the case to another person of the handling unit."""

    person: Id
    ground: Text


def reassign(act: Act) -> Fact:
    """Another person of the handling unit gets the case, and with it what the former one still owes."""
    if act.core.handler is None:
        raise NobodyHandles
    person = _of_the_unit(act)
    if person == act.handler.person:
        raise SamePerson("/person")
    handler = PersonAt(unit=act.handler.unit, person=person)
    moving = [duty for duty in act.core.open_duties() if _moves(act, duty)]
    debtor = act.post_of(Place(handler.unit, None, person))
    opened = [act.opens(d.terms.kind, debtor, as_creditor(d.terms.creditor), level=d.terms.level) for d in moving]
    opened += _accepts_anew(act, debtor, moving)
    ends = [ended(duty, "waived", "reassigned") for duty in moving]
    review_ended, review_opened = passed_on(act, person)
    ends += review_ended
    opened += review_opened
    return act.fact(HandlerReassigned, ends, _once(opened), handler=handler, **act.said("ground"))


def _of_the_unit(act: Act) -> str:
    person = act.free_person()
    if act.organisation.people[person].unit not in act.organisation.below(act.handler.unit):
        raise OutsideUnit("/person")
    return person


def _moves(act: Act, duty: Duty) -> bool:
    debtor = duty.terms.debtor
    return duty.terms.kind in FOLLOWS_HANDLER and (debtor.unit, debtor.person) == (act.handler.unit, act.handler.person)


def _accepts_anew(act: Act, debtor: PostAt, moving: list[Duty]) -> list[DutyOpened]:
    """A hand-over that was accepted binds in person: the new handler accepts anew, where there is one at all."""
    before = [duty for duty in act.core.duties() if duty.terms.kind == "accept_handover"]
    if not before or before[-1] in moving:
        return []
    return [act.opens("accept_handover", debtor, as_creditor(before[-1].terms.creditor))]


def _once(opened: list[DutyOpened]) -> list[DutyOpened]:
    """Two promises open at once become one duty of the new handler."""
    return list({duty.id: duty for duty in opened}.values())


Rung = Literal["outlet_head", "operations_supervisor", "deputy_president", "president", "superior_unit"]


class Escalate(Body):
    """Take the case up the ladder."""

    reason: Text
    mode: Literal["takes_over", "supports"]
    skip_to: Rung | None = None


def escalate(act: Act) -> Fact:
    """The actor asks somebody above to take part. Raises TopReached where nobody is left above."""
    core = act.core
    search = PeopleSearch(act.organisation, act.rights.parties, act.rights.on)
    reached = [place.person for place in (core.handler, core.escalated_to) if place is not None]
    unit = core.complained_unit or (core.handler or act.accepting).unit
    if search.escalation(unit, reached, act.body.get("skip_to")) is None:
        raise TopReached
    return act.fact(EscalationRequested, **act.said("reason", "mode", "skip_to"))


COMMANDS = (
    Declaration(
        "accept-handover", AcceptHandover, HandoverAccepted, accept_handover,
        who=(HANDLER,),
        not_before=("owned_at",),
        refused=(AlreadyAccepted, NothingOwed),
    ),
    Declaration(
        "refuse-handover", RefuseHandover, HandoverRefused, refuse_handover,
        who=(HANDLER,),
        not_before=("owned_at",),
        refused=(AlreadyAccepted, NothingOwed, UnitRefusedBefore, SameUnit, UnknownUnit),
        effect="the case is routed again",
    ),
    Declaration(
        "assign-unit", AssignUnit, ComplainedUnitDetermined, assign_unit,
        who=(ACCEPTING,),
        refused=(SameUnit, UnknownUnit),
        effect="the case is routed again",
    ),
    Declaration(
        "name-party", NameParty, PartyConcernedNamed, name_party,
        who=(DEBTOR, ONESELF),
        refused=(AlreadyNamed, UnknownPerson),
        effect="the case is routed again",
    ),
    Declaration(
        "delegate", Delegate, AgentNamed, delegate,
        who=(HANDLER,),
        refused=(SamePerson, OutsideUnit, UnknownPerson, PartyConcerned),
        effect="the person becomes the handler's agent",
    ),
    Declaration(
        "reassign", Reassign, HandlerReassigned, reassign,
        who=(HEAD_OF_HANDLING_UNIT, ACCEPTING),
        refused=(NobodyHandles, SamePerson, OutsideUnit, UnknownPerson, PartyConcerned),
        effect="what the handler owes moves; the hand-over is accepted anew",
    ),
    Declaration(
        "escalate", Escalate, EscalationRequested, escalate,
        who=(HANDLER, ACCEPTING),
        refused=(TopReached,),
        effect="routing says who takes it over or supports the handler",
    ),
)  # fmt: skip
