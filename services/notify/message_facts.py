"""These functions make the facts of letters: one is started, or deliberately suppressed. Pure."""

from datetime import datetime
from typing import assert_never

from services.notify.letters.addressees import Addressee
from services.notify.letters.kind import BANK_LANGUAGE, LetterKind
from services.notify.letters.reasons import Why
from shared.bank.in_force import OrganisationInForce
from shared.case.core import CaseCore
from shared.case.duties import Place
from shared.case.folding.duties import opened_by
from shared.contract.envelope import Event
from shared.contract.events.base import Versioned
from shared.contract.events.notify import (
    CustomerRecipient,
    MessageFailed,
    MessageSendStarted,
    MessageSuppressed,
    Recipient,
    StaffRecipient,
    UnitRecipient,
    Way,
)
from shared.contract.ids import message_id
from shared.contract.letter_ids import letter_id
from shared.kernel.service import Context

NOT_DELIVERED = "not_delivered"
"""The reason of a letter that was given up."""
BOUNCED = "bounced"
"""The reason of a letter that came back after the mail server had taken it."""
REPRESENTATIVE = "representative"
"""In the place of a message: it goes to the representative with the address of this key, in no unit of the bank."""
Outcome = MessageSendStarted | MessageSuppressed


class MessageFacts:
    """Makes the facts of the letters on one case that answer one cause."""

    def __init__(
        self, core: CaseCore, cause: Event, context: Context, bank: OrganisationInForce, id_: str | None = None
    ) -> None:
        self._core = core
        self._cause = cause
        self._context = context
        self._bank = bank
        self._id = id_  # of a letter that was held: it leaves as the one that it was

    def started(
        self,
        kind: LetterKind,
        duty: str | None,
        recipient: Recipient,
        way: Way,
        language: str,
        reader: str | None = None,
    ) -> MessageSendStarted:
        """A letter goes out, in the language if its kind is written in it. ``reader``: who, if not the customer."""
        written_in = language if language in kind.languages else BANK_LANGUAGE
        template = self._context.reference.in_force("template", f"{kind.name}.{written_in}", self._context.now)
        id_ = self._message_id(kind, recipient, reader)
        return MessageSendStarted(
            message_id=id_,
            kind=kind.name,
            duty_id=duty,
            about=self._cause.id,
            recipient=recipient,
            way=way,
            language="en" if written_in == "en" else "zh",
            template=Versioned(id=template.id, version=template.version),
            organisation=self._bank.version,
            smtp_message_id=self._smtp_message_id(id_, way),
        )

    def _smtp_message_id(self, id_: str, way: Way) -> str | None:
        return letter_id(id_, self._context.case, self._bank.organisation.bank.id) if way == "email" else None

    def given_up(self, kind: LetterKind, id_: str, duty: str | None, recipient: Recipient, way: Way) -> MessageFailed:
        """A letter that was started could not be delivered for so long that it is tried no more."""
        return MessageFailed(
            message_id=id_,
            kind=kind.name,
            duty_id=duty,
            recipient=recipient,
            way=way,
            smtp_message_id=self._smtp_message_id(id_, way),
            code=None,
            reason=NOT_DELIVERED,
        )

    def suppressed(
        self, kind: LetterKind, duty: str | None, why: Why, recipient: StaffRecipient | UnitRecipient | None
    ) -> MessageSuppressed:
        """A letter is deliberately not sent; it can be asked for again if there is anybody to get it."""
        id_ = self._message_id(kind, recipient) if recipient is not None else None
        return self._suppressed(kind, duty, why, id_, recipient)

    def not_to_customer(
        self, kind: LetterKind, duty: str | None, why: Why, held_until: datetime | None, reader: str | None = None
    ) -> MessageSuppressed:
        """A letter does not go to the customer, or is held until it may leave. ``reader``: as in ``started``."""
        return self._suppressed(kind, duty, why, self._message_id(kind, None, reader), None, held_until)

    def _suppressed(
        self,
        kind: LetterKind,
        duty: str | None,
        why: Why,
        id_: str | None,
        recipient: StaffRecipient | UnitRecipient | None,
        held_until: datetime | None = None,
    ) -> MessageSuppressed:
        return MessageSuppressed(
            kind=kind.name, duty_id=duty, why=why, message_id=id_, recipient=recipient, about=self._cause.id,
            held_until=held_until,
        )  # fmt: skip

    def never(self, kind: LetterKind, why: Why) -> MessageSuppressed:
        """A letter was due whose kind is never written."""
        return self._suppressed(kind, None, why, None, None)

    def duty(self, kind: LetterKind, to: Place | None) -> str | None:
        """The duty that a letter is about: the one that its cause names, or the open one of the kind that it ends.

        One that binds in person is the one towards whoever gets the letter.
        """
        if Addressee.DEBTOR in kind.to and (named := self._cause.data.get("duty_id")) is not None:
            return str(named)
        if {Addressee.APPROVER, Addressee.ASKED} & {*kind.to}:
            return next((duty["id"] for duty in opened_by(self._cause)), None)
        duties = self._core.open_duties(kind.ends) if kind.ends else []
        return next((d.id for d in duties if to is None or towards(d.terms.creditor, to)), None)

    def _message_id(self, kind: LetterKind, recipient: Recipient | None, reader: str | None = None) -> str:
        if self._id is not None:
            return self._id
        return message_id(self._context.causation_id, kind.name, reader or _name(recipient) or "customer")


def representative(key: str) -> str:
    """What ids of messages name a representative by, of whom the key of an address is known."""
    return f"representative:{key}"


def representatives_place(key: str) -> Place:
    """The reader of a message to the representative with the address of a key: in no unit of the bank."""
    return Place("", REPRESENTATIVE, key)


def _name(recipient: Recipient | None) -> str | None:
    match recipient:
        case StaffRecipient():
            return recipient.person
        case UnitRecipient():
            return recipient.unit
        case CustomerRecipient() | None:
            return None
        case _:
            assert_never(recipient)


def instead(letter: Outcome, why: Why) -> Outcome:
    """No letter after all, for this reason, unless there was another one already."""
    if isinstance(letter, MessageSuppressed) and letter.held_until is None:
        return letter
    recipient = None if isinstance(letter.recipient, CustomerRecipient) else letter.recipient
    return MessageSuppressed(
        kind=letter.kind, duty_id=letter.duty_id, why=why, message_id=letter.message_id, recipient=recipient,
        about=letter.about,
    )  # fmt: skip


def towards(creditor: Place | str | None, to: Place) -> bool:
    """Whether a duty is owed to somebody in person."""
    return isinstance(creditor, Place) and creditor.person == to.person


def reader_person(letter: Outcome) -> str | None:
    """The person whom a letter goes to; None for the customer and for a unit's mailbox."""
    return letter.recipient.person if isinstance(letter.recipient, StaffRecipient) else None
