"""Nobody is told twice of a duty by the letters of one fact: notes of what others of them tell are left out. Pure."""

from collections.abc import Sequence

from services.notify.bank_readers import BankReaders
from services.notify.letters.duties_over import DUTY_OVER_NOTICE
from services.notify.letters.duty_notices import DUTY_NOTICE
from services.notify.letters.kinds import DECLARED, HAND_OVER
from services.notify.message_facts import Outcome, reader_person
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import KINDS as DUTY_KINDS

Weighed = tuple[Outcome, bool]
"""A letter, and whether it is one of which nothing need be said."""


def told_once(readers: BankReaders, found: Sequence[Weighed]) -> list[Weighed]:
    """The letters without those of new duties, or of duties taken, of which their readers learn by another of them."""
    names = {letter.kind for letter, _ in found}
    if DUTY_OVER_NOTICE.name in names:
        found = _relieved_once(readers, found)
    if DUTY_NOTICE.name not in names:
        return list(found)
    told: set[tuple[str | None, str]] = {(reader_person(letter), letter.kind) for letter, _ in found}
    owed = readers.owing()
    missed = {to.person for to, duties in owed.items() if not all(_is_told(to, duty, told) for duty in duties)}
    return [one for one in found if one[0].kind != DUTY_NOTICE.name or reader_person(one[0]) in missed]


def _relieved_once(readers: BankReaders, found: Sequence[Weighed]) -> list[Weighed]:
    """The letters without those of duties taken of which their readers learn by another one of them."""
    told = {(reader_person(letter), duty) for letter, _ in found for duty in DECLARED[letter.kind].relieves}
    freed = readers.freed().items()
    missed = {to.person for to, duties in freed if any((to.person, duty.terms.kind) not in told for duty in duties)}
    return [one for one in found if one[0].kind != DUTY_OVER_NOTICE.name or reader_person(one[0]) in missed]


def _is_told(to: Place, duty: Duty, told: set[tuple[str | None, str]]) -> bool:
    """Whether one of these letters tells somebody of a duty."""
    kind = DUTY_KINDS[duty.terms.kind]
    letters = {*kind.told_by, *(HAND_OVER if kind.follows_handler else ())}
    return any((to.person, letter) in told for letter in letters)
