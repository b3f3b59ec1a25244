"""Shapes of what people and systems send: closed, strict, and with every typed text marked to be sealed."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    PlainSerializer,
    StringConstraints,
    Tag,
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


@dataclass(frozen=True, slots=True)
class Matches:
    """The schema of a text says by a pattern what the validator beside it refuses, as far as a pattern can.

    It never refuses what the validator takes: what it cannot say (all marks of all scripts) it lets pass.
    """

    pattern: str

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The schema of the text with the pattern."""
        return {**handler(core_schema), "pattern": self.pattern}


SHAPELESS = (
    "\\s\\u0000-\\u001f\\u007f-\\u00a0\\u00ad\\u0300-\\u036f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891"
    "\\u08e2\\u115f\\u1160\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u2064\\u2066-\\u206f\\u2800\\u3000"
    "\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb"
)
"""What nothing can be read in, as a pattern of JSON Schema has it: blanks, controls, formats, fillers, common marks."""
SEEN = Matches(f"^[^\\u0000]*[^{SHAPELESS}][^\\u0000]*$")
"""Of a text in which something can be read, and no NUL."""


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
CASE_NAME = "^([0-9]{8}-[0-9]{10}-[0-9]|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$"
"""How a case is named, by its number or its id; whether the check digit is right no pattern can say."""
CaseName = Annotated[Id, Matches(CASE_NAME)]
"""A case by its number or its id."""
Code = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
"""A code of the bank's own lists, such as credit_card: it stands in the clear, so it takes no words."""
Listed = Annotated[tuple[T, ...], Field(strict=False, max_length=LIST_LIMIT)]
Ids = Listed[Id]
Numbered = Annotated[int, Field(ge=1, le=LIST_LIMIT)]
"""A place in a list, counted from 1."""
OfStaff = Annotated[T, PlainSerializer(_chosen, return_type=Any)]
"""A code or ids that are sealed before they leave the API, like a typed text."""
LINE_LIMIT = 2000
"""Characters of a text that is no narrative."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=LINE_LIMIT), AfterValidator(typed), SEEN]
Text = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LIMIT), AfterValidator(typed), SEEN]
When = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_instant_text)]
Day = Annotated[date, Field(strict=False), BeforeValidator(_day_text)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217, such as CNY."""
AS_TEXT, AS_OBJECT, AS_NUMBER, AS_YES_OR_NO = "|text", "|object", "|number", "|yes or no"
BRANCHES = frozenset({AS_TEXT, AS_OBJECT, AS_NUMBER, AS_YES_OR_NO})
"""The ways of what is sent in more than one. They stand in the place of a fault and are none of it."""


def _branch(value: Any) -> str:
    return AS_TEXT if isinstance(value, str) else AS_OBJECT


def _branch_of_value(value: Any) -> str:
    if isinstance(value, bool):
        return AS_YES_OR_NO
    return AS_NUMBER if isinstance(value, int) else AS_TEXT


AsText = Annotated[T, Tag(AS_TEXT)]
AsObject = Annotated[T, Tag(AS_OBJECT)]
AsNumber = Annotated[T, Tag(AS_NUMBER)]
AsYesOrNo = Annotated[T, Tag(AS_YES_OR_NO)]
BY_TYPE = Discriminator(_branch)
"""``Annotated[AsText[Name] | AsObject[Person], BY_TYPE]``: a text, or the object that says more."""
BY_VALUE = Discriminator(_branch_of_value)
"""``Annotated[AsText[Said] | AsNumber[Figure] | AsYesOrNo[bool], BY_VALUE]``: a single value of any kind."""
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
