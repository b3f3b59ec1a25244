"""The events of routing, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal, TypedDict

from shared.contract.events.stored.parts import (
    DutyEndedData,
    DutyOpenedData,
    PersonAtData,
    RefusedCandidateData,
    RoutingDecisionData,
    VersionedData,
)


class CaseRoutedData(TypedDict):
    """``CaseRouted``."""

    decision: RoutingDecisionData
    duties_opened: list[DutyOpenedData]
    major: bool


class CaseReroutedData(TypedDict):
    """``CaseRerouted``."""

    ground: str
    decision: RoutingDecisionData
    duties_opened: list[DutyOpenedData]
    duties_ended: list[DutyEndedData]


class CaseEscalatedData(TypedDict):
    """``CaseEscalated``."""

    mode: Literal["takes_over", "supports"]
    rung: str
    to: PersonAtData
    ground: str
    organisation: VersionedData
    refused: list[RefusedCandidateData]
    duties_opened: list[DutyOpenedData]
    duties_ended: list[DutyEndedData]


class RoutingFellBackData(TypedDict):
    """``RoutingFellBack``."""

    unit: str
    reason: str


class DutiesAddedData(TypedDict):
    """``DutiesAdded``."""

    duties_opened: list[DutyOpenedData]
    reason: str
