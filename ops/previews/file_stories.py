"""What can happen to the files of a case that a letter tells of."""

from collections.abc import Callable

from ops.previews.story_so_far import StorySoFar
from shared.contract.events.base import EventData
from shared.contract.events.evidence import EvidenceScanned
from shared.contract.events.intake import EvidenceAdded


def evidence(told: StorySoFar) -> EventData:
    """Somebody added a file."""
    return EvidenceAdded(
        sha256="00", size_bytes=1, kind="photo", file_name=told.said("refund"), media_type="image/png",
        note=told.said("request"),
    )  # fmt: skip


def _infected(told: StorySoFar) -> EventData:
    file = next(event.id for event in reversed(told.events) if event.name == EvidenceAdded.__name__)
    return EvidenceScanned(document=file, infected=True, found="Eicar-Test-Signature")


BEFORE: dict[str, Callable[[StorySoFar], EventData]] = {"infected_file_notice": evidence}
"""What has to have happened before a file can be found infected."""
ONLY: dict[str, Callable[[StorySoFar], EventData]] = {"infected_file_notice": _infected}
"""By which story a letter is shown that the first facts of a case can call for as well."""
