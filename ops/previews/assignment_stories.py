"""Invented facts for previews of letters about work beside the case: assistance, corrective actions, suggestions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ops.previews.story_so_far import StorySoFar
from shared.contract.events.assignments import (
    AssistanceGiven,
    AssistanceRequested,
    CorrectiveActionOpened,
    SuggestionAnswered,
    SuggestionPassedUp,
)
from shared.contract.events.base import EventData
from shared.contract.ids import duty_id, event_id


def _owed(told: StorySoFar, kind: str, fact: str) -> list[dict[str, Any]]:
    """What a fact asks of somebody else of the bank."""
    asked, at = told.somebody_else(), event_id("casework", told.events[0].subject, fact, 0)
    debtor = {"unit": asked.unit, "post": "unit_head", "person": asked.person}
    return [{"id": duty_id(at, kind, at), "kind": kind, "debtor": debtor, "creditor": None, "level": at}]


def assistance_asked(told: StorySoFar) -> EventData:
    """Another unit is asked."""
    said = {
        "asked": told.somebody_else(),
        "question": told.said("question"),
        "answer_by": told.at.date() + timedelta(4),
    }
    return AssistanceRequested.model_validate(said | {"duties_opened": _owed(told, "assist", "story")})


def assisted(told: StorySoFar) -> EventData:
    """It answers."""
    return AssistanceGiven(request="request", words=told.said("opinion"))


def action_opened(told: StorySoFar) -> EventData:
    """Something is to be mended."""
    owner, due_on = told.somebody_else().person, told.at.date() + timedelta(90)
    owed = _owed(told, "corrective_action", "story")
    said = {"what": told.said("to_mend"), "owner": owner, "due_on": due_on, "duties_opened": owed}
    return CorrectiveActionOpened.model_validate(said)


def suggested(told: StorySoFar, fact: str = "story") -> EventData:
    """A suggestion goes up."""
    owed, unit = _owed(told, "answer_suggestion", fact), next(iter(told.organisation.units))
    return SuggestionPassedUp.model_validate({"unit": unit, "words": told.said("idea"), "duties_opened": owed})


def suggestion_answered(told: StorySoFar) -> EventData:
    """It is adopted in part."""
    passed = next((event.id for event in told.events if event.name == SuggestionPassedUp.__name__), "suggestion")
    return SuggestionAnswered(suggestion=passed, adopted="partly", words=told.said("thanks"))


STORIES: tuple[Callable[[StorySoFar], EventData], ...] = (
    assistance_asked, assisted, action_opened, suggested, suggestion_answered,
)  # fmt: skip
