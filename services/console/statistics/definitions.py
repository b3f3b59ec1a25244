"""The statistics' definitions (contract 9, *Definitions*; docs/explanation/statistics.md). Pure."""

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from services.console.projection.case_rows import Fact
from services.console.statistics.figures import Known
from shared.bank.organisation import Organisation

PLACES = ("outlet", "sub_branch")
RATED = ("satisfied", "mostly_satisfied", "dissatisfied")
SATISFACTION = (*RATED, "not_reached", "declined")
THOUSANDTH = Decimal("0.001")
UNDETERMINED, UNCLASSIFIED = "undetermined", "unclassified"
"""Stand for the unit, and the reason, of cases that have none."""


class Group(NamedTuple):
    """Cases that are alike in everything that is counted."""

    fact: Fact
    cases: int
    persons: int


def statistics(
    groups: Iterable[Group], organisation: Organisation, customers: Known, transactions: Known
) -> dict[str, Any]:
    """The figures of contract 9 from groups of the cases that count."""
    counted = list(groups)
    complaints = _count(counted)
    escalated = [g for g in counted if is_escalated(g.fact, organisation)]
    ended = _count(g for g in counted if g.fact.resolved)
    ended_above = _count(g for g in escalated if g.fact.resolved)
    kept = sum(g.fact.clocks_kept * g.cases for g in counted)
    judged = sum(g.fact.clocks_judged * g.cases for g in counted)
    return {
        "complaints": complaints,
        "persons": sum(g.persons for g in counted),
        "per_10k_customers": per_10k(complaints, customers.value),
        "per_10k_transactions": per_10k(complaints, transactions.value),
        "inside": _count(g for g in counted if not g.fact.outside),
        "outside": _count(g for g in counted if g.fact.outside),
        "resolved_in_place_rate": percent(ended - ended_above, ended),
        "escalated": _count(escalated),
        "repeat": _count(g for g in counted if g.fact.repeat),
        "on_time_rate": percent(kept, judged),
        "satisfaction": _satisfaction(counted),
        "by_channel": _by(counted, lambda fact: fact.channel),
        "by_reason": _by(counted, lambda fact: fact.reason or UNCLASSIFIED),
        "by_unit": _by(counted, lambda fact: fact.unit or UNDETERMINED),
    }


def place_of(organisation: Organisation, unit: str | None) -> str | None:
    """The *place*: the nearest outlet or sub-branch at or above a unit; None where there is none."""
    if unit is None or unit not in organisation.units:
        return None
    return next((above.id for above in organisation.upward(unit) if above.kind in PLACES), None)


def is_escalated(fact: Fact, organisation: Organisation) -> bool:
    """Whether a case went up: by CaseEscalated, or since its handler is of no unit of its place.

    A case without a place (no complained unit, or one above all sub-branches) goes up by CaseEscalated only.
    """
    if fact.escalated:
        return True
    place = place_of(organisation, fact.unit)
    return place is not None and fact.handler_unit is not None and fact.handler_unit not in organisation.below(place)


def per_10k(complaints: int, base: int | None) -> str | None:
    """Complaints per 10,000; None where the base is unknown or nothing."""
    return _rounded(Decimal(complaints) * 10_000 / base) if base else None


def percent(part: int, whole: int) -> str | None:
    """A percentage; None where there is nothing to take it of."""
    return _rounded(Decimal(part) * 100 / whole) if whole else None


def _rounded(value: Decimal) -> str:
    """Three places, half up, as people round."""
    return str(value.quantize(THOUSANDTH, ROUND_HALF_UP))


def _count(groups: Iterable[Group]) -> int:
    return sum(group.cases for group in groups)


def _satisfaction(groups: list[Group]) -> dict[str, Any]:
    counts = {value: _count(g for g in groups if g.fact.satisfaction == value) for value in SATISFACTION}
    rated = sum(counts[value] for value in RATED)
    return counts | {"rate": percent(counts["satisfied"] + counts["mostly_satisfied"], rated)}


def _by(groups: list[Group], key: Any) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for group in groups:
        counts[key(group.fact)] += group.cases
    return {name: count for name, count in sorted(counts.items()) if count}
