"""How long an archived case is kept."""

from datetime import datetime

import pytest

from shared.contract.events.ending import CaseArchived
from tests.support.casework import Case, Refused


@pytest.mark.parametrize(
    ("ended_on", "least", "too_short"),
    [("2020-03-05", "2025-03-05", "2025-03-04"), ("2020-02-29", "2025-02-28", "2025-02-27")],
)
@pytest.mark.holds("practice-36")
def test_a_case_is_kept_for_five_years_from_its_end(ended_on: str, least: str, too_short: str) -> None:
    """Also where it is archived later; who says no day keeps it just so long."""
    at = datetime.fromisoformat(f"{ended_on}T09:00:00+08:00")
    case = Case(received_at=at, first_received={"at": at, "unit": "dongqiao"})
    case.does("lin.fang", "withdraw", at=at, received_at=at.isoformat(), way="letter", proof="撤诉书")
    found = case.refuses("zhong.an", "archive", place="A-1", retain_until=too_short)
    fact = case.does("zhong.an", "archive", place="A-1")

    assert Refused("retention_too_short", ("/retain_until",)) == found
    assert isinstance(fact, CaseArchived)
    assert least == fact.retain_until.isoformat()
