"""Where a complaint belongs, and when it has gone above that place (contract 9, *Place* and *escalated*)."""

import pytest

from services.console.projection.case_rows import Fact
from services.console.statistics.definitions import is_escalated, place_of
from shared.bank.organisation_file import parse_organisation
from tests.support.casework import ORGANISATION

BANK = parse_organisation(ORGANISATION)


@pytest.mark.parametrize(
    ("unit", "place"),
    [
        ("dongqiao.hall", "dongqiao.hall"),
        ("dongqiao.lending", "dongqiao"),
        ("dongqiao", "dongqiao"),
        ("province", None),
        ("gone.unit", None),
        (None, None),
    ],
)
def test_the_place_is_the_nearest_outlet_or_sub_branch(unit: str | None, place: str | None) -> None:
    """A branch has none; neither has a unit that is not there any more."""
    assert place == place_of(BANK, unit)


@pytest.mark.parametrize(
    ("unit", "handler", "up"),
    [
        ("dongqiao.hall", "dongqiao.hall", False),
        ("dongqiao.hall", "dongqiao", True),
        ("dongqiao.lending", "dongqiao", False),
        ("dongqiao.lending", "dongqiao.operations", False),
        ("dongqiao.lending", "province", True),
        ("province", "province", False),
        (None, "province", False),
        ("dongqiao.hall", None, False),
    ],
)
def test_a_case_goes_up_when_nobody_of_its_place_handles_it(unit: str | None, handler: str | None, up: bool) -> None:
    """Units below the place belong to it."""
    fact = Fact("2020-03-05", "phone", None, unit, handler, False, 1, False, False, False, False, 0, 0, None, None)

    assert up is is_escalated(fact, BANK)
