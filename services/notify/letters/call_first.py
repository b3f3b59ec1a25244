"""A note asks the handler to ring first whoever is to be told, the customer or who speaks for him. Pure."""

from services.notify.letters.addressees import Addressee
from services.notify.letters.customers_words import NARRATIVE
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import DECIDED, DECISION_REVISED
from services.notify.letters.reasons import Needless
from services.notify.letters.receipt_row import COMPLAINANT, COMPLAINANT_PHONE
from services.notify.letters.who_speaks import WHO_SPEAKS, names_of_speakers
from services.notify.letters.wishes import INTERPRETED, INTERPRETER, PEOPLE, PEOPLES_TEXTS

CALL_FIRST = LetterKind(
    "call_first_notice",
    occasions=(DECIDED, DECISION_REVISED),
    to=(Addressee.HANDLER,),
    must_say=("received_on", "complained_unit", "narrative"),
    knows={INTERPRETER: PEOPLE[INTERPRETER], **WHO_SPEAKS},
    opens=names_of_speakers,
    quotes={
        NARRATIVE: lambda dossier: dossier.narrative,
        COMPLAINANT: lambda dossier: dossier.complainant_name,
        COMPLAINANT_PHONE: lambda dossier: dossier.customer_phone,
        INTERPRETED: PEOPLES_TEXTS[INTERPRETED],
    },
    unless=(Needless.NO_CALL_WISHED, Needless.NOT_SO_ANY_MORE, Needless.LONG_AGO),
)
CALLS = (CALL_FIRST,)
