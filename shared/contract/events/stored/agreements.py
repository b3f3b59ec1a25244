"""The events of agreements, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

from shared.contract.events.stored.codes import PlanAnswer, PlanWay, RemedyKind
from shared.contract.events.stored.parts import CaseworkEventData, PlanStepData, RemedyData, SealedData


class NegotiationPlanOfferedData(CaseworkEventData):
    """``NegotiationPlanOffered``."""

    plan_version: int
    replaces: str | None
    steps: list[PlanStepData]
    ways: list[PlanWay]
    times: list[str]
    remedies: list[RemedyData]
    answer_by: str


class NegotiationPlanAnsweredData(CaseworkEventData):
    """``NegotiationPlanAnswered``."""

    plan: str
    plan_version: int
    answer: PlanAnswer
    way: PlanWay | None
    at_time: str | None
    remind_at: str | None
    words: SealedData | None


class NegotiationPlanStepExecutedData(CaseworkEventData):
    """``NegotiationPlanStepExecuted``."""

    plan: str
    plan_version: int
    step: int
    outcome: SealedData


class RemedyExecutedData(CaseworkEventData):
    """``RemedyExecuted``."""

    remedy: int
    granted_by: str
    granted_in: Literal["decision", "settlement", "plan"]
    kind: RemedyKind
    amount_minor: int | None
    currency: str | None
    outcome: SealedData
    arrived_on: str | None
