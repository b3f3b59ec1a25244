"""A letter quotes what the customer says and asks for, also in further receipts. Pure."""

from collections.abc import Mapping

from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.fields import Field, Shape
from shared.contract.events.base import Sealed

NARRATIVE = Field("narrative", "what the customer says")
REQUEST = Field("request", "what the customer asks for", always=False)

COLON = {"zh": "：", "en": ": "}
SAID_AGAIN = Field("said_again", "what the customer said in further receipts, perhaps nothing", Shape.ROW, always=False)


def said_again(draft: Draft) -> tuple[str, ...]:
    """What further receipts said, each with its day."""
    receipts = draft.dossier.said_again
    said = ((draft.date_of(one.at), draft.opened(f"again.{at}")) for at, one in enumerate(receipts))
    return tuple(f"{day}{COLON[draft.language]}{text}" for day, text in said if text)


def texts_of_further_receipts(dossier: Dossier) -> Mapping[str, Sealed | None]:
    """The narratives of further receipts, sealed."""
    return {f"again.{at}": one.narrative for at, one in enumerate(dossier.said_again)}
