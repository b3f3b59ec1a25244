"""Owners are looked at again when the organisation changes or people leave: whose cases have to go to others. Pure."""

from collections.abc import Hashable, Iterable
from datetime import date, datetime, time, timedelta

from services.routing.agreed_duties import owe_steps, somebody_left
from services.routing.reviews import owe_reviews
from services.routing.state import RoutingState
from shared.bank.in_force import organisation_in_force
from shared.bank.ladder import OFFICE, PeopleSearch, parties_concerned
from shared.bank.organisation import Organisation
from shared.bank.posts_held import may_keep
from shared.bank.reference import Reference
from shared.case.core import CaseCore
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import LEVELLED
from shared.contract.ids import derived
from shared.errors import NotYet
from shared.kernel.service import ReferenceTrigger

NOBODY = "nobody"
"""The key of cases that nobody could accept or handle."""


def stale(case: str, state: RoutingState, reference: Reference, now: datetime) -> Iterable[ReferenceTrigger]:
    """Yields a trigger for an open case of which somebody is gone: handler, accepting person, who owes step or review.

    And for one that nobody could have, as soon as somebody can. The same organisation may come, go and come again, and
    people leave on their day: each time is a change of its own.
    """
    core = state.core
    if core.accepting is None or not _somebody_is_needed(core):
        return
    organisation, version, since = organisation_in_force(reference, now)
    on = organisation.day.date_of(now)
    gone = _gone(organisation, core.handler, on) or _gone(organisation, _accepts(state), on)
    gone = gone or somebody_left(organisation, core, on) or _level_is_empty(organisation, core, on)
    gone = gone or any(_gone(organisation, place, on) for place in owe_reviews(core))
    if gone or _found_meanwhile(organisation, state, on):
        change = (version.version, since.isoformat(), on.isoformat())
        yield ReferenceTrigger(derived("reference", case, *change), case, "owners")


def keys(state: RoutingState) -> tuple[Place | str, ...]:
    """The places that a case is found by: who has it, accepted it, owes a step, passes it on; or that nobody could."""
    core = state.core
    if core.accepting is None or not _somebody_is_needed(core):
        return ()
    if _nobody_accepts(core) or _nobody_handles(core):
        return (NOBODY,)
    people = (core.handler, _accepts(state), *owe_steps(core), *owe_reviews(core))
    named = {place for place in people if place is not None and place.person is not None}
    return (*named, *{duty.terms.debtor for duty in _levels(core)})


def touched(place: Hashable, reference: Reference, now: datetime) -> bool:
    """Says whether somebody whom cases stand under is gone, or may be there now, under the present organisation."""
    if place == NOBODY:
        return True
    if not isinstance(place, Place):
        raise TypeError(f"cases of routing do not stand under {place!r}")
    try:
        organisation = organisation_in_force(reference, now).organisation
    except NotYet:
        return False
    on = organisation.day.date_of(now)
    return _gone(organisation, place, on) if place.person is not None else _somebody_left(organisation, place, on)


def recheck_at(reference: Reference, now: datetime) -> datetime | None:
    """Says when the next last day of a person, post, unit or absence is over, in the bank's zone; None without it."""
    try:
        organisation = organisation_in_force(reference, now).organisation
    except NotYet:
        return None
    on = organisation.day.date_of(now)
    parts = (organisation.people, organisation.posts, organisation.units)
    last_days = [one.until for part in parts for one in part.values()]
    last_days += [absence.until for person in organisation.people.values() for absence in person.absences]
    last = min((day for day in last_days if day is not None and day >= on), default=None)
    if last is None:
        return None
    return organisation.day.at(last + timedelta(days=1), time(0))


def _somebody_is_needed(core: CaseCore) -> bool:
    """Whether a case is open, or has ended and more is owed on it than its archiving."""
    return not core.ended or any(duty.terms.kind != "archive" for duty in core.open_duties())


def _found_meanwhile(organisation: Organisation, state: RoutingState, on: date) -> bool:
    """Whether nobody could accept or handle a case, and now somebody can."""
    core = state.core
    if not _nobody_accepts(core) and not _nobody_handles(core):
        return False
    search = PeopleSearch(organisation, parties_concerned(organisation, core.parties), on)
    if _nobody_accepts(core) and core.accepting is not None and core.accepting.post is not None:
        return search.accepting(state.receipt.unit, core.accepting.post).person is not None
    return core.complained_unit is not None and search.handler(core.complained_unit)[0] is not None


def _nobody_accepts(core: CaseCore) -> bool:
    return core.accepting is not None and core.accepting.person is None


def _nobody_handles(core: CaseCore) -> bool:
    """Whether nobody handles a case although it is known which unit it is about."""
    return core.complained_unit is not None and (core.handler is None or core.handler.person is None)


def _levels(core: CaseCore) -> list[Duty]:
    """What the offices owe through which the case is passed on: whoever holds them."""
    return [duty for duty in core.open_duties(*LEVELLED) if duty.terms.debtor.person is None]


def _level_is_empty(organisation: Organisation, core: CaseCore, on: date) -> bool:
    """Whether nobody is left at a level that still has to pass the case on, and somebody else can."""
    search = PeopleSearch(organisation, parties_concerned(organisation, core.parties), on)
    for duty in _levels(core):
        place = duty.terms.debtor
        people = organisation.people_in(place.unit, place.post, on) if place.post else ()
        if not any(person not in search.parties for person in people):
            found = search.accepting(duty.terms.level or place.unit, OFFICE)
            if found.person is not None and (found.unit, found.post) != (place.unit, place.post):
                return True
    return False


def _somebody_left(organisation: Organisation, place: Place, on: date) -> bool:
    """Whether a post is not filled any more as the file has it."""
    post = organisation.posts.get((place.unit, str(place.post)))
    return post is None or set(post.holders) - {*organisation.people_in(place.unit, str(place.post), on)} != set()


def _accepts(state: RoutingState) -> Place | None:
    """Who accepts the case; a receptionist who was named for it holds no post for that."""
    place = state.core.accepting
    named = place is not None and place.person is not None and place.person == state.receipt.receptionist
    return place._replace(post=None) if place is not None and named else place


def _gone(organisation: Organisation, place: Place | None, on: date) -> bool:
    """Whether somebody left, or no longer holds the post he has the case for."""
    if place is None or place.person is None:
        return False
    person = organisation.people.get(place.person)
    if person is None or not person.active(on):
        return True
    return place.post is not None and not may_keep(organisation, place.unit, place.post, place.person, on)
