"""Addressing says to whom a letter goes and by which way, or why it deliberately does not go (contract 3). Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import assert_never

from services.notify.bank_readers import BankReaders
from services.notify.customers import (
    NOBODY,
    Line,
    line_of,
    lines,
    main_line,
    not_on,
    preferred,
    reader_on,
)
from services.notify.letters.addressees import Addressee
from services.notify.letters.kind import BANK_LANGUAGE, LetterKind
from services.notify.letters.reasons import Why
from services.notify.message_facts import MessageFacts, Outcome
from services.notify.quiet_hours import morning_after
from services.notify.state import Message, NotifyState
from shared.bank.in_force import organisation_in_force
from shared.case.duties import Place
from shared.case.duty_kinds import SURVIVE_WITHDRAWAL
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed
from shared.contract.events.notify import (
    CustomerRecipient,
    MessageFailed,
    MessageSuppressed,
    Recipient,
    StaffRecipient,
    UnitRecipient,
    Way,
)
from shared.kernel.service import Context

NOWHERE = Sealed(label="gone", box="")
"""In place of the address of somebody who speaks no longer."""
UNREACHED = frozenset({"nobody_to_tell", "party_concerned", "left", "no_email"})
"""Why a letter reaches nobody although somebody ought to be told."""
OFFICES = ("general_office", "complaint_post")
"""The posts that read a unit's letters, the first that is filled (article 4: copied to related units)."""


def _reaches_nobody(letter: Outcome) -> bool:
    return isinstance(letter, MessageSuppressed) and letter.why in UNREACHED


class Addressing:
    """Addresses letters on one case, about one fact, at one instant: each is started, or suppressed with its reason."""

    def __init__(self, state: NotifyState, cause: Event, context: Context, id_: str | None = None) -> None:
        self.state = state
        self.cause = cause
        self.now = context.now
        bank = organisation_in_force(context.reference, context.now)
        self.organisation = bank.organisation
        self._local = self.organisation.day.local(context.now)
        self.facts = MessageFacts(state.core, cause, context, bank, id_)
        self.readers = BankReaders(state, cause, self.organisation, self._local.date())
        self._holders = self.readers.holders

    def letters(self, kind: LetterKind) -> Iterator[Outcome]:
        """The letters of a kind: to each of its addressees one, and that nobody is to be told only once."""
        told: set[str | None] = set()
        for addressee in kind.to:
            for letter in self._letters_to(addressee, kind):
                if letter.message_id not in told:  # which is made of its reader
                    yield letter
                told.add(letter.message_id)

    def instead_of(self, letters: Sequence[Outcome], kind: LetterKind) -> Iterator[Outcome]:
        """Where none of the letters of an alarm reaches anybody: one to the office of the accepting unit or above."""
        accepting = self.state.core.accepting
        if kind.reaches_somebody and accepting is not None and all(_reaches_nobody(letter) for letter in letters):
            yield self._office_from(accepting.unit, kind)

    def _office_from(self, unit: str, kind: LetterKind) -> Outcome:
        """A letter to a unit, or to the nearest above it where there is somebody to read it."""
        letters = [self.to_unit(above.id, kind) for above in self.organisation.upward(unit)]
        return next((letter for letter in letters if not _reaches_nobody(letter)), letters[0])

    def _letters_to(self, addressee: Addressee, kind: LetterKind) -> Iterator[Outcome]:
        match addressee:
            case Addressee.CUSTOMER | Addressee.PROXY:
                yield from (self.on_line(line, kind) for line in self._lines(kind))
            case Addressee.COPIES:
                for copy in (self.cause.data.get("settlement") or self.cause.data).get("copy_to", ()):
                    yield self._copy_to(copy, kind)
            case Addressee.ALARMED:
                unit = self.organisation.units[self.cause.data["unit"]]
                yield self._office_from(unit.parent or unit.id, kind)
            case _:
                yield from (self.to_person(place, kind) for place in self.readers.places(addressee))

    def given_up(self, message: Message, kind: LetterKind) -> MessageFailed:
        """A letter on its way that is tried no more: to whom it was to go, and by which way."""
        to = message.to if message.to is not None and message.to.unit else None
        duty = self.facts.duty(kind, to)
        if to is not None:
            person, unit = to.person, to.unit
            recipient: Recipient = StaffRecipient(person=person, unit=unit) if person else UnitRecipient(unit=unit)
            way = self._way_to(person) if person else "email"
            return self.facts.given_up(kind, message.message_id, duty, recipient, way)
        line = self._preferred(line_of(self.state, kind, message.to) or NOBODY, kind)
        recipient = CustomerRecipient(address=line.sealed if line.address else NOWHERE)
        return self.facts.given_up(kind, message.message_id, duty, recipient, line.way or "email")

    # -- to the customer -----------------------------------------------------------------------------

    def to_customer(self, kind: LetterKind, to: Place | None = None) -> Outcome:
        """A letter to the customer once more, or to the representative that it was for, if he still is one."""
        line = line_of(self.state, kind, to)
        if line is None:
            return self.facts.not_to_customer(kind, self.facts.duty(kind, None), "no_longer_speaks", None)
        return self.on_line(self._preferred(line, kind), kind)

    def _lines(self, kind: LetterKind) -> Iterator[Line]:
        return lines(self.state, kind, texts=self._texts)

    def _preferred(self, line: Line, kind: LetterKind) -> Line:
        return preferred(self.state, line, kind, texts=self._texts)

    @property
    def _texts(self) -> bool:
        """Whether the bank sends text messages."""
        return self.organisation.bank.sms_signature is not None

    def on_line(self, line: Line, kind: LetterKind) -> Outcome:
        """A letter on one line to the customer: by e-mail; where there is none, some as a text message or on paper."""
        duty, reader = self.facts.duty(kind, None), reader_on(line)
        if (why := self._not_on(line, kind)) or line.way is None:
            why = why or "not_reachable_in_writing"
            return self.facts.not_to_customer(kind, duty, why, self.held_until(why), reader)
        recipient = CustomerRecipient(address=line.sealed)
        return self.facts.started(kind, duty, recipient, line.way, self.state.language, reader)

    def held_until(self, why: Why) -> datetime | None:
        """Until when a letter is held that may not leave for this reason; None where it never will."""
        return morning_after(self._local) if why == "quiet_hours" else None

    def not_to(self, recipient: Recipient, kind: LetterKind) -> Why | None:
        """Why a letter does not go to somebody, as things are now; None where it may."""
        match recipient:
            case CustomerRecipient(address=address):
                return self._not_to_customer(address, kind)
            case StaffRecipient(person=person):
                return self._not_to_person(person, kind)
            case UnitRecipient(unit=unit):
                return self._not_to_mailbox(unit, kind)
            case _:
                assert_never(recipient)

    def _not_to_customer(self, address: Sealed, kind: LetterKind) -> Why | None:
        """Why a letter does not go to an address of the customer's, or of who speaks on the case, as things are now."""
        there = list(self._lines(kind))
        line = next((one for one in there if one.address is not None and one.address.box == address.box), None)
        if line is not None:
            return self._not_on(line, kind)
        if self.state.core.speakers is not None:
            return "no_longer_speaks"
        return self._not_on(self._preferred(main_line(self.state), kind), kind)

    def _not_on(self, line: Line, kind: LetterKind) -> Why | None:
        return not_on(line, kind, self.state, self.cause, self._local)

    # -- to the bank's people ------------------------------------------------------------------------

    def _copy_to(self, copy: str, kind: LetterKind) -> Outcome:
        """A copy to a unit, or to somebody who is named himself."""
        person = self.organisation.people.get(copy)
        if copy in self.organisation.units or person is None:
            return self.to_unit(copy, kind)
        return self.to_person(Place(person.unit, None, copy), kind)

    def to_person(self, place: Place | None, kind: LetterKind) -> Outcome:
        """A letter to somebody of the bank at the address of the organisation file."""
        duty = self.facts.duty(kind, place)
        if place is None or place.person is None:
            return self.facts.suppressed(kind, duty, "nobody_to_tell", None)
        recipient = StaffRecipient(person=place.person, unit=place.unit)
        if why := self._not_to_person(place.person, kind):
            return self.facts.suppressed(kind, duty, why, recipient)
        return self.facts.started(kind, duty, recipient, self._way_to(place.person), BANK_LANGUAGE)

    def _way_to(self, person: str) -> Way:
        """By which way somebody of the bank is written to: by messenger only where there is no e-mail."""
        found = self.organisation.people[person]
        return "messenger" if found.email is None and found.messenger is not None else "email"

    def _not_to_person(self, person: str, kind: LetterKind) -> Why | None:
        if self.state.core.did("CaseWithdrawn") and not kind.after_withdrawal and not self._about_what_is_still_owed():
            return "withdrawn"
        if person in self._holders.concerned:
            return "party_concerned"
        found = self.organisation.people[person]
        if not found.active(self._local.date()):
            return "left"
        return "no_email" if found.email is None and found.messenger is None else None

    def _about_what_is_still_owed(self) -> bool:
        """Whether the fact is about a duty that outlives a withdrawal: whoever owes it is reminded all the same."""
        duty = self.state.duty(self.cause.data.get("duty_id") or "")
        return duty is not None and duty.terms.kind in SURVIVE_WITHDRAWAL

    def to_unit(self, unit: str, kind: LetterKind) -> Outcome:
        """A letter to a unit: to who holds its office and can be written to, else to its mailbox."""
        for post in OFFICES:
            place = self._holders.holder(unit, post)
            if place is not None and place.person and self.organisation.people[place.person].email:
                return self.to_person(place, kind)
        recipient = UnitRecipient(unit=unit)
        if why := self._not_to_mailbox(unit, kind):
            return self.facts.suppressed(kind, None, why, recipient)
        return self.facts.started(kind, None, recipient, "email", BANK_LANGUAGE)

    def _not_to_mailbox(self, unit: str, kind: LetterKind) -> Why | None:
        if self.state.core.did("CaseWithdrawn") and not kind.after_withdrawal:
            return "withdrawn"
        last_resort = kind.reaches_somebody and self.organisation.units[unit].parent is None
        if self._holders.head_is_concerned(unit) and not last_resort:
            return "party_concerned"
        return "no_email" if self.organisation.mailbox(unit) is None else None
