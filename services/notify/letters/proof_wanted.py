"""Whoever speaks for a customer is told as what the bank takes him, and which papers would prove it. Pure."""

from services.notify.letters.asked import Draft
from services.notify.letters.fields import Field, Shape
from services.notify.letters.words import PROOFS, SPEAKS_AS

SPOKEN_AS = Field("spoken_as", "as what the reader speaks for the customer, in words")
PROOF_WANTED = Field(
    "proof_wanted", "a row of phrases: the papers that prove it, by what the reader speaks as", Shape.ROW
)


def _relation(draft: Draft) -> str:
    return draft.dossier.relation or "proxy"


def spoken_as(draft: Draft) -> str:
    """As what somebody speaks for the customer, in words."""
    return SPEAKS_AS[draft.language][_relation(draft)]


def proofs_in_words(draft: Draft) -> tuple[str, ...]:
    """The papers that prove it."""
    return PROOFS[draft.language][_relation(draft)]
