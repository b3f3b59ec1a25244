"""Tells by which post somebody has a case, and who may keep what he got in one. Pure."""

from datetime import date

from shared.bank.organisation import Organisation

NO_POST = "handler"
"""How the debtor of a duty is named who holds no post in the unit he handles the case for."""


def post_held(organisation: Organisation, unit: str, person: str | None, on: date) -> str | None:
    """The post of a unit by which somebody answers for a case: the head's, else his rung, else another one.

    None where he has none there.
    """
    if person is None:
        return None
    others = (post.post for post in organisation.posts_on(person, on) if post.unit == unit)
    candidates = dict.fromkeys((organisation.head_post(unit), *organisation.ladder, *others))
    return next((post for post in candidates if person in organisation.people_in(unit, post, on)), None)


def may_keep(organisation: Organisation, unit: str, post: str, person: str, on: date) -> bool:
    """Whether somebody may keep what he got in a post: he acts in it, or stood in for a holder who was absent."""
    people = organisation.people_in(unit, post, on)
    if person in people:
        return True
    found = organisation.posts.get((unit, post))
    if found is None or not people or not organisation.people[person].active(on):
        return False
    absences = [absence for holder in found.holders for absence in organisation.people[holder].absences]
    return any(absence.stand_in == person and absence.since <= on for absence in absences)
