"""What notify keeps of a case: whom it can reach, what is being sent, what was sent."""

from collections.abc import Iterable
from sys import intern
from typing import Any, NamedTuple

from shared.envelope import Event
from shared.events import CATALOGUE

NOTICE_DUTY = "deliver_written_notice"
FOLDS = frozenset(
    {
        "ComplaintReceived", "CaseRouted", "CaseRerouted", "ClockStarted", "ClockWarned", "TargetPassed",
        "ClockBreached", "MessageSendStarted", "MessageSent", "MessageFailed", "MessageSuppressed",
    }
)  # fmt: skip
IGNORES = frozenset(CATALOGUE) - FOLDS


class Person(NamedTuple):
    """Somebody of the bank, for a unit."""

    unit: str
    person: str | None


_people: dict[Person, Person] = {}


class Message(NamedTuple):
    """A message: ``started`` is the event that opened its sending."""

    message_id: str
    kind: str
    duty_id: str | None
    started: str
    state: str


class NotifyState(NamedTuple):
    """A case as notify sees it. The customer's sealed address is kept only until the acknowledgement starts."""

    email: tuple[str, str] | None = None
    anonymous: bool = False
    language: str = "zh"
    parties: tuple[str, ...] = ()
    accepting: Person | None = None
    handler: Person | None = None
    notice_duty: str | None = None
    clock_started: bool = False
    messages: tuple[Message, ...] = ()
    suppressed: tuple[tuple[str, str], ...] = ()


def evolve(state: NotifyState | None, event: Event) -> NotifyState | None:
    """The state after an event of ``FOLDS``."""
    before, data = state or NotifyState(), event.data
    match event.name:
        case "ComplaintReceived":
            return state or _received(data)
        case "CaseRouted" | "CaseRerouted":
            return _routed(before, data)
        case "ClockStarted":
            return before._replace(clock_started=True)
        case "ClockWarned" | "TargetPassed" | "ClockBreached":
            return before
        case "MessageSendStarted":
            message = Message(data["message_id"], intern(data["kind"]), data["duty_id"], event.id, "started")
            done_with = data["kind"] == "acknowledgement"
            email = None if done_with else before.email
            return before._replace(messages=(*before.messages, message), email=email)
        case "MessageSent":
            return before._replace(messages=_ended(before.messages, data["message_id"], "sent"))
        case "MessageFailed":
            return before._replace(messages=_ended(before.messages, data["message_id"], "failed"))
        case "MessageSuppressed":
            return before._replace(suppressed=(*before.suppressed, (data["kind"], data["why"])))
        case _:
            raise ValueError(f"notify does not fold {event.type}")


def _received(data: dict[str, Any]) -> NotifyState:
    email = (data["complainant"] or {}).get("email")
    return NotifyState(
        email=(email["label"], email["box"]) if email else None,
        anonymous=data["anonymous"],
        language=data["language"],
        parties=tuple(data["matter"]["complained_persons"]),
    )


def _routed(before: NotifyState, data: dict[str, Any]) -> NotifyState:
    decision = data["decision"]
    handler = decision["handler"]
    notice = next((d["id"] for d in data["duties_opened"] if d["kind"] == NOTICE_DUTY and d["state"] == "open"), None)
    return before._replace(
        accepting=_person(decision["accepting"]),
        handler=_person(handler) if handler else None,
        notice_duty=notice,
    )


def _person(place: dict[str, Any]) -> Person:
    """The person; cases of one handler share it."""
    person = Person(place["unit"], place["person"])
    return _people.setdefault(person, person)


def _ended(messages: tuple[Message, ...], message_id: str, state: str) -> tuple[Message, ...]:
    """Ended messages drop what only an open one needs: a case is small again when its letters are out."""
    return tuple(
        m._replace(state=state, duty_id=None, started="") if m.message_id == message_id else m for m in messages
    )


def open_sendings(state: NotifyState) -> Iterable[str]:
    """The events that opened a sending which has not ended."""
    return (m.started for m in state.messages if m.state == "started")


def dump(state: NotifyState) -> dict[str, Any]:
    """What a rebuild has to reproduce."""
    return {
        "messages": sorted([m.message_id, m.kind, m.state] for m in state.messages),
        "suppressed": sorted(list(s) for s in state.suppressed),
    }
