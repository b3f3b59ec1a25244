"""The first letters tell the customer that the complaint was received, and the handler that it is theirs. Pure."""

from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import Addressee, LetterKind, Needless, Ownership
from services.notify.letters.occasions import CLOCK_STARTED, REASSIGNED, REROUTED, ROUTED

NARRATIVE = Field("narrative", "what the customer says")
REQUEST = Field("request", "what the customer asks for", always=False)
SETTLED_BEFORE = Field("settled", "whether it was settled on the spot before", Shape.WHETHER)

ACKNOWLEDGEMENT = LetterKind(
    "acknowledgement",
    occasions=(ROUTED, CLOCK_STARTED),
    to=(Addressee.CUSTOMER,),
    must_say=("received_on", "accepting_unit"),
    ends="acknowledge_customer",
    at_night=True,
)
WRITTEN_NOTICE = LetterKind(
    "written_notice",
    occasions=(ROUTED, CLOCK_STARTED, REROUTED, REASSIGNED),
    to=(Addressee.HANDLER,),
    must_say=("received_on", "complained_unit", "narrative"),
    knows={SETTLED_BEFORE: lambda draft: draft.dossier.did("SettledOnTheSpot")},
    quotes={NARRATIVE: lambda dossier: dossier.narrative, REQUEST: lambda dossier: dossier.request},
    unless=(Needless.CASE_OVER, Needless.ALREADY_TOLD),
    ends="deliver_written_notice",
    tells=Ownership.YOURS,
)
FIRST_LETTERS = (ACKNOWLEDGEMENT, WRITTEN_NOTICE)
