"""What notify keeps of a case: what every service knows of it, whom it can reach, and its messages. Pure."""

from collections.abc import Callable, Iterable
from sys import intern
from typing import Any, NamedTuple
from uuid import UUID

from shared.case import core as case_core
from shared.case.core import CORE_FOLDS, CaseCore
from shared.case.duties import Place, once
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by
from shared.contract.events.notify import Way

REPLY = "reply"
"""The milestone of the clock that the first letters name: the bank's own, up to the reply."""
FOLDS = heard_by("notify")
"""What decides letters and what letters quote: a letter is made of events of these types alone."""
NOTICES = frozenset({"written_notice", "escalation_notice"})
"""Letters that tell somebody that a case is theirs."""
WAYS: tuple[tuple[Way, str], ...] = (("email", "email"), ("print", "address"))
"""The ways to write to a customer, the first that there is an address for, with the receipt's field."""
ID_BYTES = 16
NO_ID = bytes(ID_BYTES)


class Reach(NamedTuple):
    """How the customer can be written to, and the label of the sealed address."""

    way: Way
    label: str


class Message(NamedTuple):
    """A message, as asked for. ``to`` is None for the customer; ``started``: the event that opened its sending.

    ``state``: started, sent, failed, or why it was suppressed.
    """

    message_id: str
    kind: str
    to: Place | None
    state: str
    started: str


class Course(NamedTuple):
    """What a message has in common with those of other cases."""

    kind: str
    to: Place | None
    state: str


class NotifyState(NamedTuple):
    """A case as notify sees it.

    ``reach`` and ``box``: where the customer can be written to, sealed. ``holders``: who was told that the case is
    theirs and not yet that it no longer is. ``courses`` and ``ids``: the messages in order; cases that went alike
    share their courses, and the two ids of a message take 32 bytes.
    """

    core: CaseCore
    reach: Reach | None
    box: str
    language: str
    reply_clock: bool = False
    holders: tuple[Place, ...] = ()
    courses: tuple[Course, ...] = ()
    ids: bytes = b""

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message and every deliberate no, in the order of the log."""
        return tuple(self._message(at, course) for at, course in enumerate(self.courses))

    def _message(self, at: int, course: Course) -> Message:
        start = 2 * ID_BYTES * at
        message, started = self.ids[start : start + ID_BYTES], self.ids[start + ID_BYTES : start + 2 * ID_BYTES]
        return Message(_text(message), course.kind, course.to, course.state, _text(started))

    def message(self, message_id: str) -> Message | None:
        """The message of an id."""
        return next((m for m in self.messages if m.message_id == message_id), None)


def _text(id_: bytes) -> str:
    return str(UUID(bytes=id_)) if id_ != NO_ID else ""


def _packed(id_: str | None) -> bytes:
    return UUID(id_).bytes if id_ else NO_ID


def evolve(state: NotifyState | None, event: Event) -> NotifyState:
    """The state after an event of ``FOLDS``.

    Raises:
        ValueError: a fact of a case that was never received.
    """
    name = event.name
    if state is None:
        return _received(case_core.evolve(None, event), event.data)
    if name in CORE_FOLDS:
        state = state._replace(core=case_core.evolve(state.core, event))
    branch = BRANCHES.get(name)
    return branch(state, event) if branch else state


def _received(core: CaseCore, data: dict[str, Any]) -> NotifyState:
    complainant, language = data["complainant"] or {}, intern(data["language"])
    for way, field in WAYS:
        if sealed := complainant.get(field):
            return NotifyState(core, once(Reach(way, intern(sealed["label"]))), sealed["box"], language)
    return NotifyState(core, None, "", language)


def _clock_started(state: NotifyState, event: Event) -> NotifyState:
    return state._replace(reply_clock=True) if event.data["milestone"] == REPLY else state


def _started(state: NotifyState, event: Event) -> NotifyState:
    data, to = event.data, _place(event.data["recipient"])
    state = _with(state, Course(intern(data["kind"]), to, "started"), data["message_id"], event.id)
    if data["kind"] in NOTICES and to is not None and to == _of(state.core.handler):
        return state._replace(holders=once((*_others(state, to), to)))
    return _let_go(state, to) if data["kind"] == "handover_cancelled" else state


def _sent(state: NotifyState, event: Event) -> NotifyState:
    return _ended(state, event.data["message_id"], "sent")


def _failed(state: NotifyState, event: Event) -> NotifyState:
    return _ended(state, event.data["message_id"], "failed")


def _suppressed(state: NotifyState, event: Event) -> NotifyState:
    data = event.data
    to = _place(data["recipient"] or {})
    state = _with(state, Course(intern(data["kind"]), to, intern(data["why"])), data["message_id"], None)
    return _let_go(state, to) if data["kind"] == "handover_cancelled" else state


def _let_go(state: NotifyState, to: Place | None) -> NotifyState:
    """Somebody knows, or is deliberately not told, that the case is no longer theirs."""
    return state._replace(holders=once(_others(state, to))) if to is not None else state


def _others(state: NotifyState, to: Place) -> tuple[Place, ...]:
    return tuple(place for place in state.holders if place.person != to.person)


def _with(state: NotifyState, course: Course, message_id: str | None, started: str | None) -> NotifyState:
    courses = once((*state.courses, once(course)))
    return state._replace(courses=courses, ids=state.ids + _packed(message_id) + _packed(started))


def _place(recipient: dict[str, Any]) -> Place | None:
    """A person or a unit of the bank; None for the customer."""
    unit = recipient.get("unit")
    return once(Place(intern(unit), None, recipient.get("person"))) if unit else None


def _of(handler: Place | None) -> Place | None:
    return Place(handler.unit, None, handler.person) if handler else None


def _ended(state: NotifyState, message_id: str, how: str) -> NotifyState:
    """A sending ended. Who could not be reached was not told."""
    at = next((at for at, m in enumerate(state.messages) if m.message_id == message_id), None)
    if at is None:
        return state
    course = state.courses[at]
    ended = once(course._replace(state=how))
    state = state._replace(courses=once((*state.courses[:at], ended, *state.courses[at + 1 :])))
    return _let_go(state, course.to) if how == "failed" and course.kind in NOTICES else state


def _same(state: NotifyState, event: Event) -> NotifyState:
    return state


BRANCHES: dict[str, Callable[[NotifyState, Event], NotifyState]] = {
    "ClockStarted": _clock_started,
    "MessageSendStarted": _started,
    "MessageSent": _sent,
    "MessageFailed": _failed,
    "MessageSuppressed": _suppressed,
    **dict.fromkeys(("ClockRecomputed", "ClockWarned", "TargetPassed", "MessageResendRequested"), _same),
}
"""What notify keeps of an event besides what every service knows; of what letters only answer or quote, nothing."""


def open_sendings(state: NotifyState) -> Iterable[str]:
    """The events that opened a sending which has not ended."""
    return (m.started for m in state.messages if m.state == "started")


def dump(state: NotifyState) -> dict[str, Any]:
    """What a rebuild has to reproduce."""
    written = [m for m in state.messages if m.started]
    return {
        "messages": sorted([m.message_id, m.kind, _who(m.to), m.state] for m in written),
        "suppressed": sorted([m.kind, m.state] for m in state.messages if not m.started),
    }


def _who(to: Place | None) -> str:
    """The person, the unit whose mailbox it is, or the customer."""
    return "customer" if to is None else to.person or to.unit
