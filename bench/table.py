"""What a measurement says, and the table they all end in."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

out = Console(highlight=False)


class Row(NamedTuple):
    """One measurement. ``reached`` None: there is no goal, the figure is for comparison."""

    what: str
    measured: str
    against: str
    reached: bool | None = None


def spread(values: Sequence[float], form: str = ",.0f") -> str:
    """The middle of several measurements, and the lowest and highest."""
    middle, low, high = (format(v, form) for v in (median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Each measurement against the one that was taken next to it."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def progress(text: str) -> None:
    """Say what is being measured."""
    out.print(f"[dim]{text}[/dim]")


def show(rows: Sequence[Row]) -> None:
    """The whole table."""
    table = Table("what", "measured", "ratio or goal", "reached")
    for row in rows:
        table.add_row(row.what, row.measured, row.against, {True: "yes", False: "NO", None: ""}[row.reached])
    out.print(table)
