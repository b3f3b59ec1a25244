"""Papers accompany a case that is passed on: down, the report back up, out to a body or a medium. Pure."""

from typing import Any

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.customers_words import (
    NARRATIVE,
    REQUEST,
    SAID_AGAIN,
    said_again,
    texts_of_further_receipts,
)
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import BODY_ANSWERED, MEDIUM_ANSWERED, PASSED_DOWN
from services.notify.letters.receipt_row import BODYS_NUMBER, FROM_UNIT, PASSED_WITH, ROW, ROWS_TEXTS
from services.notify.letters.who_speaks import WHO_SPEAKS, names_of_speakers
from services.notify.letters.wishes import PEOPLE, PEOPLES_TEXTS, descriptions
from shared.case.duty_kinds import TO_BODY
from shared.contract.channels import TRANSFERRED
from shared.contract.events.base import Sealed
from shared.contract.events.casework import DecisionMade, ResultReported, SettledOnTheSpot, TransferringBodyAnswered
from shared.contract.events.intake import ComplaintReceived

TO_UNIT = Field("to_unit", "name of the unit that gets it")
HANDED_OVER = Field("handed_over", "whether a department hands it to the general office", Shape.WHETHER)
FOR_INFORMATION = Field(
    "for_information", "whether its reader is only told, and somebody else handles it", Shape.WHETHER
)
LEVEL_NUMBER = Field("level_number", "which level it is, of a chain, counted from 1", Shape.NUMBER, always=False)
LEVELS = Field("levels", "how many levels the chain has", Shape.NUMBER, always=False)
BODY_NAME = Field("body_name", "the body that is answered, by its name")
INTERIM = Field("interim", "whether it says only how far the bank is", Shape.WHETHER)
SAID = Field("said", "what is answered, as typed")
FOUND = Field("found", "what was found, where that was decided or settled", always=False)
DONE_ABOUT_IT = Field("done_about_it", "what was decided or agreed", always=False)
ANSWERED = Field("customer_answered", "whether the customer has had the answer", Shape.WHETHER)
SATISFIED = Field("customer_says", "the customer's satisfaction in words, once it was recorded", always=False)
SIGNING_UNIT = Field("signing_unit", "name of the unit that owes the answer and signs it")
SIGNING_PHONE = Field("signing_phone", "its telephone", always=False)
STAFF = Field("staff", "the treatment of the persons responsible, where a unit of the bank is answered", always=False)
OUTLET = Field("outlet", "the medium, by its name")


def _down(draft: Draft) -> Any:
    """The act that passes the case on; this module is too deep to know its shape."""
    return draft.dossier.last("DispatchPassedDown")


def _number(draft: Draft) -> int | None:
    """Which level of the chain passes it on; None where it goes by no chain."""
    fact, chain = _down(draft), draft.dossier.chains.dispatch
    return chain.index(fact.level) + 1 if fact.step == "pass_down" and fact.level in chain else None


def _for_information(draft: Draft) -> bool:
    """Whether the accepting post keeps the case and only tells the unit complained of, as it does with the media."""
    receipt: ComplaintReceived = draft.dossier.last(ComplaintReceived.__name__)
    return _down(draft).step == "forward" and receipt.channel not in TRANSFERRED


DISPATCH_SLIP = LetterKind(
    "dispatch_slip",
    occasions=(PASSED_DOWN,),
    to=(Addressee.NEXT_LEVEL,),
    must_say=("from_unit", "to_unit", "received_on", "narrative"),
    knows={
        FROM_UNIT: lambda draft: draft.unit_name(_down(draft).level),
        TO_UNIT: lambda draft: draft.unit_name(_down(draft).to.unit),
        HANDED_OVER: lambda draft: _down(draft).step == "hand_over_to_general_office",
        FOR_INFORMATION: _for_information,
        LEVEL_NUMBER: _number,
        LEVELS: lambda draft: len(draft.dossier.chains.dispatch) - 1 if _number(draft) else None,
        SAID_AGAIN: said_again,
        **ROW,
        **WHO_SPEAKS,
        **PEOPLE,
    },
    opens=lambda dossier: {**texts_of_further_receipts(dossier), **names_of_speakers(dossier), **descriptions(dossier)},
    quotes={
        NARRATIVE: lambda dossier: dossier.narrative,
        REQUEST: lambda dossier: dossier.request,
        **ROWS_TEXTS,
        **PEOPLES_TEXTS,
        PASSED_WITH: lambda dossier: dossier.last("DispatchPassedDown").words,
    },
)


def _answer(dossier: Dossier) -> TransferringBodyAnswered:
    return dossier.latest(TransferringBodyAnswered)


def _is_final(dossier: Dossier) -> bool:
    return _answer(dossier).kind == "final"


def _body_name(draft: Draft) -> str:
    """The body's name; a unit of the bank by what it is called."""
    body = _answer(draft.dossier).body
    return draft.unit_name(body) if body == _transferring_unit(draft.dossier) else body


def _transferring_unit(dossier: Dossier) -> str | None:
    receipt: ComplaintReceived = dossier.last(ComplaintReceived.__name__)
    unit = receipt.details.get("unit") if receipt.channel == "upper_branch" else None
    return str(unit) if unit else None


def _found(dossier: Dossier) -> Sealed | None:
    if not _is_final(dossier):
        return None
    if dossier.did(DecisionMade.__name__):
        return dossier.latest(DecisionMade).findings
    return dossier.latest(SettledOnTheSpot).settlement.findings if dossier.did(SettledOnTheSpot.__name__) else None


def _done_about_it(dossier: Dossier) -> Sealed | None:
    if not _is_final(dossier):
        return None
    if dossier.did(DecisionMade.__name__):
        return dossier.latest(DecisionMade).decision
    return dossier.latest(SettledOnTheSpot).settlement.words if dossier.did(SettledOnTheSpot.__name__) else None


def _staff(dossier: Dossier) -> Sealed | None:
    """Discipline is the bank's own affair: a body outside never reads of it."""
    inside = _answer(dossier).body == _transferring_unit(dossier)
    if not inside or not _is_final(dossier) or not dossier.did(ResultReported.__name__):
        return None
    return dossier.latest(ResultReported).treatment_of_persons


def _customer_says(draft: Draft) -> str | None:
    dossier = draft.dossier
    if not dossier.did("SatisfactionRecorded"):
        return None
    return draft.words(dossier.last("SatisfactionRecorded").value)


BODY_ANSWER = LetterKind(
    "body_answer",
    occasions=(BODY_ANSWERED,),
    to=(Addressee.DOER,),
    must_say=("body_name", "received_on", "said"),
    knows={
        BODY_NAME: _body_name,
        INTERIM: lambda draft: not _is_final(draft.dossier),
        ANSWERED: lambda draft: draft.dossier.answered,
        SIGNING_UNIT: lambda draft: draft.unit_name(draft.dossier.debtor_of(TO_BODY).unit),
        SIGNING_PHONE: lambda draft: draft.phone_of(draft.dossier.debtor_of(TO_BODY).unit),
        SATISFIED: _customer_says,
        BODYS_NUMBER: ROW[BODYS_NUMBER],
    },
    quotes={
        SAID: lambda dossier: _answer(dossier).words,
        FOUND: _found,
        DONE_ABOUT_IT: _done_about_it,
        STAFF: _staff,
    },
    after_withdrawal=True,
)
MEDIA_ANSWER = LetterKind(
    "media_answer",
    occasions=(MEDIUM_ANSWERED,),
    to=(Addressee.DOER,),
    must_say=("outlet", "received_on", "said"),
    knows={INTERIM: lambda draft: draft.dossier.last("MediaAnswered").kind == "interim"},
    quotes={
        OUTLET: lambda dossier: dossier.last("MediaAnswered").outlet,
        SAID: lambda dossier: dossier.last("MediaAnswered").words,
    },
)
PASSING_PAPERS = (DISPATCH_SLIP, BODY_ANSWER, MEDIA_ANSWER)
