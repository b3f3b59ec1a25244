"""Chasers tell the bank's people that a limit is near, a target behind, a limit or a duty missed. Pure."""

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Draft
from services.notify.letters.fields import YOURS, Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import (
    CLOCK_BREACHED,
    CLOCK_WARNED,
    DUTY_BREACHED,
    DUTY_WARNED,
    KEPT_SILENT,
    TARGET_PASSED,
)
from services.notify.letters.reasons import Needless
from shared.case.duty_kinds import called
from shared.contract.message_kinds import called_message

EXPLAIN = Field("explain", "whether there is a customer to whom a delay can be explained", Shape.WHETHER)
DUTY = Field("duty", "what is owed, in words")
OVERSEEN = Field("overseen", "whether its reader accepted the case, and sees to it", Shape.WHETHER)
LETTER = Field("letter", "the kind of the letter that is still on its way, in words")
LETTER_OF = Field("letter_of", "bank date on which it was decided to send that letter")


def duty_in_words(draft: Draft) -> str:
    """The duty that the letter is about, in words."""
    return called(draft.dossier.duty_at_issue, draft.language)


WARNING_CHASER = LetterKind(
    "warning_chaser",
    occasions=(CLOCK_WARNED,),
    to=(Addressee.IN_CHARGE,),
    must_say=("due_on",),
    unless=(Needless.CLOCK_MET,),
    tells_date=True,
    reaches_somebody=True,
)
TARGET_CHASER = LetterKind(
    "target_chaser",
    occasions=(TARGET_PASSED,),
    to=(Addressee.IN_CHARGE,),
    must_say=("target_on", "due_on"),
    unless=(Needless.CLOCK_MET,),
    tells_date=True,
    reaches_somebody=True,
)
BREACH_NOTICE = LetterKind(
    "breach_notice",
    occasions=(CLOCK_BREACHED,),
    to=(Addressee.IN_CHARGE, Addressee.ACCEPTING_PERSON),
    must_say=("due_on",),
    knows={EXPLAIN: lambda draft: draft.dossier.customer_known, YOURS: lambda draft: draft.is_in_charge()},
    reaches_somebody=True,
)
DUTY_WARNING = LetterKind(
    "duty_warning",
    occasions=(DUTY_WARNED,),
    to=(Addressee.DEBTOR,),
    must_say=("duty", "due_on"),
    knows={DUTY: duty_in_words},
    unless=(Needless.DUTY_DONE,),
    reaches_somebody=True,
)
DUTY_CHASER = LetterKind(
    "duty_chaser",
    occasions=(DUTY_BREACHED,),
    to=(Addressee.DEBTOR,),
    must_say=("duty", "due_on"),
    knows={DUTY: duty_in_words},
    unless=(Needless.DUTY_DONE,),
    after_withdrawal=True,
    reaches_somebody=True,
)
SILENCE_NOTICE = LetterKind(
    "silence_notice",
    occasions=(KEPT_SILENT,),
    to=(Addressee.OVERSEERS,),
    must_say=("duty", "due_on", "handler_name"),
    knows={DUTY: duty_in_words, OVERSEEN: lambda draft: draft.is_accepting()},
    unless=(Needless.DUTY_DONE,),
    reaches_somebody=True,
)
UNDELIVERED_NOTICE = LetterKind(
    "undelivered_notice",
    occasions=(),
    to=(Addressee.ACCEPTING_PERSON,),
    must_say=("letter", "letter_of"),
    knows={
        LETTER: lambda draft: called_message(draft.dossier.cause.data["kind"], draft.language),
        LETTER_OF: lambda draft: draft.date_of(draft.dossier.cause.happened_at),
    },
    falls_due="a letter was started a day before and is still on its way",
    reaches_somebody=True,
    after_withdrawal=True,
)
CHASERS = (WARNING_CHASER, TARGET_CHASER, BREACH_NOTICE, DUTY_WARNING, DUTY_CHASER, SILENCE_NOTICE, UNDELIVERED_NOTICE)
