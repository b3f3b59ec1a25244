"""Facts that put right what came in: a value of the receipt is corrected, a document is checked."""

from datetime import date
from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.contract.events.base import EVERYBODY, NOBODY, CaseworkEvent, Sealed

Pointer = Annotated[str, StringConstraints(max_length=128, pattern=r"^(/[A-Za-z0-9_]+){1,6}$")]
"""A JSON pointer into a submission."""


class ReceiptCorrected(CaseworkEvent, heard_by=EVERYBODY):
    """A value of the first receipt was wrong and is another one from now on; null takes it out. The receipt stays.

    ``pointer`` leads into the submission as it was sent. ``value`` is sealed where the submission's is, under the same
    label. ``went_wrong``: the letters that went to what was wrong. ``received_on``: the bank date of a corrected
    receipt; the case keeps its number.
    """

    pointer: Pointer
    value: Sealed | str | int | bool | None
    ground: Sealed
    went_wrong: tuple[str, ...] = ()
    received_on: date | None = None


class EvidenceChecked(CaseworkEvent, heard_by=NOBODY):
    """Somebody looked at a document and says what it is worth. ``document``: the event that added it."""

    document: str
    result: Literal["genuine", "doubtful", "unreadable", "irrelevant"]
    words: Sealed | None = None
