"""Outcome letters tell a customer what came of the complaint: decided, settled, not accepted, closed. Pure."""

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier
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
from services.notify.letters.occasions import CLOSED, DECIDED, NOT_ACCEPTED, SETTLED, WITHDRAWN
from services.notify.letters.reasons import Needless
from services.notify.letters.remedies import remedies_in_words, said_of
from services.notify.letters.words import NOT_ACCEPTED_BECAUSE, NUMBER
from shared.contract.events.casework import DecisionMade, SettledOnTheSpot
from shared.contract.events.ending import CaseNotAccepted

AGREED = Field("agreed", "what was agreed, as the handler typed it")
GROUND = Field("ground", "why it is not accepted, in words")
SIGNPOST = Field("signpost", "where to turn, the answer, or the thanks, as it was typed")
PRAISE = Field("praise", "whether it was praise, which is thanked for", Shape.WHETHER)
INQUIRY = Field("inquiry", "whether it was a question, which is answered", Shape.WHETHER)
OF_CASE = Field("of_case", "the number of the complaint that has the same matter, where one is named", always=False)
SORRY = Field("sorry", "whether the bank has to apologise: something was upheld, or it was late", Shape.WHETHER)


def _made(dossier: Dossier) -> DecisionMade:
    return dossier.latest(DecisionMade)


DECISION_NOTICE = LetterKind(
    "decision_notice",
    occasions=(DECIDED,),
    to=(Addressee.CUSTOMER,),
    must_say=("outcome", "findings", "grounds", "decision", "remedies_open"),
    knows={
        OUTCOME: lambda draft: draft.words(_made(draft.dossier).outcome),
        SORRY: lambda draft: _made(draft.dossier).outcome != "not_upheld" or draft.dossier.late,
        REMEDIES_OFFERED: lambda draft: remedies_in_words(draft, _made(draft.dossier).remedies_offered),
        WAYS_OPEN: lambda draft: ways_in_words(draft, _made(draft.dossier).remedies_open),
    },
    quotes={
        FINDINGS: lambda dossier: _made(dossier).findings,
        GROUNDS: lambda dossier: _made(dossier).grounds,
        DECISION: lambda dossier: _made(dossier).decision,
    },
    opens=lambda dossier: said_of(_made(dossier).remedies_offered),
    unless=(Needless.NOT_SO_ANY_MORE, Needless.REVISED_SINCE, Needless.CALL_FIRST),
    lasts=True,
    on_paper=True,
    ends="reply_customer",
    answers=("DecisionMade", "CaseNotAccepted"),
)
SETTLEMENT_NOTICE = LetterKind(
    "settlement_notice",
    occasions=(SETTLED,),
    to=(Addressee.CUSTOMER,),
    must_say=("findings", "agreed", "remedies_open"),
    knows={
        SORRY: lambda draft: draft.dossier.late,
        REMEDIES_OFFERED: lambda draft: remedies_in_words(
            draft, [draft.dossier.latest(SettledOnTheSpot).settlement.remedy]
        ),
        WAYS_OPEN: lambda draft: ways_in_words(draft, ALL_WAYS),
    },
    quotes={
        FINDINGS: lambda dossier: dossier.latest(SettledOnTheSpot).settlement.findings,
        AGREED: lambda dossier: dossier.latest(SettledOnTheSpot).settlement.words,
    },
    opens=lambda dossier: said_of([dossier.latest(SettledOnTheSpot).settlement.remedy]),
    unless=(Needless.NOT_SO_ANY_MORE,),
    lasts=True,
    on_paper=True,
)


def _turned_away(dossier: Dossier) -> CaseNotAccepted:
    return dossier.latest(CaseNotAccepted)


def because(fact: CaseNotAccepted, language: str) -> str:
    """Why it is not handled as a complaint, with the number of the case that has the same matter."""
    number = NUMBER[language].format(fact.of_case) if fact.of_case else ""
    return NOT_ACCEPTED_BECAUSE[language][fact.ground].format(number=number)


NOT_ACCEPTED_NOTICE = LetterKind(
    "not_accepted_notice",
    occasions=(NOT_ACCEPTED,),
    to=(Addressee.CUSTOMER,),
    must_say=("ground", "signpost"),
    knows={
        GROUND: lambda draft: because(_turned_away(draft.dossier), draft.language),
        PRAISE: lambda draft: _turned_away(draft.dossier).ground == "praise",
        INQUIRY: lambda draft: _turned_away(draft.dossier).ground == "inquiry",
        OF_CASE: lambda draft: _turned_away(draft.dossier).of_case,
    },
    quotes={SIGNPOST: lambda dossier: _turned_away(dossier).signpost},
    unless=(Needless.NOT_SO_ANY_MORE, Needless.MISTAKE),
    lasts=True,
    on_paper=True,
    ends="reply_customer",
    answers=("DecisionMade", "CaseNotAccepted"),
)
CLOSING_NOTE = LetterKind(
    "closing_note",
    occasions=(CLOSED,),
    to=(Addressee.CUSTOMER,),
    must_say=("accepting_unit",),
    unless=(Needless.NOT_SO_ANY_MORE,),
)
WITHDRAWAL_CONFIRMATION = LetterKind(
    "withdrawal_confirmation", occasions=(WITHDRAWN,), to=(Addressee.CUSTOMER,), never="withdrawn"
)
OUTCOME_LETTERS = (DECISION_NOTICE, SETTLEMENT_NOTICE, NOT_ACCEPTED_NOTICE, CLOSING_NOTE, WITHDRAWAL_CONFIRMATION)
