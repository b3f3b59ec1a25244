"""Letters about a plan tell the customer what is offered, and remind of the time that was chosen. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import PLAN_OFFERED
from services.notify.letters.reasons import Needless
from services.notify.letters.remedies import remedies_in_words, said_of
from services.notify.letters.words import PLAN_WAYS, STEP
from shared.contract.amounts import date_in_words
from shared.contract.events.base import Sealed

OFFERED: Final = "NegotiationPlanOffered"
ANSWERED: Final = "NegotiationPlanAnswered"
REPLACES = Field("replaces", "whether it takes the place of an offer that was still open", Shape.WHETHER)
GOES_ON = Field(
    "goes_on", "whether a plan that the customer accepted goes on until this one is accepted", Shape.WHETHER
)
STEPS = Field("plan_steps", "a row of phrases, perhaps none: by when the bank does what", Shape.ROW, always=False)
GETS = Field("plan_remedies", "a row of phrases, perhaps none: what the customer gets", Shape.ROW, always=False)
WAYS = Field("plan_ways", "a row, perhaps empty: the ways to choose from", Shape.ROW, always=False)
TIMES = Field(
    "plan_times", "a row, perhaps empty: the times to choose from that still lie ahead", Shape.ROW, always=False
)
ANSWER_BY = Field("answer_by", "until when the customer is asked to answer, while that lies ahead", always=False)
MEETING_AT = Field("meeting_at", "day and time that the customer chose")
MEETING_WAY = Field("meeting_way", "the way that the customer chose, in words", always=False)
IN_PERSON = Field("in_person", "whether the customer comes to the bank", Shape.WHETHER)
PLACE = Field("meeting_place", "the address of the handler's unit, or of one above it", always=False)


def _offer(dossier: Dossier) -> Any:
    return dossier.last(OFFERED)


def _goes_on(dossier: Dossier) -> bool:
    """Whether the customer accepted a plan before, in this round of the case."""
    accepted = False
    for event in dossier.happened(ANSWERED, "CaseReopened"):
        accepted = event.name != "CaseReopened" and (accepted or event.data["answer"] == "accepted")
    return accepted


def _choice(dossier: Dossier) -> dict[str, Any]:
    """What the customer chose of the plan that the letter is about."""
    answers = [event.data for event in dossier.happened(ANSWERED) if event.data["plan"] == dossier.cause.id]
    found: dict[str, Any] = answers[-1]
    return found


def _steps(draft: Draft) -> tuple[str, ...]:
    phrase, language = STEP[draft.language], draft.language
    said = (_ended(draft.opened(f"step.{at}")) for at, _ in enumerate(_offer(draft.dossier).steps))
    days = (date_in_words(step.due_on, language) for step in _offer(draft.dossier).steps)
    return tuple(phrase.format(day, what) for day, what in zip(days, said, strict=True))


def _ended(said: str | None) -> str:
    """What was typed, without the full stop that the row brings."""
    return (said or "").rstrip("。.；; \n")


def _times(draft: Draft) -> Iterator[str]:
    return (draft.moment_of(at) for at in _offer(draft.dossier).times if draft.lies_ahead(at))


def _said_in(offer: Any) -> Mapping[str, Sealed | None]:
    return {f"step.{at}": step.what for at, step in enumerate(offer.steps)} | dict(said_of(offer.remedies))


def _answer_by(draft: Draft) -> str | None:
    until = _offer(draft.dossier).answer_by
    return date_in_words(until, draft.language) if draft.is_not_over(until) else None


def _meeting_at(draft: Draft) -> str:
    return draft.moment_of(datetime.fromisoformat(_choice(draft.dossier)["at_time"]))


def _meeting_way(draft: Draft) -> str | None:
    way = _choice(draft.dossier)["way"]
    return PLAN_WAYS[draft.language][way] if way is not None else None


PLAN_NOTICE = LetterKind(
    "plan_notice",
    occasions=(PLAN_OFFERED,),
    to=(Addressee.CUSTOMER,),
    must_say=("handler_name",),
    knows={
        REPLACES: lambda draft: _offer(draft.dossier).replaces is not None,
        GOES_ON: lambda draft: _goes_on(draft.dossier),
        STEPS: _steps,
        GETS: lambda draft: remedies_in_words(draft, _offer(draft.dossier).remedies),
        WAYS: lambda draft: tuple(PLAN_WAYS[draft.language][way] for way in _offer(draft.dossier).ways),
        TIMES: lambda draft: tuple(_times(draft)),
        ANSWER_BY: _answer_by,
    },
    opens=lambda dossier: _said_in(_offer(dossier)),
    unless=(Needless.PLAN_OVER,),
    lasts=True,
    on_paper=True,
)
PLAN_REMINDER = LetterKind(
    "plan_reminder",
    occasions=(),
    to=(Addressee.CUSTOMER,),
    must_say=("meeting_at", "handler_name"),
    knows={
        MEETING_AT: _meeting_at,
        MEETING_WAY: _meeting_way,
        IN_PERSON: lambda draft: _choice(draft.dossier)["way"] == "in_person",
        PLACE: lambda draft: draft.handlers_address(),
    },
    unless=(Needless.PLAN_OVER,),
    falls_due="as the bank opens on the day before the time that the customer chose of an accepted plan",
)
PLANS = (PLAN_NOTICE, PLAN_REMINDER)
