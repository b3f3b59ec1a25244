"""A review from above stays with somebody above: it moves where its debtor handles the case now or is gone. Pure."""

from collections.abc import Iterator

from services.routing.duty_transfers import REROUTED, DutyChanges
from shared.bank.ladder import PeopleSearch
from shared.case.core import CaseCore
from shared.case.duties import Duty, Place
from shared.case.second_looks import REVIEW
from shared.contract.events.base import DutyEnded, DutyOpened, PostAt
from shared.contract.ids import duty_id


def with_reviews(
    changes: DutyChanges, core: CaseCore, search: PeopleSearch, handler: PostAt | None, opened_by: str
) -> DutyChanges:
    """The changes of a routing, with those of the reviews that somebody else has to owe from now on."""
    has_it = handler or core.accepting
    stays = handler is not None and core.handler is not None and handler.person == core.handler.person
    never = (has_it.person if has_it else None, core.agent if stays else None, *core.looks.deciders)
    for duty in core.open_duties(REVIEW):
        if has_it is not None and not _may_keep(duty.terms.debtor, search, never):
            above = search.above(has_it.unit, never)
            changes = DutyChanges(
                (*changes.opened, _anew(duty, above, opened_by)),
                (*changes.ended, DutyEnded(id=duty.id, kind=REVIEW, state="waived", reason=REROUTED)),
            )
    return changes


def owe_reviews(core: CaseCore) -> Iterator[Place]:
    """The people who owe reviews, each in person: whatever post they hold."""
    for duty in core.open_duties(REVIEW):
        if duty.terms.debtor.person is not None:
            yield duty.terms.debtor._replace(post=None)


def _may_keep(debtor: Place, search: PeopleSearch, never: tuple[str | None, ...]) -> bool:
    """Whether who owes the review may still do it: none of those who never do, on duty and not concerned."""
    person = debtor.person
    if person is None or person in never:
        return False
    return search.organisation.people[person].active(search.on) and not search.concerned(person)


def _anew(duty: Duty, above: PostAt | None, opened_by: str) -> DutyOpened:
    """The same review, owed by somebody else; where nobody is left above, by nobody."""
    terms = duty.terms
    debtor = above or PostAt(unit=terms.debtor.unit, post=terms.debtor.post or "handler", person=None)
    creditor = PostAt(**terms.creditor._asdict()) if isinstance(terms.creditor, Place) else terms.creditor
    return DutyOpened.model_validate(
        {"id": duty_id(opened_by, REVIEW, None), "kind": REVIEW, "debtor": debtor, "creditor": creditor,
         "state": "open" if above else "waived", "reason": None if above else "nobody_above"}
    )  # fmt: skip
