"""Who may accept and who may handle: never a party concerned, and everyone passed over is recorded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from typing import NamedTuple

from shared.bank.organisation import Organisation
from shared.contract.events.base import PersonAt, PostAt
from shared.contract.events.routing import RefusedCandidate

SUPERIOR = "superior_unit"
OFFICE, ACCEPTING = "general_office", "complaint_post"
OPERATIONS = "operations_head"
"""The post that handles itself what it accepts, out of the opinion book (article 2.2)."""
FROM_DEPUTY_UP = ("deputy_president", "president", SUPERIOR)
"""The rungs that handle a major case (rules: default-major)."""
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


def standing_in(organisation: Organisation, unit: str, post: str) -> Iterator[tuple[str, str]]:
    """Yields the posts that answer for a post of a unit, in order, each with its unit.

    The same post upward, nearest first; where nobody is left in any, the general offices upward, then the heads, at
    last the complaint posts.
    """
    yield from ((above, post) for above in organisation.units_with(unit, post))
    yield from ((above, OFFICE) for above in organisation.units_with(unit, OFFICE))
    yield from ((above.id, organisation.head_post(above.id)) for above in organisation.upward(unit))
    yield from ((above, ACCEPTING) for above in organisation.units_with(unit, ACCEPTING))


class Escalation(NamedTuple):
    """Who is next above: the rung, its holder, and the post by which he holds it."""

    rung: str
    to: PersonAt
    post: str


@dataclass
class PeopleSearch:
    """One search for people, with what was refused on the way."""

    organisation: Organisation
    parties: frozenset[str]
    on: date
    refused: list[RefusedCandidate] = field(default_factory=list)

    def first(self, people: Iterable[str]) -> str | None:
        """The first who is there and not concerned; those before are recorded with the reason."""
        for person in people:
            if self.concerned(person):
                continue
            if self.organisation.people[person].absent(self.on) is None:
                return person
            self._pass_over(person, "absent")
        return None

    def concerned(self, person: str) -> bool:
        """Whether somebody is a party concerned; that he is passed over is recorded."""
        if person in self.parties:
            self._pass_over(person, "party_concerned")
        return person in self.parties

    def _pass_over(self, person: str, reason: str) -> None:
        candidate = RefusedCandidate(person=person, reason=reason)
        if candidate not in self.refused:
            self.refused.append(candidate)

    def accepting(self, unit: str, post: str) -> PostAt:
        """The accepting post: nearest unit upward that has it and a holder who is not concerned.

        Where nobody is left to hold it, who stands in for it; its ``person`` is None where nobody does either.
        """
        found = self._held(standing_in(self.organisation, unit, post))
        nearest = next(self.organisation.units_with(unit, post), unit)
        return found or PostAt(unit=nearest, post=post, person=None)

    def _held(self, posts: Iterable[tuple[str, str]]) -> PostAt | None:
        """The first of these posts with a holder who is not concerned, with him."""
        for unit, post in posts:
            if (person := self.first(self.organisation.people_in(unit, post, self.on))) is not None:
                return PostAt(unit=unit, post=post, person=person)
        return None

    def handler(self, unit: str) -> tuple[PostAt | None, str | None]:
        """The person in charge of the complained unit, else up the ladder.

        Returns the handler with the post he is found in and, when only the last resort was left, its unit: the
        superior unit's general office, who stands in for it, at last who accepts the unit's complaints. Nobody handles
        where all of them are gone, absent or concerned.
        """
        if (found := self._held(self._rungs(unit))) is not None:
            return found, None
        return self._last_resort(unit)

    def _last_resort(self, unit: str) -> tuple[PostAt | None, str | None]:
        """Who is left when the ladder has nobody, with the unit that has to be told; nobody, where all are gone."""
        superior = self.organisation.superior(unit)
        last = standing_in(self.organisation, superior, OFFICE), standing_in(self.organisation, unit, ACCEPTING)
        if (found := self._held(chain.from_iterable(last))) is not None:
            return found, found.unit
        return None, superior

    def from_deputy_up(self, unit: str) -> tuple[PostAt | None, str | None]:
        """Who handles a major case of a unit: the first rung from deputy president up; at last as ``handler`` does."""
        posts = [place for rung in FROM_DEPUTY_UP for place in self._posts(unit, rung)]
        if (found := self._held(posts)) is not None:
            return found, None
        return self._last_resort(unit)

    def post_from_deputy_up(self, unit: str, at: str, person: str) -> str | None:
        """The post by which somebody who is at a unit stands there on these rungs already; None where by none."""
        posts = (place for rung in FROM_DEPUTY_UP for place in self._posts(unit, rung))
        return next(
            (post for of, post in posts if of == at and person in self.organisation.people_in(of, post, self.on)), None
        )

    def _rungs(self, unit: str) -> Iterator[tuple[str, str]]:
        yield unit, self.organisation.head_post(unit)
        served_by = self.organisation.ladder_unit(unit)
        for rung in self._above(LADDER_BELOW_PARENT):
            if rung != SUPERIOR:
                yield served_by, rung

    def _above(self, rung: str) -> tuple[str, ...]:
        ladder = self.organisation.ladder
        return ladder[ladder.index(rung) + 1 :] if rung in ladder else ladder

    def escalation(self, unit: str, reached: Iterable[str | None], skip_to: str | None = None) -> Escalation | None:
        """The next above on a unit's ladder whom the case has not reached yet; None at the top.

        Args:
            unit: the complained unit, else the handler's.
            reached: the people who have the case already: handler, and whoever it was escalated to.
            skip_to: the rung to begin with, in hard or major cases.
        """
        had = set(reached)
        rungs = [(rung, at, post) for rung in self._above(LADDER_BELOW_PARENT) for at, post in self._posts(unit, rung)]
        holders = [self.organisation.people_in(at, post, self.on) for _, at, post in rungs]
        start = max((n + 1 for n, people in enumerate(holders) if had & self._holding(people)), default=0)
        if skip_to is not None:
            start = max(start, next((n for n, (rung, _, _) in enumerate(rungs) if rung == skip_to), start))
        for (rung, at, post), people in list(zip(rungs, holders, strict=True))[start:]:
            if (person := self.first(p for p in people if p not in had)) is not None:
                return Escalation(rung, PersonAt(unit=at, person=person), post)
        return None

    def above(self, unit: str, below: Iterable[str | None]) -> PostAt | None:
        """Who looks again at what somebody of a unit did: the next rung above him, with the post he is found in.

        Where the ladder has nobody left: the superior unit's general office, who stands in for it, at last who accepts
        the unit's complaints, even if he is absent. None where nobody else is left in the bank.

        Args:
            unit: that of who has the case.
            below: the people who never look at it again themselves.
        """
        never = set(below)
        if (found := self.escalation(unit, never)) is not None:
            return PostAt(unit=found.to.unit, post=found.post, person=found.to.person)
        office = standing_in(self.organisation, self.organisation.superior(unit), OFFICE)
        posts = chain(office, standing_in(self.organisation, unit, ACCEPTING))
        left = [(at, post, p) for at, post in posts for p in self.organisation.people_in(at, post, self.on)]
        free = [(at, post, p) for at, post, p in left if p not in never and not self.concerned(p)]
        free.sort(key=lambda one: self.organisation.people[one[2]].absent(self.on) is not None)
        return next((PostAt(unit=at, post=post, person=p) for at, post, p in free), None)

    def _holding(self, people: tuple[str, ...]) -> set[str]:
        """The holder of a rung, and whoever is there in his place."""
        there = (person for person in people if self.organisation.people[person].absent(self.on) is None)
        return {*people[:1], *islice(there, 1)}

    def _posts(self, unit: str, rung: str) -> Iterator[tuple[str, str]]:
        """The posts on a rung of a unit's ladder: of the superior unit the offices from there upward."""
        served_by = self.organisation.ladder_unit(unit)
        if rung != SUPERIOR:
            yield served_by, rung
        elif (superior := self.organisation.units[served_by].parent) is not None:
            yield from ((above, "general_office") for above in self.organisation.units_with(superior, "general_office"))
