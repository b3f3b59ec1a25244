"""Folds from the log what became of every command, as casework's API has to know it. Pure."""

from datetime import datetime
from sys import intern

from services.casework.folding import FOLDS
from services.casework.folding import evolve as evolve_case
from services.casework.http.outcomes import REFUSED_WITHIN_SECONDS, CaseOutcomes, Outcome
from services.casework.kept_beside import KeptBeside
from services.casework.refusals import Forbidden
from services.casework.refusing import REFUSALS
from shared.case.core import COMMON
from shared.case.folding import core as case_core
from shared.contract.envelope import Event
from shared.contract.events import CATALOGUE
from shared.contract.events.stored.approving import ApprovalRequestedData
from shared.contract.events.stored.casework import CommandRefusedData
from shared.contract.events.stored.ending import CaseNotAcceptedData
from shared.contract.events.stored.parts import CaseworkEventData, CommandRefData
from shared.kernel.service import Folded, Shape, Stored

SOURCE = "/redress/casework"
NOTHING: CaseOutcomes = CaseOutcomes(None, {})
DUPLICATE_OR_NOT = ("CaseNotAccepted", "CaseReopened")
"""The facts that say whether a case is a duplicate of another, and that it is none any more."""
FORBIDDEN = frozenset(code for code, kind in REFUSALS.items() if issubclass(kind, Forbidden))


def evolve(state: CaseOutcomes | None, event: Event) -> CaseOutcomes:
    """Collect outcomes; an act that another service's fact overtook counts as refused with ``overtaken``."""
    before = state or NOTHING
    if event.source == SOURCE:
        data: CaseworkEventData = event.data
        if (command := data["command"]) is not None:
            outcomes = {**before.outcomes, event.causationid: _outcome(before, event, command)}
            before = before._replace(outcomes=outcomes, forbidden=_forbidden(before, event))
    if event.name in DUPLICATE_OR_NOT:
        before = before._replace(duplicate=_is_duplicate(event))
    if event.name in FOLDS:
        before = before._replace(case=evolve_case(before.case, event))
    return before


def _is_duplicate(event: Event) -> bool:
    """Whether a case ended as a duplicate by this fact; a reopened one is none."""
    if event.name == "CaseReopened":
        return False
    turned_away: CaseNotAcceptedData = event.data
    return turned_away["ground"] == "duplicate"


def _forbidden(before: CaseOutcomes, event: Event) -> tuple[tuple[str, float], ...]:
    """The refusals by rights of the last hour, with this event if it is one."""
    if event.name != "CommandRefused":
        return before.forbidden
    data: CommandRefusedData = event.data
    if data["code"] not in FORBIDDEN:
        return before.forbidden
    at = datetime.fromisoformat(event.recordedtime).timestamp()
    recent = (one for one in before.forbidden if one[1] > at - REFUSED_WITHIN_SECONDS)
    return (*recent, (event.actor, at))


def _outcome(before: CaseOutcomes, event: Event, command: CommandRefData) -> Outcome:
    known = before.outcomes.get(event.causationid)
    events = (*(known.events if known else ()), (event.id, event.type))
    found = Outcome(
        command["name"], command["fingerprint"], events, event.ordinal, known.actor if known else intern(event.actor)
    )
    if event.name == "CommandRefused":
        data: CommandRefusedData = event.data
        return found._replace(code=data["code"], pointers=tuple(data["pointers"]), about=tuple(data["about"]))
    if event.name == "ApprovalRequested":
        asked: ApprovalRequestedData = event.data
        return found._replace(approvers=tuple(asked["approvers"]))
    if before.case is not None and case_core.is_overtaken(before.case.core, event):
        return found._replace(code="overtaken")
    return found._replace(code=known.code if known else None)


STORED = Stored(version=2, case=Shape(CaseOutcomes, (*COMMON, KeptBeside)))
"""Raise the version whenever ``evolve`` makes another state of the same events: each store is folded anew then."""
OUTCOMES: Folded[CaseOutcomes] = Folded(
    name="casework-api",
    folds=frozenset(CATALOGUE),
    evolve=evolve,
    dump=lambda state: {"commands": len(state.outcomes)},
    said_alone=frozenset({"CommandRefused"}),
    finds_events=True,
    stored=STORED,
)
"""Folds every type, so that an event's ordinal is also its index among the fold's offsets of its case.

That a command was refused is known also of a case that this version cannot read; an act is not, since it may have been
overtaken.
"""
