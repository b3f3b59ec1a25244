"""The events of candidates, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import TypedDict

from shared.contract.events.stored.codes import DropGround
from shared.contract.events.stored.parts import SealedData


class CandidateReportedData(TypedDict):
    """``CandidateReported``."""

    candidate: str
    channel: str
    unit: str
    found_at: str
    outlet: SealedData
    url: SealedData | None
    author: SealedData | None
    words: SealedData


class CandidateDroppedData(TypedDict):
    """``CandidateDropped``."""

    candidate: str
    ground: DropGround
    words: SealedData | None


class CandidateConfirmedData(TypedDict):
    """``CandidateConfirmed``."""

    candidate: str
    case_id: str
    case_number: str
