"""The smallest service that uses the whole kernel: it answers receipts, has a timer, and can be told to fail.

Its facts are routing's ``DutiesAdded``, whose ``reason`` says what was answered.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from shared.contract.commands import Command
from shared.contract.envelope import Event, type_of
from shared.contract.events.intake import ComplaintReceived
from shared.contract.events.routing import DutiesAdded
from shared.contract.ids import event_id
from shared.errors import RedressError
from shared.kernel.service import CommandTrigger, Context, Fact, NoLongerDue, Service, Timer, Trigger

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class EchoState(NamedTuple):
    """How often the case was received, when its timer is due, what was answered."""

    received: int
    due_at: str
    answers: tuple[str, ...] = ()


def evolve(state: EchoState | None, event: Event) -> EchoState | None:
    """Count receipts, collect answers."""
    if event.name == "ComplaintReceived":
        if event.data["channel"] == "unreadable":
            raise KeyError("unreadable on purpose")
        due = event.data.get("due_at", "2100-01-01T00:00:00+00:00")
        return state._replace(received=state.received + 1) if state else EchoState(1, due)
    assert state is not None
    return state._replace(answers=(*state.answers, event.data["reason"]))


def owes(before: EchoState | None, event: Event) -> bool:
    """Only the first receipt is answered."""
    return before is None


class Decider:
    """``decide`` with switches: cases in ``poisoned`` fail, those in ``over`` have no timer to say any more."""

    def __init__(self) -> None:
        self.poisoned: set[str] = set()
        self.over: set[str] = set()
        self.decided: list[str] = []

    def __call__(self, state: EchoState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
        """One fact per trigger."""
        if trigger.case in self.poisoned:
            raise RuntimeError("poisoned on purpose")
        if trigger.case in self.over:
            raise NoLongerDue("over on purpose")
        self.decided.append(trigger.case)
        reason = "timer" if isinstance(trigger, Timer) else "receipt"
        if isinstance(trigger, CommandTrigger):
            reason = trigger.command.name
        return [Fact(DutiesAdded(duties_opened=(), reason=reason))]


def timers(case: str, state: EchoState) -> Iterable[Timer]:
    """One timer, until it was answered."""
    if "timer" not in state.answers:
        yield Timer(case, case, "echo", datetime.fromisoformat(state.due_at))


def dump(state: EchoState) -> dict[str, Any]:
    """All of it."""
    return state._asdict()


def refuse(command: Command, error: RedressError) -> Fact:
    """A command that is refused is answered as well."""
    return Fact(DutiesAdded(duties_opened=(), reason=error.code))


def echo_service(decide: Decider) -> Service[EchoState]:
    """The service, named routing since it appends routing's events."""
    folds = frozenset({"ComplaintReceived", "DutiesAdded"})
    return Service(
        name="routing",
        reacts_to={"ComplaintReceived": LONG_AGO},
        folds=folds,
        evolve=evolve,
        owes=owes,
        decide=decide,
        dump=dump,
        timers=timers,
        timed=folds,
        refuse=refuse,
    )


def receipt(case: str, n: int = 0, *, channel: str = "phone", due: timedelta | None = None) -> Event:
    """A receipt as the echo service reads it; ``due`` after 2020-01-01 sets its timer."""
    data: dict[str, Any] = {"channel": channel}
    if due is not None:
        data["due_at"] = (datetime(2020, 1, 1, tzinfo=UTC) + due).isoformat()
    return Event(
        id=event_id("intake", case, f"cause-{n}", 0),
        source="/redress/intake",
        type=type_of("ComplaintReceived", ComplaintReceived.version),
        subject=case,
        time="2020-01-01T00:00:00+00:00",
        recordedtime="2020-01-01T00:00:00+00:00",
        causationid=f"cause-{n}",
        correlationid=case,
        basisid=None,
        actor="channel:test",
        data=data,
    )
