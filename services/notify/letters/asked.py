"""What declarations of letters ask: of the case through ``Dossier``, while a letter is written through ``Draft``. Pure.

So a declaration needs to know neither how a case is folded nor how a letter is put together.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from shared.contract.envelope import Event
from shared.contract.events.base import EventData, Sealed

D = TypeVar("D", bound=EventData)


class SaidAgain(NamedTuple):
    """Holds what a further receipt said, and when it came."""

    at: datetime
    narrative: Sealed


class Dossier(Protocol):
    """Answers what a declaration asks of the case, as it stood when the letter was decided."""

    @property
    def cause(self) -> Event:
        """The fact that the letter answers."""

    @property
    def narrative(self) -> Sealed:
        """What the customer says."""

    @property
    def request(self) -> Sealed | None:
        """What the customer asks for."""

    @property
    def complainant_name(self) -> Sealed | None:
        """Who complains: the customer, else the first of those who speak for a group."""

    @property
    def customer_name(self) -> Sealed | None:
        """The customer's name, as the last receipt that names one has it."""

    @property
    def customer_phone(self) -> Sealed | None:
        """The customer's telephone, as the last receipt that names one has it."""

    @property
    def customer(self) -> Any:
        """The customer as the receipts name and reach him, as it was said or corrected last."""

    def how_many(self, name: str) -> int:
        """How many events of a type the case has."""

    def happened(self, *names: str) -> tuple[Event, ...]:
        """The events of these types, in the order of the log, the letter's cause left out."""

    @property
    def level(self) -> str:
        """The complaint's level."""

    @property
    def answered(self) -> bool:
        """Whether the customer has had the bank's answer."""

    def debtor_of(self, kind: str) -> Any:
        """Who owes, or owed last, a duty of a kind; who accepted the case, where nobody ever did."""

    @property
    def newly_owed(self) -> tuple[Any, ...]:
        """The duties that the letter's cause made others owe than who brought it about (``moved_duties``)."""

    @property
    def let_go(self) -> tuple[Any, ...]:
        """The duties that the letter's cause took from whoever owed them, undone (``moved_duties``)."""

    def owed(self, duty: Any) -> tuple[Any, ...]:
        """The open duties of the kind and level of another one."""

    @property
    def people(self) -> int | None:
        """How many people complain together; None where nobody said."""

    @property
    def customer_known(self) -> bool:
        """Whether there is a customer who can be told anything."""

    @property
    def relation(self) -> str | None:
        """As what somebody speaks for the customer; None where nobody does."""

    @property
    def speakers(self) -> Any:
        """Who speaks besides the customer, for whoever is too deep to know their shape; None where nobody does."""

    @property
    def chains(self) -> Any:
        """The levels that the case is passed through, for whoever is too deep to know their shape."""

    @property
    def late(self) -> bool:
        """Whether the bank missed its own limit."""

    @property
    def duty_at_issue(self) -> str:
        """The kind of the duty that the cause is about."""

    @property
    def former_due_on(self) -> date | None:
        """The last day of the bank's own limit as it stood before it last moved."""

    @property
    def agent(self) -> str | None:
        """The agent, if there is one."""

    @property
    def said_again(self) -> tuple[SaidAgain, ...]:
        """What the further receipts of the same complaint said, in the order of the log."""

    @property
    def received_times(self) -> int:
        """How often the complaint was received so far."""

    def did(self, *names: str) -> bool:
        """Whether one of these event types counts on the case."""

    def last(self, name: str) -> Any:
        """The fact of a type that the letter is about, for whoever is too deep to know its shape."""

    def latest(self, shape: type[D]) -> D:
        """The fact of a type that the letter is about: its cause, else the last before it."""

    def doer(self, name: str) -> str:
        """Who brought the last fact of a type about."""


class Draft(Protocol):
    """Answers what a declaration asks while its letter is written: words of its language, names of the bank."""

    @property
    def dossier(self) -> Dossier:
        """The case."""

    @property
    def language(self) -> str:
        """The letter's language."""

    def words(self, code: str) -> str:
        """A code of the catalogue in words."""

    def date_of(self, instant: datetime) -> str:
        """The bank's date of an instant, as the language writes it."""

    def moment_or_word(self, said: str) -> str:
        """A date, an instant or a code of a receipt, as the language writes it."""

    def moment_of(self, instant: datetime) -> str:
        """The bank's date and time of day of an instant, as the language writes them."""

    def lies_ahead(self, instant: datetime) -> bool:
        """Whether an instant has not come yet when the letter leaves."""

    def is_not_over(self, day: date) -> bool:
        """Whether a day of the bank is not over yet when the letter leaves."""

    def handlers_address(self) -> str | None:
        """The address of the handler's unit, or of the nearest one above it that has one."""

    def unit_name(self, unit: str) -> str:
        """The name of a unit."""

    def phone_of(self, unit: str) -> str | None:
        """The telephone of a unit, where the organisation file has it."""

    def unit_of(self, actor: str) -> str:
        """The name of the unit of who acts."""

    def is_open(self) -> bool:
        """Whether nothing has ended the case."""

    def name_of(self, id_: str) -> str:
        """The name of a unit, or of a person."""

    def who(self, actor: str) -> str:
        """The name of who acts: a person's, or what a channel system is called."""

    def person_name(self, person: str) -> str:
        """The name of somebody of the bank."""

    def is_accepting(self) -> bool:
        """Whether the letter's reader accepted the case."""

    def is_in_charge(self) -> bool:
        """Whether the letter's reader is the handler, or the accepting person while there is none."""

    def is_reader(self, person: str) -> bool:
        """Whether the letter goes to this person."""

    def is_owed_by_reader(self, duty: Any) -> bool:
        """Whether the letter's reader owes a duty: he is its debtor, or holds the post that is."""

    def told_before(self) -> str | None:
        """The limit that the reader was told last, as the language writes it."""

    def reviewing_institution(self) -> str:
        """The institution above the one that decided, and how to reach it."""

    def mediating_body(self) -> str:
        """Who mediates, and how to reach them."""

    def opened(self, name: str) -> str | None:
        """A sealed text that the kind ``opens``, in the clear."""


Fill = Callable[[Draft], Any]
Quote = Callable[[Dossier], Sealed | None]
