"""Reads a JSON text as its sender meant it, or says at which line and column it cannot be read. Pure."""

import re
from typing import Any, ClassVar

import orjson

from shared.contract.refusal_words import fault
from shared.errors import RedressError

KEY_OR_MARK = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{},]')
"""Of a text that is JSON: each string with the colon that makes it a key, where objects begin and end, each comma."""
MOST_VALUES = 4_000
"""More than twice of what the largest body of ours holds. Each value that is wrong costs a fault: a hundred thousand of
them take seconds, in which a process answers nobody, in whichever thread."""
SHOWN_KEY = 64
"""Characters of a key that a refusal repeats: every field of ours is shorter."""


class BadJson(RedressError):
    """The body is not one JSON document in UTF-8: correct what stands at the line and column that are named."""

    code: ClassVar[str] = "bad_json"
    status: ClassVar[int] = 400

    def __init__(self, line: int = 1, column: int = 1) -> None:
        super().__init__(fault("bad_json_at", line=line, column=column), line=line, column=column)


class DuplicateKey(RedressError):
    """A key is there twice in one object, and nobody can tell which counts: send it once."""

    code: ClassVar[str] = "duplicate_key"
    status: ClassVar[int] = 400

    def __init__(self, key: str = "matter", line: int = 1, column: int = 1) -> None:
        said = fault("duplicate_key_at", key=key[:SHOWN_KEY], line=line, column=column)
        super().__init__(said, key=key[:SHOWN_KEY], line=line, column=column)


class TooManyValues(RedressError):
    """The body holds more values than any call takes, 4,000 of them: leave out what is not asked for."""

    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413


def read_json(body: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        BadJson: it is not JSON in UTF-8.
        TooManyValues: whatever it says, it is no body of ours.
        DuplicateKey: an object has a key twice; parsers differ in which one they take.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadJson(*_place(body[: error.start].decode(), error.start)) from error
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadJson(error.lineno, error.colno) from error
    _check_marks(text)
    return value


def _check_marks(text: str) -> None:
    """Raises DuplicateKey, TooManyValues."""
    objects: list[set[str]] = []
    values = 0
    for found in KEY_OR_MARK.finditer(text):
        if found[1] is None:
            match found[0]:
                case "{":
                    objects.append(set())
                case "}":
                    objects.pop()
                case _:
                    values += 1
                    if values >= MOST_VALUES:
                        raise TooManyValues
        elif found[2] is not None:
            key = orjson.loads(found[1]) if "\\" in found[1] else found[1][1:-1]
            if key in objects[-1]:
                raise DuplicateKey(key, *_place(text, found.start()))
            objects[-1].add(key)


def _place(text: str, position: int) -> tuple[int, int]:
    """Line and column of a character, both counted from 1."""
    before = text[:position]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
