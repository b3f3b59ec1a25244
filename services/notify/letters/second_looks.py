"""Letters of second looks: a corrected decision, a dissatisfied customer heard again. Pure."""

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.customers_words import NARRATIVE
from services.notify.letters.decision_fields import (
    ALL_WAYS,
    DECISION,
    FINDINGS,
    GROUNDS,
    OUTCOME,
    REMEDIES_OFFERED,
    WAYS_OPEN,
    ways_in_words,
)
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import DECISION_REVISED, REVIEW_OWED, REVIEWED
from services.notify.letters.reasons import Needless
from services.notify.letters.remedies import remedies_in_words, said_of
from shared.contract.events.base import Sealed
from shared.contract.events.casework import DissatisfactionReviewed
from shared.contract.events.second_looks import DecisionRevised

WHAT_CHANGED = Field("what_changed", "what was wrong in the decision and what is right now, as it was typed")
FORMER_ON = Field("former_on", "bank date of the decision or settlement that is put right")
REVIEWED_BY = Field("reviewed_by", "the name of who looked at it again")
REVIEWED_IN = Field("reviewed_in", "the name of the unit of who looked at it again")
STANDS = Field("stands", "whether the outcome stands, or has to be revised", Shape.WHETHER)
REVIEW_WORDS = Field("review_words", "what the review found, as it was typed")
OUTCOME_SAID = Field("outcome_said", "what was decided or agreed, as it was typed", always=False)
STILL_OPEN = Field("still_open", "whether the case is open still: else it has to be taken up again", Shape.WHETHER)
FORMER = ("DecisionMade", "DecisionRevised", "SettledOnTheSpot")
"""What can be put right, or reviewed."""


def _revised(dossier: Dossier) -> DecisionRevised:
    return dossier.latest(DecisionRevised)


def _reviewed(dossier: Dossier) -> DissatisfactionReviewed:
    return dossier.latest(DissatisfactionReviewed)


def _former_on(draft: Draft) -> str:
    """When the outcome was told that the revision puts right."""
    former = draft.dossier.happened(*FORMER) or (draft.dossier.cause,)
    told = former if draft.dossier.cause.name == "DecisionRevised" else former[:-1] or former
    return draft.date_of(told[-1].happened_at)


CORRECTED_DECISION = LetterKind(
    "corrected_decision",
    occasions=(DECISION_REVISED,),
    to=(Addressee.CUSTOMER,),
    must_say=("what_changed", "outcome", "findings", "grounds", "decision", "remedies_open"),
    knows={
        FORMER_ON: _former_on,
        OUTCOME: lambda draft: draft.words(_revised(draft.dossier).outcome),
        REMEDIES_OFFERED: lambda draft: remedies_in_words(draft, _revised(draft.dossier).remedies_offered),
        WAYS_OPEN: lambda draft: ways_in_words(draft, _revised(draft.dossier).remedies_open),
    },
    quotes={
        WHAT_CHANGED: lambda dossier: _revised(dossier).what_changed,
        FINDINGS: lambda dossier: _revised(dossier).findings,
        GROUNDS: lambda dossier: _revised(dossier).grounds,
        DECISION: lambda dossier: _revised(dossier).decision,
    },
    opens=lambda dossier: said_of(_revised(dossier).remedies_offered),
    unless=(Needless.NOT_SO_ANY_MORE, Needless.REVISED_SINCE, Needless.CALL_FIRST),
    lasts=True,
    on_paper=True,
    ends="reply_customer",
    answers=("DecisionRevised",),
)


def _outcome_said(dossier: Dossier) -> Sealed | None:
    """What the customer is dissatisfied with: the last decision, or what was agreed on the spot."""
    facts = [event.data for event in dossier.happened(*FORMER)]
    if dossier.cause.name in FORMER:
        facts.append(dossier.cause.data)
    if not facts:
        return None
    settled = facts[-1].get("settlement")
    return Sealed.model_validate(settled["words"] if settled else facts[-1]["decision"])


REVIEW_REQUEST = LetterKind(
    "review_request",
    occasions=REVIEW_OWED,
    to=(Addressee.REVIEWER,),
    must_say=("received_on", "complained_unit", "narrative"),
    quotes={NARRATIVE: lambda dossier: dossier.narrative, OUTCOME_SAID: _outcome_said},
    unless=(Needless.CASE_OVER_OR_REVIEWED, Needless.LONG_AGO),
)
BY_WHOM = {
    REVIEWED_BY: lambda draft: draft.who(draft.dossier.doer(REVIEWED.event)),
    STANDS: lambda draft: _reviewed(draft.dossier).outcome == "stands",
}
REVIEW_RESULT = LetterKind(
    "review_result",
    occasions=(REVIEWED,),
    to=(Addressee.CUSTOMER,),
    must_say=("reviewed_by", "stands", "review_words", "remedies_open"),
    knows={
        **BY_WHOM,
        REVIEWED_IN: lambda draft: draft.unit_of(draft.dossier.doer(REVIEWED.event)),
        WAYS_OPEN: lambda draft: ways_in_words(draft, ALL_WAYS),
    },
    quotes={REVIEW_WORDS: lambda dossier: _reviewed(dossier).words},
    unless=(Needless.NOT_SO_ANY_MORE, Needless.DECIDED_SINCE),
    lasts=True,
    on_paper=True,
)
REVIEW_NOTICE = LetterKind(
    "review_notice",
    occasions=(REVIEWED,),
    to=(Addressee.WORKING, Addressee.REOPENING),
    must_say=("reviewed_by", "stands", "review_words"),
    knows={**BY_WHOM, STILL_OPEN: lambda draft: draft.is_open()},
    quotes={REVIEW_WORDS: lambda dossier: _reviewed(dossier).words},
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
)


SECOND_LOOKS = (CORRECTED_DECISION, REVIEW_REQUEST, REVIEW_RESULT, REVIEW_NOTICE)
