"""The bank as its organisation file describes it: who works where, and who answers for what.

Pure look-ups over frozen data; reading and checking the file is in ``shared.bank.organisation_file``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from shared.bank.bank_day import BankDay
from shared.bank.listed import Bank, ChannelSystem, Consumer, Person, Post, Unit
from shared.bank.posts import AUDITOR, HEAD_POST, OWN_LADDER


class _Units(dict[str, Unit]):
    """The units by their ids; one that the file does not have any more is a department under the top unit."""

    def __init__(self, units: Mapping[str, Unit], top: str) -> None:
        super().__init__(units)
        self._top = top

    def __missing__(self, unit: str) -> Unit:
        return Unit(unit, unit, "department", self._top if unit != self._top else None, None, None, None)


class _People(dict[str, Person]):
    """The people by their ids; somebody whom the file does not have any more has left."""

    def __init__(self, people: Mapping[str, Person], top: str) -> None:
        super().__init__(people)
        self._top = top

    def __missing__(self, person: str) -> Person:
        return Person(person, person, self._top, None, None, date.max, date.min)


@dataclass(frozen=True)
class Organisation:
    """All of it. Ids in it are known to exist and the tree has no cycle.

    ``pseudonyms``: whether people of the bank stand under pseudonyms in what analysts get; else they stand nowhere.
    """

    bank: Bank
    units: dict[str, Unit]
    people: dict[str, Person]
    posts: dict[tuple[str, str], Post]
    channel_systems: dict[str, ChannelSystem]
    ladder: tuple[str, ...]
    consumers: dict[str, Consumer] = field(default_factory=dict)
    pseudonyms: bool = False

    def __post_init__(self) -> None:
        """Whatever an open case names is found, also if a later file dropped it: it stands under the top unit."""
        top = next((unit.id for unit in self.units.values() if unit.parent is None), "")
        object.__setattr__(self, "units", _Units(self.units, top))
        object.__setattr__(self, "people", _People(self.people, top))

    @cached_property
    def day(self) -> BankDay:
        """The bank's day: it says which date it is."""
        return BankDay.of(self.bank.timezone, self.bank.close_of_business, self.bank.business_hours)

    def upward(self, unit: str) -> Iterator[Unit]:
        """The unit and everything above it, nearest first."""
        at: str | None = unit
        while at is not None:
            found = self.units[at]
            yield found
            at = found.parent

    def sender(self, unit: str) -> str | None:
        """The address from which a unit's letters come: its own, of the nearest unit above, or the bank's."""
        return next((above.email for above in self.upward(unit) if above.email), self.bank.email)

    def mailbox(self, unit: str) -> str | None:
        """The address at which a unit reads letters: its own; at the top the bank's, where that one has none."""
        found = self.units[unit]
        return found.email or (self.bank.email if found.parent is None else None)

    def below(self, unit: str) -> frozenset[str]:
        """The unit and everything below it."""
        return self._below.get(unit) or frozenset({unit})

    @cached_property
    def _below(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {unit: {unit} for unit in self.units}
        for unit in self.units:
            for above in self.upward(unit):
                found[above.id].add(unit)
        return {unit: frozenset(all_) for unit, all_ in found.items()}

    def head_post(self, unit: str) -> str:
        """The post of the person in charge of a unit (article 3)."""
        return HEAD_POST.get(self.units[unit].kind, "unit_head")

    def ladder_unit(self, unit: str) -> str:
        """The unit whose ladder serves this one: itself, or what is nearest above an outlet or department."""
        above = list(self.upward(unit))
        return next((served_by.id for served_by in above if served_by.kind in OWN_LADDER), above[-1].id)

    def signing_post(self, unit: str) -> str | None:
        """The post that signs what a unit decides: as it says, or the unit that it is an outlet or department of."""
        served_by = self.ladder_unit(unit)
        for above in self.upward(unit):
            if above.decisions_signed_by is not None or above.id == served_by:
                return above.decisions_signed_by
        return None

    def superior(self, unit: str) -> str:
        """The unit above the one whose ladder serves this one; the top unit is its own superior."""
        served_by = self.ladder_unit(unit)
        return self.units[served_by].parent or served_by

    def reviewer_missing(self) -> str | None:
        """The top unit, where nobody reviews what it decides: no unit is above it, and the file names no body."""
        top = next((unit.id for unit in self.units.values() if unit.parent is None), None)
        return top if self.bank.review_body is None else None

    def people_in(self, unit: str, post: str, on: date) -> tuple[str, ...]:
        """Who may act in a post of this very unit on a day: holders, each with his stand-in, then the post's stand-ins.

        Somebody absent is among them: what he does counts. New work goes to ``present_in``.
        """
        found = self.posts.get((unit, post))
        if found is None or not found.there(on) or not self.units[unit].there(on):
            return ()
        named = (*found.holders, *found.stand_ins)
        everybody = named if post == AUDITOR else tuple(p for held in named for p in self._with_stand_in(held, on))
        return tuple(dict.fromkeys(p for p in everybody if self.people[p].active(on)))

    def present_in(self, unit: str, post: str, on: date) -> tuple[str, ...]:
        """Who may act in a post and is there on a day; where all of them are absent, all of them."""
        people = self.people_in(unit, post, on)
        return tuple(p for p in people if self.people[p].absent(on) is None) or people

    def _with_stand_in(self, person: str, on: date) -> Iterator[str]:
        yield person
        absence = self.people[person].absent(on)
        if absence is not None and absence.stand_in is not None:
            yield absence.stand_in

    def posts_of(self, person: str) -> tuple[Post, ...]:
        """The posts that a person holds or stands in for."""
        return self._posts_of.get(person, ())

    def posts_on(self, person: str, on: date) -> tuple[Post, ...]:
        """The posts in which a person acts on a day: his own, and those of whoever he stands in for.

        Nobody reads everything because an auditor is absent: only a stand-in of that post does.
        """
        absent = [p for p in self._stood_in_by.get(person, ()) if self._stands_in(person, p, on)]
        lent = (post for one in absent for post in self.posts_of(one) if post.post != AUDITOR)
        return tuple(dict.fromkeys((*self.posts_of(person), *lent)))

    def _stands_in(self, person: str, absent: str, on: date) -> bool:
        absence = self.people[absent].absent(on)
        return absence is not None and absence.stand_in == person

    @cached_property
    def _stood_in_by(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for person in self.people.values():
            for stand_in in dict.fromkeys(a.stand_in for a in person.absences if a.stand_in is not None):
                found[stand_in] = (*found.get(stand_in, ()), person.id)
        return found

    @cached_property
    def _posts_of(self) -> dict[str, tuple[Post, ...]]:
        found: dict[str, tuple[Post, ...]] = {}
        for post in self.posts.values():
            for person in dict.fromkeys((*post.holders, *post.stand_ins)):
                found[person] = (*found.get(person, ()), post)
        return found

    def units_with(self, unit: str, post: str) -> Iterator[str]:
        """The units, nearest first from ``unit`` upward, that have this post."""
        return (above.id for above in self.upward(unit) if (above.id, post) in self.posts)

    def headed_by(self, person: str) -> frozenset[str]:
        """The units this person heads."""
        return frozenset(unit for unit in self.units if person in self.heads_of(unit))

    def heads_of(self, unit: str) -> tuple[str, ...]:
        """Who heads a unit: the holders of the post of its person in charge."""
        return self._holders(unit, self.head_post(unit))

    def _holders(self, unit: str, post: str) -> tuple[str, ...]:
        found = self.posts.get((unit, post))
        return found.holders if found else ()

    def path(self, start: str, end: str) -> tuple[str, ...]:
        """From one unit over the lowest common ancestor to another, both included."""
        up = [u.id for u in self.upward(start)]
        down = [u.id for u in self.upward(end)]
        common = next(u for u in up if u in down)
        return (*up[: up.index(common) + 1], *reversed(down[: down.index(common)]))
