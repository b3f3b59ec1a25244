"""A letter kind declares occasions, addressees, fields and limits of the letters of its name. Pure.

What is asked of the case, the organisation and the languages is asked through ``Dossier`` and ``Draft``, so that a
declaration needs to know neither how a case is folded nor how a letter is put together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from services.notify.letters.fields import (
    ADDRESSED_TO,
    ASK,
    COMMON,
    CUSTOMER_NAME,
    DISCIPLINE,
    READER_NAME,
    RECIPIENT_NAME,
    SALUTATION,
    TO_CUSTOMER,
    Field,
)
from services.notify.letters.occasions import Occasion
from shared.contract.envelope import Event
from shared.contract.events.base import EventData, Sealed
from shared.contract.message_kinds import MessageKind

D = TypeVar("D", bound=EventData)
LANGUAGES = ("zh", "en")
"""The languages that templates are written in."""
Why = Literal[
    "withdrawn", "anonymous", "not_reachable_by_email", "not_reachable_in_writing", "quiet_hours", "nobody_to_tell",
    "party_concerned", "no_email", "no_longer_needed", "already_told",
    "own_act", "left",
]  # fmt: skip
"""Why a letter that is due is deliberately not sent."""


class Addressee(Enum):
    """Says who gets a letter; the value tells it on the reference page."""

    CUSTOMER = "the customer"
    HANDLER = "the handler"
    IN_CHARGE = "the handler, or the accepting person while there is none"
    ACCEPTING_PERSON = "the accepting person"
    PERSON_ABOVE = "the person above, whom the case was escalated to"
    DEBTOR = "who owes the duty; whoever holds the post, where nobody was named"
    CLAIMED_SETTLER = "of whom the receipt claims that he settled the matter, until it is confirmed or denied"
    FORMER_HANDLERS = "everybody who was told that it is theirs and whose it is not any more"
    AGENT = "the agent, if there is one"
    WORKING = "while the case is open: the handler, or the accepting person while there is none, and the agent"
    REOPENING = "once the case has ended: the accepting person, who may take it up again"
    RELIEVED = "whoever owed what the fact lets go"
    APPROVER = "who is asked first for the approval"
    ASKER = "who asked for the approval"
    ALARMED = "the unit above the one where nobody was found, or a further one: its office, else its mailbox"
    OFFICE_ABOVE = "the office of the unit above the complained one"
    OVERSEERS = "the accepting person, and the next above on the ladder of who owes the duty; never who owes it himself"
    COPIES = "the units and people in `copy_to`"


class Needless(Enum):
    """Says why a letter is not needed although its occasion has come: the reason on record, and what it means."""

    def __init__(self, why: Why, what: str) -> None:
        self.why = why
        self.what = what

    CASE_OVER = "no_longer_needed", "the case was closed, not accepted or archived"
    ALREADY_TOLD = "already_told", "the handler has it, or it is on its way, and it is not owed anew"
    CLOCK_MET = "no_longer_needed", "what the clock to the reply waits for is done"
    OWN_ACT = "own_act", "its reader did it himself"
    DATE_STANDS = (
        "no_longer_needed",
        "its reader was told no date, or this very one; it has passed, or the answer is not owed any more",
    )
    FIRST_LETTER_SAYS = "already_told", "the first letters say so"
    NOT_SO_ANY_MORE = "no_longer_needed", "what it tells does not count any more, such as after a reopening"
    ABOUT_LETTERS = "no_longer_needed", "the letter that was refused said of another that it did not arrive"
    LONG_AGO = "no_longer_needed", "it was recorded more than five days before: it is no news, such as after an upgrade"
    MISTAKE = "nobody_to_tell", "it was entered by mistake: there is nobody who complained"
    DUTY_DONE = "no_longer_needed", "the duty was done or let go meanwhile"


class Ownership(Enum):
    """Says what a letter tells its reader about whose case it is."""

    YOURS = "the case is theirs"
    NO_LONGER_YOURS = "the case is no longer theirs"


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

    def how_many(self, name: str) -> int:
        """How many events of a type the case has."""

    def happened(self, *names: str) -> tuple[Event, ...]:
        """The events of these types, in the order of the log, the letter's cause left out."""

    @property
    def level(self) -> str:
        """The complaint's level."""

    @property
    def customer_known(self) -> bool:
        """Whether there is a customer who can be told anything."""

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

    def unit_name(self, unit: str) -> str:
        """The name of a unit."""

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


def _opens_nothing(dossier: Dossier) -> Mapping[str, Sealed | None]:
    return {}


@dataclass(frozen=True, slots=True)
class LetterKind:
    """Declares one kind of letter: everything that is particular to it, but for its words, which stand in templates.

    ``occasions`` call for it; ``to`` gets it, each person once; ``unless`` says when it is not needed after all.
    ``must_say`` names the fields without which its template is refused. ``knows`` and ``quotes`` are its own fields,
    each with how it is filled: from the case, or by a sealed text that the sender opens for this kind and no other.
    ``opens`` names further sealed texts that ``knows`` is filled with. ``on_paper``: it is printed where there is no
    e-mail. ``ends``: the kind of duty that is discharged once it was sent by e-mail; where ``answers`` names facts,
    only after one of them. ``at_night``: quiet hours do not hold it back. ``after_withdrawal``: the bank's people get
    it although the complaint was withdrawn. ``tells``: what its reader learns about whose case it is. ``never`` is why
    it is never written: it has no template then. ``tells_date``: its reader knows the limit from it,
    and is told when that moves. ``falls_due`` says what calls for it where no fact does. ``reaches_somebody``: where it
    can go to none of these, it goes to the office of the accepting unit or above; at last to the mailbox at the top.
    """

    name: MessageKind
    occasions: tuple[Occasion, ...]
    to: tuple[Addressee, ...]
    must_say: tuple[str, ...] = ()
    knows: Mapping[Field, Fill] = field(default_factory=dict)
    quotes: Mapping[Field, Quote] = field(default_factory=dict)
    opens: Callable[[Dossier], Mapping[str, Sealed | None]] = _opens_nothing
    unless: tuple[Needless, ...] = ()
    on_paper: bool = False
    ends: str | None = None
    answers: tuple[str, ...] = ()
    at_night: bool = False
    after_withdrawal: bool = False
    tells: Ownership | None = None
    languages: tuple[str, ...] = LANGUAGES
    never: Why | None = None
    tells_date: bool = False
    falls_due: str = ""
    reaches_somebody: bool = False

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself.

        Raises:
            TypeError
        """
        if missing := self.mandatory - self.fields.keys():
            raise TypeError(f"{self.name} must say what it does not know: {', '.join(sorted(missing))}")
        if forbidden := self.forbidden & self.fields.keys():
            raise TypeError(f"{self.name} goes to a customer and knows of staff: {', '.join(sorted(forbidden))}")

    @property
    def to_customer(self) -> bool:
        """Whether it goes to the customer."""
        return Addressee.CUSTOMER in self.to

    @property
    def to_both(self) -> bool:
        """Whether it goes to the customer and to the bank's people."""
        return self.to_customer and len(self.to) > 1

    @property
    def mandatory(self) -> frozenset[str]:
        """The fields that its template must say on every case; every letter names its case."""
        return frozenset({"case_number", *self.must_say})

    @property
    def forbidden(self) -> frozenset[str]:
        """The fields that its template may not even ask for."""
        return DISCIPLINE if self.to_customer else frozenset()

    @property
    def fields(self) -> dict[str, Field]:
        """Every field that its template may use, by name."""
        to_one = (CUSTOMER_NAME, SALUTATION) if self.to_customer else (RECIPIENT_NAME, ADDRESSED_TO, ASK)
        readers = (READER_NAME, TO_CUSTOMER, SALUTATION, ADDRESSED_TO, ASK) if self.to_both else to_one
        return {one.name: one for one in (*COMMON, *readers, *self.knows, *self.quotes)}
