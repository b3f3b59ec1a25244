"""Where a body does not fit its shape is told as a JSON pointer into what was sent, never by how the shape is built."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from services.casework.decisions import COMMANDS
from shared.contract.submissions import SUBMISSIONS
from shared.web.problems import pointer_of

SHAPES: dict[str, type[BaseModel]] = {**{name: one.body for name, one in COMMANDS.items()}, **SUBMISSIONS}
WRONG: tuple[Any, ...] = ([], {}, [[]], [{}], {"x": 1}, "", "x" * 100_000, 10**30, -1, 1.5, True, None)
SENT = re.compile(r"(/[a-z][a-z_]*|/\d+)*")


def places(shape: type[BaseModel]) -> Iterator[str]:
    """The place of every fault of a body in which one field after the other is anything but right."""
    for field in shape.model_fields:
        for wrong in WRONG:
            for inner in (wrong, {"x": wrong}, [wrong]):
                try:
                    shape.model_validate({field: inner})
                except ValidationError as error:
                    yield from (pointer_of(fault["loc"]) for fault in error.errors())


@pytest.mark.parametrize("name", SHAPES)
def test_a_fault_is_told_at_a_place_of_what_was_sent(name: str) -> None:
    """A caller finds it there."""
    assert [] == sorted({place for place in places(SHAPES[name]) if SENT.fullmatch(place) is None})
