"""The events of passing, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

from shared.contract.events.stored.codes import Step
from shared.contract.events.stored.parts import CaseworkEventData, PostAtData, SealedData


class DispatchPassedDownData(CaseworkEventData):
    """``DispatchPassedDown``."""

    step: Step
    level: str
    to: PostAtData
    words: SealedData | None


class ReportPassedUpData(CaseworkEventData):
    """``ReportPassedUp``."""

    level: str
    to: PostAtData
    last: bool
    words: SealedData | None


class MediaAnsweredData(CaseworkEventData):
    """``MediaAnswered``."""

    kind: Literal["interim", "final"]
    outlet: SealedData
    words: SealedData
