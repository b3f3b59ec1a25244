"""Which outlet a complaint involves, and when it has gone above it (contract 9, *Place* and *escalated*)."""

import pytest

from services.console.statistics.outlet_involved import is_escalated, outlet_involved
from shared.bank.organisation_file import parse_organisation
from tests.support.casework import ORGANISATION

BANK = parse_organisation(ORGANISATION)


@pytest.mark.parametrize(
    ("unit", "outlet"),
    [
        ("dongqiao.hall", "dongqiao.hall"),
        ("dongqiao.lending", "dongqiao"),
        ("dongqiao", "dongqiao"),
        ("province", None),
        ("gone.unit", None),
        (None, None),
    ],
)
def test_the_outlet_involved_is_the_nearest_one_or_the_sub_branch(unit: str | None, outlet: str | None) -> None:
    """A branch has none; neither has a unit that is not there any more."""
    assert outlet == outlet_involved(BANK, unit)


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
def test_a_case_goes_up_when_nobody_of_its_outlet_handles_it(unit: str | None, handler: str | None, up: bool) -> None:
    """Units below the outlet belong to it; CaseEscalated says so whoever handles."""
    assert up is is_escalated(False, unit, handler, BANK)
    assert is_escalated(True, unit, handler, BANK)
