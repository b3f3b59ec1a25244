"""Addressing says to whom a letter goes and by which way, or why it deliberately does not go (contract 3). Pure."""

from collections.abc import Iterator
from datetime import time
from typing import assert_never

from services.notify.letters.kind import Addressee, LetterKind, Why
from services.notify.people import PostHolders
from services.notify.state import NotifyState
from shared.bank.in_force import organisation_in_force
from shared.case.duties import Place
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed, Versioned
from shared.contract.events.notify import (
    CustomerRecipient,
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
QUIET_FROM, QUIET_UNTIL = time(20), time(8)
"""Between these nothing but the acknowledgement goes to a customer, by the bank's clock (contract 3)."""
OFFICES = ("general_office", "complaint_post")
"""The posts that read a unit's letters, the first that is filled (article 4: copied to related units)."""

Outcome = MessageSendStarted | MessageSuppressed


class Addressing:
    """Addresses letters on one case, about one fact, at one instant: each is started, or suppressed with its reason."""

    def __init__(self, state: NotifyState, cause: Event, context: Context) -> None:
        self.state = state
        self.cause = cause
        self.context = context
        self.organisation, self.organisation_version, _ = organisation_in_force(context.reference, context.now)
        self._local = self.organisation.day.local(context.now)
        self.holders = PostHolders(self.organisation, state.core.parties, self._local.date())

    def letters(self, kind: LetterKind) -> Iterator[Outcome]:
        """The letters of a kind: to each of its addressees one, and that nobody is to be told only once."""
        told: set[str | None] = set()
        for addressee in kind.to:
            for letter in self._letters_to(addressee, kind):
                if (reader := reader_of(letter)) not in told:
                    yield letter
                told.add(reader)

    def _letters_to(self, addressee: Addressee, kind: LetterKind) -> Iterator[Outcome]:
        match addressee:
            case Addressee.CUSTOMER:
                yield self.to_customer(kind)
            case Addressee.COPIES:
                for unit in (self.cause.data.get("settlement") or self.cause.data).get("copy_to", ()):
                    yield self.to_unit(unit, kind)
            case _:
                for place in self._places(addressee):
                    yield self.to_person(place, kind)

    # -- to the customer -----------------------------------------------------------------------------

    def to_customer(self, kind: LetterKind) -> Outcome:
        """A letter to the customer: by e-mail, or some kinds on paper where there is no e-mail."""
        duty, reach = self._duty(kind, None), self.state.reach
        if why := self._not_to_customer(kind):
            return self._suppressed(kind, duty, why, None)
        if reach is None:
            raise AssertionError("who cannot be reached has been passed over")
        recipient = CustomerRecipient(address=Sealed(label=reach.label, box=self.state.box))
        return self._started(kind, duty, recipient, reach.way, self.state.language)

    def _not_to_customer(self, kind: LetterKind) -> Why | None:
        core, way = self.state.core, self.state.reach.way if self.state.reach else None
        if core.did("CaseWithdrawn"):
            return "withdrawn"
        if kind.on_paper and way is None:
            return "not_reachable_in_writing"
        if not kind.on_paper and way != "email":
            return "anonymous" if core.anonymous else "not_reachable_by_email"
        if not kind.at_night and not QUIET_UNTIL <= self._local.time() < QUIET_FROM:
            return "quiet_hours"
        return None

    # -- to the bank's people ------------------------------------------------------------------------

    def _places(self, addressee: Addressee) -> Iterator[Place | None]:
        """Who of the bank's people that is; None where there is nobody although somebody ought to be told."""
        core = self.state.core
        match addressee:
            case Addressee.HANDLER:
                yield core.handler
            case Addressee.IN_CHARGE:
                handled = core.handler is not None and core.handler.person is not None
                yield core.handler if handled else self._accepting()
            case Addressee.ACCEPTING_PERSON:
                yield self._accepting()
            case Addressee.PERSON_ABOVE:
                yield Place(self.cause.data["to"]["unit"], None, self.cause.data["to"]["person"])
            case Addressee.DEBTOR:
                duty = self.state.duty(self.cause.data["duty_id"])
                yield self.holders.holding(duty.terms.debtor) if duty is not None else None
            case Addressee.FORMER_HANDLERS:
                present = core.handler.person if core.handler else None
                yield from (place for place in self.state.told_owners if place.person != present)
            case Addressee.OFFICE_ABOVE:
                if core.complained_unit is not None:
                    yield self.holders.office_above(core.complained_unit)
            case Addressee.CUSTOMER | Addressee.COPIES:
                raise AssertionError("letters to a customer or to a unit go to no person of the bank")
            case _:
                assert_never(addressee)

    def _accepting(self) -> Place | None:
        """Who accepts the case."""
        return self.holders.holding(self.state.core.accepting) if self.state.core.accepting else None

    def to_person(self, place: Place | None, kind: LetterKind) -> Outcome:
        """A letter to somebody of the bank at the address of the organisation file."""
        duty = self._duty(kind, place)
        if place is None or place.person is None:
            return self._suppressed(kind, duty, "nobody_to_tell", None)
        recipient = StaffRecipient(person=place.person, unit=place.unit)
        if why := self._not_to_person(place.person, kind):
            return self._suppressed(kind, duty, why, recipient)
        return self._started(kind, duty, recipient, "email", BANK_LANGUAGE)

    def _not_to_person(self, person: str, kind: LetterKind) -> Why | None:
        if self.state.core.did("CaseWithdrawn") and not kind.after_withdrawal:
            return "withdrawn"
        if person in self.holders.concerned:
            return "party_concerned"
        return "no_email" if self.organisation.people[person].email is None else None

    def to_unit(self, unit: str, kind: LetterKind) -> Outcome:
        """A letter to a unit: to who holds its office and can be written to, else to its mailbox."""
        for post in OFFICES:
            place = self.holders.holder(unit, post)
            if place is not None and place.person and self.organisation.people[place.person].email:
                return self.to_person(place, kind)
        recipient = UnitRecipient(unit=unit)
        if why := self._not_to_mailbox(unit, kind):
            return self._suppressed(kind, None, why, recipient)
        return self._started(kind, None, recipient, "email", BANK_LANGUAGE)

    def _not_to_mailbox(self, unit: str, kind: LetterKind) -> Why | None:
        if self.state.core.did("CaseWithdrawn") and not kind.after_withdrawal:
            return "withdrawn"
        if self.holders.head_is_concerned(unit):
            return "party_concerned"
        return "no_email" if self.organisation.units[unit].email is None else None

    # -- letters -------------------------------------------------------------------------------------

    def never(self, kind: LetterKind, why: Why) -> MessageSuppressed:
        """The record that a letter was due whose kind is never written."""
        return MessageSuppressed(kind=kind.name, duty_id=None, why=why, message_id=None, recipient=None)

    def _duty(self, kind: LetterKind, to: Place | None) -> str | None:
        """The duty that a letter is about: the one that its cause names, or the open one of the kind that it ends.

        One that binds in person is the one towards whoever gets the letter.
        """
        if Addressee.DEBTOR in kind.to and (named := self.cause.data.get("duty_id")) is not None:
            return str(named)
        duties = self.state.core.open_duties(kind.ends) if kind.ends else []
        return next((d.id for d in duties if to is None or towards(d.terms.creditor, to)), None)

    def _started(
        self, kind: LetterKind, duty: str | None, recipient: Recipient, way: Way, language: str
    ) -> MessageSendStarted:
        written_in = language if language in kind.languages else BANK_LANGUAGE
        template = self.context.reference.in_force("template", f"{kind.name}.{written_in}", self.context.now)
        id_ = self._message_id(kind, recipient)
        return MessageSendStarted(
            message_id=id_,
            kind=kind.name,
            duty_id=duty,
            about=self.cause.id,
            recipient=recipient,
            way=way,
            language="en" if written_in == "en" else "zh",
            template=Versioned(id=template.id, version=template.version),
            organisation=self.organisation_version,
            smtp_message_id=f"<{id_}@{self.organisation.bank.id}.redress>" if way == "email" else None,
        )

    def _suppressed(
        self, kind: LetterKind, duty: str | None, why: Why, recipient: StaffRecipient | UnitRecipient | None
    ) -> MessageSuppressed:
        known = recipient is not None or kind.to_customer
        id_ = self._message_id(kind, recipient) if known else None
        return MessageSuppressed(kind=kind.name, duty_id=duty, why=why, message_id=id_, recipient=recipient)

    def _message_id(self, kind: LetterKind, recipient: Recipient | None) -> str:
        return message_id(self.context.causation_id, kind.name, _name(recipient) or "customer")


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
