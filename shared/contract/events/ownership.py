"""Facts about who has a case: taken over, refused, given to somebody else, asked up, and who may not have it."""

from typing import Literal

from shared.contract.events.base import EVERYBODY, CaseworkEvent, Identifier, PersonAt, Sealed


class HandoverAccepted(CaseworkEvent, heard_by=EVERYBODY):
    """The handler took the case over; until then the first-asked answers for it."""

    handler: PersonAt


class HandoverRefused(CaseworkEvent, heard_by=EVERYBODY):
    """The handler does not take the case over: it is routed again. A unit refuses once at most."""

    handler: PersonAt
    ground: Literal["not_competent", "party_concerned"]
    proposed_unit: Identifier | None = None


class ComplainedUnitDetermined(CaseworkEvent, heard_by=EVERYBODY):
    """The accepting post says which unit the complaint is about; it binds also a unit that refused."""

    unit: Identifier
    ground: Sealed


class PartyConcernedNamed(CaseworkEvent, heard_by=EVERYBODY):
    """Somebody turned out to be a party concerned: the case is routed again without them (article 3)."""

    person: Identifier
    ground: Sealed


class AgentNamed(CaseworkEvent, heard_by=EVERYBODY):
    """The handler named an agent (经办人), who does everything of the handler but decide and report."""

    agent: Identifier
    ground: Sealed


class HandlerReassigned(CaseworkEvent, heard_by=EVERYBODY):
    """The case was given to another person of the handling unit."""

    handler: PersonAt
    ground: Sealed


class EscalationRequested(CaseworkEvent, heard_by=EVERYBODY):
    """The case is to go up the ladder; ``skip_to`` passes rungs over."""

    reason: Sealed
    mode: Literal["takes_over", "supports"]
    skip_to: Identifier | None = None
