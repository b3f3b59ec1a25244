"""Addressing says to whom a letter goes and by which way, or why it deliberately does not go (contract 3). Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import assert_never

from services.notify.letters.kind import Addressee, LetterKind, Why
from services.notify.message_facts import BANK_LANGUAGE, MessageFacts, Outcome, reader_of
from services.notify.people import PostHolders
from services.notify.state import Message, NotifyState
from shared.bank.in_force import organisation_in_force
from shared.case.duties import Place, opened_by, place_of
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed
from shared.contract.events.notify import (
    CustomerRecipient,
    MessageFailed,
    MessageSuppressed,
    Recipient,
    StaffRecipient,
    UnitRecipient,
)
from shared.kernel.service import Context

QUIET_FROM, QUIET_UNTIL = time(20), time(8)
"""Between these nothing but the acknowledgement goes to a customer, by the bank's clock (contract 3)."""
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
        self.holders = PostHolders(self.organisation, state.core.parties, self._local.date())

    def letters(self, kind: LetterKind) -> Iterator[Outcome]:
        """The letters of a kind: to each of its addressees one, and that nobody is to be told only once."""
        told: set[str | None] = set()
        for addressee in kind.to:
            for letter in self._letters_to(addressee, kind):
                if (reader := reader_of(letter)) not in told:
                    yield letter
                told.add(reader)

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
            case Addressee.CUSTOMER:
                yield self.to_customer(kind)
            case Addressee.COPIES:
                for copy in (self.cause.data.get("settlement") or self.cause.data).get("copy_to", ()):
                    yield self._copy_to(copy, kind)
            case Addressee.ALARMED:
                unit = self.organisation.units[self.cause.data["unit"]]
                yield self._office_from(unit.parent or unit.id, kind)
            case _:
                for place in self._places(addressee):
                    yield self.to_person(place, kind)

    def given_up(self, message: Message, kind: LetterKind) -> MessageFailed:
        """A letter on its way that is tried no more: to whom it was to go, and by which way."""
        duty, to, reach = self.facts.duty(kind, message.to), message.to, self.state.reach
        if to is not None:
            person, unit = to.person, to.unit
            recipient: Recipient = StaffRecipient(person=person, unit=unit) if person else UnitRecipient(unit=unit)
            return self.facts.given_up(kind, message.message_id, duty, recipient, "email")
        if reach is None:
            raise AssertionError("a letter to a customer who cannot be reached was never started")
        recipient = CustomerRecipient(address=Sealed(label=reach.label, box=self.state.box))
        return self.facts.given_up(kind, message.message_id, duty, recipient, reach.way)

    # -- to the customer -----------------------------------------------------------------------------

    def to_customer(self, kind: LetterKind) -> Outcome:
        """A letter to the customer: by e-mail, or some kinds on paper where there is no e-mail."""
        duty, reach = self.facts.duty(kind, None), self.state.reach
        if why := self._not_to_customer(kind):
            return self.facts.not_to_customer(kind, duty, why, self.held_until(why))
        if reach is None:
            raise AssertionError("who cannot be reached has been passed over")
        recipient = CustomerRecipient(address=Sealed(label=reach.label, box=self.state.box))
        return self.facts.started(kind, duty, recipient, reach.way, self.state.language)

    def held_until(self, why: Why) -> datetime | None:
        """Until when a letter is held that may not leave for this reason; None where it never will."""
        if why != "quiet_hours":
            return None
        morning = self._local.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)
        return morning if self._local < morning else morning + timedelta(days=1)

    def not_to(self, recipient: Recipient, kind: LetterKind) -> Why | None:
        """Why a letter does not go to somebody, as things are now; None where it may."""
        match recipient:
            case CustomerRecipient():
                return self._not_to_customer(kind)
            case StaffRecipient(person=person):
                return self._not_to_person(person, kind)
            case UnitRecipient(unit=unit):
                return self._not_to_mailbox(unit, kind)
            case _:
                assert_never(recipient)

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

    def _copy_to(self, copy: str, kind: LetterKind) -> Outcome:
        """A copy to a unit, or to somebody who is named himself."""
        person = self.organisation.people.get(copy)
        if copy in self.organisation.units or person is None:
            return self.to_unit(copy, kind)
        return self.to_person(Place(person.unit, None, copy), kind)

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
            case Addressee.OVERSEERS:
                yield from self._overseers()
            case Addressee.CLAIMED_SETTLER:
                yield from (duty.terms.debtor for duty in core.open_duties(CONFIRM_SETTLEMENT))
            case Addressee.FORMER_HANDLERS:
                present = core.handler.person if core.handler else None
                yield from (place for place in self.state.told_owners if place.person != present)
            case Addressee.AGENT:
                yield from self._agent()
            case Addressee.WORKING if not core.ended:
                yield from self._places(Addressee.IN_CHARGE)
                yield from self._agent()
            case Addressee.REOPENING if core.ended:
                yield self._accepting()
            case Addressee.WORKING | Addressee.REOPENING:
                return
            case Addressee.RELIEVED:
                yield from self._relieved()
            case Addressee.APPROVER:
                yield from (place_of(duty["debtor"]) for duty in opened_by(self.cause))
            case Addressee.ASKER:
                yield self._person(self.cause.data["asked_by"])
            case Addressee.OFFICE_ABOVE:
                if core.complained_unit is not None:
                    yield self.holders.office_above(core.complained_unit)
            case Addressee.CUSTOMER | Addressee.COPIES | Addressee.ALARMED:
                raise AssertionError("letters to a customer or to a unit go to no person of the bank")
            case _:
                assert_never(addressee)

    def _overseers(self) -> Iterator[Place]:
        """Who accepted the case, and the next above who owes the duty; never who owes it himself."""
        duty = self.state.duty(self.cause.data["duty_id"])
        debtor = self.holders.holding(duty.terms.debtor) if duty is not None else None
        if debtor is None:
            return
        above = self.holders.next_above(debtor)
        yield from (
            place for place in (self._accepting(), above) if place is not None and place.person != debtor.person
        )

    def _agent(self) -> Iterator[Place]:
        if self.state.core.agent is not None:
            yield self._person(self.state.core.agent)

    def _relieved(self) -> Iterator[Place]:
        """Who owed what the fact waives, each by name: a post that nobody holds in person has nothing to put down."""
        waived = {end["id"] for end in self.cause.data.get("duties_ended") or () if end["state"] == "waived"}
        debtors = (self.holders.holding(d.terms.debtor) for d in self.state.core.duties() if d.id in waived)
        yield from dict.fromkeys(Place(to.unit, None, to.person) for to in debtors if to.person is not None)

    def _person(self, person: str) -> Place:
        return Place(self.organisation.people[person].unit, None, person)

    def _accepting(self) -> Place | None:
        """Who accepts the case."""
        return self.holders.holding(self.state.core.accepting) if self.state.core.accepting else None

    def to_person(self, place: Place | None, kind: LetterKind) -> Outcome:
        """A letter to somebody of the bank at the address of the organisation file."""
        duty = self.facts.duty(kind, place)
        if place is None or place.person is None:
            return self.facts.suppressed(kind, duty, "nobody_to_tell", None)
        recipient = StaffRecipient(person=place.person, unit=place.unit)
        if why := self._not_to_person(place.person, kind):
            return self.facts.suppressed(kind, duty, why, recipient)
        return self.facts.started(kind, duty, recipient, "email", BANK_LANGUAGE)

    def _not_to_person(self, person: str, kind: LetterKind) -> Why | None:
        if self.state.core.did("CaseWithdrawn") and not kind.after_withdrawal:
            return "withdrawn"
        if person in self.holders.concerned:
            return "party_concerned"
        found = self.organisation.people[person]
        if not found.active(self._local.date()):
            return "left"
        return "no_email" if found.email is None else None

    def to_unit(self, unit: str, kind: LetterKind) -> Outcome:
        """A letter to a unit: to who holds its office and can be written to, else to its mailbox."""
        for post in OFFICES:
            place = self.holders.holder(unit, post)
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
        if self.holders.head_is_concerned(unit) and not last_resort:
            return "party_concerned"
        return "no_email" if self.organisation.mailbox(unit) is None else None
