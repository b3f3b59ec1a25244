"""The clocks' decisions: start at first receipt, warn, pass the target, breach, compute anew (article 3)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.sla.deadlines import BankDay, compute
from services.sla.pack import parse_pack
from services.sla.state import BREACH, TARGET, WARNING, Clock, SlaState
from shared.envelope import Event
from shared.errors import NotYet
from shared.events import parse
from shared.events.base import DutyOpened, PostAt
from shared.events.intake import ComplaintReceived
from shared.events.sla import ClockBreached, ClockRecomputed, ClockStarted, ClockWarned, Deadline, TargetPassed
from shared.ids import clock_id, derived, duty_id
from shared.organisation_file import parse_organisation
from shared.reference import Reference
from shared.service import Context, Fact, LogTrigger, ReferenceTrigger, Timer, Trigger
from shared.working_days import Calendar, calendar_of

PACK = "cn-bank-internal"
CALENDAR = "cn"
REACTS_TO = {"ComplaintReceived": datetime(2000, 1, 1, tzinfo=UTC)}


def owes(before: SlaState | None, event: Event) -> bool:
    """A case's clock is started once, at its first receipt."""
    return before is None


def decide(state: SlaState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    """Answer a receipt, a timer or a changed calendar.

    Raises:
        NotYet: organisation, pack or calendars are not published.
    """
    match trigger:
        case LogTrigger():
            return [_start(trigger, context)]
        case Timer() if state is not None and state.clock is not None:
            return [_fire(state, state.clock, trigger, context)]
        case ReferenceTrigger() if state is not None and state.clock is not None:
            return [_recompute(state.clock, context)]
        case _:
            raise TypeError(f"sla does not answer {trigger!r}")


def _start(trigger: LogTrigger, context: Context) -> Fact:
    receipt = parse(trigger.event)
    if not isinstance(receipt, ComplaintReceived):
        raise TypeError(f"sla does not answer {trigger.event.type}")
    at = receipt.first_received.at
    pack = context.reference.parsed(context.reference.in_force("pack", PACK, at), parse_pack)
    deadline = _deadline(pack.class_of(receipt.matter.reason), at, context.reference, context.now)
    return Fact(
        ClockStarted(clock_id=clock_id(trigger.id, PACK, pack.milestone), milestone=pack.milestone, deadline=deadline),
        happened_at=at,
    )


def _deadline(complaint_class: str, received_at: datetime, reference: Reference, now: datetime) -> Deadline:
    """A case keeps the pack in force at its receipt; calendars are those published by now."""
    document = reference.in_force("pack", PACK, received_at)
    pack = reference.parsed(document, parse_pack)
    day = bank_day(reference, now)
    return compute(pack, document.version, complaint_class, received_at, calendar(reference, now), day)


def bank_day(reference: Reference, now: datetime) -> BankDay:
    """The bank's zone and close of business. Raises NotYet while no organisation is published."""
    organisation = reference.parsed(reference.in_force("organisation", "bank", now), parse_organisation)
    return BankDay(ZoneInfo(organisation.bank.timezone), organisation.bank.close_of_business)


def calendar(reference: Reference, now: datetime) -> Calendar:
    """The working days as published by now. Raises NotYet while no calendar is."""
    documents = tuple((d.content, d.version) for d in reference.all_in_force("calendar", now))
    if not documents:
        raise NotYet("No calendar is published: publish at least one.")
    return calendar_of(CALENDAR, documents)


def _fire(state: SlaState, clock: Clock, timer: Timer, context: Context) -> Fact:
    if timer.kind not in {kind for kind, _ in clock.pending}:
        raise ValueError(f"{timer.kind} is not pending any more")
    due_at = datetime.fromtimestamp(clock.due_at, UTC)
    common = {"clock_id": clock.clock_id, "milestone": clock.milestone, "due_on": clock.due_on, "due_at": due_at}
    if timer.kind.startswith(WARNING):
        data = {**common, "warning": timer.kind.removeprefix(WARNING)}
        return Fact(ClockWarned.model_validate(data), happened_at=timer.due_at)
    if timer.kind == TARGET:
        return Fact(TargetPassed.model_validate({**common, "target_on": clock.target_on}), happened_at=timer.due_at)
    if timer.kind == BREACH:
        data = {**common, "duties_opened": overrun_duties(state, context.event_id())}
        return Fact(ClockBreached.model_validate(data), happened_at=timer.due_at)
    raise ValueError(f"no timer is called {timer.kind}")


def overrun_duties(state: SlaState, opened_by: str) -> tuple[DutyOpened, ...]:
    """What a breach opens: the reason to the accepting unit, an explanation to the customer (article 3).

    The handler owes both; while there is no handler, the accepting post does.
    """
    if state.owners is None:
        raise ValueError("a breach before the case is routed has no debtor")
    unit, post, person = state.owners.accepting
    accepting = PostAt(unit=unit, post=post, person=person)
    handler = state.owners.handler
    debtor = PostAt(unit=handler[0], post="handler", person=handler[1]) if handler else accepting
    reason, explain = "report_overrun_reason", "explain_overrun"
    return (
        DutyOpened(id=duty_id(opened_by, reason, None), kind=reason, debtor=debtor, creditor=accepting),
        DutyOpened(
            id=duty_id(opened_by, explain, None),
            kind=explain,
            debtor=debtor,
            creditor="customer",
            state="open" if state.customer_known else "waived",
            reason=None if state.customer_known else "customer_unknown",
        ),
    )


def stale(case: str, state: SlaState, reference: Reference, now: datetime) -> Iterable[ReferenceTrigger]:
    """A running clock is computed anew when one of the calendar files that it rests on is another now."""
    clock = state.clock
    if clock is None or clock.state != "running":
        return
    received_on = bank_day(reference, now).date_of(datetime.fromtimestamp(clock.received_at, UTC))
    version = calendar(reference, now).version(received_on, date.fromisoformat(clock.due_on)).version
    if version != clock.calendar_version:
        yield ReferenceTrigger(derived("reference", clock.clock_id, version), case, clock.clock_id)


def _recompute(clock: Clock, context: Context) -> Fact:
    received_at = datetime.fromtimestamp(clock.received_at, UTC)
    deadline = _deadline(clock.complaint_class, received_at, context.reference, context.now)
    return Fact(
        ClockRecomputed(
            clock_id=clock.clock_id, milestone=clock.milestone, ground="calendar_changed", deadline=deadline
        )
    )
