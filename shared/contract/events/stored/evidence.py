"""The events of evidence, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import TypedDict


class EvidenceScannedData(TypedDict):
    """``EvidenceScanned``."""

    document: str
    infected: bool
    found: str | None
