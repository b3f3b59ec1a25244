"""Fields name what templates may use; filled they are the content of a letter, of which its words are made. Pure."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

LetterContent = Mapping[str, Any]
"""The fields of one letter by name: all that its kind may use, and no other. Dates and codes are in its language."""


class Letter(NamedTuple):
    """Holds a letter's words. ``short``: what a text message says in its place; empty: it goes by none."""

    subject: str
    body: str
    short: str = ""


class Shape(Enum):
    """Says what a template gets for a field: text, a row of texts, yes or no, or a number."""

    TEXT = auto()
    ROW = auto()
    WHETHER = auto()
    NUMBER = auto()


class Field(NamedTuple):
    """Names one thing that a template may use.

    ``what`` says on the reference page what it is. A field that is not ``always`` there is None, or an empty row, on
    some cases: a template has to do without.
    """

    name: str
    what: str
    shape: Shape = Shape.TEXT
    always: bool = True


COMMON = (
    Field("case_number", "the number that the customer has"),
    Field("bank_name", "the bank's name"),
    Field("channel", "by which channel the complaint came, in words such as “telephone”"),
    Field("received_on", "bank date of the receipt, as the language writes it"),
    Field("sent_on", "bank date of the letter"),
    Field("accepting_unit", "name of the unit that accepts the case"),
    Field("accepting_name", "name of the accepting person", always=False),
    Field("accepting_phone", "the accepting unit's telephone", always=False),
    Field("complained_unit", "name of the unit complained of, or `-` while it is not determined"),
    Field("handler_name", "the handler's name, or the accepting unit's while there is none"),
    Field("handler_phone", "the handler's telephone, or that of the unit", always=False),
    Field("handler_unit", "the handler's unit, or the accepting unit while there is none"),
    Field("reason", "the reason of the complaint, in words"),
    Field("complaint_class", "in the words of its policy pack"),
    Field("reachable", "whether there is a customer who can be told anything", Shape.WHETHER),
    Field("due_on", "last day of the limit; a customer is not told it once the limit has passed", always=False),
    Field("target_on", "day of the target; a customer is not told it once the limit has passed", always=False),
    Field("closing", "the time of day at which the limit ends on `due_on`; missing means midnight", always=False),
    Field("days_left", "working days to `due_on`: 0 on that day and after it", Shape.NUMBER, always=False),
)
"""What every letter may say of its case."""
RECIPIENT_NAME = Field("recipient_name", "whom the letter goes to; a unit's name where it goes to a mailbox")
"""What every letter to the bank's people may say besides."""
CUSTOMER_NAME = Field("customer_name", "the customer's name", always=False)
"""What every letter to a customer may say besides."""
SALUTATION = Field("salutation", "how the letter addresses the customer, such as “尊敬的客户甲某”", always=False)
ADDRESSED_TO = Field("addressed_to", "the reader with the unit, such as “东侨支行信贷部（罗天）”", always=False)
"""In a letter to both sides a copy has the one or the other."""
ASK = Field("ask", "whom to ask: the accepting post, or, where that reads it, the handler", always=False)
READER_NAME = Field("reader_name", "whom it goes to, where both sides get it", always=False)
SPEAKER_IN_CASE = Field("speaks_as", "as what somebody speaks for the customer, in words", always=False)
YOURS = Field(
    "yours",
    "whether it is its reader's case: the handler's, or the accepting person's while there is none",
    Shape.WHETHER,
)
TO_CUSTOMER = Field("to_customer", "whether this copy goes to the customer", Shape.WHETHER)
"""What a letter to both sides may say besides."""
DISCIPLINE = frozenset({"treatment_of_persons", "persons_responsible", "lessons_and_measures", "measures", "fault"})
"""What no customer's letter may even ask for: how staff is treated is the bank's own affair (rules: two-documents)."""
