"""The events of ownership, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

from shared.contract.events.stored.parts import CaseworkEventData, PersonAtData, SealedData


class HandoverAcceptedData(CaseworkEventData):
    """``HandoverAccepted``."""

    handler: PersonAtData


class HandoverRefusedData(CaseworkEventData):
    """``HandoverRefused``."""

    handler: PersonAtData
    ground: Literal["not_competent", "party_concerned"]
    proposed_unit: str | None


class ComplainedUnitDeterminedData(CaseworkEventData):
    """``ComplainedUnitDetermined``."""

    unit: str
    ground: SealedData


class PartyConcernedNamedData(CaseworkEventData):
    """``PartyConcernedNamed``."""

    person: str
    ground: SealedData


class AgentNamedData(CaseworkEventData):
    """``AgentNamed``."""

    agent: str
    ground: SealedData


class HandlerReassignedData(CaseworkEventData):
    """``HandlerReassigned``."""

    handler: PersonAtData
    ground: SealedData


class EscalationRequestedData(CaseworkEventData):
    """``EscalationRequested``."""

    reason: SealedData
    mode: Literal["takes_over", "supports"]
    skip_to: str | None
