"""Routing decides who owns a case by the rule of its channel, and again when others have to. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

from services.routing.agreed_duties import kept_owed
from services.routing.authority import TIMED, ended, timers
from services.routing.duty_transfers import DutyChanges, asked_by_nobody, rerouted, still_owed, taken_over
from services.routing.owners import Routing, rule_inputs
from services.routing.owners_gone import NOBODY, keys, recheck_at, stale, touched
from services.routing.reviews import with_reviews
from services.routing.rules.evaluation import parse_rules
from services.routing.rules.process import Process
from services.routing.state import (
    CONFLICT,
    FOLDS,
    SILENCE,
    RoutingState,
    dump,
    evolve,
    is_conflict_of_mail,
    is_unreadable,
)
from services.routing.stored import STORED
from shared.bank.in_force import organisation_in_force
from shared.bank.ladder import SUPERIOR, Escalation, PeopleSearch, parties_concerned
from shared.bank.organisation import Organisation
from shared.case.duties import Place
from shared.case.duty_kinds import RESOLVE_RECEIPT_CONFLICT
from shared.case.folding import core as case_core
from shared.case.receipts import adds_to_owners, says_who_passed_on
from shared.case.silences import SILENT, goes_up
from shared.contract.envelope import Event
from shared.contract.events.base import PostAt, Versioned
from shared.contract.events.routing import CaseEscalated, CaseRerouted, CaseRouted, DutiesAdded, RoutingFellBack
from shared.contract.events.stored.casework import ComplaintClassifiedData, InvestigationRecordedData
from shared.contract.events.stored.ownership import EscalationRequestedData, HandoverRefusedData
from shared.kernel.service import Context, Fact, LogTrigger, NoLongerDue, ReferenceTrigger, Service, Timer, Trigger

SINCE = datetime(2000, 1, 1, tzinfo=UTC)
GROUNDS = {
    "HandoverRefused": "handover_refused",
    "ComplainedUnitDetermined": "unit_determined",
    "PartyConcernedNamed": "party_named",
    "InvestigationRecorded": "party_named",
    "CaseReopened": "reopened",
    "ReceiptAdded": "further_receipt",
    "MajorFlagged": "flagged_major",
    "ReceiptCorrected": "receipt_corrected",
}
"""What a case is routed again for, and how its CaseRerouted names it: never what is said of a party concerned."""
KEEPS_HANDLER = frozenset({"party_named", "reopened", "further_receipt", "receipt_corrected", "organisation_changed"})
GOES_UP = ("EscalationRequested", "ComplaintClassified", *SILENT)
"""What is answered by a step up the ladder."""
REACTS_TO = dict.fromkeys(("ComplaintReceived", CONFLICT, *GOES_UP, *GROUNDS), SINCE)


def owes(before: RoutingState | None, event: Event) -> bool:
    """Says whether routing owes an answer: to a first receipt, and to facts that can change who owns the case."""
    if before is None or event.name == "ComplaintReceived":
        return before is None
    if case_core.is_overtaken(before.core, event):
        return False
    match event.name:
        case "InvestigationRecorded":
            investigated: InvestigationRecordedData = event.data
            return any(person not in before.core.parties for person in investigated["parties"])
        case "ReceiptAdded":
            unread = is_unreadable(event.data) and not before.core.ended
            return unread or adds_to_owners(before.core, event)
        case "ReceiptConflictDetected":
            asked = before.core.open_duties(RESOLVE_RECEIPT_CONFLICT)
            return is_conflict_of_mail(event) and not asked and not before.core.ended
        case "ReceiptCorrected":
            return says_who_passed_on(event)
        case "ComplaintClassified":
            classified: ComplaintClassifiedData = event.data
            return classified["level"] != "normal" and before.core.level == "normal"
        case "ClockBreached" | "ClockWarned":
            return goes_up(before.core, before.silences, event)
        case _:
            return True


def discharged(before: RoutingState | None, event: Event) -> Iterable[str]:
    """What needs no answer any more.

    Acts that a routing sets aside, since neither had seen the other; a silence, once somebody is heard from.
    """
    if before is None:
        return
    yield from (act.event for act in case_core.set_aside_by(before.core, event) if act.event is not None)
    asked = before.silences.asked
    if asked is not None and evolve(before, event).silences.asked != asked:
        yield asked


class Basis(NamedTuple):
    """Holds the reference data that a decision rests on, as of one bank day."""

    organisation: Organisation
    organisation_version: Versioned
    process: Process
    rule_version: Versioned
    on: date


def decide(state: RoutingState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    """Route a receipt (article 2), or route again what a later fact or another organisation calls for.

    Raises:
        NotYet: organisation or rules are not published.
        BadReference: no rule covers the channel.
        NoLongerDue: nobody is gone any more, or no authority runs out.
    """
    if state is None:
        raise ValueError("routing of a case that was never received")
    basis = _basis(state, context)
    match trigger:
        case LogTrigger(event) if event.name == "ComplaintReceived":
            return _route(state, basis, context)
        case LogTrigger(event) if event.name in GOES_UP:
            return [_escalate(state, event, basis, context)]
        case LogTrigger(event) if event.name == CONFLICT:
            return [_in_conflict(state, basis, context)]
        case LogTrigger(event):
            return _reroute(state, basis, context, GROUNDS[event.name], _unit(state, event))
        case Timer():
            return [Fact(ended(state, trigger, context.event_id()), trigger.due_at)]
        case ReferenceTrigger():
            if trigger not in stale(context.case, state, context.reference, context.now):
                raise NoLongerDue(f"{context.case} has owners who are there, or has ended")
            return _reroute(state, basis, context, "organisation_changed", state.core.complained_unit)
        case _:
            raise TypeError(f"routing does not answer {trigger!r}")


def _basis(state: RoutingState, context: Context) -> Basis:
    reference = context.reference
    organisation, version, _ = organisation_in_force(reference, context.now)
    rules = reference.in_force("routing", "rules", context.now)
    return Basis(
        organisation,
        version,
        reference.parsed(rules, parse_rules)(*rule_inputs(organisation, state)),
        Versioned(id="rules", version=rules.version),
        organisation.day.date_of(context.now),
    )


def _route(state: RoutingState, basis: Basis, context: Context) -> list[Fact]:
    routing = Routing(basis.organisation, state, basis.process, basis.on, state.core.complained_unit)
    routed = CaseRouted(
        decision=routing.decision(basis.rule_version, basis.organisation_version),
        duties_opened=tuple(routing.duty_maker(context.event_id()).all(basis.process.duties)),
        major=routing.major,
    )
    return _with_alarm(Fact(routed), routing)


def _reroute(state: RoutingState, basis: Basis, context: Context, ground: str, unit: str | None) -> list[Fact]:
    routing = Routing(basis.organisation, state, basis.process, basis.on, unit, keep=ground in KEEPS_HANDLER)
    opened_by = context.event_id()
    wanted = list(routing.duty_maker(opened_by).all(basis.process.duties))
    left = still_owed(state.core, wanted) if state.core.ended else wanted
    changes = rerouted(state.core, left, routing.handler, opened_by)
    changes = with_reviews(changes, state.core, routing.search, routing.handler, opened_by)
    changes = _keeping(routing, changes, opened_by)
    fact = CaseRerouted(
        ground=ground,
        decision=routing.decision(basis.rule_version, basis.organisation_version),
        duties_opened=changes.opened,
        duties_ended=(*changes.ended, *asked_by_nobody(state.core, wanted)),
    )
    return _with_alarm(Fact(fact), routing)


def _in_conflict(state: RoutingState, basis: Basis, context: Context) -> Fact:
    """Somebody has to say which of two messages counts that came under one id."""
    routing = Routing(basis.organisation, state, basis.process, basis.on, state.core.complained_unit)
    wanted = routing.duty_maker(context.event_id()).all(basis.process.duties)
    duties = tuple(duty for duty in wanted if duty.kind == RESOLVE_RECEIPT_CONFLICT)
    return Fact(DutiesAdded(duties_opened=duties, reason="receipt_conflict"))


def _keeping(routing: Routing, changes: DutyChanges, opened_by: str) -> DutyChanges:
    """With what is owed to the customer under an agreement, by whoever has the case now."""

    def may(person: str) -> bool:
        found = routing.organisation.people.get(person)
        return found is not None and found.active(routing.on) and person not in routing.search.parties

    return kept_owed(routing.state.core, changes, routing.handler or routing.accepting, opened_by, may)


def _with_alarm(fact: Fact, routing: Routing) -> list[Fact]:
    """Nobody eligible up to the top, or nobody at all who could accept: an alarm beside the routing."""
    if routing.fell_back_to is not None:
        return [fact, Fact(RoutingFellBack(unit=routing.fell_back_to, reason="nobody_eligible"))]
    if routing.accepting.person is None:
        return [fact, Fact(RoutingFellBack(unit=routing.accepting.unit, reason="nobody_accepts"))]
    return [fact]


def _unit(state: RoutingState, event: Event) -> str | None:
    """The complained unit after a fact: a unit that does not feel competent may propose one that has not refused."""
    if event.name != "HandoverRefused":
        return state.core.complained_unit
    refused: HandoverRefusedData = event.data
    proposed = refused["proposed_unit"]
    if refused["ground"] != "not_competent":
        return state.core.complained_unit
    return proposed if proposed not in state.core.refused_units else None


class Step(NamedTuple):
    """A step up the ladder: what it is for, and who it passes over."""

    mode: Literal["takes_over", "supports"]
    skip_to: str | None
    ground: str


def _step(event: Event) -> Step:
    if event.name == "EscalationRequested":
        asked: EscalationRequestedData = event.data
        return Step(asked["mode"], asked["skip_to"], "requested")
    if event.name in SILENT:
        return Step("supports", None, SILENCE)
    classified: ComplaintClassifiedData = event.data
    return Step("supports", SUPERIOR, f"level_{classified['level']}")


def _escalate(state: RoutingState, event: Event, basis: Basis, context: Context) -> Fact:
    """One step up the ladder; a hard or major case goes to the superior unit at once (rules: default-ladder)."""
    core = state.core
    step = _step(event)
    search = PeopleSearch(basis.organisation, parties_concerned(basis.organisation, core.parties), basis.on)
    reached = [place.person for place in (core.handler, core.escalated_to) if place]
    unit = core.complained_unit or (core.handler or core.accepting or Place(state.receipt.unit, None, None)).unit
    found = search.escalation(unit, reached, step.skip_to)
    if found is None:
        return Fact(RoutingFellBack(unit=unit, reason="top_reached"))
    taken = step.mode == "takes_over"
    changes = _taken_over(state, basis, found, context.event_id()) if taken else DutyChanges((), ())
    return Fact(
        CaseEscalated(
            mode=step.mode,
            rung=found.rung,
            to=found.to,
            ground=step.ground,
            organisation=basis.organisation_version,
            refused=tuple(search.refused),
            duties_opened=changes.opened,
            duties_ended=changes.ended,
        )
    )


def _taken_over(state: RoutingState, basis: Basis, found: Escalation, opened_by: str) -> DutyChanges:
    unit = state.core.complained_unit
    above = PostAt(unit=found.to.unit, post=found.post, person=found.to.person)
    routing = Routing(basis.organisation, state, basis.process, basis.on, unit, handler=above)
    wanted = routing.duty_maker(opened_by).all(basis.process.duties)
    changes = with_reviews(
        taken_over(state.core, wanted, above, opened_by), state.core, routing.search, above, opened_by
    )
    return _keeping(routing, changes, opened_by)


SERVICE: Service[RoutingState] = Service(
    name="routing",
    reacts_to=REACTS_TO,
    folds=FOLDS,
    evolve=evolve,
    owes=owes,
    decide=decide,
    dump=dump,
    timers=timers,
    timed=TIMED,
    discharged=discharged,
    stale=stale,
    recheck_at=recheck_at,
    keys=keys,
    filed_by=FOLDS,
    touched=touched,
    ownerless=NOBODY,
    stored=STORED,
)
"""What the kernel gets of routing."""
