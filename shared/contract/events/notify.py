"""Facts that notify publishes: what was sent to whom, with which words, or why not."""

from typing import ClassVar, Literal

from shared.contract.events.base import EVERYBODY, Closed, DutyEnded, EventData, Identifier, Instant, Sealed, Versioned
from shared.contract.message_kinds import MessageKind

Way = Literal["email", "sms", "messenger", "print"]
"""``print``: a PDF that waits in the print room's in-tray; ``messenger``: the bank's own, for its people."""


class StaffRecipient(Closed):
    """A message to somebody in the bank, at the address of the organisation file."""

    person: Identifier
    unit: Identifier


class UnitRecipient(Closed):
    """A message to a unit's own mailbox, where none of its people is to be written to."""

    unit: Identifier


class CustomerRecipient(Closed):
    """A message to the customer, at the sealed address of the receipt.

    The e-mail address; for ``sms`` the telephone number, for ``print`` where they live.
    """

    address: Sealed


Recipient = StaffRecipient | UnitRecipient | CustomerRecipient


class NotifyEvent(EventData):
    """Base of notify's events."""

    producer: ClassVar[str] = "notify"


class MessageSendStarted(NotifyEvent, heard_by={"casework", "notify", "console"}):
    """A message is about to be sent: from here on a repetition carries the same Message-ID.

    ``about`` is the fact it answers. Version 2 also knows letters on paper, which have no Message-ID, and letters to a
    unit's mailbox, version 3 text messages and those of the bank's messenger.
    """

    version: ClassVar[int] = 3

    message_id: str
    kind: MessageKind
    duty_id: str | None
    about: str
    recipient: Recipient
    way: Way
    language: Literal["zh", "en"]
    template: Versioned
    organisation: Versioned
    smtp_message_id: str | None


class MessageSent(NotifyEvent, heard_by=EVERYBODY):
    """Whoever takes it on took it. ``content_sha256`` names the sealed copy of what was sent.

    That is the mail server, the print room's in-tray, the gateway of text messages or the bank's messenger. Version 2
    also knows letters on paper, for which no server answers; version 3 what a gateway answered.
    """

    version: ClassVar[int] = 3

    message_id: str
    kind: MessageKind
    duty_id: str | None
    recipient: Recipient
    way: Way
    template: Versioned
    content_sha256: str
    smtp_message_id: str | None
    smtp_reply: str | None
    gateway_reply: str | None = None
    duties_ended: tuple[DutyEnded, ...] = ()


class MessageFailed(NotifyEvent, heard_by={"casework", "notify", "console"}):
    """The message was refused for good: the duty it was for stays open, somebody has to act.

    Version 2 also knows letters on paper and to a unit's mailbox, version 3 text messages and the bank's messenger.
    """

    version: ClassVar[int] = 3

    message_id: str
    kind: MessageKind
    duty_id: str | None
    recipient: Recipient
    way: Way
    smtp_message_id: str | None
    code: int | None
    reason: Identifier


class MessageSuppressed(NotifyEvent, heard_by={"casework", "notify", "console"}):
    """A message was due and deliberately not sent.

    Version 2 says to whom (None: the customer, or nobody known), and its ``message_id`` can be asked for again by
    ``resend-message`` once the reason is gone. Version 3 says which fact it would have answered (``about``), and until
    when it is held where it may leave then (``held_until``): it is looked at again at that instant.
    """

    version: ClassVar[int] = 3

    kind: MessageKind
    duty_id: str | None
    why: Identifier
    message_id: str | None
    recipient: StaffRecipient | UnitRecipient | None
    about: str | None = None
    held_until: Instant | None = None
