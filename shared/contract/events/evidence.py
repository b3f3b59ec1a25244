"""Facts that intake publishes about files once they are in."""

from typing import ClassVar

from pydantic import Field

from shared.contract.events.base import Identifier
from shared.contract.events.intake import IntakeEvent


class EvidenceScanned(IntakeEvent, heard_by={"notify"}):
    """A scanner said what it found in a file, which was in quarantine until then. An infected one stays closed.

    ``document``: the event that added the file; of several verdicts on one the first counts.
    """

    version: ClassVar[int] = 1

    document: Identifier
    infected: bool
    found: str | None = Field(default=None, max_length=200)
