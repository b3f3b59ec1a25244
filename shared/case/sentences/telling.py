"""A telling says one fact in one language: who did it, who and what it concerns, in names and words, never in codes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from shared.case.duty_kinds import KINDS, called
from shared.case.letter_readers import Readers
from shared.contract.amounts import date_in_words
from shared.contract.envelope import Event
from shared.contract.events.stored.parts import PersonAtData, PostAtData
from shared.contract.refusal_words import Language
from shared.contract.words import WORDS, post_in_unit

D = TypeVar("D")
NOBODY = {"zh": "（暂无）", "en": "nobody yet"}
SOMETHING = {"zh": "其他", "en": "something else"}
KIB, MIB = 2**10, 2**20


class Names(Protocol):
    """Whoever knows what people and units are called, and the bank's day."""

    def person(self, id_: str, language: str) -> str:
        """The name of a person."""

    def unit(self, id_: str, language: str) -> str:
        """The name of a unit."""

    def local(self, instant: datetime) -> datetime:
        """An instant in the bank's time zone."""


@dataclass(frozen=True, slots=True)
class Telling(Generic[D]):
    """One event in one language (``zh`` or ``en``). ``data`` is as stored; what is sealed in it is never said.

    ``readers``: whom letters of the case can go to besides the customer.
    """

    data: D
    event: Event
    names: Names
    language: Language
    readers: Readers = field(default_factory=dict)

    @property
    def zh(self) -> bool:
        """Whether it is told in Chinese."""
        return self.language == "zh"

    @property
    def actor(self) -> str:
        """Who did it: a person by name, else the bank's system or the system of a channel."""
        kind, _, id_ = self.event.actor.partition(":")
        if kind == "person":
            return self.person(id_)
        if kind == "channel":
            return "渠道系统" if self.zh else "a channel system"
        return "系统" if self.zh else "the system"

    def word(self, code: str | None) -> str:
        """A code of the catalogue in words."""
        return WORDS[self.language].get(code or "", SOMETHING[self.language])

    def person(self, id_: str | None) -> str:
        """A person by name."""
        return self.names.person(id_, self.language) if id_ else NOBODY[self.language]

    def unit(self, id_: str) -> str:
        """A unit by name."""
        return self.names.unit(id_, self.language)

    def at(self, place: PersonAtData | PostAtData | None) -> str:
        """Somebody with his unit, and the post by which he is meant; a unit alone where it is nobody in particular."""
        if place is None:
            return NOBODY[self.language]
        where = post_in_unit(self.unit(place["unit"]), str(place.get("post")), self.language)
        if place["person"] is None:
            return where
        return f"{self.person(place['person'])}（{where}）" if self.zh else f"{self.person(place['person'])} ({where})"

    def duty(self, kind: str) -> str:
        """A kind of duty in words."""
        return called(kind, self.language) if kind in KINDS else SOMETHING[self.language]

    def listed(self, parts: Iterable[str]) -> str:
        """Several things in a row."""
        return ("、" if self.zh else ", ").join(parts)

    def day(self, text: str) -> str:
        """A date, as the language writes it."""
        return date_in_words(date.fromisoformat(text), self.language)

    def moment(self, text: str) -> str:
        """An instant of the bank's day."""
        local = self.names.local(datetime.fromisoformat(text))
        day = date_in_words(local.date(), self.language)
        return f"{day}{local:%H:%M}" if self.zh else f"{day}, {local:%H:%M}"

    def size(self, size_bytes: int) -> str:
        """The size of a file, as people say it."""
        if size_bytes >= MIB:
            return f"{size_bytes / MIB:.1f}MB"
        return f"{max(1, round(size_bytes / KIB))}KB"


Say = Callable[[Telling[D]], str]


class Sentence(NamedTuple, Generic[D]):
    """What a timeline says of one fact, in Chinese and in English."""

    zh: Say[D]
    en: Say[D]


Sentences = dict[str, Sentence[Any]]
