"""Who may accept and who may handle: never a party concerned, and everyone passed over is recorded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from shared.events.base import PersonAt, PostAt
from shared.events.routing import RefusedCandidate
from shared.organisation import Organisation

LADDER_BELOW_PARENT = "outlet_head"
"""A department has no such rung: its ladder begins at its parent's first rung above this one."""


def parties_concerned(organisation: Organisation, named: Iterable[str]) -> frozenset[str]:
    """The people named and, if one of them heads a unit, everybody in that unit and below it (article 3)."""
    parties = set(named)
    for person in named:
        for headed in organisation.headed_by(person):
            inside = organisation.below(headed)
            parties |= {p.id for p in organisation.people.values() if p.unit in inside}
    return frozenset(parties)


@dataclass
class Search:
    """One search for people, with what was refused on the way."""

    organisation: Organisation
    parties: frozenset[str]
    on: date
    refused: list[RefusedCandidate] = field(default_factory=list)

    def first(self, people: Iterable[str]) -> str | None:
        """The first who is not concerned; those before are recorded."""
        for person in people:
            if person not in self.parties:
                return person
            candidate = RefusedCandidate(person=person, reason="party_concerned")
            if candidate not in self.refused:
                self.refused.append(candidate)
        return None

    def accepting(self, unit: str, post: str) -> PostAt:
        """The accepting post: nearest unit upward that has it and a holder who is not concerned."""
        nearest = unit
        for position, above in enumerate(self.organisation.units_with(unit, post)):
            if position == 0:
                nearest = above
            if (person := self.first(self.organisation.people_in(above, post, self.on))) is not None:
                return PostAt(unit=above, post=post, person=person)
        return PostAt(unit=nearest, post=post, person=None)

    def handler(self, unit: str) -> tuple[PersonAt | None, str | None]:
        """The person in charge of the complained unit, else up the ladder.

        Returns the handler and, when only the superior unit's general office was left, that unit.
        """
        for at, post in self._rungs(unit):
            if (person := self.first(self.organisation.people_in(at, post, self.on))) is not None:
                return PersonAt(unit=at, person=person), None
        for above in self.organisation.units_with(self._superior(unit), "general_office"):
            if (person := self.first(self.organisation.people_in(above, "general_office", self.on))) is not None:
                return PersonAt(unit=above, person=person), above
        return None, self._superior(unit)

    def _rungs(self, unit: str) -> Iterator[tuple[str, str]]:
        organisation = self.organisation
        yield unit, organisation.head_post(unit)
        place = self._place(unit)
        rungs = [rung for rung in organisation.ladder if rung != "superior_unit"]
        if LADDER_BELOW_PARENT in rungs:
            rungs = rungs[rungs.index(LADDER_BELOW_PARENT) + 1 :]
        for rung in rungs:
            yield place, rung

    def _place(self, unit: str) -> str:
        """The unit whose ladder serves this one: itself, or for outlets and departments the parent."""
        found = self.organisation.units[unit]
        return found.parent if found.kind in ("outlet", "department") and found.parent else unit

    def _superior(self, unit: str) -> str:
        place = self._place(unit)
        return self.organisation.units[place].parent or place
