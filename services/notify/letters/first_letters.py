"""The first letters tell the customer that the complaint was received, and the handler that it is theirs. Pure."""

from services.notify.letters.customers_words import (
    NARRATIVE,
    REQUEST,
    SAID_AGAIN,
    said_again,
    texts_of_further_receipts,
)
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import Addressee, LetterKind, Needless, Ownership
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

SETTLED_BEFORE = Field("settled", "whether it was settled on the spot before", Shape.WHETHER)
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
