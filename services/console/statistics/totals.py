"""The figures add up groups of cases (contract 9, *Definitions*; docs/explanation/statistics.md). Pure."""

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from services.console.statistics.counted_case import CountedCase
from services.console.statistics.figures import Known
from services.console.statistics.outlet_involved import is_escalated
from shared.bank.organisation import Organisation

RATED = ("satisfied", "mostly_satisfied", "dissatisfied")
SATISFACTION = (*RATED, "not_reached", "declined")
THOUSANDTH = Decimal("0.001")
UNDETERMINED, UNCLASSIFIED = "undetermined", "unclassified"
"""Stand for the unit, and the reason, of cases that have none."""


class CaseGroup(NamedTuple):
    """A group holds cases that are alike in everything that is counted."""

    alike: CountedCase
    cases: int
    persons: int


def totals(
    groups: Iterable[CaseGroup], organisation: Organisation, customers: Known, transactions: Known
) -> dict[str, Any]:
    """Add up the figures of contract 9 from groups of the cases that count."""
    counted = list(groups)
    complaints = _count(counted)
    escalated = [g for g in counted if _escalated(g.alike, organisation)]
    ended = _count(g for g in counted if g.alike.resolved)
    ended_above = _count(g for g in escalated if g.alike.resolved)
    kept = sum(g.alike.clocks_kept * g.cases for g in counted)
    judged = sum(g.alike.clocks_judged * g.cases for g in counted)
    return {
        "complaints": complaints,
        "persons": sum(g.persons for g in counted),
        "per_10k_customers": per_10k(complaints, customers.value),
        "per_10k_transactions": per_10k(complaints, transactions.value),
        "inside": _count(g for g in counted if not g.alike.outside),
        "outside": _count(g for g in counted if g.alike.outside),
        "resolved_in_place_rate": percent(ended - ended_above, ended),
        "escalated": _count(escalated),
        "repeat": _count(g for g in counted if g.alike.repeat),
        "on_time_rate": percent(kept, judged),
        "satisfaction": _satisfaction(counted),
        "by_channel": _by(counted, lambda case: case.channel),
        "by_reason": _by(counted, lambda case: case.reason or UNCLASSIFIED),
        "by_unit": _by(counted, lambda case: case.unit or UNDETERMINED),
    }


def per_10k(complaints: int, base: int | None) -> str | None:
    """Complaints per 10,000; None where the base is unknown or nothing."""
    return _rounded(Decimal(complaints) * 10_000 / base) if base else None


def percent(part: int, whole: int) -> str | None:
    """A percentage; None where there is nothing to take it of."""
    return _rounded(Decimal(part) * 100 / whole) if whole else None


def _rounded(value: Decimal) -> str:
    """Three places, half up, as people round."""
    return str(value.quantize(THOUSANDTH, ROUND_HALF_UP))


def _escalated(case: CountedCase, organisation: Organisation) -> bool:
    return is_escalated(case.escalated, case.unit, case.handler_unit, organisation)


def _count(groups: Iterable[CaseGroup]) -> int:
    return sum(group.cases for group in groups)


def _satisfaction(groups: list[CaseGroup]) -> dict[str, Any]:
    counts = {value: _count(g for g in groups if g.alike.satisfaction == value) for value in SATISFACTION}
    rated = sum(counts[value] for value in RATED)
    return counts | {"rate": percent(counts["satisfied"] + counts["mostly_satisfied"], rated)}


def _by(groups: list[CaseGroup], key: Any) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for group in groups:
        counts[key(group.alike)] += group.cases
    return {name: count for name, count in sorted(counts.items()) if count}
