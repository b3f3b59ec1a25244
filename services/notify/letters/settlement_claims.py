"""These letters tell who is claimed to have settled the matter, and who has the case when he denies it. Pure."""

from services.notify.letters.addressees import Addressee
from services.notify.letters.customers_words import NARRATIVE
from services.notify.letters.fields import Field
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import CLOCK_STARTED, ROUTED, SETTLEMENT_DENIED
from services.notify.letters.reasons import Needless
from shared.contract.events.casework import SettlementDenied
from shared.contract.events.intake import ComplaintReceived

CLAIMED_BY = Field(
    "claimed_by", "who registered the complaint and claims it: a person, or what a channel system is called"
)
DENIED_BY = Field("denied_by", "the name of who denies it")
DENIAL = Field("denial", "why it is denied, as it was typed")

SETTLEMENT_CLAIM = LetterKind(
    "settlement_claim",
    occasions=(ROUTED, CLOCK_STARTED),
    to=(Addressee.CLAIMED_SETTLER,),
    must_say=("received_on", "claimed_by", "narrative"),
    knows={CLAIMED_BY: lambda draft: draft.who(draft.dossier.latest(ComplaintReceived).submitter)},
    quotes={NARRATIVE: lambda dossier: dossier.narrative},
)
CLAIM_DENIED = LetterKind(
    "settlement_claim_denied",
    occasions=(SETTLEMENT_DENIED,),
    to=(Addressee.IN_CHARGE, Addressee.ACCEPTING_PERSON),
    must_say=("denied_by", "denial"),
    knows={DENIED_BY: lambda draft: draft.who(draft.dossier.cause.actor)},
    quotes={DENIAL: lambda dossier: dossier.latest(SettlementDenied).ground},
    unless=(Needless.CASE_OVER,),
)
SETTLEMENT_CLAIMS = (SETTLEMENT_CLAIM, CLAIM_DENIED)
