"""This letter tells whoever works on a case in which of its files a scanner found something. Pure."""

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import FIRST_FACTS, FOUND_INFECTED
from services.notify.letters.reasons import Needless
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed

SCANNED, ADDED = "EvidenceScanned", "EvidenceAdded"
INFECTED = Field(
    "infected_files", "a row: the name of each file that stays closed, and what was found in it", Shape.ROW
)


def _verdicts(dossier: Dossier) -> tuple[Event, ...]:
    """What the letter is about: one verdict; with the first letters every one so far."""
    said = (dossier.cause,) if dossier.cause.name == SCANNED else dossier.happened(SCANNED)
    first = {event.data["document"]: event for event in reversed(said)}
    return tuple(event for event in first.values() if event.data["infected"])


def _names(dossier: Dossier) -> dict[str, Sealed | None]:
    """The names of those files, for display."""
    asked = {event.data["document"] for event in _verdicts(dossier)}
    files = (event for event in dossier.happened(ADDED) if event.id in asked)
    return {file.id: Sealed.model_validate(file.data["shown_name"] or file.data["file_name"]) for file in files}


def _files(draft: Draft) -> tuple[str, ...]:
    zh = draft.language == "zh"
    named = ((draft.opened(one.data["document"]), one.data["found"]) for one in _verdicts(draft.dossier))
    return tuple(f"{name}（{found}）" if zh else f"{name} ({found})" for name, found in named)


INFECTED_FILES = (
    LetterKind(
        "infected_file_notice",
        occasions=(*FIRST_FACTS, FOUND_INFECTED),
        to=(Addressee.WARNED,),
        must_say=("infected_files",),
        knows={INFECTED: _files},
        opens=_names,
        unless=(Needless.LONG_AGO,),
        after_withdrawal=True,
    ),
)
