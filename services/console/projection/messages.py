"""A case's messages as the console shows them: started, sent, failed, or deliberately not sent. Pure."""

from collections.abc import Callable
from typing import NamedTuple

from shared.contract.envelope import Event
from shared.contract.events.stored.notify import (
    MessageFailedData,
    MessageSendStartedData,
    MessageSentData,
    MessageSuppressedData,
)
from shared.contract.events.stored.parts import CustomerRecipientData, StaffRecipientData, UnitRecipientData

RecipientData = StaffRecipientData | UnitRecipientData | CustomerRecipientData


WITHOUT_ID = "event:"
"""Before the id of the event by which a message is kept that has none: nobody can ask for it again."""


class ShownMessage(NamedTuple):
    """One message of a case. ``person`` is None for the customer, whose address stays sealed in the log.

    ``message_id`` is the one that ``resend-message`` takes. A no of the past that nobody can ask for again has none: it
    stands there by its event.
    """

    message_id: str
    kind: str
    state: str
    person: str | None
    unit: str | None
    way: str | None
    at: str
    reason: str | None


Messages = tuple[ShownMessage, ...]


def evolve(messages: Messages, event: Event) -> Messages:
    """The messages after an event of ``MESSAGE_EVENTS``."""
    fresh = CHANGES[event.name](event)
    if all(message.message_id != fresh.message_id for message in messages):
        return (*messages, fresh)
    return tuple(fresh if message.message_id == fresh.message_id else message for message in messages)


def _started(event: Event) -> ShownMessage:
    return _message(event, "started")


def _sent(event: Event) -> ShownMessage:
    return _message(event, "sent")


def _failed(event: Event) -> ShownMessage:
    data: MessageFailedData = event.data
    return _message(event, "failed")._replace(reason=data["reason"])


def _message(event: Event, state: str) -> ShownMessage:
    data: MessageSendStartedData | MessageSentData | MessageFailedData = event.data
    person, unit = _recipient(data["recipient"])
    return ShownMessage(data["message_id"], data["kind"], state, person, unit, data["way"], event.time, None)


def _recipient(to: RecipientData) -> tuple[str | None, str | None]:
    """Person and unit, as far as there are any."""
    if "person" in to:
        return to["person"], to["unit"]
    return (None, to["unit"]) if "unit" in to else (None, None)


def _suppressed(event: Event) -> ShownMessage:
    data: MessageSuppressedData = event.data
    person, unit = _recipient(data["recipient"]) if data["recipient"] else (None, None)
    state = "held" if data["held_until"] else "suppressed"
    return ShownMessage(
        data["message_id"] or f"{WITHOUT_ID}{event.id}",
        data["kind"],
        state,
        person,
        unit,
        None,
        event.time,
        data["why"],
    )


CHANGES: dict[str, Callable[[Event], ShownMessage]] = {
    "MessageSendStarted": _started,
    "MessageSent": _sent,
    "MessageFailed": _failed,
    "MessageSuppressed": _suppressed,
}
MESSAGE_EVENTS = frozenset(CHANGES)
