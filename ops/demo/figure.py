"""The figure of the year: complaints per month, inside and outside, in the terminal and as SVG."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from services.console.report.charts import Bar, columns

LEGEND = ("inside", "outside")
MARKS = (("█", "blue"), ("▒", "yellow"))
"""Told apart without colours too."""
CELLS = 4
"""Of the terminal, for a complaint."""


def show(out: Console, found: dict[str, Any], year: int, file: Path) -> None:
    """Draw the months of a year's statistics; the drawing lies in the file."""
    table = found["tables"]["month"]
    counts = [table.get(f"{year}-{month:02d}", {}) for month in range(1, 13)]
    bars = [Bar(f"{at:02d}", *(count.get(name, 0) for name in LEGEND)) for at, count in enumerate(counts, 1)]
    out.print(f"\ncomplaints of {year} by month ({' and '.join(LEGEND)}), drawn in {file}:", soft_wrap=True)
    for bar in bars:
        line = Text(f"  {year}-{bar.label}  ")
        for count, (mark, style) in zip((bar.inside, bar.outside), MARKS, strict=True):
            line.append(mark * (CELLS * count), style)
        out.print(line.append(f" {bar.whole}" if bar.whole else "–"))
    file.write_text(columns(f"Complaints of {year} by month", bars, LEGEND), encoding="utf-8")
