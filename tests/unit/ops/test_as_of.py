"""A case as it was at an instant, from the command line: before its first record there was none."""

from datetime import timedelta

import pytest

from ops.verify.timeline import recorded_by, shown
from shared.case.numbers import UnknownCase
from tests.support.facts import NOW, event, receipt

SECOND = timedelta(seconds=1)


def test_what_was_recorded_by_then_is_told() -> None:
    """The instant of the record itself is included."""
    log = [event(receipt()), event(receipt(), "later", at=NOW + SECOND)]

    assert [log[:1], log] == [recorded_by(log, NOW), recorded_by(log, NOW + SECOND)]
    assert log[0].subject == shown(recorded_by(log, NOW))["case_id"]


def test_before_its_first_record_a_case_is_unknown_and_the_way_out_is_said() -> None:
    """One line, and the exit code of wrong input."""
    with pytest.raises(UnknownCase, match=r"Nothing of this case was recorded by 2020-03-05T09:59:59.*later time"):
        recorded_by([event(receipt())], NOW - SECOND)
