"""A decision is told in fields that several letters share: what was found, is offered and still open. Pure."""

from collections.abc import Iterable
from functools import reduce
from typing import get_args

from services.notify.letters.asked import Draft
from services.notify.letters.fields import Field, Shape
from services.notify.letters.words import REMEDIES_OPEN
from shared.contract.events.casework import RemedyOpen

OUTCOME = Field("outcome", "upheld, in part, or not, in words")
FINDINGS = Field("findings", "what was found, as the handler typed it for the customer")
GROUNDS = Field("grounds", "why, as the handler typed it")
DECISION = Field("decision", "what was decided, as the handler typed it")
REMEDIES_OFFERED = Field(
    "remedies_offered", "a row of phrases, perhaps none: kind, amount, words", Shape.ROW, always=False
)
WAYS_OPEN = Field(
    "remedies_open",
    "a row of phrases: review (with the institution above and the 30 days), mediation, arbitration, litigation",
    Shape.ROW,
)
ALL_WAYS: tuple[RemedyOpen, ...] = get_args(RemedyOpen)
"""A settlement names no ways that are still open, so all are."""


def ways_in_words(draft: Draft, ways: Iterable[RemedyOpen]) -> tuple[str, ...]:
    """What the customer may still do, each way in a phrase."""
    phrases = REMEDIES_OPEN[draft.language]
    where = {"{superior}": draft.reviewing_institution, "{mediation}": draft.mediating_body}
    return tuple(reduce(lambda text, place: text.replace(place, where[place]()), where, phrases[way]) for way in ways)
