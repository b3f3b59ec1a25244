"""This letter asks whoever speaks for a customer for the proof, in place of an acknowledgement. Pure."""

from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import Addressee, Draft, LetterKind, Needless
from services.notify.letters.occasions import (
    ASKED_AT_RECEIPT,
    CLOCK_STARTED,
    RECEIVED_AGAIN,
    REFUSED_AT_RECEIPT,
    ROUTED,
    SETTLED_AT_RECEIPT,
    SPEAKERS_CHANGED,
)
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


AUTHORITY_CHECK = LetterKind(
    "authority_check",
    occasions=(
        ROUTED, CLOCK_STARTED, SETTLED_AT_RECEIPT, ASKED_AT_RECEIPT, REFUSED_AT_RECEIPT, RECEIVED_AGAIN,
        SPEAKERS_CHANGED,
    ),
    to=(Addressee.PROXY,),
    must_say=("received_on", "proof_wanted", "accepting_unit"),
    knows={SPOKEN_AS: spoken_as, PROOF_WANTED: proofs_in_words},
    unless=(Needless.NO_CLAIM,),
    on_paper=True,
    ends="acknowledge_customer",
    at_night=True,
)  # fmt: skip
