"""What is owed to a customer under an agreement always has somebody who owes it, whoever leaves or is concerned. Pure.

A step of a plan is owed by its person, and by who has the case once that person may not act on it any more. A remedy is
owed by the handler, and by the accepting post while there is none.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from services.routing.duty_transfers import DutyChanges, passed_on, waived
from shared.bank.organisation import Organisation
from shared.case.core import CaseCore
from shared.case.duties import Duty, Place, place_of
from shared.case.duty_kinds import CUSTOMER, EXECUTE_REMEDY, EXECUTE_STEP, PROMISE
from shared.contract.events.base import DutyOpened, PostAt

May = Callable[[str], bool]
"""Whether somebody may act on the case."""


def kept_owed(core: CaseCore, changes: DutyChanges, to: PostAt, opened_by: str, may: May) -> DutyChanges:
    """What a routing changes, and what has to pass on besides. ``to``: who has the case now, or accepted it."""
    ended = {one.id for one in changes.ended}
    moving = [duty for duty in core.open_duties() if duty.id not in ended and _moves(core, duty, to, may)]
    left = [duty for duty in core.open_duties(EXECUTE_REMEDY, PROMISE) if duty.id in ended]
    followed = {(one.kind, one.level) for one in changes.opened}
    lost = [duty for duty in left if (duty.terms.kind, duty.terms.level) not in followed]
    anew = [passed_on(duty, to, opened_by) for duty in (*moving, *lost, *_known_now(core))]
    return DutyChanges((*changes.opened, *_each_once(anew)), (*changes.ended, *(waived(duty) for duty in moving)))


def _each_once(duties: Iterable[DutyOpened]) -> Iterable[DutyOpened]:
    return {duty.id: duty for duty in duties}.values()


def _moves(core: CaseCore, duty: Duty, to: PostAt, may: May) -> bool:
    debtor = duty.terms.debtor
    if place_of({"unit": to.unit, "post": to.post, "person": to.person}) == debtor:
        return False
    if duty.terms.kind == EXECUTE_STEP:
        return debtor.person is not None and not may(debtor.person)
    handler = core.handler.person if core.handler is not None else None
    return duty.terms.kind == EXECUTE_REMEDY and debtor.person != handler


def _known_now(core: CaseCore) -> Iterator[Duty]:
    """Remedies that nobody owed since nobody was known who would get them: now somebody is."""
    if not core.customer_known:
        return
    begun = {opening.event: opening.ordinal for opening in core.openings}
    done = {duty.terms.level for duty in core.duties() if duty.terms.kind == EXECUTE_REMEDY and duty.state != "waived"}
    for duty in core.duties():
        waived_then = duty.state == "waived" and duty.ended_by_ordinal == begun[duty.opened_by]
        owed_to_customer = duty.terms.kind == EXECUTE_REMEDY and duty.terms.creditor == CUSTOMER
        if owed_to_customer and waived_then and duty.terms.level not in done and not core.ended:
            yield duty


def owe_steps(core: CaseCore) -> Iterator[Place]:
    """The people who owe steps of a plan, each in person: whatever post they hold."""
    for duty in core.open_duties(EXECUTE_STEP):
        if duty.terms.debtor.person is not None:
            yield duty.terms.debtor._replace(post=None)


def somebody_left(organisation: Organisation, core: CaseCore, on: date) -> bool:
    """Whether somebody who owes a step is not in the bank any more."""
    people = (organisation.people.get(str(place.person)) for place in owe_steps(core))
    return any(person is None or not person.active(on) for person in people)
