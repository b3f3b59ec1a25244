"""What people and systems send: a text in which nothing can be read is a missing one, in every field of every body."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from services.casework.decisions import COMMANDS
from services.intake.upload import EvidenceForm
from shared.contract.bodies import Shape, Text, Typed
from shared.contract.names import Name
from shared.contract.submissions import SUBMISSIONS, Submission

BLANKS = (" ", "\t\r\n", "\u3000", "\u200b", "\ufeff", "\u00a0\u2060", "\u3164", "\u2800", "\u0301", "\u202e\u202c")
BODIES: tuple[type[Shape], ...] = (
    Submission,
    *SUBMISSIONS.values(),
    EvidenceForm,
    *(declared.body for declared in COMMANDS.values()),
)


def shapes(shape: type[Shape]) -> Iterator[type[Shape]]:
    """A shape and every shape that stands in it, as the JSON Schema of pydantic finds them."""
    yield shape
    inside = {one.__name__: one for one in _all(Shape)}
    for name in shape.model_json_schema().get("$defs", {}):
        if name in inside:
            yield inside[name]


def _all(shape: type[Shape]) -> Iterator[type[Shape]]:
    for below in shape.__subclasses__():
        yield below
        yield from _all(below)


def _read(field: FieldInfo) -> TypeAdapter[Any]:
    """What reads a field alone."""
    said: Any = field.annotation
    return TypeAdapter(Annotated[said, *field.metadata] if field.metadata else said)


FIELDS = {
    f"{shape.__name__}.{name}": _read(field)
    for body in BODIES
    for shape in shapes(body)
    for name, field in shape.model_fields.items()
}


def takes(field: TypeAdapter[Any], value: Any) -> bool:
    """Whether a field takes a value."""
    try:
        field.validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_of_any_body_takes_a_text_in_which_nothing_can_be_read(name: str) -> None:
    """Neither alone nor in a list."""
    assert [] == [blank for blank in BLANKS for value in (blank, (blank,)) if takes(FIELDS[name], value)]


@pytest.mark.parametrize("text", ["。", "无", "ok", "—", "👍", " 有 ", "\u200b字"])
def test_whatever_a_reader_sees_is_a_text(text: str) -> None:
    """It is kept as it was typed."""
    assert text == TypeAdapter(Text).validate_python(text)


def test_a_blank_text_is_refused_as_a_missing_one() -> None:
    """Callers branch on it as on a field that was left out."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Text).validate_python("\u3000")

    assert ["missing"] == [fault["type"] for fault in refused.value.errors()]


@pytest.mark.parametrize(
    ("kind", "sign"), [(Text, "\ufeff"), (Name, "\ufeff"), (Name, "\u200b"), (Name, "\u2060"), (Name, "\u00ad")]
)
def test_a_sign_that_nobody_sees_is_dropped(kind: Any, sign: str) -> None:
    """At the beginning, within, at the end: no letter and no list has it any more."""
    taken = TypeAdapter(kind).validate_python(f"{sign}甲{sign}某{sign}")

    assert ("甲某", True) == (taken, isinstance(taken, Typed))


@pytest.mark.parametrize("text", ["\u200e甲", "甲\n某", "甲\u202e某"])
def test_a_name_still_holds_no_control_sign(text: str) -> None:
    """Signs that turn the direction of writing change what a reader sees."""
    assert not takes(TypeAdapter(Name), text)
