"""Every field of every body has a bound: lists, texts, numbers, instants and dates, wherever in the body they stand."""

from collections.abc import Iterator
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import AwareDatetime, BaseModel

from services.casework.decisions import COMMANDS
from services.intake.upload import EvidenceForm
from shared.contract.bodies import Currency, Shape
from shared.contract.submissions import NARRATIVE_LIMIT_BYTES, SUBMISSIONS, Narrative
from shared.contract.tenses import Tense, places

BODIES: list[type[Shape]] = [
    *(declared.body for declared in COMMANDS.values()), *SUBMISSIONS.values(), EvidenceForm,
]  # fmt: skip
MEASURED_OTHERWISE = {Narrative: f"at most {NARRATIVE_LIMIT_BYTES} bytes", Currency: "three letters"}
"""Texts whose own reader bounds them."""


def unbounded(annotation: Any, metadata: tuple[Any, ...], where: str) -> Iterator[str]:
    """Every place within an annotation that takes something of any size."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield from unbounded(field.annotation, tuple(field.metadata), f"{where}/{name}")
    elif get_origin(annotation) is Annotated:
        if annotation not in MEASURED_OTHERWISE:
            inner, *more = get_args(annotation)
            yield from unbounded(inner, (*metadata, *more), where)
    elif get_origin(annotation) is tuple:
        if _limit(metadata, "max_length") is None:
            yield f"{where}: a list of any length"
        yield from unbounded(get_args(annotation)[0], (), f"{where}/*")
    elif get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from unbounded(one, metadata, where)
    elif annotation is str and _limit(metadata, "max_length") is None and not _measured_otherwise(metadata):
        yield f"{where}: a text of any length"
    elif annotation is int and (_limit(metadata, "ge", "gt") is None or _limit(metadata, "le", "lt") is None):
        yield f"{where}: a number of any size"
    elif annotation in (datetime, date, AwareDatetime) and not any(isinstance(one, Tense) for one in metadata):
        yield f"{where}: a time that may lie anywhere"
    elif annotation in (dict, list, float, Any):
        yield f"{where}: {annotation} takes anything"


def _measured_otherwise(metadata: tuple[Any, ...]) -> bool:
    return any(set(get_args(known)[1:]) <= set(metadata) for known in MEASURED_OTHERWISE)


def _limit(metadata: tuple[Any, ...], *names: str) -> Any:
    held = [one for outer in metadata for one in (outer, *getattr(outer, "metadata", ()))]
    return next((found for one in held for name in names if (found := getattr(one, name, None)) is not None), None)


@pytest.mark.parametrize("shape", BODIES, ids=lambda shape: shape.__name__)
def test_every_field_of_a_body_has_a_bound(shape: type[Shape]) -> None:
    """Who adds a field says how large, how far and how many."""
    assert [] == list(unbounded(shape, (), ""))
    assert isinstance(places(shape), tuple)


class Boundless(Shape):
    """What the test has to find."""

    text: str
    number: int
    ones: tuple[Literal["a"], ...]
    at: AwareDatetime
    nested: tuple[date | None, ...] = ()
    anything: dict[str, Any]


def test_what_has_no_bound_is_found() -> None:
    """Else the test above could not fail."""
    found = "\n".join(unbounded(Boundless, (), ""))

    for name in ("/text", "/number", "/ones", "/at", "/nested: a list", "/nested/*: a time"):
        assert name in found
    with pytest.raises(TypeError, match="is a time and does not say"):
        places(Boundless)
