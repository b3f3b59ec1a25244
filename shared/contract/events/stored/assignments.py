"""The events of assignments, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

from shared.contract.events.stored.parts import CaseworkEventData, PersonAtData, SealedData


class AssistanceRequestedData(CaseworkEventData):
    """``AssistanceRequested``."""

    asked: PersonAtData
    question: SealedData
    answer_by: str


class AssistanceGivenData(CaseworkEventData):
    """``AssistanceGiven``."""

    request: str
    words: SealedData
    documents: list[str]


class CorrectiveActionOpenedData(CaseworkEventData):
    """``CorrectiveActionOpened``."""

    what: SealedData
    owner: str
    due_on: str


class CorrectiveActionCompletedData(CaseworkEventData):
    """``CorrectiveActionCompleted``."""

    action: str
    words: SealedData


class SuggestionPassedUpData(CaseworkEventData):
    """``SuggestionPassedUp``."""

    unit: str
    words: SealedData


class SuggestionAnsweredData(CaseworkEventData):
    """``SuggestionAnswered``."""

    suggestion: str
    adopted: Literal["yes", "partly", "no"]
    words: SealedData
