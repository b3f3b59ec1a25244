"""The yearly report as a spreadsheet: a sheet per section. Figures are numbers, every text is a text cell."""

import io
import re

import xlsxwriter

from services.console.report.yearly import Cell, Report

NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
NAME_LIMIT = 31
"""Characters that the name of a sheet may have, and those it may not."""
RATE = re.compile(r"\d+\.\d{3}%?")
FIRST_WIDTH, WIDTH = 28, 16


def workbook(report: Report) -> bytes:
    """The bytes of the file."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.000"})
    first = True
    for section in report.sections:
        sheet = book.add_worksheet(NOT_IN_NAMES.sub(" ", section.title)[:NAME_LIMIT])
        sheet.set_column(0, 0, FIRST_WIDTH)
        sheet.set_column(1, 20, WIDTH)
        top = 0
        for line in (report.bank, report.title, *report.lines) if first else (section.title,):
            sheet.write_string(top, 0, line, bold)
            top += 1
        for at, row in enumerate(section.table):
            for column, cell in enumerate(row):
                _write(sheet, (top + at, column), cell, bold if at == 0 else None, share)
        first = False
    book.close()
    return file.getvalue()


def _write(sheet: object, place: tuple[int, int], cell: Cell, bold: object, share: object) -> None:
    """A figure as the number that it is, also a rate; what is said, as text."""
    writer: xlsxwriter.worksheet.Worksheet = sheet
    if isinstance(cell, int):
        writer.write_number(*place, cell, bold)
    elif RATE.fullmatch(cell):
        writer.write_number(*place, float(cell.removesuffix("%")), share)
    else:
        writer.write_string(*place, cell, bold)
