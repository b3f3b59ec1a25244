"""Rights say who may do what on a case, by its owners and the posts of the day (contract 6, column "who may").

A *side* is everybody who may act in one part, such as the handler's; each command's declaration names the sides that
may send it. Whoever is on none of them, but heads the unit of a side's debtor or one above, may act for the debtor;
that is recorded.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, assert_never

from services.casework.refusals import NotEntitled, NotYours, PartyConcerned, UnknownActor
from services.casework.sides import ARCHIVIST, CLOSER, DEBTOR, HANDLER, KINDS_BESIDE, Part, Side, SideName
from shared.bank.ladder import OFFICE, SUPERIOR, PeopleSearch, parties_concerned, standing_in
from shared.bank.organisation import Organisation
from shared.case.core import CaseCore
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import APPROVE, CORRECTIVE_ACTION, LEVELLED, TO_BODY
from shared.case.second_looks import REVIEW
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.contract.channels import CLOSED_BY
from shared.contract.events.base import PostAt
from shared.contract.subjects import person_of


@dataclass(frozen=True)
class Rights:
    """These rights hold on one case and one bank day."""

    organisation: Organisation
    core: CaseCore
    on: date
    parties: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Parties concerned include everybody below a unit that one of them heads."""
        object.__setattr__(self, "parties", parties_concerned(self.organisation, self.core.parties))

    def person(self, actor: str) -> str:
        """Tell the person behind an actor who may do anything at all here.

        Raises:
            NotEntitled: a channel system, or an auditor: they change nothing.
            UnknownActor: nobody on duty.
            PartyConcerned: nobody concerned does anything on the case.
        """
        person = person_of(actor)
        if person is None:
            raise NotEntitled
        if not self.on_duty(person):
            raise UnknownActor
        if person in self.parties:
            raise PartyConcerned
        if any(post.post == "auditor" for post in self.organisation.posts_of(person)):
            raise NotEntitled
        return person

    def may_act(self, person: str) -> bool:
        """Whether somebody may do anything at all on the case: on duty, not concerned, and no auditor."""
        audits = any(post.post == "auditor" for post in self.organisation.posts_of(person))
        return self.on_duty(person) and person not in self.parties and not audits

    def on_duty(self, person: str) -> bool:
        """Whether somebody has duties in the bank today."""
        found = self.organisation.people.get(person)
        return found is not None and found.active(self.on)

    def absent(self, person: str) -> bool:
        """Whether somebody is not there today; what he does all the same counts."""
        return self.organisation.people[person].absent(self.on) is not None

    def part(self, person: str, who: Iterable[SideName], body: Mapping[str, Any]) -> Part:
        """Tell in which part somebody may do what these sides may do. Raises NotEntitled, NotYours."""
        return self.first_of(person, [side for name in who for side in self._sides(name, body)])

    def first_of(self, person: str, sides: list[Side]) -> Part:
        """Find the first side that somebody is on, else the first whose debtor he may act for. Raises as ``part``."""
        sides = [side for side in sides if side.never != person]
        for side in sides:
            if person in side.members:
                return Part(side.name)
        for side in sides:
            if side.unit is not None and person in self.superiors(side.unit):
                return Part(side.name, side.debtor)
        raise NotEntitled if self._knows_of(person) else NotYours

    def superiors(self, unit: str) -> frozenset[str]:
        """Name who heads a unit or one above it."""
        organisation = self.organisation
        above = (organisation.people_in(u.id, organisation.head_post(u.id), self.on) for u in organisation.upward(unit))
        return frozenset(person for people in above for person in people)

    def owed_by(self, duty: Duty) -> Side:
        """Name who owes a duty: the person, whoever holds the post, and for the handler his agent."""
        place, handler = duty.terms.debtor, self.core.handler
        if handler is not None and (place.unit, place.person) == (handler.unit, handler.person):
            return Side(DEBTOR, self.side(HANDLER).members, place.unit, place.person)
        return self._of_post(DEBTOR, place)

    def side(self, name: SideName) -> Side:
        """The one side of a name that has exactly one."""
        return next(iter(self._sides(name, {})), Side(name, frozenset()))

    def _sides(self, name: SideName, body: Mapping[str, Any]) -> Iterator[Side]:
        core = self.core
        match name:
            case "handler" | "handler_alone":
                yield from self._handlers(name)
            case "in_handlers_place":
                if core.handler is None and core.accepting is not None:
                    yield self._of_post(name, core.accepting)
            case "accepting":
                yield from self._accepts(name)
            case "first_asked":
                if core.first_asked is not None:
                    yield _side(name, {core.first_asked.person})
            case "ladder":
                yield _side(name, {p for unit in self._own_units() for p in self.ladder(unit)})
            case "head_of_handling_unit":
                if core.handler is not None:
                    head = self.organisation.head_post(core.handler.unit)
                    yield self._of_post(name, Place(core.handler.unit, head, None))
            case "archivist":
                if (found := self._nearest(name, "archivist")) is not None:
                    yield found
            case "closer":
                if core.accepting is not None:
                    yield self._closer(core.accepting)
            case "debtor":
                part = (duty for duty in core.duties() if duty.terms.kind != CORRECTIVE_ACTION)
                yield from (self.owed_by(duty) for duty in part if duty.state != "waived")
            case "assisting" | "action_owner" | "suggestion_office":
                beside = (duty for duty in core.duties() if KINDS_BESIDE.get(duty.terms.kind) == name)
                yield from (self.owed_by(duty) for duty in beside)
            case "level":
                yield from self._of_duties(name, LEVELLED) or (*self._handlers(name), *self._accepts(name))
            case "answerer":
                yield from self._of_duties(name, (TO_BODY,)) or self._accepts(name)
            case "claimed_settler":
                yield from self._claimed_settlers(name)
            case "reviewer":
                yield from self._reviewers(name)
            case "oneself":
                yield _side(name, {body.get("person")})
            case "asker":
                waited_for = (duty.terms.creditor for duty in core.open_duties(APPROVE))
                yield _side(name, {place.person for place in waited_for if isinstance(place, Place)})
            case "whoever_sees" | "anybody":
                yield Side(name, self.organisation.people)
            case _:
                assert_never(name)

    def _of_duties(self, name: SideName, kinds: Container[str]) -> list[Side]:
        """Name who owes the duties of these kinds, or owed them and did them; nobody where the case has none."""
        owed = (duty for duty in self.core.duties() if duty.terms.kind in kinds and duty.state != "waived")
        return [self.owed_by(duty)._replace(name=name) for duty in owed]

    def _accepts(self, name: SideName) -> list[Side]:
        """Name who accepted the case, in whatever part."""
        return [] if self.core.accepting is None else [self._of_post(name, self.core.accepting)]

    def _handlers(self, name: SideName) -> Iterator[Side]:
        """Name the handler's side, with his agent or without him."""
        handler, agent = self.core.handler, self.core.agent
        if handler is not None:
            people = {handler.person, agent if name == HANDLER else None}
            yield _side(name, people, handler.unit, handler.person)

    def _claimed_settlers(self, name: SideName) -> Iterator[Side]:
        """Name whom the receipt says to have settled the matter, and no other holder of his post."""
        for duty in self.core.duties():
            if duty.terms.kind == CONFIRM_SETTLEMENT:
                place = duty.terms.debtor
                yield _side(name, {place.person}, place.unit, place.person)

    def _reviewers(self, name: SideName) -> Iterator[Side]:
        """Name who looks again at what a customer is dissatisfied with: who owes it, and who would owe it today.

        So the review has somebody also where its debtor has left, is concerned by now or handles the case himself. The
        handler never is one.
        """
        reviews = (duty for duty in self.core.duties() if duty.terms.kind == REVIEW)
        found = [duty.terms.debtor for duty in reviews if duty.state != "waived"]
        above = self.above() if found else None
        never = self.core.handler.person if self.core.handler else None
        for place in (*found[-1:], *([Place(above.unit, above.post, above.person)] if above else [])):
            yield self._of_post(name, place)._replace(never=never)

    def above(self, *never: str | None) -> PostAt | None:
        """Name who is next above who has the case; None where nobody is.

        Neither his agent nor one of these, nor who decided: nobody looks again at what he did himself.
        """
        below = self.core.handler or self.core.accepting
        if below is None:
            return None
        search = PeopleSearch(self.organisation, self.parties, self.on)
        return search.above(below.unit, [below.person, self.core.agent, *self.core.looks.deciders, *never])

    def archivist(self) -> Place:
        """Name who archives: the first holder of the nearest such post, else that of the accepting unit."""
        side = self.side(ARCHIVIST)
        unit = side.unit or (self.core.accepting.unit if self.core.accepting else "")
        return Place(unit, "archivist", side.debtor)

    def _closer(self, accepting: Place) -> Side:
        """Name who closes: never the handler himself (four eyes), so somebody else where only he could."""
        handler = self.core.handler.person if self.core.handler else None
        post = CLOSED_BY.get(self.core.channel)
        if post is None and (accepting.person == handler or not self._filled(accepting, handler)):
            post = OFFICE
        found = self._nearest(CLOSER, post, handler) if post else None
        return (found or self._of_post(CLOSER, accepting))._replace(never=handler)

    def _nearest(self, name: SideName, post: str, never: str | None = None) -> Side | None:
        """Find who holds a post, or stands in for it, from the accepting unit upward: the nearest whom anybody fills.

        Where nobody does, the nearest: who heads its unit or one above may act for it.
        """
        accepting = self.core.accepting
        posts = standing_in(self.organisation, accepting.unit, post) if accepting else ()
        places = [Place(unit, held, None) for unit, held in posts]
        place = next((place for place in places if self._filled(place, never)), places[0] if places else None)
        return self._of_post(name, place) if place else None

    def _filled(self, place: Place, never: str | None) -> bool:
        """Whether anybody holds a post who is not concerned and not barred from it."""
        people = self.organisation.people_in(place.unit, place.post, self.on) if place.post else ()
        return any(person != never and person not in self.parties for person in people)

    def _of_post(self, name: SideName, place: Place) -> Side:
        """Name any holder or stand-in of a post, and the person who was recorded for it."""
        people = self.organisation.people_in(place.unit, place.post, self.on) if place.post else ()
        debtor = place.person or (people[0] if people else None)
        return _side(name, {place.person, *people}, place.unit, debtor)

    def ladder(self, unit: str) -> Iterator[str]:
        """Name everybody on a unit's ladder (article 3; the superior unit's rung is its general office)."""
        organisation = self.organisation
        served_by = organisation.ladder_unit(unit)
        yield from organisation.people_in(unit, organisation.head_post(unit), self.on)
        for rung in organisation.ladder:
            if rung != SUPERIOR:
                yield from organisation.people_in(served_by, rung, self.on)
            elif (above := organisation.units[served_by].parent) is not None:
                office = next(organisation.units_with(above, "general_office"), above)
                yield from organisation.people_in(office, "general_office", self.on)

    def _own_units(self) -> list[str]:
        places = (self.core.handler, self.core.accepting, self.core.first_asked)
        return [place.unit for place in places if place is not None]

    def _knows_of(self, person: str) -> bool:
        """Whether somebody, or his unit, has to do with the case."""
        if any(place is not None and place.person == person for place in (self.core.handler, self.core.accepting)):
            return True
        units = {above.id for unit in self._own_units() for above in self.organisation.upward(unit)}
        return self.organisation.people[person].unit in units


def _side(name: SideName, people: set[str | None], unit: str | None = None, debtor: str | None = None) -> Side:
    return Side(name, frozenset(p for p in people if p is not None), unit, debtor)
