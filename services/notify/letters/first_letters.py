"""The first letters tell the customer that the complaint was received, and the handler that it is theirs. Pure."""

from collections.abc import Mapping

from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import Addressee, Dossier, Draft, LetterKind, Needless, Ownership
from services.notify.letters.occasions import (
    ASKED_AT_RECEIPT,
    CLOCK_STARTED,
    REASSIGNED,
    REFUSED_AT_RECEIPT,
    REROUTED,
    ROUTED,
    SETTLED_AT_RECEIPT,
)
from services.notify.letters.receipt_row import ROW, ROWS_TEXTS
from shared.contract.events.base import Sealed

NARRATIVE = Field("narrative", "what the customer says")
REQUEST = Field("request", "what the customer asks for", always=False)
SETTLED_BEFORE = Field("settled", "whether it was settled on the spot before", Shape.WHETHER)

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


FIRST_FACTS = (ROUTED, CLOCK_STARTED, SETTLED_AT_RECEIPT, ASKED_AT_RECEIPT, REFUSED_AT_RECEIPT)
"""What calls for the first letters, whichever of these comes last on the case."""
ACKNOWLEDGEMENT = LetterKind(
    "acknowledgement",
    occasions=FIRST_FACTS,
    to=(Addressee.CUSTOMER,),
    must_say=("received_on", "accepting_unit"),
    knows={SETTLED_BEFORE: lambda draft: draft.dossier.did("SettledOnTheSpot")},
    tells_date=True,
    ends="acknowledge_customer",
    at_night=True,
)
WRITTEN_NOTICE = LetterKind(
    "written_notice",
    occasions=(*FIRST_FACTS, REROUTED, REASSIGNED),
    to=(Addressee.HANDLER,),
    must_say=("received_on", "complained_unit", "narrative"),
    knows={SETTLED_BEFORE: lambda draft: draft.dossier.did("SettledOnTheSpot"), SAID_AGAIN: said_again, **ROW},
    opens=texts_of_further_receipts,
    quotes={NARRATIVE: lambda dossier: dossier.narrative, REQUEST: lambda dossier: dossier.request, **ROWS_TEXTS},
    unless=(Needless.CASE_OVER, Needless.ALREADY_TOLD),
    ends="deliver_written_notice",
    tells=Ownership.YOURS,
    tells_date=True,
)
FIRST_LETTERS = (ACKNOWLEDGEMENT, WRITTEN_NOTICE)
