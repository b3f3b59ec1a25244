"""The events of second_looks, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from shared.contract.events.stored.codes import MajorGround, Outcome, RemedyOpen
from shared.contract.events.stored.parts import CaseworkEventData, RemedyData, SealedData


class DecisionRevisedData(CaseworkEventData):
    """``DecisionRevised``."""

    ground: SealedData
    what_changed: SealedData
    outcome: Outcome
    findings: SealedData
    grounds: SealedData
    decision: SealedData
    remedies_offered: list[RemedyData]
    remedies_open: list[RemedyOpen]
    content_fingerprint: str | None


class MajorFlaggedData(CaseworkEventData):
    """``MajorFlagged``."""

    ground: MajorGround
    words: SealedData
    next_report_at: str | None
