"""An act's sentence begins with who did it, and for whom."""

from typing import Any

from shared.case.sentences.telling import Say, Sentence, Telling
from shared.contract.events.stored.parts import CaseworkEventData


def hers(t: Telling[CaseworkEventData]) -> str:
    """Who did it, and for whom where somebody acted in another's place."""
    acted_for = t.data["acted_for"]
    if acted_for is None:
        return t.actor
    return f"{t.actor}代{t.person(acted_for)}" if t.zh else f"{t.actor}, for {t.person(acted_for)},"


def did(zh: Say[Any], en: Say[Any]) -> Sentence[Any]:
    """A sentence that begins with who did it."""
    return Sentence(lambda t: f"{hers(t)}{zh(t)}。", lambda t: f"{hers(t)} {en(t)}.")
