"""A medium is answered by when it asked for it, else within a working day."""

from datetime import datetime
from typing import Any

import pytest

from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.passing import MediaAnswered
from tests.support.sla_case import SlaCase, at, names

GROUND = {"label": "correct-receipt.ground", "box": "x"}
MEDIA: dict[str, Any] = {"channel": "media", "received_by": {"unit": "dongqiao", "person": None}}


@pytest.mark.parametrize(
    ("answer_by", "due_at"),
    [(None, "07 00:00"), ("2020-03-05T15:00:00+08:00", "05 15:00"), ("2020-03-05T09:00:00+08:00", "07 00:00")],
)
@pytest.mark.holds("article-2.5.2")
def test_the_answer_is_due_when_the_medium_wants_it(answer_by: str | None, due_at: str) -> None:
    """A date that had passed when the case came is chased by nobody: then there is a working day."""
    case = SlaCase(**MEDIA, details={"answer_by": answer_by} if answer_by else {})
    (clock,) = case.clocks("respond_media")

    assert at(due_at) == datetime.fromisoformat(clock["due_at"])


@pytest.mark.parametrize(
    ("answer_by", "corrected", "due_at"),
    [
        ("2020-03-05T15:00:00+08:00", "2020-03-05T16:00:00+08:00", "05 16:00"),
        (None, "2020-03-05T17:00:00+08:00", "05 17:00"),
        ("2020-03-05T15:00:00+08:00", None, "07 00:00"),
    ],
)
def test_a_corrected_time_moves_the_answer(answer_by: str | None, corrected: str | None, due_at: str) -> None:
    """Another time, one where none was said, and none where one was."""
    case = SlaCase(**MEDIA, details={"answer_by": answer_by} if answer_by else {})
    said = case.did(ReceiptCorrected, at("05 11:00"), pointer="/details/answer_by", value=corrected, ground=GROUND)
    (clock,) = case.clocks("respond_media")

    assert [("ClockRecomputed", "respond_media")] == names(said)
    assert at(due_at) == datetime.fromisoformat(clock["due_at"])


def test_only_the_final_answer_meets_it() -> None:
    """And with it goes what of the bank's own clock waited for it."""
    case = SlaCase(**MEDIA)

    assert [] == case.did(MediaAnswered, at("05 11:00"))
    met = case.did(MediaAnswered, at("05 12:00"), ends=["respond_media"])
    assert [("ClockMet", "respond_media")] == names(met)
