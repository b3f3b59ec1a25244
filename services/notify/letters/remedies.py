"""Remedies are put into words where a letter says what the customer gets. Pure."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from shared.contract.amounts import money_in_words
from shared.contract.events.base import Sealed
from shared.contract.events.settlement import Remedy


class Speaks(Protocol):
    """Has the words of a letter's language, and what was said under seal: the draft of a letter."""

    @property
    def language(self) -> str:
        """The letter's language."""

    def words(self, code: str) -> str:
        """A code of the catalogue in words."""

    def opened(self, name: str) -> str | None:
        """A sealed text that the letter opens, in the clear."""


def remedies_in_words(draft: Speaks, remedies: Iterable[Remedy]) -> tuple[str, ...]:
    """Each remedy in one phrase: what it is, how much, and what was said of it."""
    return tuple(_remedy(draft, at, remedy) for at, remedy in enumerate(remedies))


def _remedy(draft: Speaks, at: int, remedy: Remedy) -> str:
    amount = ""
    if remedy.amount_minor is not None and remedy.currency is not None:
        amount = money_in_words(remedy.amount_minor, remedy.currency, draft.language)
    said = draft.opened(f"remedy.{at}")
    if remedy.kind == "other" and said:
        return f"{said} ({amount})" if amount and draft.language != "zh" else said + (f"（{amount}）" if amount else "")
    if draft.language == "zh":
        return draft.words(remedy.kind) + amount + (f"，{said}" if said else "")
    return draft.words(remedy.kind) + (f" of {amount}" if amount else "") + (f": {said}" if said else "")


def said_of(remedies: Iterable[Remedy]) -> Mapping[str, Sealed | None]:
    """What was said of each remedy, sealed."""
    return {f"remedy.{at}": remedy.words for at, remedy in enumerate(remedies)}
