"""Facts that notify publishes: what was sent to whom, with which words, or why not."""

from typing import ClassVar, Literal

from shared.events.base import Closed, DutyEnded, EventData, Identifier, Sealed, Versioned

MessageKind = Literal[
    "acknowledgement",
    "written_notice",
    "warning_chaser",
    "target_chaser",
    "breach_notice",
    "explanation_chaser",
]


class StaffRecipient(Closed):
    """A message to somebody in the bank, at the address of the organisation file."""

    person: Identifier
    unit: Identifier


class CustomerRecipient(Closed):
    """A message to the customer, at the sealed address of the receipt."""

    address: Sealed


class NotifyEvent(EventData):
    """Base of notify's events."""

    producer: ClassVar[str] = "notify"


class MessageSendStarted(NotifyEvent):
    """A message is about to be sent: from here on a repetition carries the same Message-ID."""

    message_id: str
    kind: MessageKind
    duty_id: str | None
    about: str
    recipient: StaffRecipient | CustomerRecipient
    way: Literal["email"]
    language: Literal["zh", "en"]
    template: Versioned
    organisation: Versioned
    smtp_message_id: str


class MessageSent(NotifyEvent):
    """The mail server took the message. ``content_sha256`` names the sealed copy of what was sent."""

    message_id: str
    kind: MessageKind
    duty_id: str | None
    recipient: StaffRecipient | CustomerRecipient
    way: Literal["email"]
    template: Versioned
    content_sha256: str
    smtp_message_id: str
    smtp_reply: str
    duties_ended: tuple[DutyEnded, ...] = ()


class MessageFailed(NotifyEvent):
    """The message was refused for good: the duty it was for stays open, somebody has to act."""

    message_id: str
    kind: MessageKind
    duty_id: str | None
    recipient: StaffRecipient | CustomerRecipient
    way: Literal["email"]
    smtp_message_id: str
    code: int | None
    reason: Identifier


class MessageSuppressed(NotifyEvent):
    """A message was due and deliberately not sent."""

    kind: MessageKind
    duty_id: str | None
    why: Identifier
