"""A draft fills the content of one letter: every field that its template may use. Sealed texts come in opened. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, assert_never

from services.notify.letters.dossier import CaseDossier
from services.notify.letters.fields import LetterContent
from services.notify.letters.institutions import mediating_body, reviewing_institution
from services.notify.letters.kind import LetterKind
from services.notify.letters.limits import limit_at_issue, told_before
from services.notify.letters.readers import Contact, contact_in_words, salutation, staff_address
from services.notify.letters.words import (
    CHANNEL_SYSTEM,
    closing_time,
    in_words,
)
from services.notify.people import PostHolders
from shared.bank.organisation import Organisation
from shared.bank.pack import Pack
from shared.bank.working_days import Calendar
from shared.case.duties import Duty
from shared.contract.amounts import date_in_words, time_in_words
from shared.contract.events.base import Sealed
from shared.contract.events.notify import CustomerRecipient, MessageSendStarted, StaffRecipient, UnitRecipient
from shared.contract.subjects import person_of


def quoted(kind: LetterKind, dossier: CaseDossier) -> dict[str, Sealed]:
    """The sealed texts that a letter of this kind says, by name. Nothing else is opened for it."""
    texts: dict[str, Sealed | None] = {field.name: quote(dossier) for field, quote in kind.quotes.items()}
    if kind.to_customer and dossier.to_customer:
        texts |= {"customer_name": dossier.customer_name, "customer_title": dossier.customer_title}
    texts |= kind.opens(dossier)
    return {name: text for name, text in texts.items() if text is not None}


def content_of(
    kind: LetterKind,
    dossier: CaseDossier,
    data: MessageSendStarted,
    organisation: Organisation,
    sent_at: datetime,
    texts: Mapping[str, str],
    pack: Pack,
    tried_at: datetime | None = None,
    calendar: Calendar | None = None,
) -> LetterContent:
    """Fill every field that the letter's template may use.

    ``texts``: what ``quoted`` names, opened. ``pack`` says what the complaint's class is called (``dossier.pack``).
    ``sent_at``: when it was decided; ``tried_at``: when it leaves, if later: no date is told that has
    passed by then. ``calendar``: counts the working days that are left; without it they are not told.
    """
    local = organisation.day.local(sent_at)
    return LetterDraft(kind, dossier, data, organisation, local, texts, pack, tried_at or sent_at, calendar).content()


@dataclass(frozen=True)
class LetterDraft:
    """Fills the fields of one letter from its dossier, the organisation and the opened texts."""

    kind: LetterKind
    dossier: CaseDossier
    data: MessageSendStarted
    organisation: Organisation
    sent_at: datetime
    texts: Mapping[str, str]
    pack: Pack
    tried_at: datetime
    calendar: Calendar | None = None

    def content(self) -> LetterContent:
        """Every field of the letter's kind."""
        common = self._case() | self._limit() | self._reader()
        own = {field.name: fill(self) for field, fill in self.kind.knows.items()}
        said = {field.name: self.texts.get(field.name) for field in self.kind.quotes}
        return common | own | said

    # -- what every letter says ------------------------------------------------------------------------

    def _case(self) -> dict[str, Any]:
        core, receipt, units = self.dossier.core, self.dossier.receipt, self.organisation.units
        accepting, handler = self.dossier.accepting, core.handler
        unit, limit = units[accepting.unit], self.dossier.limit
        complained = units.get(core.complained_unit or "")
        return {
            "case_number": receipt.case_number,
            "bank_name": self.organisation.bank.called(self.language),
            "channel": self.words(core.channel),
            "received_on": self.date_of(receipt.received_at),
            "sent_on": self.date_of(self.sent_at),
            "accepting_unit": self.unit_name(unit.id),
            "accepting_name": self._name(accepting.person),
            "accepting_phone": unit.phone,
            "complained_unit": self.unit_name(complained.id) if complained else "-",
            "handler_name": self._name(handler.person if handler else None) or self.unit_name(unit.id),
            "handler_phone": self._handlers_phone(),
            "handler_unit": self.unit_name(handler.unit if handler else unit.id),
            "reachable": self.dossier.customer_known,
            "reason": self.words(core.reason or "unclassified"),
            "complaint_class": self.pack.words_for(limit.complaint_class if limit else None, self.data.language),
        }

    def _handlers_phone(self) -> str | None:
        """Where the handler can be called; at the accepting unit while there is none."""
        handler = self.dossier.core.handler
        if handler is None:
            return self.organisation.units[self.dossier.accepting.unit].phone
        own = self.organisation.people[handler.person].phone if handler.person else None
        return own or self.organisation.units[handler.unit].phone

    def _limit(self) -> dict[str, Any]:
        """The limit, if the recipient may be told: a customer never hears of one that has passed (contract 3)."""
        limit, language = limit_at_issue(self.dossier), self.data.language
        if limit is None or (self.dossier.to_customer and max(self.sent_at, self.tried_at) >= limit.due_at):
            return dict.fromkeys(("due_on", "target_on", "closing", "days_left"))
        return {
            "due_on": date_in_words(limit.due_on, language),
            "target_on": date_in_words(limit.target_on, language) if limit.target_on else None,
            "closing": closing_time(self.organisation.day.local(limit.due_at).time(), language),
            "days_left": self._working_days_to(limit.due_on),
        }

    def _working_days_to(self, due_on: date) -> int | None:
        """The working days after that of the letter, up to the last of the limit; a weekend is no time to work."""
        return self.calendar.between(self.sent_at.date(), due_on) if self.calendar else None

    def _reader(self) -> dict[str, Any]:
        """Whom the letter addresses by name, and whom the reader may ask."""
        named = self._named_reader()
        if not self.kind.to_both:
            return named
        absent = dict.fromkeys(("salutation", "addressed_to", "ask"))
        reader = named.get("customer_name") if self.dossier.to_customer else named["recipient_name"]
        return absent | named | {"to_customer": self.dossier.to_customer, "reader_name": reader}

    def _named_reader(self) -> dict[str, Any]:
        match self.data.recipient:
            case CustomerRecipient():
                named, title = self.texts.get("customer_name"), self.texts.get("customer_title")
                return {"customer_name": named, "salutation": salutation(named, title, self.language)}
            case StaffRecipient(person=person):
                name, unit = self.person_name(person), self.unit_name(self.organisation.people[person].unit)
            case UnitRecipient(unit=id_):
                name = unit = self.unit_name(id_)
            case _:
                assert_never(self.data.recipient)
        return {
            "recipient_name": name,
            "addressed_to": staff_address(name, unit, self.language),
            "ask": self._whom_to_ask(name),
        }

    def _whom_to_ask(self, reader: str) -> str | None:
        """The accepting post, or the handler where that reads the letter; nobody where the reader is both."""
        accepting, handler = self.dossier.accepting, self.dossier.core.handler or self.dossier.accepting
        phone = self.organisation.units[accepting.unit].phone
        posts = (
            Contact(self.unit_name(accepting.unit), self._name(accepting.person), phone),
            Contact(self.unit_name(handler.unit), self._name(handler.person), self._handlers_phone()),
        )
        found = next((one for one in posts if reader not in (one.name, one.unit)), None)
        return contact_in_words(found, self.language) if found else None

    # -- what declarations ask for ---------------------------------------------------------------------

    @property
    def language(self) -> str:
        """The letter's language."""
        return self.data.language

    def words(self, code: str) -> str:
        """A code of the catalogue in words."""
        return in_words(code, self.data.language)

    def date_of(self, instant: datetime) -> str:
        """The bank's date of an instant, as the language writes it."""
        return date_in_words(self.organisation.day.date_of(instant), self.data.language)

    def moment_or_word(self, said: str) -> str:
        """A date, an instant or a code of a receipt, as the language writes it."""
        try:
            return (
                self.date_of(datetime.fromisoformat(said))
                if "T" in said
                else date_in_words(date.fromisoformat(said), self.language)
            )
        except ValueError:
            return self.words(said)

    def moment_of(self, instant: datetime) -> str:
        """The bank's date and time of day of an instant, as the language writes them."""
        at = time_in_words(self.organisation.day.local(instant).time(), self.language)
        return f"{self.date_of(instant)}{at}" if self.language == "zh" else f"{self.date_of(instant)}, {at}"

    def lies_ahead(self, instant: datetime) -> bool:
        """Whether an instant has not come yet when the letter leaves."""
        return instant > max(self.sent_at, self.tried_at)

    def is_not_over(self, day: date) -> bool:
        """Whether a day of the bank is not over yet when the letter leaves."""
        return self.lies_ahead(self.organisation.day.end_of(day))

    def handlers_address(self) -> str | None:
        """The address of the handler's unit, or of the nearest one above it that has one."""
        place = self.dossier.core.handler or self.dossier.accepting
        return next((unit.address for unit in self.organisation.upward(place.unit) if unit.address), None)

    def phone_of(self, unit: str) -> str | None:
        """The telephone of a unit, where the organisation file has it."""
        return self.organisation.units[unit].phone

    def unit_of(self, actor: str) -> str:
        """The name of the unit of who acts; of the one that accepts the case where that is no person."""
        person = person_of(actor)
        return self.unit_name(self.organisation.people[person].unit if person else self.dossier.accepting.unit)

    def is_open(self) -> bool:
        """Whether nothing has ended the case."""
        return not self.dossier.core.ended

    def unit_name(self, unit: str) -> str:
        """The name of a unit."""
        return self.organisation.units[unit].called(self.language)

    def name_of(self, id_: str) -> str:
        """The name of a unit, or of a person."""
        named = None if id_ in self.organisation.units else self.organisation.people.get(id_)
        return named.called(self.language) if named is not None else self.unit_name(id_)

    def who(self, actor: str) -> str:
        """The name of who acts: a person's, or what a channel system is called."""
        person = person_of(actor)
        return self._name(person) or CHANNEL_SYSTEM[self.language]

    def person_name(self, person: str) -> str:
        """The name of somebody of the bank."""
        return self.organisation.people[person].called(self.language)

    def is_in_charge(self) -> bool:
        """Whether the letter's reader is the handler, or the accepting person while there is none."""
        handler = self.dossier.core.handler
        in_charge = handler.person if handler and handler.person else self.dossier.accepting.person
        return in_charge is not None and self.is_reader(in_charge)

    def is_reader(self, person: str) -> bool:
        """Whether the letter goes to this person."""
        return isinstance(self.data.recipient, StaffRecipient) and self.data.recipient.person == person

    def is_owed_by_reader(self, duty: Duty) -> bool:
        """Whether the letter's reader owes a duty: he is its debtor, or holds the post that is."""
        holders = PostHolders(self.organisation, self.dossier.core.parties, self.sent_at.date())
        person = holders.holding(duty.terms.debtor).person
        return person is not None and self.is_reader(person)

    def is_accepting(self) -> bool:
        """Whether the letter's reader accepted the case."""
        accepting = self.dossier.accepting.person
        return isinstance(self.data.recipient, StaffRecipient) and self.data.recipient.person == accepting

    def told_before(self) -> str | None:
        """The limit that the reader was told last, as the language writes it."""
        told = told_before(self.dossier, self.data.recipient)
        return date_in_words(told, self.data.language) if told else None

    def opened(self, name: str) -> str | None:
        """A sealed text that the kind ``opens``, in the clear."""
        return self.texts.get(name)

    def reviewing_institution(self) -> str:
        """The institution above the one that decided, and how to reach it."""
        decided_in = (self.dossier.core.handler or self.dossier.accepting).unit
        return reviewing_institution(self.organisation, decided_in, self.language)

    def mediating_body(self) -> str:
        """Who mediates, and how to reach them."""
        return mediating_body(self.organisation, self.language)

    def _name(self, person: str | None) -> str | None:
        return self.organisation.people[person].called(self.language) if person is not None else None
