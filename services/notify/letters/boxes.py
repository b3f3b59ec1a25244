"""A missed review of an opinion box is told to whoever has to look into it and heads the unit (article 2.2). Pure."""

from services.notify.letters.addressees import Addressee
from services.notify.letters.fields import Field
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import Occasion
from shared.contract.amounts import date_in_words
from shared.contract.events.sla import BoxReviewMissed

BOX_UNIT = Field("box_unit", "name of the unit where the box hangs")
MISSED_DAY = Field("missed_day", "the day whose review was missed, as the language writes it")
BOX_REVIEW_ALARM = LetterKind(
    "box_review_alarm",
    occasions=(Occasion("BoxReviewMissed"),),
    to=(Addressee.BOX_KEEPERS,),
    must_say=("box_unit", "missed_day"),
    knows={
        BOX_UNIT: lambda draft: draft.unit_name(draft.dossier.latest(BoxReviewMissed).unit),
        MISSED_DAY: lambda draft: date_in_words(draft.dossier.latest(BoxReviewMissed).date, draft.language),
    },
    of_box=True,
    reaches_somebody=True,
)
BOXES = (BOX_REVIEW_ALARM,)
