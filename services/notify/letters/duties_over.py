"""A note tells whoever owed something that it is not his any more, and who has it now. Pure."""

from collections.abc import Iterator

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Draft
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import TAKES_DUTIES
from services.notify.letters.reasons import Needless
from services.notify.letters.words import OVER_NOW
from shared.case.duties import Duty
from shared.case.duty_kinds import called

DUTIES_OVER = Field("duties_over", "a row: what its reader owed, and who owes it now, if anybody does", Shape.ROW)


def _over(draft: Draft) -> tuple[str, ...]:
    return tuple(_said(draft, duty) for duty in _readers(draft))


def _readers(draft: Draft) -> Iterator[Duty]:
    """What the letter's reader owed that the fact took from him, and that he does not owe again."""
    for duty in draft.dossier.let_go:
        again = any(draft.is_owed_by_reader(one) for one in draft.dossier.owed(duty))
        if draft.is_owed_by_reader(duty) and not again:
            yield duty


def _said(draft: Draft, duty: Duty) -> str:
    what = called(duty.terms.kind, draft.language)
    words, now = OVER_NOW[draft.language], next(reversed(draft.dossier.owed(duty)), None)
    if now is None:
        said = words["nobody"].format(what=what)
    else:
        place = now.terms.debtor
        unit = draft.unit_name(place.unit)
        who = draft.person_name(place.person) if place.person is not None else None
        said = words["somebody" if who else "unit"].format(what=what, unit=unit, who=who)
    return said[:1].upper() + said[1:]


DUTY_OVER_NOTICE = LetterKind(
    "duty_over_notice",
    occasions=TAKES_DUTIES,
    to=(Addressee.FORMER_DEBTORS,),
    must_say=("duties_over", "complained_unit"),
    knows={DUTIES_OVER: _over},
    unless=(Needless.OWED_AGAIN, Needless.LONG_AGO),
    after_withdrawal=True,
)
DUTIES_OVER_LETTERS = (DUTY_OVER_NOTICE,)
