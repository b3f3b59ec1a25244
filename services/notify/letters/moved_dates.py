"""A notice of a moved date tells whoever was told the former one the new one, and why it moved. Pure."""

from datetime import date

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Draft
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import RECOMPUTED
from services.notify.letters.reasons import Needless
from services.notify.letters.words import MOVED_WHY
from shared.contract.events.sla import ClockRecomputed

OLD_DUE_ON = Field("old_due_on", "the date that the reader was told before")
WHY = Field("moved_why", "why the date moved, in words")
BY_BANK = Field("by_bank", "whether the bank is the cause: it classified anew, and it takes longer", Shape.WHETHER)
RECLASSIFIED = "reclassified"


def _why(draft: Draft) -> str:
    return MOVED_WHY[draft.language][draft.dossier.latest(ClockRecomputed).ground]


def _by_bank(draft: Draft) -> bool:
    moved, former = draft.dossier.latest(ClockRecomputed), draft.dossier.former_due_on
    return moved.ground == RECLASSIFIED and moved.deadline.due_on > (former or date.max)


LIMIT_NOTICE = LetterKind(
    "limit_notice",
    occasions=(RECOMPUTED,),
    to=(Addressee.CUSTOMER, Addressee.HANDLER, Addressee.AGENT),
    must_say=("old_due_on", "due_on", "moved_why"),
    knows={OLD_DUE_ON: lambda draft: draft.told_before(), WHY: _why, BY_BANK: _by_bank},
    unless=(Needless.DATE_STANDS,),
    on_paper=True,
    tells_date=True,
    by_sms=True,
)
MOVED_DATES = (LIMIT_NOTICE,)
