"""The register as CSV and as XLSX: for spreadsheet programs, so nothing in a cell can become a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import xlsxwriter

from services.console.register.columns import Cell
from shared.errors import RedressError

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these a spreadsheet program begins a formula, full-width forms included (OWASP, CSV injection)."""
SHORTENED = re.compile(r"0\d+|\d{12,}|\d+[eE]\d+", re.ASCII)
"""Digits that are a text, such as an identity number or 0012345: as a number they lose zeros or their last digits."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"
CELL_LIMIT = 32_767
"""Characters that a cell of an XLSX file holds."""


class ExportLimits(NamedTuple):
    """Bounds what an export takes of memory.

    ``page_cases``: cases read at once; what a database's driver makes of their rows nothing else interrupts.
    ``sheet_lines``: lines of an XLSX file, which is made in memory, since nothing opened may lie on a disk (some 200 MB
    at the limit).
    """

    page_cases: int = 100
    sheet_lines: int = 20_000


USUAL = ExportLimits()


CUT = "…(cut)"


def text_of(cell: Cell) -> str:
    """A cell as text: yes and no in words, nothing for what is not known."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)


def guarded(text: str) -> str:
    """A text that no spreadsheet program takes for something else: an apostrophe goes before what looks like it."""
    seen = unicodedata.normalize("NFKC", text).strip()  # full-width digits and blanks around are read as plain ones
    looks_like = text.startswith(FORMULA_STARTS) or seen.startswith(FORMULA_STARTS) or SHORTENED.fullmatch(seen)
    return f"'{text}" if looks_like else text


def csv_lines(rows: Iterable[Sequence[Cell]], header: Sequence[str] | None = None) -> bytes:
    """Lines of CSV (RFC 4180) in UTF-8; the first ones begin with a byte order mark and a header, for Excel."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if header is not None:
        out.write(BYTE_ORDER_MARK)
        writer.writerow(header)
    writer.writerows([_field(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _field(cell: Cell) -> str:
    """A cell of a line of CSV; a number stays one."""
    return str(cell) if isinstance(cell, int) and not isinstance(cell, bool) else guarded(text_of(cell))


class TooManyLines(RedressError):
    """An XLSX file holds 20,000 cases: ask for a shorter period, or take the CSV file, which has no limit."""

    code = "too_many_lines"
    status = 422


class Sheet:
    """An XLSX file. Every text is a text cell: never a formula or a link."""

    def __init__(self, header: Sequence[str], line_limit: int = USUAL.sheet_lines) -> None:
        self._line_limit = line_limit
        self._file = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._file, {"in_memory": True})
        self._sheet = self._book.add_worksheet("register")
        bold = self._book.add_format({"bold": True})
        for at, text in enumerate(header):
            self._sheet.write_string(0, at, text, bold)
        self._sheet.freeze_panes(1, 1)
        self._lines = 0

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write lines. Raises TooManyLines."""
        for row in rows:
            self._lines += 1
            if self._lines > self._line_limit:
                raise TooManyLines
            for at, cell in enumerate(row):
                self._write(at, cell)

    def _write(self, at: int, cell: Cell) -> None:
        if cell is None:
            return
        if isinstance(cell, int) and not isinstance(cell, bool):
            self._sheet.write_number(self._lines, at, cell)
            return
        text = text_of(cell)
        if len(text) > CELL_LIMIT:
            text = text[: CELL_LIMIT - len(CUT)] + CUT
        self._sheet.write_string(self._lines, at, text)

    def close(self) -> bytes:
        """Finish the file; its bytes."""
        self._book.close()
        return self._file.getvalue()
