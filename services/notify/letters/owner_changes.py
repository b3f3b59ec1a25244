"""These letters tell whoever gets a case from further down the ladder, and whoever it is taken from. Pure."""

from services.notify.letters.fields import Field, Shape
from services.notify.letters.first_letters import NARRATIVE, REQUEST
from services.notify.letters.kind import Addressee, LetterKind, Ownership
from services.notify.letters.occasions import ESCALATED, REASSIGNED, REROUTED

TAKES_OVER = Field("takes_over", "whether the person above takes the case over, or supports the handler", Shape.WHETHER)

ESCALATION_NOTICE = LetterKind(
    "escalation_notice",
    occasions=(ESCALATED,),
    to=(Addressee.PERSON_ABOVE,),
    must_say=("received_on", "complained_unit", "narrative"),
    knows={TAKES_OVER: lambda draft: draft.dossier.cause.data["mode"] == "takes_over"},
    quotes={NARRATIVE: lambda dossier: dossier.narrative, REQUEST: lambda dossier: dossier.request},
    ends="deliver_written_notice",
    tells=Ownership.YOURS,
)
HANDOVER_CANCELLED = LetterKind(
    "handover_cancelled",
    occasions=(REROUTED, REASSIGNED, ESCALATED),
    to=(Addressee.FORMER_HANDLERS,),
    must_say=("handler_name",),
    tells=Ownership.NO_LONGER_YOURS,
)
OWNER_CHANGES = (ESCALATION_NOTICE, HANDOVER_CANCELLED)
