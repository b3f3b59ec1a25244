"""These functions make the facts of letters: one is started, or deliberately suppressed. Pure."""

from typing import assert_never

from services.notify.letters.kind import Addressee, LetterKind, Why
from shared.bank.in_force import OrganisationInForce
from shared.case.core import CaseCore
from shared.case.duties import Place
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
from shared.kernel.service import Context

BANK_LANGUAGE = "zh"
NOT_DELIVERED = "not_delivered"
"""The reason of a letter that was given up."""
Outcome = MessageSendStarted | MessageSuppressed


class MessageFacts:
    """Makes the facts of the letters on one case that answer one cause."""

    def __init__(self, core: CaseCore, cause: Event, context: Context, bank: OrganisationInForce) -> None:
        self._core = core
        self._cause = cause
        self._context = context
        self._bank = bank

    def started(
        self, kind: LetterKind, duty: str | None, recipient: Recipient, way: Way, language: str
    ) -> MessageSendStarted:
        """A letter goes out, in the language if its kind is written in it."""
        written_in = language if language in kind.languages else BANK_LANGUAGE
        template = self._context.reference.in_force("template", f"{kind.name}.{written_in}", self._context.now)
        id_ = self._message_id(kind, recipient)
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
        return f"<{id_}@{self._bank.organisation.bank.id}.redress>" if way == "email" else None

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
        known = recipient is not None or kind.to_customer
        id_ = self._message_id(kind, recipient) if known else None
        return MessageSuppressed(kind=kind.name, duty_id=duty, why=why, message_id=id_, recipient=recipient)

    def never(self, kind: LetterKind, why: Why) -> MessageSuppressed:
        """A letter was due whose kind is never written."""
        return MessageSuppressed(kind=kind.name, duty_id=None, why=why, message_id=None, recipient=None)

    def duty(self, kind: LetterKind, to: Place | None) -> str | None:
        """The duty that a letter is about: the one that its cause names, or the open one of the kind that it ends.

        One that binds in person is the one towards whoever gets the letter.
        """
        if Addressee.DEBTOR in kind.to and (named := self._cause.data.get("duty_id")) is not None:
            return str(named)
        duties = self._core.open_duties(kind.ends) if kind.ends else []
        return next((d.id for d in duties if to is None or towards(d.terms.creditor, to)), None)

    def _message_id(self, kind: LetterKind, recipient: Recipient | None) -> str:
        return message_id(self._context.causation_id, kind.name, _name(recipient) or "customer")


def reader_of(letter: Outcome) -> str | None:
    """Who gets a letter, or would get it: a person, a unit, the customer; None for nobody."""
    if letter.message_id is None:
        return None
    return _name(letter.recipient) or "customer"


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
    if isinstance(letter, MessageSuppressed):
        return letter
    recipient = None if isinstance(letter.recipient, CustomerRecipient) else letter.recipient
    return MessageSuppressed(
        kind=letter.kind, duty_id=letter.duty_id, why=why, message_id=letter.message_id, recipient=recipient
    )


def towards(creditor: Place | str | None, to: Place) -> bool:
    """Whether a duty is owed to somebody in person."""
    return isinstance(creditor, Place) and creditor.person == to.person
