"""Transfers the duties of a case to its new owners: those of the former ones end, those of the new ones open. Pure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shared.case.core import CaseCore
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import CUSTOMER, FOLLOWS_HANDLER, KINDS, LEVELLED, REPORT_UP, TO_BODY
from shared.case.levels import DOWN, is_lowest_report
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.case.speakers import CHECK_AUTHORITY
from shared.contract.events.base import DutyEnded, DutyOpened, PostAt
from shared.contract.ids import duty_id

REROUTED = "rerouted"


class DutyChanges(NamedTuple):
    """Lists the duties that a routing opens and ends."""

    opened: tuple[DutyOpened, ...]
    ended: tuple[DutyEnded, ...]


def rerouted(core: CaseCore, wanted: Iterable[DutyOpened], handler: PostAt | None, opened_by: str) -> DutyChanges:
    """Ends and opens duties until there are those that the present rules and owners call for.

    A duty that is done stays done, except one that binds a new handler in person (hand-over, notice to him).
    """
    latest = {(d.terms.kind, d.terms.level): d for d in core.duties()}
    moved = _person(core.handler) != (handler.person if handler else None)
    opened, ended = [], []
    wanted = [duty for duty in wanted if not _reported_already(core, duty, handler)]
    for duty in wanted:
        before = latest.get((duty.kind, duty.level))
        if before is None or _owed_anew(core, duty, before, moved):
            opened.append(duty)
        elif before.state == "open" and not _same(duty, before):
            ended.append(waived(before))
            opened.append(duty)
    ended += [waived(before) for before in _owed_twice(core, latest)]
    known = {(d.kind, d.level) for d in wanted}
    ended += [waived(d) for d in core.open_duties(CONFIRM_SETTLEMENT) if (d.terms.kind, d.terms.level) not in known]
    ended += [waived(d) for d in core.open_duties(*LEVELLED) if (d.terms.kind, d.terms.level) not in known]
    extra = [d for d in _of_handler(core, *FOLLOWS_HANDLER - LEVELLED) if (d.terms.kind, d.terms.level) not in known]
    if moved:
        ended += [waived(d) for d in extra]
        opened += [passed_on(d, handler, opened_by) for d in extra if handler is not None]
    return DutyChanges(tuple(opened), tuple(ended))


def asked_by_nobody(core: CaseCore, wanted: Iterable[DutyOpened]) -> list[DutyEnded]:
    """Lists the ends of answers that are owed to a body, and that no receipt speaks of as it stands now."""
    asked = {(duty.kind, duty.level) for duty in wanted}
    return [waived(d) for d in core.open_duties(TO_BODY) if (d.terms.kind, d.terms.level) not in asked]


def _owed_twice(core: CaseCore, latest: dict[tuple[str, str | None], Duty]) -> Iterator[Duty]:
    """Yields what is owed a second time since two facts crossed: the later one stands. Promises are each their own."""
    for duty in core.open_duties():
        if duty.terms.kind != "promise" and duty != latest[duty.terms.kind, duty.terms.level]:
            yield duty


def still_owed(core: CaseCore, wanted: Iterable[DutyOpened]) -> Iterator[DutyOpened]:
    """Yields of the duties that rules and owners call for those that are still owed on a case that has ended.

    That is what its owners owe, and the answer to a body that asks only now.
    """
    owners = {place.person for place in (core.handler, core.accepting) if place is not None}
    owed = {(d.terms.kind, d.terms.level) for d in core.open_duties() if d.terms.debtor.person in owners}
    known = {(d.terms.kind, d.terms.level) for d in core.duties()}
    asked = () if core.did("CaseArchived") else (TO_BODY, CHECK_AUTHORITY)
    return (
        duty
        for duty in wanted
        if (duty.kind, duty.level) in owed or (duty.kind in asked and (duty.kind, duty.level) not in known)
    )


def taken_over(core: CaseCore, wanted: Iterable[DutyOpened], above: PostAt, opened_by: str) -> DutyChanges:
    """Passes everything the handler owes to whoever takes the case over, without a further hand-over.

    Where nobody handled it, whoever takes it over owes what a handler owes (``wanted``).
    """
    owed = _of_handler(core)
    passed = [passed_on(d, above, opened_by) for d in owed if d.terms.kind != "accept_handover"]
    if core.handler is None:
        begun = rerouted(core, (duty for duty in wanted if _of_any_handler(duty, above)), above, opened_by)
        return DutyChanges((*passed, *begun.opened), (*(waived(d) for d in owed), *begun.ended))
    return DutyChanges(tuple(passed), tuple(waived(d) for d in owed))


def _of_any_handler(duty: DutyOpened, handler: PostAt) -> bool:
    """Whether a duty is one that a handler owes; the reports of the levels above him are not his."""
    return duty.kind in FOLLOWS_HANDLER and duty.kind != "accept_handover" and duty.debtor == handler


def _of_handler(core: CaseCore, *kinds: str) -> list[Duty]:
    """What the present handler owes, of these kinds or all; reports of the levels above him are not his."""
    owed = core.open_duties(*(kinds or FOLLOWS_HANDLER))
    return [d for d in owed if d.terms.debtor.person == _person(core.handler)]


def _reported_already(core: CaseCore, duty: DutyOpened, handler: PostAt | None) -> bool:
    """Whether a handler of another unit would owe a report upward that the former one has made in this round."""
    if duty.kind != REPORT_UP or duty.debtor != handler or not core.did("ResultReported"):
        return False
    return not any(is_lowest_report(core.chains, one.terms) for one in core.open_duties(REPORT_UP))


def _owed_anew(core: CaseCore, duty: DutyOpened, before: Duty, moved: bool) -> bool:
    if before.state == "open" or duty.state != "open":
        return False
    if duty.kind in DOWN and before.state == "discharged" and _unit(duty.creditor) != _unit(before.terms.creditor):
        return True  # it went to a level that has nothing to do with the case any more
    if duty.kind in LEVELLED and before.state == "waived":
        return True  # the level is on the way again, from which the case had been taken off
    kind = KINDS[duty.kind]
    if (moved and kind.personal) or kind.while_unknown or _nobody_was_known(core, duty, before):
        return True
    return before.state == "waived" and core.handler is None and duty.kind in FOLLOWS_HANDLER


def _nobody_was_known(core: CaseCore, duty: DutyOpened, before: Duty) -> bool:
    """Whether it was waived since there was nobody to answer, and there is somebody now.

    That was so from the start, or since somebody could not prove that he speaks for the customer.
    """
    begun_at = next(opening.ordinal for opening in core.openings if opening.event == before.opened_by)
    unproved_at = next((at for name, at in core.counting_acts if name == "AuthorityChecked"), None)
    waived_then = before.state == "waived" and before.ended_by_ordinal in (begun_at, unproved_at)
    return waived_then and duty.creditor == CUSTOMER and duty.kind in FOLLOWS_HANDLER


def _same(duty: DutyOpened, before: Duty) -> bool:
    """Whether nothing changed: of a handler who stays, the post he is named by may; his duties do not begin anew."""
    debtor = _alike(_place(duty.debtor), before.terms.debtor) if duty.kind in FOLLOWS_HANDLER else None
    creditor = _creditor(duty.creditor)
    owed_to = before.terms.creditor
    alike = isinstance(creditor, Place) and isinstance(owed_to, Place) and _alike(creditor, owed_to)
    return (debtor or _place(duty.debtor) == before.terms.debtor) and (alike or creditor == owed_to)


def _alike(one: Place, other: Place) -> bool:
    return one.person is not None and (one.unit, one.person) == (other.unit, other.person)


def _place(post: PostAt) -> Place:
    return Place(post.unit, post.post, post.person)


def _creditor(creditor: PostAt | str | None) -> Place | str | None:
    return _place(creditor) if isinstance(creditor, PostAt) else creditor


def _unit(creditor: PostAt | Place | str | None) -> str | None:
    return creditor.unit if isinstance(creditor, PostAt | Place) else creditor


def _person(place: Place | None) -> str | None:
    return place.person if place else None


def waived(duty: Duty) -> DutyEnded:
    """The end of a duty that goes on with somebody else."""
    return DutyEnded(id=duty.id, kind=duty.terms.kind, state="waived", reason=REROUTED)


def passed_on(duty: Duty, to: PostAt, opened_by: str) -> DutyOpened:
    """The same duty of somebody else."""
    terms = duty.terms
    creditor = terms.creditor
    return DutyOpened(
        id=duty_id(opened_by, terms.kind, terms.level),
        kind=terms.kind,
        debtor=to,
        creditor=PostAt(**creditor._asdict()) if isinstance(creditor, Place) else creditor,
        level=terms.level,
    )
