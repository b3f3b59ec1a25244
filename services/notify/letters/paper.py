"""The words of a letter on paper: a PDF with letterhead, address block and page numbers.

The same letter gives the same bytes on every machine (``shared.process.typesetting``): the date comes with the letter.
"""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from shared.process.typesetting import typeset

SHEET = Path(__file__).with_name("paper.typ")


class Paper(NamedTuple):
    """Holds what stands on the sheet. ``sender``, ``to`` and ``reference`` are lines; ``body`` is plain text."""

    language: str
    bank: str
    sender: tuple[str, ...]
    to: tuple[str, ...]
    reference: tuple[str, ...]
    subject: str
    body: str


def printed(paper: Paper, at: datetime) -> bytes:
    """The PDF, dated ``at``.

    Raises:
        NotPrintable, FontMissing
    """
    return typeset(SHEET, "letter", paper._asdict(), at)
