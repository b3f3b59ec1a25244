"""Rounds tell which kinds are called for: first letters are decided once, and a reopening calls for others. Pure."""

from services.notify.letters.first_letters import ACKNOWLEDGEMENT, FIRST_LETTERS
from services.notify.letters.kind import LetterKind
from services.notify.letters.news import OF_A_REOPENING
from services.notify.letters.occasions import FIRST_FACTS
from services.notify.letters.reasons import Needless
from services.notify.state import NotifyState
from shared.case.corrections import CORRECTED
from shared.contract.envelope import Event
from shared.contract.receipt_pointers import EMAIL

FIRST = ACKNOWLEDGEMENT.name
"""The kind of letter that every case gets, or deliberately not, once its first letters are decided."""


def is_of_its_round(kind: LetterKind, cause: Event, state: NotifyState) -> bool:
    """Whether a letter is one of the first letters, which are decided once, or of those that a reopening calls for."""
    if cause.name == CORRECTED:
        return kind not in FIRST_LETTERS or _goes_again(state, cause)
    if cause.name not in {one.event for one in FIRST_FACTS}:
        return True
    if kind in FIRST_LETTERS:
        return not _first_decided(state)
    return kind not in OF_A_REOPENING or _first_decided(state)


def is_owed(kind: LetterKind, state: NotifyState) -> bool:
    """Whether a letter has its place on this case: some kinds are owed on some channels only."""
    return Needless.NOT_OWED not in kind.unless or bool(state.core.open_duties(str(kind.ends)))


def _goes_again(state: NotifyState, cause: Event) -> bool:
    """Whether the customer is told once more that the complaint is registered: it was told to a wrong address."""
    corrected = cause.data["pointer"] == EMAIL and cause.data["value"] is not None
    return corrected and _first_decided(state) and not state.core.ended


def _first_decided(state: NotifyState) -> bool:
    """Whether the first letters of the case were decided."""
    return any(part.kind == FIRST for part in state.shared_parts)
