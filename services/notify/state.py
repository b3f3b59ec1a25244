"""The state of notify keeps of a case what every service knows, how the customer is reached, and its messages. Pure."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from shared.case.core import CaseCore
from shared.case.duties import Duty, Place
from shared.contract.events.notify import Way

"""The milestone of the clock that the first letters name: the bank's own, up to the reply."""
SENDING = "sending"
"""The key under which the cases stand whose letters are on their way."""
FILED_BY = frozenset({"MessageSendStarted", "MessageSent", "MessageFailed"})
ID_BYTES = 16
NO_ID = bytes(ID_BYTES)


class Reach(NamedTuple):
    """Says how the customer can be written to, and the label of the sealed address."""

    way: Way
    label: str


class Message(NamedTuple):
    """Tells decisions which kind of message went, or did not go, to whom, and what became of it.

    ``to`` is None for the customer; ``started`` is the event that opened its sending. ``state``: started, sent,
    failed, or why it was suppressed.
    """

    message_id: str
    kind: str
    to: Place | None
    state: str
    started: str


class SharedPart(NamedTuple):
    """Holds the part of a message that is the same on many cases, so that they share one object."""

    kind: str
    to: Place | None
    state: str


class NotifyState(NamedTuple):
    """Holds a case as notify sees it.

    ``reach`` and ``box``: where the customer can be written to, sealed. ``told_owners``: who was told that the case is
    theirs and not yet that it no longer is. ``shared_parts`` and ``ids`` are the messages in order: cases that went
    alike share the one, and the two ids of a message take 32 bytes of the other.
    """

    core: CaseCore
    reach: Reach | None
    box: str
    language: str
    reply_clock: bool = False
    told_owners: tuple[Place, ...] = ()
    shared_parts: tuple[SharedPart, ...] = ()
    ids: bytes = b""

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message and every deliberate no, in the order of the log."""
        return tuple(self._message(at, part) for at, part in enumerate(self.shared_parts))

    def _message(self, at: int, part: SharedPart) -> Message:
        start = 2 * ID_BYTES * at
        message, started = self.ids[start : start + ID_BYTES], self.ids[start + ID_BYTES : start + 2 * ID_BYTES]
        return Message(_text(message), part.kind, part.to, part.state, _text(started))

    def message(self, message_id: str) -> Message | None:
        """The message of an id."""
        return next((m for m in self.messages if m.message_id == message_id), None)

    def duty(self, duty_id: str) -> Duty | None:
        """The duty of an id, open or ended."""
        return next((duty for duty in self.core.duties() if duty.id == duty_id), None)


def _text(id_: bytes) -> str:
    return str(UUID(bytes=id_)) if id_ != NO_ID else ""


def packed_id(id_: str | None) -> bytes:
    """The id of a message or of an event, in 16 bytes."""
    return UUID(id_).bytes if id_ else NO_ID


def open_sendings(state: NotifyState) -> Iterable[str]:
    """The events that opened a sending which has not ended."""
    return (m.started for m in state.messages if m.state == "started")


def keys(state: NotifyState) -> tuple[str, ...]:
    """Under what a case is found: whether a letter is on its way."""
    return (SENDING,) if any(part.state == "started" for part in state.shared_parts) else ()


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
