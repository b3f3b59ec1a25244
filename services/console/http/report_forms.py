"""A report comes in these forms, and in no other."""

from shared.errors import RedressError

PDF = "application/pdf"


class NotAcceptable(RedressError):
    """The report is a PDF or a spreadsheet: ask with Accept application/pdf, or with that of XLSX."""

    code = "not_acceptable"
    status = 406
