"""A case's messages as the console shows them: started, sent, failed, or deliberately not sent. Pure."""

from typing import Any, NamedTuple

from shared.contract.envelope import Event

MESSAGE_EVENTS = frozenset({"MessageSendStarted", "MessageSent", "MessageFailed", "MessageSuppressed"})
STATES = {"MessageSendStarted": "started", "MessageSent": "sent", "MessageFailed": "failed"}


class Message(NamedTuple):
    """One message. ``person`` is None for the customer, whose address stays sealed in the log."""

    message_id: str
    kind: str
    state: str
    person: str | None
    unit: str | None
    way: str | None
    at: str
    reason: str | None


Messages = tuple[Message, ...]


def evolve(messages: Messages, event: Event) -> Messages:
    """The messages after an event of ``MESSAGE_EVENTS``."""
    fresh = _suppressed(event) if event.name == "MessageSuppressed" else _message(event)
    if all(message.message_id != fresh.message_id for message in messages):
        return (*messages, fresh)
    return tuple(fresh if message.message_id == fresh.message_id else message for message in messages)


def _message(event: Event) -> Message:
    data: dict[str, Any] = event.data
    to = data["recipient"]
    return Message(
        message_id=data["message_id"],
        kind=data["kind"],
        state=STATES[event.name],
        person=to.get("person"),
        unit=to.get("unit"),
        way=data["way"],
        at=event.time,
        reason=data.get("reason"),
    )


def _suppressed(event: Event) -> Message:
    return Message(event.id, event.data["kind"], "suppressed", None, None, None, event.time, event.data["why"])
