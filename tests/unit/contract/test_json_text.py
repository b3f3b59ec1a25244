"""A JSON text is read as its sender meant it; what cannot be read is told by line and column."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contract.json_text import MOST_VALUES, BadJson, DuplicateKey, TooManyValues, read_json

KEYS = st.text('ab\\"{}:\u4e2d', max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab\\"{}:\u4e2d', max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("{", 1, 2),
        ('{"甲": "乙",\n "b": x}', 2, 7),
        ('{"a": 1}\n{"b": 2}', 2, 1),
        ('{"a": NaN}', 1, 7),
        ('{"a": "\ud83d"}'.encode("utf-8", "surrogatepass").decode("latin-1"), 1, 1),
    ],
)
def test_no_json_is_told_by_line_and_column(text: str, line: int, column: int) -> None:
    """Counted in characters, from 1."""
    raw = text.encode("latin-1") if "\x80" <= text[-3:-2] <= "\xff" else text.encode()
    with pytest.raises(BadJson) as refused:
        read_json(raw)

    if column > 1 or not text:
        assert {"line": line, "column": column} == refused.value.extra


def test_bytes_that_are_not_utf_8_are_told_by_their_place() -> None:
    """Text of another encoding, after a line that is right."""
    with pytest.raises(BadJson) as refused:
        read_json('{"a": "甲",\n"b": "'.encode() + "乙".encode("gbk"))

    assert {"line": 2, "column": 7} == refused.value.extra


@pytest.mark.parametrize(
    ("text", "key", "line", "column"),
    [
        ('{"a": 1, "a": 1}', "a", 1, 10),
        ('{"a": {"b": 1,\n  "b": 2}}', "b", 2, 3),
        ('[{"a": 1}, {"a": 1, "\\u0061": 2}]', "a", 1, 21),
        ('{"x": {"a": 1}, "y": "\\"}", "x" : 2}', "x", 1, 29),
        ('{"甲": [{}], "甲": 2}', "甲", 1, 13),
    ],
)
def test_a_key_twice_in_one_object_is_refused(text: str, key: str, line: int, column: int) -> None:
    """However it is written, and whatever stands between."""
    with pytest.raises(DuplicateKey) as refused:
        read_json(text.encode())

    assert {"key": key, "line": line, "column": column} == refused.value.extra
    assert f"“{key}”" in refused.value.detail


@given(VALUES)
def test_what_has_no_key_twice_is_read(value: object) -> None:
    """The same key in another object, and strings that look like keys, are right."""
    assert value == read_json(orjson.dumps(value))


@pytest.mark.parametrize("text", ["[{}]", '{{"a": {{"b": [{}]}}}}'])
def test_a_body_of_more_values_than_any_call_takes_is_refused_before_it_is_looked_at(text: str) -> None:
    """A hundred thousand wrong entries cost seconds of work that holds up everybody."""
    assert read_json(text.format(",".join("1" * MOST_VALUES)).encode())
    with pytest.raises(TooManyValues):
        read_json(text.format(",".join("1" * (MOST_VALUES + 1))).encode())


def test_commas_in_a_text_are_no_values() -> None:
    """A long narrative has thousands."""
    assert {"a": ",{}" * MOST_VALUES} == read_json(orjson.dumps({"a": ",{}" * MOST_VALUES}))
