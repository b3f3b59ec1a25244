"""The yearly report on paper: a PDF (``paper.typ``) whose bytes are the same for the same report."""

from datetime import datetime
from pathlib import Path

from services.console.report.yearly import Report
from shared.process.typesetting import typeset

SHEET = Path(__file__).with_name("paper.typ")


def printed(report: Report, at: datetime) -> bytes:
    """The PDF, dated ``at``. Raises NotPrintable, FontMissing."""
    sections = [section._asdict() for section in report.sections]
    return typeset(SHEET, "report", report._asdict() | {"sections": sections}, at)
