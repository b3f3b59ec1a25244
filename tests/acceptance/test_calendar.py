"""A calendar that arrives late: the limit is provisional until it is in force, and then computed anew by event."""

import json
from pathlib import Path

import pytest

from tests.acceptance.test_telephone import BODY, post
from tests.support.installation import installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.long]
IN_FORCE = "2026-12-30T10:01:30+08:00"
YEAR_2027 = """\
country: CN
year: 2027
status: official
notice: an invented arrangement, only for this test
days_off: [{date: 2027-01-01, name: New Year}, {date: 2027-01-04, name: a day off}]
make_up_working_days: []
"""


def test_a_provisional_limit_is_computed_anew_when_its_calendar_comes_into_force(tmp_path: Path) -> None:
    """Received on 30 December 2026: due on 4 January by weekends alone, on 5 January by the calendar."""
    calendar = tmp_path / "cn-2027.yaml"
    calendar.write_text(YEAR_2027, encoding="utf-8")
    with installed(tmp_path / "data", "steered:2026-12-30T10:00:00+08:00") as settings:
        data = ("--data", str(settings.data))
        number = post(settings, "late-calendar", BODY).json()["case_number"]
        redress("clock", "advance-to", "2026-12-30T10:01:00+08:00", *data)
        before = json.loads(redress("case", "show", number, *data, "--json").stdout)["clocks"][0]
        redress(
            "reference", "publish", "calendar", str(calendar), "--who", "tester", "--why", "the notice is out",
            "--effective-from", IN_FORCE, *data,
        )  # fmt: skip
        refused = redress("reference", "publish", "calendar", __file__, "--who", "x", "--why", "x", *data, check=False)
        redress("clock", "advance-to", "2026-12-30T10:02:00+08:00", *data)
        after = json.loads(redress("case", "show", number, *data, "--json").stdout)["clocks"][0]
        entries = json.loads(redress("case", "timeline", number, *data, "--json").stdout)["entries"]
        redress("rebuild", "verify", *data)

    assert ("2027-01-04", True) == (before["due_on"], before["provisional"])
    assert ("2027-01-06", False) == (after["due_on"], after["provisional"])
    assert {IN_FORCE} == {e["recordedtime"] for e in entries if e["type"].startswith("redress.ClockRecomputed")}
    assert 2 == refused.returncode
    assert "no YAML" in refused.stderr
