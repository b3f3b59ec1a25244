"""A correction is told to whoever works on the case and to who accepted it: what was wrong, and what is right. Pure."""

from collections.abc import Mapping
from typing import Any

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import RECEIPT_CORRECTED
from services.notify.letters.reasons import Needless
from shared.contract.amounts import money_in_words
from shared.contract.events.base import Sealed
from shared.contract.message_kinds import called_message
from shared.contract.receipt_pointers import AMOUNT, TITLE
from shared.contract.receipt_words import value_called

CORRECTED_BY = Field("corrected_by", "the name of who corrected it")
CORRECTED_WHAT = Field("corrected_what", "which value of the receipt was wrong, in words")
CORRECTED_FOR = Field("corrected_for", "why, as it was typed")
NEW_VALUE = Field("new_value", "what is right, in words; missing where it was taken out", always=False)
WENT_WRONG = Field("went_wrong", "the letters that went to what was wrong, each with its date", Shape.ROW, always=False)
SEALED = "new_sealed"
TITLES = {"zh": {"mr": "先生", "ms": "女士"}, "en": {"mr": "Mr", "ms": "Ms"}}
YES_NO = {"zh": {True: "是", False: "否"}, "en": {True: "yes", False: "no"}}


def _said(dossier: Dossier) -> Any:
    return dossier.last("ReceiptCorrected")


def _new_value(draft: Draft) -> str | None:
    """What stands from now on, as people say it; None where it was taken out."""
    said = _said(draft.dossier)
    value: Any = draft.opened(SEALED) if isinstance(said.value, Sealed) else said.value
    if value is None:
        return None
    if isinstance(said.value, Sealed):
        return TITLES[draft.language].get(str(value), str(value)) if said.pointer == TITLE else str(value)
    if isinstance(value, bool):
        return YES_NO[draft.language][value]
    matter = draft.dossier.last("ComplaintReceived").matter
    if said.pointer == AMOUNT and matter.currency is not None:
        return money_in_words(int(value), matter.currency, draft.language)
    return draft.moment_or_word(str(value))


def _went_wrong(draft: Draft) -> tuple[str, ...]:
    """The letters by what they are called, with the day on which they left."""
    wrong = set(_said(draft.dossier).went_wrong)
    sent = (event for event in draft.dossier.happened("MessageSent") if event.data["message_id"] in wrong)
    return tuple(
        f"{called_message(one.data['kind'], draft.language)}（{draft.date_of(one.happened_at)}）"
        if draft.language == "zh"
        else f"{called_message(one.data['kind'], draft.language)} of {draft.date_of(one.happened_at)}"
        for one in sent
    )


def _sealed(dossier: Dossier) -> Mapping[str, Sealed | None]:
    value = _said(dossier).value
    return {SEALED: value if isinstance(value, Sealed) else None}


CORRECTION_NOTICE = LetterKind(
    "correction_notice",
    occasions=(RECEIPT_CORRECTED,),
    to=(Addressee.IN_CHARGE, Addressee.AGENT, Addressee.ACCEPTING_PERSON),
    must_say=("corrected_by", "corrected_what", "corrected_for"),
    knows={
        CORRECTED_BY: lambda draft: draft.who(draft.dossier.cause.actor),
        CORRECTED_WHAT: lambda draft: value_called(_said(draft.dossier).pointer, draft.language),
        NEW_VALUE: _new_value,
        WENT_WRONG: _went_wrong,
    },
    opens=_sealed,
    quotes={CORRECTED_FOR: lambda dossier: _said(dossier).ground},
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
    after_withdrawal=True,
)
CORRECTIONS = (CORRECTION_NOTICE,)
