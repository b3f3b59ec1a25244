"""The schemas of typed texts say what is refused, and never refuse what is taken."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.contract.bodies import Line, Text
from shared.contract.names import Name
from shared.contract.submissions import Narrative

KINDS: dict[str, TypeAdapter[Any]] = {
    "Text": TypeAdapter(Text),
    "Name": TypeAdapter(Name),
    "Line": TypeAdapter(Line),
    "Narrative": TypeAdapter(Narrative),
}
ANY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
ODD = st.text(
    st.sampled_from(" \t\n\0\x85\x9f\u00a0\u00ad\u0301\u200b\u2060\u2028\u3000\u3164\ufeff＠@<{a乙"), min_size=1
)
NOTHING_TO_READ = ("", " ", "\n", "\u00a0\u3000", "\u200b", "\u0301", "\u3164", "\ufeff", "\0", "a\0", "\x85")
NO_NAMES = (
    "a\nb",
    "甲\u0085",
    "a\u009fb",
    "甲\u2028乙",
    "\u202e甲",
    "a@b.example",
    "<b>",
    "{{x}}",
    "a|b",
    "`a`",
    "甲＠乙",
)


def allowed(kind: str, text: str) -> bool:
    """Whether the schema lets a text pass."""
    schema = KINDS[kind].json_schema()
    return bool(re.search(schema["pattern"], text)) and len(text) >= schema["minLength"]


def taken(kind: str, text: str) -> bool:
    """Whether the validator does."""
    try:
        KINDS[kind].validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=300, deadline=None)
@given(text=ANY | ODD)
def test_the_schema_refuses_nothing_that_is_taken(kind: str, text: str) -> None:
    """A client that checks by it can send whatever it could send before."""
    assert allowed(kind, text) or not taken(kind, text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", NOTHING_TO_READ)
def test_the_schema_refuses_what_nothing_can_be_read_in(kind: str, text: str) -> None:
    """As the validator does: blanks, controls, formats, marks without a letter, fillers; and a NUL anywhere."""
    assert not allowed(kind, text)
    assert not taken(kind, text)


@pytest.mark.parametrize("text", NO_NAMES)
def test_the_schema_of_a_name_refuses_what_no_name_holds(text: str) -> None:
    """Line ends, C1 controls, signs of direction, markup."""
    assert not allowed("Name", text)
    assert not taken("Name", text)
