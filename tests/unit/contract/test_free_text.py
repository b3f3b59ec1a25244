"""Whatever a person can type is sealed, or is a code: derived from the models, so a new field has to be one of both."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.casework.decisions import COMMANDS
from services.intake.upload import EvidenceForm
from shared.contract.bodies import Typed
from shared.contract.submissions import SUBMISSIONS, Complainant, Group

SHAPES: list[type[BaseModel]] = [*SUBMISSIONS.values(), EvidenceForm, *(one.body for one in COMMANDS.values())]
SAID = [
    "张三,电话 0000-5550001,住东侨路 1 号",
    "Please see http://evil.example",
    "he said: no",
    "甲 乙",
    "你好。",
    "<b>",
]
"""What somebody would type: none of it fits a code."""
FITS = ["a@customer.example", "甲某", "phone", "CNY", "x1", "/matter/product"]
"""What fits one or another field."""


def leaves(kind: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every place of a shape that takes a text, with its type."""
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *more = get_args(kind)
        found = list(leaves(inner, where))
        yield from ((place, Annotated[(leaf, *more)] if leaf is inner else leaf) for place, leaf in found)
    elif origin in (Union, UnionType):
        for one in get_args(kind):
            yield from leaves(one, where)
    elif origin is tuple:
        yield from leaves(get_args(kind)[0], where + "[]")
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            typed = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            yield from leaves(typed, f"{where}/{name}")
    elif kind is str:
        yield where, kind


def taken(leaf: Any, text: str) -> Any:
    """What the field makes of a text; None where it refuses it."""
    try:
        return TypeAdapter(leaf).validate_python(text, strict=True)
    except ValidationError:
        return None


TEXTS = [(shape.__name__, *found) for shape in SHAPES for found in leaves(shape)]


def test_the_models_are_looked_through() -> None:
    """Nested shapes, lists and what may be left out."""
    places = {f"{shape}{where}" for shape, where, _ in TEXTS}

    assert {
        "PhoneSubmission/matter/narrative", "PhoneSubmission/group/members[]", "PhoneSubmission/origin/body",
        "PhoneSubmission/settlement/remedy/words", "Decide/remedies_offered[]/words", "EvidenceForm/file",
    } <= places  # fmt: skip


@pytest.mark.parametrize(("shape", "where", "leaf"), TEXTS, ids=[f"{shape}{where}" for shape, where, _ in TEXTS])
def test_a_text_is_sealed_or_a_code(shape: str, where: str, leaf: Any) -> None:
    """A field that stands in the clear takes nothing that somebody would type."""
    fits = [found for text in FITS if (found := taken(leaf, text)) is not None]
    clear = not all(isinstance(found, Typed) for found in fits)
    said = [text for text in SAID if taken(leaf, text) is not None]

    assert fits, "add an example that this field takes"
    assert not clear or [] == said


NAMES = [("name", Complainant), ("on_behalf_of", Complainant), ("members", Group), ("representatives", Group)]
MESSAGES = [
    "甲某\n请点击下面的链接",
    "甲某\r\nBcc: all@bank.example",
    "甲某 https://evil.example",
    "www.evil.example",
    "甲某 evil.com",
    "<a href=x>甲某</a>",
    "[甲某](x)",
    "甲某\u2028乙某",
    "甲某\u202e",
    "ｈｔｔｐ：／／evil",
    "write to a@b.example",
    "甲" * 101,
    "&lt;b&gt;",
]
PEOPLE = [
    "甲某",
    "J. R. Müller-Lüdenscheidt",
    "阿卜杜拉·买买提",
    "示例（东侨）有限公司",
    "O'Neill, Dr. St.John",
    "张**",
    "𠮷某",
]


def said(field: str, shape: type[BaseModel], text: str) -> BaseModel:
    """The shape with this name."""
    lists = shape is Group
    return shape.model_validate({field: (text,) if lists else text} | ({"size": 2} if lists else {}))


@pytest.mark.parametrize(("field", "shape"), NAMES)
@pytest.mark.parametrize("text", MESSAGES, ids=repr)
def test_a_name_carries_no_message(field: str, shape: type[BaseModel], text: str) -> None:
    """It stands in letters to addresses that anybody can give."""
    with pytest.raises(ValidationError):
        said(field, shape, text)


@pytest.mark.parametrize(("field", "shape"), NAMES)
@pytest.mark.parametrize("text", PEOPLE)
def test_people_and_firms_can_be_named(field: str, shape: type[BaseModel], text: str) -> None:
    """In every writing."""
    assert text in said(field, shape, text).model_dump_json()


@pytest.mark.parametrize("body", ["金融监管局", "中国人民银行东侨支行", "nfra", "消费者委员会", "政务服务热线"])
def test_a_body_can_be_named(body: str) -> None:
    """By its name or its code."""
    origin = {"kind": "regulator", "body": body}
    found = SUBMISSIONS["phone"].model_validate({"matter": {"narrative": "…事"}, "origin": origin})

    assert body == found.origin.body
