"""How it is told what deciding again has found."""

from typing import Any

import orjson
from rich.table import Column, Table

from ops.cli.terminal import out
from ops.replay.findings import VERDICTS, Difference, Findings, Row
from shared.contract.events.base import CATALOGUE

SHOWN = 120
"""Characters of a value that is shown in a line; ``--json`` has all of it."""
WIDEST_TYPE = max(map(len, CATALOGUE))
WIDEST_UNIT = 20
"""Characters that names get, also in a pipe, which counts as 80 columns wide."""


def shown(findings: Findings) -> dict[str, Any]:
    """The findings, for one document."""
    return {
        "totals": {verdict: findings.total(verdict) for verdict in VERDICTS},
        "rows": [row._asdict() for row in findings.rows()],
        "differences": [
            one._asdict() | {"fields": [field._asdict() for field in one.fields]} for one in findings.differences
        ],
        "differences_not_listed": findings.untold,
        "not_decided_again": [one._asdict() for one in findings.left_out()],
        "not_answered_yet": findings.waiting,
        "cannot_be_answered": findings.held,
        "blocked": findings.blocked,
    }


def tell(findings: Findings) -> None:
    """Print the findings."""
    table = Table("service", Column("type", min_width=WIDEST_TYPE), Column("unit", min_width=WIDEST_UNIT), *VERDICTS)
    for row in summed(findings.rows()):
        table.add_row(*map(str, row))
    out.print(table, crop=False, soft_wrap=False)
    for one in findings.differences:
        _tell_difference(one)
    if findings.untold:
        out.print(f"and {findings.untold:,} more that differ (--most lists more, --case and --service fewer)")
    for left in findings.left_out():
        out.print(f"not decided again: {left.events:,} {left.type}: {left.why}", markup=False)
    if findings.waiting:
        out.print(f"not answered yet: {findings.waiting:,}")
    for why, count in findings.held.items():
        out.print(f"cannot be answered: {count:,} ({why})", markup=False)
    if findings.blocked:
        out.print(f"blocked, since this code cannot read them: {findings.blocked:,}")


def totals(findings: Findings) -> str:
    """How many events have each verdict, in words."""
    return ", ".join(f"{findings.total(verdict):,} {verdict}" for verdict in VERDICTS)


def summed(rows: list[Row]) -> list[Row]:
    """The rows of a type in one where all of its units are the same, else unit by unit."""
    found: list[Row] = []
    for service, type_ in dict.fromkeys((row.service, row.type) for row in rows):
        those = [row for row in rows if (row.service, row.type) == (service, type_)]
        if any(row.different or row.new or row.missing for row in those):
            found += those
        else:
            found.append(Row(service, type_, "all", sum(row.same for row in those), 0, 0, 0))
    return found


def _tell_difference(one: Difference) -> None:
    why = f": {one.why}" if one.why else ""
    head = f"{one.verdict} {one.type} of {one.service}, case {one.case}, event {one.event_id}, {one.recordedtime}{why}"
    out.print(head, markup=False)
    for field in one.fields:
        line = f"    {field.pointer}: {_short(field.logged)} -> {_short(field.decided)}"
        out.print(line, markup=False)


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
