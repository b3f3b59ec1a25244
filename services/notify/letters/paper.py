"""Typst sets the words of a letter on paper: a PDF with letterhead, address block and page numbers.

The same letter gives the same bytes on every machine: fonts come with the packages, the date with the letter.
"""

import unicodedata
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final, NamedTuple

import orjson
import typst

from shared.errors import RedressError

SHEET = Path(__file__).with_name("paper.typ")
FONT_PACKAGE, FONT_FOLDER = "zhplot", "zhplot/fonts"
"""Noto Sans SC (SIL Open Font License, its text beside it). Of this package only the font is used, never its code."""
RARE_PACKAGE, RARE_FOLDER = "manimgx-fonts-cjk", "manimgx_fonts_cjk"
"""Noto Sans CJK (the same licence), for rare signs of names that the first has not. Of it too only the font is used."""
ARCHIVAL: Final = "a-2u"
"""PDF/A-2u: fonts inside, every character searchable, so that the copy can be read after the years of retention."""

BYTE_ORDER_MARK, REPLACEMENT = "\ufeff", "\ufffd"
"""What says nothing and no archival PDF may hold; and what stands where a character was lost before it came here."""
UNSHOWN = frozenset({"Co", "Cn"})
"""Private use, or unassigned: a font may draw a sign for them, but not what was meant."""
NO_SUCH_CHARACTER = "could not be displayed"
"""What typst says where an archival PDF would have a hole instead of a character."""


class FontMissing(RedressError):
    """The font for printed letters is not installed: run `make setup`."""

    code = "font_missing"
    status = 500


class NotPrintable(Exception):
    """The letter has a character that no font here can show. The character itself is not part of the message."""


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
    letter = orjson.dumps(paper._asdict()).decode().replace(BYTE_ORDER_MARK, "")
    if any(character == REPLACEMENT or unicodedata.category(character) in UNSHOWN for character in letter):
        raise NotPrintable
    try:
        return typst.compile(
            SHEET,
            format="pdf",
            font_paths=_fonts(),
            sys_inputs={"letter": letter},
            timestamp=int(at.timestamp()),
            pdf_standards=ARCHIVAL,
        )
    except typst.TypstError as error:
        if NO_SUCH_CHARACTER in error.message:
            raise NotPrintable from None
        raise


@cache
def _fonts() -> typst.Fonts:
    """The fonts for Chinese and those inside typst for other alphabets; none of the system's, which differ."""
    packages = ((FONT_PACKAGE, FONT_FOLDER), (RARE_PACKAGE, RARE_FOLDER))
    try:
        folders = [Path(str(distribution(package).locate_file(folder))) for package, folder in packages]
    except PackageNotFoundError as error:
        raise FontMissing from error
    return typst.Fonts(include_system_fonts=False, font_paths=folders)
