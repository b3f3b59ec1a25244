"""The events of corrections, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

from shared.contract.events.stored.parts import CaseworkEventData, SealedData


class ReceiptCorrectedData(CaseworkEventData):
    """``ReceiptCorrected``."""

    pointer: str
    value: SealedData | str | int | bool | None
    ground: SealedData
    went_wrong: list[str]
    received_on: str | None


class EvidenceCheckedData(CaseworkEventData):
    """``EvidenceChecked``."""

    document: str
    result: Literal["genuine", "doubtful", "unreadable", "irrelevant"]
    words: SealedData | None
