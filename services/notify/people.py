"""This search finds who holds a post and may get letters on a case: never a party concerned (article 3). Pure."""

from datetime import date
from functools import cached_property

from shared.bank.ladder import PeopleSearch, parties_concerned
from shared.bank.organisation import Organisation
from shared.case.duties import Place


class PostHolders:
    """Answers who holds which post on a day, but for whoever gets no letter on the case."""

    def __init__(self, organisation: Organisation, parties: tuple[str, ...], day: date) -> None:
        self._organisation = organisation
        self._parties = parties
        self._day = day

    @cached_property
    def concerned(self) -> frozenset[str]:
        """Who gets no letter on the case: the parties concerned, and whom those of them head (article 3)."""
        return parties_concerned(self._organisation, self._parties)

    def holder(self, unit: str, post: str) -> Place | None:
        """Who holds a post of this very unit and is not a party concerned."""
        people = self._organisation.present_in(unit, post, self._day)
        found = next((person for person in people if person not in self.concerned), None)
        return Place(unit, None, found) if found is not None else None

    def holder_above(self, unit: str, post: str) -> Place | None:
        """The same, in this unit or the nearest above it that has one."""
        holders = (self.holder(above, post) for above in self._organisation.units_with(unit, post))
        return next((place for place in holders if place is not None), None)

    def holding(self, place: Place) -> Place:
        """The person of a place; who holds its post now, where nobody was named or the one named has left."""
        there = place.person is not None and self._organisation.people[place.person].active(self._day)
        if there or place.post is None:
            return place
        return self.holder_above(place.unit, place.post) or place

    def next_above(self, place: Place) -> Place | None:
        """The next above somebody on the ladder of his unit; None at the top."""
        search = PeopleSearch(self._organisation, self.concerned, self._day)
        found = search.escalation(place.unit, [place.person])
        return Place(found.to.unit, None, found.to.person) if found is not None else None

    def office_above(self, unit: str) -> Place | None:
        """The office of the unit above one; the top unit is its own superior."""
        return self.holder_above(self._organisation.units[unit].parent or unit, "general_office")

    def head_is_concerned(self, unit: str) -> bool:
        """Whether whoever heads a unit, and so reads its mailbox, is a party concerned."""
        heads = self._organisation.people_in(unit, self._organisation.head_post(unit), self._day)
        return bool(self.concerned.intersection(heads))
