"""Typst sets data on a sheet: a PDF whose bytes are the same on every machine, since fonts come with the packages."""

import unicodedata
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import orjson
import typst

from shared.errors import RedressError

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
    """The paper has a character that no font here can show. The character itself is not part of the message."""


def typeset(sheet: Path, name: str, content: Any, at: datetime) -> bytes:
    """The PDF of a sheet, dated ``at``. The sheet reads the content as data, under ``name`` of ``sys.inputs``.

    Raises:
        NotPrintable, FontMissing
    """
    data = orjson.dumps(content).decode().replace(BYTE_ORDER_MARK, "")
    if any(character == REPLACEMENT or unicodedata.category(character) in UNSHOWN for character in data):
        raise NotPrintable
    try:
        return typst.compile(
            sheet,
            format="pdf",
            font_paths=_fonts(),
            sys_inputs={name: data},
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
