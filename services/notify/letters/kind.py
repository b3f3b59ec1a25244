"""A letter kind declares occasions, addressees, fields and limits of the letters of its name. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Fill, Quote
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
from services.notify.letters.reasons import Needless, Why
from shared.contract.events.base import Sealed
from shared.contract.message_kinds import MessageKind

LANGUAGES = ("zh", "en")
"""The languages that templates are written in."""
BANK_LANGUAGE = "zh"
"""The language of letters to the bank's own people."""


class Ownership(Enum):
    """Says what a letter tells its reader about whose case it is."""

    YOURS = "the case is theirs"
    NO_LONGER_YOURS = "the case is no longer theirs"


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
