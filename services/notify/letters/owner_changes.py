"""These letters tell whoever gets a case, as handler or as agent, and whoever it is taken from. Pure."""

from services.notify.letters.customers_words import (
    NARRATIVE,
    REQUEST,
    SAID_AGAIN,
    said_again,
    texts_of_further_receipts,
)
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import Addressee, LetterKind, Needless, Ownership
from services.notify.letters.occasions import AGENT_NAMED, ESCALATED, REASSIGNED, REROUTED
from shared.contract.events.casework import AgentNamed

TAKES_OVER = Field("takes_over", "whether the person above takes the case over, or supports the handler", Shape.WHETHER)
SILENT = Field("silent", "whether it goes up because nobody was heard from in time", Shape.WHETHER)
AGENT_NAME = Field("agent_name", "the name of who was named as agent")

ESCALATION_NOTICE = LetterKind(
    "escalation_notice",
    occasions=(ESCALATED,),
    to=(Addressee.PERSON_ABOVE,),
    must_say=("received_on", "complained_unit", "narrative"),
    knows={
        TAKES_OVER: lambda draft: draft.dossier.cause.data["mode"] == "takes_over",
        SILENT: lambda draft: draft.dossier.cause.data["ground"] == "silence",
        SAID_AGAIN: said_again,
    },
    opens=texts_of_further_receipts,
    quotes={NARRATIVE: lambda dossier: dossier.narrative, REQUEST: lambda dossier: dossier.request},
    ends="deliver_written_notice",
    tells=Ownership.YOURS,
    tells_date=True,
)
HANDOVER_CANCELLED = LetterKind(
    "handover_cancelled",
    occasions=(REROUTED, REASSIGNED, ESCALATED, AGENT_NAMED),
    to=(Addressee.FORMER_HANDLERS,),
    must_say=("handler_name",),
    tells=Ownership.NO_LONGER_YOURS,
)
DELEGATION_NOTICE = LetterKind(
    "delegation_notice",
    occasions=(AGENT_NAMED,),
    to=(Addressee.AGENT, Addressee.HANDLER),
    must_say=("received_on", "complained_unit", "agent_name", "narrative"),
    knows={
        AGENT_NAME: lambda draft: draft.person_name(draft.dossier.latest(AgentNamed).agent),
        SAID_AGAIN: said_again,
    },
    opens=texts_of_further_receipts,
    quotes={NARRATIVE: lambda dossier: dossier.narrative, REQUEST: lambda dossier: dossier.request},
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
    tells=Ownership.YOURS,
    tells_date=True,
)
OWNER_CHANGES = (ESCALATION_NOTICE, HANDOVER_CANCELLED, DELEGATION_NOTICE)
