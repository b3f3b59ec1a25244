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
BANK_LANGUAGE = "zh"
"""The language of letters to the bank's own people."""
Why = Literal[
    "withdrawn", "anonymous", "not_reachable_by_email", "not_reachable_in_writing", "quiet_hours", "nobody_to_tell",
    "party_concerned", "no_email", "no_longer_needed", "already_told",
    "own_act", "left", "call_first", "authority_open", "authority_not_proved", "no_longer_speaks",
    "machine_wrote",
]  # fmt: skip
"""Why a letter that is due is deliberately not sent."""


class Addressee(Enum):
    """Says who gets a letter; the value tells it on the reference page."""

    CUSTOMER = "the customer; of a joint complaint each representative who can be written to"
    PROXY = "who speaks for the customer, whatever is proved"
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
    WARNED = (
        "where a scanner found something: the handler, or the accepting person while there is none or once the case "
        "has ended, and the agent"
    )
    RELIEVED = "whoever owed what the fact lets go"
    APPROVER = "who is asked first for the approval"
    ASKED = "who owes what the fact asks for"
    ASKER = "who asked for the approval"
    REVIEWER = "who owes the review that the fact opens"
    PRESIDENT_OFFICE = (
        "of a major case: the president's office of the complained unit or above it, else the office above"
    )
    ALARMED = "the unit above the one where nobody was found, or a further one: its office, else its mailbox"
    OFFICE_ABOVE = "the office of the unit above the complained one"
    NEXT_LEVEL = "the level that gets it: whoever holds its post; at the end of the way down the handler"
    DOER = "who did it, to sign and send it"
    FORMER_DEBTORS = (
        "everybody else who owed something that it takes from him undone, and is told so by no other letter about it"
    )
    NEW_DEBTORS = "everybody else who owes something by it, and is told so by no other letter about it"
    OVERSEERS = (
        "the accepting person, and the next above on the ladder of who owes the duty, unless the case goes up there "
        "for this silence; never who owes it himself"
    )
    BOX_KEEPERS = "the head of operations where the box hangs, or of the nearest unit above, and who heads the unit"
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
    REVISED_SINCE = "no_longer_needed", "the decision that it tells was revised since"
    DECIDED_SINCE = "no_longer_needed", "what it tells is about an outcome that was revised since"
    CASE_OVER_OR_REVIEWED = "no_longer_needed", "the review is not owed any more"
    ABOUT_LETTERS = "no_longer_needed", "the letter that was refused said of another that it did not arrive"
    LONG_AGO = "no_longer_needed", "it was recorded more than five days before: it is no news, such as after an upgrade"
    MISTAKE = "nobody_to_tell", "it was entered by mistake: there is nobody who complained"
    CALL_FIRST = (
        "call_first",
        "the customer wants to be rung first: the handler is told",
    )
    NO_CALL_WISHED = "no_longer_needed", "nobody who may be told wants to be rung first, or the answer was given"
    NO_CLAIM = "no_longer_needed", "nobody speaks for the customer whose authority is only claimed"
    NOT_REFUSED = "no_longer_needed", "nobody speaks for the customer who could not prove that he may"
    AUTHORITY_LETTER_SAYS = "already_told", "the letter that asks for the proof of the authority says so"
    NOT_OWED = "already_told", "it is owed on other channels only, or was handed over"
    DUTIES_DONE = "no_longer_needed", "what its reader owed by it was done or let go meanwhile"
    OWED_AGAIN = "no_longer_needed", "its reader owes it again"
    DUTY_DONE = "no_longer_needed", "the duty was done or let go meanwhile"
    MACHINE_WROTE = (
        "machine_wrote",
        "a machine wrote the message, or may have: two would answer each other for ever",
    )
    PLAN_OVER = (
        "no_longer_needed",
        "the offer was answered or replaced, what was agreed on was replaced, its time has come, or the case is over",
    )


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


def _opens_nothing(dossier: Dossier) -> Mapping[str, Sealed | None]:
    return {}


@dataclass(frozen=True, slots=True)
class LetterKind:
    """Declares one kind of letter: everything that is particular to it, but for its words, which stand in templates.

    ``occasions`` call for it; ``to`` gets it, each person once; ``unless`` says when it is not needed after all.
    ``must_say`` names the fields without which its template is refused. ``knows`` and ``quotes`` are its own fields,
    each with how it is filled: from the case, or by a sealed text that the sender opens for this kind and no other.
    ``opens`` names further sealed texts that ``knows`` is filled with. ``on_paper``: it is printed where there is no
    e-mail; ``by_sms``: it goes as a text message where there is a telephone and no e-mail. ``ends``: the kind of duty
    that is discharged once it was sent, but on paper; where ``answers`` names facts, only after one of them.
    ``at_night``: quiet hours do not hold it back. ``after_withdrawal``: the bank's people get it although the complaint
    was withdrawn. ``tells``: what its reader learns about whose case it is. ``never`` is why
    it is never written: it has no template then. ``tells_date``: its reader knows the limit from it,
    and is told when that moves. ``falls_due`` says what calls for it where no fact does. ``reaches_somebody``: where it
    can go to none of these, it goes to the office of the accepting unit or above; at last to the mailbox at the top.
    ``relieves``: the kinds of duties of which its reader learns by it that he owes them no more. ``of_box``: it is
    about an opinion box, which is no case and has no number. ``lasts``: what it tells still counts later, so who
    speaks on the case only since then is told it too.
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
    by_sms: bool = False
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
    of_box: bool = False
    relieves: frozenset[str] = frozenset()
    lasts: bool = False

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
        return bool({Addressee.CUSTOMER, Addressee.PROXY} & set(self.to))

    @property
    def to_both(self) -> bool:
        """Whether it goes to the customer and to the bank's people."""
        return self.to_customer and len(self.to) > 1

    @property
    def mandatory(self) -> frozenset[str]:
        """The fields that its template must say on every case; every letter names its case."""
        return frozenset(self.must_say if self.of_box else ("case_number", *self.must_say))

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
