"""The level of a case, and what second looks at it found, are changed by these events. Pure."""

from collections.abc import Callable
from sys import intern

from shared.case.second_looks import SecondLooks
from shared.contract.envelope import Event
from shared.contract.events.stored.casework import ComplaintClassifiedData, DissatisfactionReviewedData
from shared.contract.events.stored.routing import CaseRoutedData
from shared.contract.subjects import person_of


def evolve(looks: SecondLooks, event: Event) -> SecondLooks:
    """What second looks found after an event of ``BRANCHES``."""
    return BRANCHES[event.name](looks, event)


def _routed(looks: SecondLooks, event: Event) -> SecondLooks:
    """A case that is major from the start has that level."""
    data: CaseRoutedData = event.data
    return looks.flagged() if data["major"] else looks


def _classified(looks: SecondLooks, event: Event) -> SecondLooks:
    data: ComplaintClassifiedData = event.data
    return looks.classified(intern(data["level"]))


def _flagged(looks: SecondLooks, event: Event) -> SecondLooks:
    return looks.flagged()


def _decided(looks: SecondLooks, event: Event) -> SecondLooks:
    return looks.decided(person_of(event.actor))


def _revised(looks: SecondLooks, event: Event) -> SecondLooks:
    return _decided(looks, event).revised(event.id)


def _reviewed(looks: SecondLooks, event: Event) -> SecondLooks:
    data: DissatisfactionReviewedData = event.data
    return looks.reviewed(data["outcome"])


def _reopened(looks: SecondLooks, event: Event) -> SecondLooks:
    return looks.reopened()


BRANCHES: dict[str, Callable[[SecondLooks, Event], SecondLooks]] = {
    "CaseRouted": _routed,
    "ComplaintClassified": _classified,
    "MajorFlagged": _flagged,
    "SettledOnTheSpot": _decided,
    "DecisionMade": _decided,
    "DecisionRevised": _revised,
    "DissatisfactionReviewed": _reviewed,
    "CaseReopened": _reopened,
}
"""The events that change it, and how."""
