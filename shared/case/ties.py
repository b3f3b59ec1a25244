"""What a case is tied to: who has a part in it, which units it concerns, who is a party (contract 1). Pure."""

from collections.abc import Iterator

from shared.case.core import CaseCore
from shared.case.duties import Place
from shared.case.duty_kinds import APPROVE, CORRECTIVE_ACTION
from shared.contract.subjects import person_of
from shared.contract.ties import party_tie, person_tie, post_tie, unit_tie


def ties_of(core: CaseCore, registered_by: str) -> frozenset[str]:
    """Name everything a case is tied to. ``registered_by``: the actor of its first receipt.

    A duty that was waived makes nobody a part of the case: it was taken from its debtor undone. One that was
    discharged does, for good: who did something on a case may read what became of it. Who mends something in the bank
    sees what is to be mended, not the case.
    """
    return frozenset(_ties(core, registered_by))


def _ties(core: CaseCore, registered_by: str) -> Iterator[str]:
    registrar = person_of(registered_by)
    for person in (registrar, *core.added_by, core.agent):
        if person is not None:
            yield person_tie(person)
    for place in (core.first_asked, core.accepting, core.handler, core.escalated_to):
        yield from _part(place)
    for duty in core.duties():
        if duty.state != "waived" and duty.terms.kind != CORRECTIVE_ACTION:
            yield from _part(duty.terms.debtor)
    for person in _approvers(core):
        yield person_tie(person)
    for unit in (core.complained_unit, *(p.unit for p in (core.accepting, core.handler) if p is not None)):
        if unit is not None:
            yield unit_tie(unit)
    for party in core.parties:
        yield party_tie(party)


def _approvers(core: CaseCore) -> Iterator[str]:
    """Who may answer a request for an approval that waits, whoever was asked first; and who answered one."""
    owed = {duty.terms.level for duty in core.duties() if duty.terms.kind == APPROVE and duty.state != "waived"}
    for approval in core.approvals:
        if approval.request in owed:
            yield from approval.people


def _part(place: Place | None) -> Iterator[str]:
    if place is None:
        return
    if place.person is not None:
        yield person_tie(place.person)
    if place.post is not None:
        yield post_tie(place.unit, place.post)
