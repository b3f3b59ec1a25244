"""The first letters tell the customer that the complaint was received, and the handler that it is theirs. Pure."""

from collections.abc import Mapping

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft, Quote
from services.notify.letters.customers_words import (
    NARRATIVE,
    REQUEST,
    SAID_AGAIN,
    said_again,
    texts_of_further_receipts,
)
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind, Ownership
from services.notify.letters.occasions import (
    FIRST_FACTS,
    REASSIGNED,
    RECEIPT_CORRECTED,
    RECEIVED_AGAIN,
    REROUTED,
    SPEAKERS_CHANGED,
)
from services.notify.letters.proof_wanted import PROOF_WANTED, SPOKEN_AS, proofs_in_words, spoken_as
from services.notify.letters.reasons import Needless
from services.notify.letters.receipt_row import ROW, ROWS_TEXTS
from services.notify.letters.who_speaks import WHO_SPEAKS, names_of_speakers
from services.notify.letters.wishes import PEOPLE, PEOPLES_TEXTS, descriptions
from services.notify.letters.words import OVER_BY
from shared.contract.events.base import Sealed
from shared.contract.events.casework import DecisionMade
from shared.contract.events.notify import MessageSent

SETTLED_BEFORE = Field("settled", "whether it was settled on the spot before", Shape.WHETHER)
TEXTS: Mapping[Field, Quote] = {
    NARRATIVE: lambda dossier: dossier.narrative,
    REQUEST: lambda dossier: dossier.request,
    **ROWS_TEXTS,
    **PEOPLES_TEXTS,
}
"""What notice and form quote."""


def _opened(dossier: Dossier) -> Mapping[str, Sealed | None]:
    """What the customer said again, who speaks for him, and how staff was described."""
    return {**texts_of_further_receipts(dossier), **names_of_speakers(dossier), **descriptions(dossier)}


ACKNOWLEDGEMENT = LetterKind(
    "acknowledgement",
    occasions=(*FIRST_FACTS, RECEIPT_CORRECTED),
    to=(Addressee.CUSTOMER,),
    must_say=("received_on", "accepting_unit"),
    knows={SETTLED_BEFORE: lambda draft: draft.dossier.did("SettledOnTheSpot")},
    unless=(Needless.AUTHORITY_LETTER_SAYS, Needless.MACHINE_WROTE),
    tells_date=True,
    ends="acknowledge_customer",
    at_night=True,
    by_sms=True,
)
WRITTEN_NOTICE = LetterKind(
    "written_notice",
    occasions=(*FIRST_FACTS, REROUTED, REASSIGNED),
    to=(Addressee.HANDLER,),
    must_say=("received_on", "complained_unit", "narrative"),
    knows={
        SETTLED_BEFORE: lambda draft: draft.dossier.did("SettledOnTheSpot"),
        SAID_AGAIN: said_again,
        **ROW,
        **WHO_SPEAKS,
        **PEOPLE,
    },
    opens=_opened,
    quotes=TEXTS,
    unless=(Needless.CASE_OVER, Needless.ALREADY_TOLD),
    ends="deliver_written_notice",
    tells=Ownership.YOURS,
    tells_date=True,
)


def _reminders(draft: Draft) -> tuple[str, ...]:
    """When whom the office had reminded, up to this copy of the form."""
    sent = (event.data for event in draft.dossier.happened(MessageSent.__name__))
    days = (draft.date_of(event.happened_at) for event in draft.dossier.happened(MessageSent.__name__))
    rows = ((day, said) for day, said in zip(days, sent, strict=True) if said["kind"] in REMINDING)
    told = ((day, draft.words(said["kind"]), draft.person_name(said["recipient"]["person"])) for day, said in rows)
    return tuple(ROW_OF_REMINDER[draft.language].format(day=day, kind=kind, to=to) for day, kind, to in told)


def _outcome(draft: Draft) -> str | None:
    """What came of it so far, in words."""
    dossier = draft.dossier
    if dossier.did(DecisionMade.__name__):
        return draft.words(dossier.latest(DecisionMade).outcome)
    return OVER_BY[draft.language]["SettledOnTheSpot"] if dossier.did("SettledOnTheSpot") else None


REMINDERS = Field("reminders", "when whom the bank reminded, perhaps nobody yet", Shape.ROW, always=False)
RESULT = Field("result", "what came of it, once that is known", always=False)
REMINDING = frozenset({"warning_chaser", "target_chaser", "breach_notice", "duty_warning", "duty_chaser"})
ROW_OF_REMINDER = {"zh": "{day}，{kind}，{to}", "en": "{day}: {kind} to {to}"}
SUPERVISION_FORM = LetterKind(
    "supervision_form",
    occasions=(*FIRST_FACTS, REROUTED, REASSIGNED),
    to=(Addressee.HANDLER,),
    must_say=("complained_unit", "narrative"),
    knows={SAID_AGAIN: said_again, REMINDERS: _reminders, RESULT: _outcome, **ROW, **WHO_SPEAKS, **PEOPLE},
    opens=_opened,
    quotes=TEXTS,
    unless=(Needless.NOT_OWED, Needless.CASE_OVER),
    ends="deliver_supervision_form",
    tells_date=True,
)
AUTHORITY_CHECK = LetterKind(
    "authority_check",
    occasions=(*FIRST_FACTS, RECEIVED_AGAIN, SPEAKERS_CHANGED),
    to=(Addressee.PROXY,),
    must_say=("received_on", "proof_wanted", "accepting_unit"),
    knows={SPOKEN_AS: spoken_as, PROOF_WANTED: proofs_in_words},
    unless=(Needless.NO_CLAIM,),
    on_paper=True,
    ends="acknowledge_customer",
    at_night=True,
)
"""In place of the acknowledgement, to whoever speaks for a customer and has not proved yet that he may."""
FIRST_LETTERS = (ACKNOWLEDGEMENT, WRITTEN_NOTICE, SUPERVISION_FORM, AUTHORITY_CHECK)
