"""Shapes of what people and systems send: closed, strict, and with every typed text marked to be sealed."""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

TEXT_LIMIT = 20_000
"""Characters of one typed text: some ten printed pages."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT.{1,32}", re.ASCII)
UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})
"""Blanks, line ends, controls, formats such as a zero-width space, and marks that stand on a letter, without one."""
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers that count as letters or symbols and show nothing."""
BYTE_ORDER_MARK = "\ufeff"
"""It comes with what is copied out of a file, says nothing of the text, and no font has it."""
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LIST_LIMIT = 50
"""Entries of one list: more is a mistake, and each is sealed, looked up and judged by itself."""
T = TypeVar("T")


class Typed(str):
    """A text that a person typed: it is sealed before it leaves the API."""

    __slots__ = ()


def wrong(name: str, **figures: Any) -> PydanticCustomError:
    """What a validator raises: a fault by its name in the table of refusal words, which tells it in two languages."""
    return PydanticCustomError(name, name, figures)


class Chosen(Typed):
    """A code, or ids, that a person chose and that say something of staff: sealed, at a length that tells nothing."""

    __slots__ = ()


IDS_JOINED = "; "
"""Stands between ids that are sealed as one text."""


def _chosen(value: str | tuple[str, ...]) -> Chosen:
    return Chosen(value if isinstance(value, str) else IDS_JOINED.join(value))


def without_nul(value: str) -> str:
    """Refuses NUL characters, which no letter and not every database takes."""
    if "\0" in value:
        raise wrong("nul")
    return value


def says_something(value: str) -> str:
    """Refuses texts that a reader sees nothing of: blanks, and signs that have no shape, count as missing."""
    if all(unicodedata.category(sign) in UNSEEN or sign in BLANK_LETTERS for sign in value):
        raise PydanticCustomError("missing", "Field required: nothing can be read in it")
    return without_nul(value)


def typed(value: str) -> str:
    """Marks a text as typed by a person, without the mark of the file that it came from."""
    return Typed(says_something(value).replace(BYTE_ORDER_MARK, ""))


def _instant_text(value: Any) -> Any:
    """Numbers are refused: nobody can tell seconds from milliseconds."""
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise wrong("no_time")
    return value


def _day_text(value: Any) -> Any:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise wrong("no_day")
    return value


Id = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._-]+$")]
Code = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
"""A code of the bank's own lists, such as credit_card: it stands in the clear, so it takes no words."""
Listed = Annotated[tuple[T, ...], Field(strict=False, max_length=LIST_LIMIT)]
Ids = Listed[Id]
OfStaff = Annotated[T, PlainSerializer(_chosen, return_type=Any)]
"""A code or ids that are sealed before they leave the API, like a typed text."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LIMIT), AfterValidator(typed)]
When = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_instant_text)]
Day = Annotated[date, Field(strict=False), BeforeValidator(_day_text)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217, such as CNY."""
AMOUNT_LIMIT = 2**53 - 1
"""In minor units: no more than every reader of JSON holds exactly."""


class Shape(BaseModel):
    """Unknown fields and wrong types are refused; nothing is converted in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def together(one: str, other: str) -> ConfigDict:
    """The schema of a shape says that two fields go together: both have a value, or neither has one."""

    def given(name: str) -> dict[str, JsonValue]:
        return {"properties": {name: {"not": {"type": "null"}}}, "required": [name]}

    return ConfigDict(
        json_schema_extra={"if": given(one), "then": given(other), "else": {"properties": {other: {"type": "null"}}}}
    )
