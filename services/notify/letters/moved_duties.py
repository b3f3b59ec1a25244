"""A fact makes people owe what they did not owe, or no more what they did: this says what, to tell them. Pure."""

from collections.abc import Iterator
from typing import Any

from shared.case.core import CaseCore
from shared.case.duties import Duty, ListsDuties
from shared.case.duty_kinds import FOLLOWS_HANDLER, KINDS, LEVELLED, READ_SUBMISSION
from shared.case.folding.duties import opened_by
from shared.case.levels import whose_turn_it_is
from shared.contract.envelope import Event
from shared.contract.events.stored.parts import DutyOpenedData
from shared.contract.subjects import person_of

MAIL = "mail"
AT_FIRST = frozenset({"CaseRouted", "ClockStarted", "ApprovalRequested", "CommandRefused"})
"""After which the first letters go: then the accepting post is told what the receipt leaves open for it to find out."""
ONLY_WHO_WAS_TOLD = FOLLOWS_HANDLER | LEVELLED
"""The kinds of which somebody need hear no more who never heard that they are his: the note would only puzzle."""


def newly_opened(core: CaseCore, event: Event) -> Iterator[DutyOpenedData]:
    """The duties that a fact opens for others than its actor, and that they did not owe before.

    What the bank's machine delivers by itself is nobody's news, nor is the archiving of a case that goes on.
    """
    doer, former = person_of(event.actor), _former(core, event)
    for duty in opened_by(event):
        person = duty["debtor"]["person"]
        known = (duty["kind"], duty["level"], person) in former or (person is not None and person == doer)
        if duty["state"] == "open" and not known and _is_news(core, duty["kind"]):
            yield duty


def newly_owed(core: CaseCore, cause: Event) -> Iterator[Duty]:
    """Those of them that are owed still, of levels those whose turn it is; of a first routing what is not known yet."""
    if cause.name in AT_FIRST:
        yield from _to_find_out(core)
        return
    opened = {(duty["kind"], duty["level"]) for duty in newly_opened(core, cause)}
    open_ = core.open_duties() if opened else []
    turns = {
        terms.level for terms in whose_turn_it_is(core.chains, (d.terms for d in open_ if d.terms.kind in LEVELLED))
    }
    for duty in open_:
        waits = duty.terms.kind in LEVELLED and duty.terms.level not in turns
        if duty.opened_by == cause.id and (duty.terms.kind, duty.terms.level) in opened and not waits:
            yield duty


def let_go(core: CaseCore, event: Event) -> Iterator[Duty]:
    """The duties that a fact ends although nobody did them, and that were somebody's news when they were opened."""
    data: ListsDuties = event.data
    ended = {one["id"]: one["kind"] for one in data.get("duties_ended") or () if one["state"] == "waived"}
    kinds = set(ended.values())
    for duty in core.duties() if ended else ():
        if duty.terms.kind in kinds and duty.id in ended and _is_news(core, duty.terms.kind):
            yield duty


def _former(core: CaseCore, event: Event) -> set[Any]:
    """What each person owed that the fact ends: the same duty of the same person is no new one."""
    data: ListsDuties = event.data
    ended = {one["id"]: one["kind"] for one in data.get("duties_ended") or ()}
    kinds = set(ended.values())
    there = [duty for duty in core.duties() if duty.terms.kind in kinds] if kinds else []
    return {(d.terms.kind, d.terms.level, d.terms.debtor.person) for d in there if d.id in ended}


def _is_news(core: CaseCore, kind: str) -> bool:
    """Whether somebody has to be told of a duty of a kind: not what the machine does, nor archiving an open case."""
    found = KINDS[kind]
    return found.document is None and (core.ended or found.debtor != "archivist")


def _to_find_out(core: CaseCore) -> Iterator[Duty]:
    """What a receipt leaves open: whoever took it in knows that himself. Nobody took a message in: a machine did."""
    asked = core.first_asked.person if core.first_asked is not None and core.channel != MAIL else None
    for duty in core.open_duties():
        unknown = KINDS[duty.terms.kind].while_unknown or duty.terms.kind == READ_SUBMISSION
        if unknown and duty.terms.debtor.person != asked:
            yield duty
