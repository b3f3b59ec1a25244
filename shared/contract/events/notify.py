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


SubmissionState = Literal["acknowledged", "answered", "ended"]
"""What a channel system is told of a case that it submitted."""
EndedHow = Literal["closed", "withdrawn", "not_accepted"]


class WebhookAgreed(NotifyEvent, heard_by={"notify"}):
    """The channel system that submitted the case is told from here on what becomes of it: it has a webhook.

    What was reached before is told too. A webhook that the organisation file names later counts for later cases.
    """

    system: Identifier
    case_number: str


class WebhookDelivered(NotifyEvent, heard_by={"notify"}):
    """The channel system took the notice of a state that its submission reached.

    ``webhook_id`` is the notice's id, under which it is repeated; ``status`` what the system answered.
    """

    webhook_id: str
    system: Identifier
    state: SubmissionState
    ended_how: EndedHow | None
    reached_at: Instant
    status: int


class WebhookGivenUp(NotifyEvent, heard_by={"notify"}):
    """Nobody took the notice, and it is tried no more.

    ``reason``: ``gone`` (the system answered 410), ``not_taken`` (it was tried for four days) or ``no_webhook`` (the
    organisation file names none any more).
    """

    webhook_id: str
    system: Identifier
    state: SubmissionState
    ended_how: EndedHow | None
    reached_at: Instant
    reason: Literal["gone", "not_taken", "no_webhook"]


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
