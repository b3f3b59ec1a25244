"""The example organisation with opinion boxes, and reviews of them."""

from datetime import date, datetime
from typing import Any

from ops.local.reference import EXAMPLE_ORGANISATION
from shared.contract.envelope import Event
from shared.contract.events.intake import OpinionBoxReviewed
from shared.contract.ids import box_subject
from tests.support.facts import event

UNIT = "dongqiao"
BOX = box_subject(UNIT)
HEAD = "kind: sub_branch, parent: province"


def with_box(box: str, file: str | None = None) -> str:
    """The organisation file whose sub-branch has this box."""
    text = file or EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
    assert HEAD in text
    return text.replace(HEAD, f"{HEAD}, opinion_box: {box}", 1)


def reviewed(day: str, at: datetime, *, late: bool = False, cause: str = "", **more: Any) -> Event:
    """The event of a review of the box for a day."""
    data = {"unit": UNIT, "date": date.fromisoformat(day), "opened_at": at, "reviewer": "mo.ran", "witness": "he.yun"}
    fact = OpinionBoxReviewed.model_validate(data | {"entries_found": 0, "late": late} | more)
    return event(fact, cause or day, at=at)._replace(subject=BOX, correlationid=BOX)
