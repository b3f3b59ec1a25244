"""Says who may approve what somebody else asks for, by the posts of the day (contract 6, "a second person"). Pure."""

from collections.abc import Iterable, Iterator
from math import ceil

from services.casework.rights import Rights
from shared.bank.ladder import LADDER_BELOW_PARENT, OFFICE, SUPERIOR
from shared.bank.posts_held import post_held
from shared.case.duties import Place
from shared.contract.amounts import major_units

HUNDREDTHS = 100


def entitled(rights: Rights, debtor: Place, askers: Iterable[str | None], amount: int = 0) -> tuple[str, ...]:
    """Name who may approve what is asked of a place, nearest first.

    Whoever is absent comes last: he is not asked first.
    They are everybody on its ladder, the heads of its unit and of those above, the same post of a unit above, and the
    accepting post where it is another one; with a limit for the amount, where there is one. Nobody approves what he
    asks for or owes himself; a party concerned and an auditor approve nothing.
    """
    never = {*askers, debtor.person}
    found = dict.fromkeys(person for person in _above(rights, debtor) if person not in never and rights.may_act(person))
    able = [person for person in found if not amount or limit_of(rights, person) >= amount]
    return tuple(sorted(able, key=rights.absent))


def _above(rights: Rights, debtor: Place) -> Iterator[str]:
    organisation, on, accepting = rights.organisation, rights.on, rights.core.accepting
    yield from rights.ladder(debtor.unit)
    for unit in organisation.upward(debtor.unit):
        yield from organisation.people_in(unit.id, organisation.head_post(unit.id), on)
        if debtor.post is not None and unit.id != debtor.unit:
            yield from organisation.people_in(unit.id, debtor.post, on)
    if accepting is not None and accepting.post is not None and debtor[:2] != accepting[:2]:
        yield from filter(None, [accepting.person])
        yield from organisation.people_in(accepting.unit, accepting.post, on)


def limit_of(rights: Rights, person: str | None) -> int:
    """Tell the highest amount that a post of somebody may approve today; without such a post, nothing."""
    posts = rights.organisation.posts_on(person, rights.on) if person is not None else ()
    return max((post.approval_limit_minor or 0 for post in posts), default=0)


def counted(remedies: Iterable[object]) -> int:
    """Add up what remedies cost, as limits count it: in hundredths of a unit, whatever the currency."""
    costs = (
        major_units(int(remedy["amount_minor"]), str(remedy.get("currency")))
        for remedy in remedies
        if isinstance(remedy, dict) and remedy.get("amount_minor")
    )
    return ceil(sum(costs) * HUNDREDTHS)


def above_limit(rights: Rights, debtor: Place, asker: str | None, remedies: Iterable[object]) -> tuple[str, ...] | None:
    """Name who may approve what remedies cost that somebody grants; None where he may himself."""
    amount = counted(remedies)
    if amount <= limit_of(rights, asker):
        return None
    return entitled(rights, debtor, [asker], amount)


def who_signs(rights: Rights, handler: Place, asker: str | None, remedies: Iterable[object]) -> tuple[str, ...] | None:
    """Name who may approve a decision; None where whoever decides needs nobody.

    In a unit whose decisions are signed these are the holders of that post, else those of the next rung above that has
    anybody: never a party concerned, the handler, or who asks. Elsewhere it is who may approve what it costs.
    """
    post = rights.organisation.signing_post(handler.unit)
    remedies = tuple(remedies)
    if post is None:
        return above_limit(rights, handler, asker, remedies)
    amount, never = counted(remedies), {asker, handler.person}
    for people in _rungs(rights, handler, post):
        able = [one for one in dict.fromkeys(people) if one not in never and rights.may_act(one)]
        able = [one for one in able if not amount or limit_of(rights, one) >= amount]
        if able:
            return tuple(sorted(able, key=rights.absent))
    return ()


def _rungs(rights: Rights, handler: Place, post: str) -> Iterator[tuple[str, ...]]:
    """Yield who holds the post that signs, then rung by rung who stands above it, at last the heads above."""
    organisation, on = rights.organisation, rights.on
    served_by = organisation.ladder_unit(handler.unit)
    nearest = next(organisation.units_with(handler.unit, post), served_by)
    yield organisation.people_in(nearest, post, on)
    for rung in _rungs_above(rights, handler, post):
        if rung != SUPERIOR:
            yield organisation.people_in(served_by, rung, on)
    for unit in organisation.upward(organisation.superior(handler.unit)):
        yield organisation.people_in(unit.id, OFFICE, on)
        yield organisation.people_in(unit.id, organisation.head_post(unit.id), on)


def _rungs_above(rights: Rights, handler: Place, post: str) -> tuple[str, ...]:
    """Name the rungs above the post that signs; where it is none, above the handler's own."""
    ladder = rights.organisation.ladder
    held = post_held(rights.organisation, handler.unit, handler.person, rights.on)
    below = next((rung for rung in (post, held, LADDER_BELOW_PARENT) if rung in ladder), None)
    return ladder[ladder.index(below) + 1 :] if below is not None else ladder
