"""Letters about work that others are given beside the case: assistance, corrective actions, suggestions. Pure."""

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Draft
from services.notify.letters.fields import Field
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import ACTION_OPENED, ASSISTANCE_ASKED, ASSISTED, SUGGESTED, SUGGESTION_ANSWERED
from services.notify.letters.reasons import Needless
from shared.contract.amounts import date_in_words

ASKING = Field("asking", "the name of who asks")
QUESTION = Field("question", "what is asked, as it was typed")
OPINION_BY = Field("opinion_by", "the day until which the answer is asked for")
REQUEST_ID = Field("request_id", "the id by which the request is answered")
ASSISTING = Field("assisting", "the name of who answered")
ASSISTANCE = Field("assistance", "the answer, as it was typed")
ACTION = Field("action_what", "what is to be mended, as it was typed")
ACTION_BY = Field("action_by", "the name of who opened the action")
ACTION_DUE = Field("action_due_on", "the day until which it is to be mended")
ACTION_ID = Field("action_id", "the id by which it is reported done")
SUGGESTION = Field("suggestion", "what is suggested, as it was typed")
SUGGESTED_BY = Field("suggested_by", "the name of who passed it up")
SUGGESTION_ID = Field("suggestion_id", "the id by which it is answered")
ADOPTED = Field("adopted", "whether it is adopted: `yes`, `partly` or `no`")
SUGGESTION_WORDS = Field("suggestion_words", "the answer, as it was typed")
ANSWERING_UNIT = Field("answering_unit", "the name of the unit that answers")


def _answering_unit(draft: Draft) -> str:
    """The unit to which the suggestion had been passed up."""
    answered = draft.dossier.last("SuggestionAnswered").suggestion
    events = draft.dossier.happened("SuggestionPassedUp")
    passed = next((event for event in events if event.id == answered), None)
    return draft.unit_name(passed.data["unit"]) if passed is not None else draft.who(draft.dossier.cause.actor)


ASSISTANCE_REQUEST = LetterKind(
    "assistance_request",
    occasions=(ASSISTANCE_ASKED,),
    to=(Addressee.ASKED,),
    must_say=("asking", "question", "opinion_by", "request_id"),
    knows={
        ASKING: lambda draft: draft.who(draft.dossier.cause.actor),
        OPINION_BY: lambda draft: date_in_words(draft.dossier.last("AssistanceRequested").answer_by, draft.language),
        REQUEST_ID: lambda draft: draft.dossier.cause.id,
    },
    quotes={QUESTION: lambda dossier: dossier.last("AssistanceRequested").question},
    unless=(Needless.DUTY_DONE, Needless.LONG_AGO),
)
ASSISTANCE_ANSWER = LetterKind(
    "assistance_answer",
    occasions=(ASSISTED,),
    to=(Addressee.IN_CHARGE, Addressee.AGENT),
    must_say=("assisting", "assistance"),
    knows={ASSISTING: lambda draft: draft.who(draft.dossier.cause.actor)},
    quotes={ASSISTANCE: lambda dossier: dossier.last("AssistanceGiven").words},
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
)
CORRECTIVE_TASK = LetterKind(
    "corrective_task",
    occasions=(ACTION_OPENED,),
    to=(Addressee.ASKED,),
    must_say=("action_what", "action_due_on", "action_id"),
    knows={
        ACTION_BY: lambda draft: draft.who(draft.dossier.cause.actor),
        ACTION_DUE: lambda draft: date_in_words(draft.dossier.last("CorrectiveActionOpened").due_on, draft.language),
        ACTION_ID: lambda draft: draft.dossier.cause.id,
    },
    quotes={ACTION: lambda dossier: dossier.last("CorrectiveActionOpened").what},
    unless=(Needless.DUTY_DONE, Needless.LONG_AGO),
    after_withdrawal=True,
)
SUGGESTION_NOTICE = LetterKind(
    "suggestion_notice",
    occasions=(SUGGESTED,),
    to=(Addressee.ASKED,),
    must_say=("suggestion", "suggestion_id"),
    knows={
        SUGGESTED_BY: lambda draft: draft.who(draft.dossier.cause.actor),
        SUGGESTION_ID: lambda draft: draft.dossier.cause.id,
    },
    quotes={SUGGESTION: lambda dossier: dossier.last("SuggestionPassedUp").words},
    unless=(Needless.DUTY_DONE, Needless.LONG_AGO),
    after_withdrawal=True,
)
SUGGESTION_ANSWER = LetterKind(
    "suggestion_answer",
    occasions=(SUGGESTION_ANSWERED,),
    to=(Addressee.CUSTOMER,),
    must_say=("answering_unit", "suggestion_words"),
    knows={
        ADOPTED: lambda draft: draft.dossier.last("SuggestionAnswered").adopted,
        ANSWERING_UNIT: _answering_unit,
    },
    quotes={SUGGESTION_WORDS: lambda dossier: dossier.last("SuggestionAnswered").words},
    unless=(Needless.LONG_AGO,),
    on_paper=True,
)
ASSIGNMENTS = (ASSISTANCE_REQUEST, ASSISTANCE_ANSWER, CORRECTIVE_TASK, SUGGESTION_NOTICE, SUGGESTION_ANSWER)
