"""Facts about work that others are given beside the case: assistance, corrective actions, suggestions."""

from datetime import date
from typing import Literal

from shared.contract.events.base import EVERYBODY, CaseworkEvent, Identifier, PersonAt, Sealed


class AssistanceRequested(CaseworkEvent, heard_by=EVERYBODY):
    """Another unit is asked for its opinion (协办). Its head, or the person who is named, owes an answer."""

    asked: PersonAt
    question: Sealed
    answer_by: date


class AssistanceGiven(CaseworkEvent, heard_by=EVERYBODY):
    """The unit that was asked answered. ``request``: the event that asked; ``documents``: files of the case."""

    request: str
    words: Sealed
    documents: tuple[str, ...] = ()


class CorrectiveActionOpened(CaseworkEvent, heard_by=EVERYBODY):
    """Something is to be mended in the bank, so that it does not happen again. It outlives the case."""

    what: Sealed
    owner: Identifier
    due_on: date


class CorrectiveActionCompleted(CaseworkEvent, heard_by=EVERYBODY):
    """What was to be mended is mended. ``action``: the event that opened it."""

    action: str
    words: Sealed


class SuggestionPassedUp(CaseworkEvent, heard_by=EVERYBODY):
    """What a complaint suggests for product, rule or process goes to a superior unit. It outlives the case."""

    unit: Identifier
    words: Sealed


class SuggestionAnswered(CaseworkEvent, heard_by=EVERYBODY):
    """The superior unit says what becomes of a suggestion. ``suggestion``: the event that passed it up."""

    suggestion: str
    adopted: Literal["yes", "partly", "no"]
    words: Sealed
