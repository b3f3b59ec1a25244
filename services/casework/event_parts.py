"""Writes places and duties of a case into the data of casework's events."""

from shared.case.duties import Duty, Place
from shared.contract.events.base import DutyEnded, PersonAt, PostAt


def ended(duty: Duty, state: str, reason: str | None = None) -> DutyEnded:
    """State a duty's end."""
    return DutyEnded.model_validate({"id": duty.id, "kind": duty.terms.kind, "state": state, "reason": reason})


def person_at(place: Place) -> PersonAt:
    """Name a place as a person of a unit."""
    return PersonAt(unit=place.unit, person=place.person)


def as_creditor(place: Place | str | None) -> PostAt | str | None:
    """Name to whom a duty is owed: a place, or somebody outside the bank as he stands there."""
    if not isinstance(place, Place):
        return place
    return PostAt(unit=place.unit, post=place.post or "handler", person=place.person)
