"""The preview of a routing: whoever a submission names has to be in the organisation file."""

from typing import Any

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from ops.previews.deadline_and_routing import route
from shared.errors import BadReference

MATTER = {"narrative": "在柜台等了一个小时。", "complained_unit": "dongqiao.hall"}


def submission(**changes: Any) -> dict[str, Any]:
    """A submission as the command takes it."""
    return {"channel": "phone", "complainant": {"name": "田苗", "phone": "0000-5550001"}, "matter": MATTER} | changes


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"received_by": {"unit": "dongqiao", "person": "no.body"}}, "person 'no.body'"),
        ({"received_by": {"unit": "nowhere"}}, "unit 'nowhere'"),
        ({"first_received": {"at": "2020-03-02T09:00:00+08:00", "unit": "nowhere"}}, "unit 'nowhere'"),
        ({"matter": MATTER | {"complained_unit": "nowhere"}}, "unit 'nowhere'"),
        ({"matter": MATTER | {"complained_persons": ["bai.xue", "no.body"]}}, "person 'no.body'"),
    ],
)
def test_whoever_is_not_in_the_organisation_file_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    """An unknown receiving person was shown as first asked."""
    with pytest.raises(BadReference, match=f"There is no {named} in"):
        route(submission(**changes), EXAMPLE_ORGANISATION)


def test_a_duty_is_shown_with_the_post_by_which_it_is_owed() -> None:
    """The head is concerned: the operations supervisor handles, and not as president."""
    found = route(submission(matter=MATTER | {"complained_persons": ["bai.xue"]}), EXAMPLE_ORGANISATION)

    owed = next(duty["debtor"] for duty in found["duties"] if duty["kind"] == "handle")
    assert {"unit": "dongqiao", "post": "operations_supervisor", "person": "he.yun"} == owed
    assert [{"person": "bai.xue", "reason": "party_concerned"}] == found["refused"]
