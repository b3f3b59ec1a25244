"""A row is one mapping of the organisation file: its fields are taken one by one, what is left over is refused."""

import re
from collections.abc import Iterator
from typing import Any

from shared.errors import BadReference

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
LINE_LIMIT = 200
LINE = "__line__"
MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR


class Row:
    """One mapping of the file."""

    def __init__(self, raw: Any, what: str) -> None:
        if not isinstance(raw, dict):
            raise BadReference(f"The organisation file: {what} has to be a mapping, not {raw!r}.")
        self.line = raw[LINE]
        self._what = what
        self._fields = {k: v for k, v in raw.items() if k != LINE}

    def error(self, text: str) -> BadReference:
        """The error, with its line."""
        return BadReference(f"The organisation file, line {self.line}: {text}", line=self.line)

    def take(self, name: str, kind: type, default: Any = ...) -> Any:
        """A field of a kind; without a default it is required."""
        if name not in self._fields:
            if default is ...:
                raise self.error(f"{self._what} needs {name!r}.")
            return default
        value = self._fields.pop(name)
        if value is None and default is None:
            return None
        if type(value) is not kind:  # a truth value is no number here, an instant no date
            raise self.error(f"{name!r} of {self._what} has to be {kind.__name__}, not {value!r}.")
        return value

    def id(self) -> str:
        """The id, in the form in which calls can name it."""
        value: str = self.take("id", str)
        if not ID.fullmatch(value):
            raise self.error(f"{value!r} is no id: up to 128 of the letters A-Z and a-z, digits, '.', '_' and '-'.")
        return value

    def text(self, name: str, default: Any = ...) -> Any:
        """A line that people read: it may stand in the head of a letter, so it has no control characters."""
        value = self.take(name, str, default)
        if value is not None and not (value.strip() and value.isprintable() and len(value) <= LINE_LIMIT):
            raise self.error(f"{name!r} of {self._what} has to be one line of 1 to {LINE_LIMIT} characters.")
        return value

    def known(self, value: Any, among: Any, what: str) -> str:
        """A value that has to be one of those known."""
        if not isinstance(value, str) or value not in among:
            raise self.error(f"{what} {value!r} is not known.")
        return value

    def done(self) -> None:
        """Refuse fields that nobody asked for."""
        if self._fields:
            raise self.error(f"{self._what} has no field {min(self._fields)!r}.")

    def email(self) -> str | None:
        """An e-mail address, if there is one: letters come from it or go to it."""
        address: str | None = self.take("email", str, None)
        if address is not None and not ADDRESS.fullmatch(address):
            raise self.error(f"{address!r} is no e-mail address.")
        return address

    def part(self, name: str, what: str) -> "Row | None":
        """A mapping inside it, if there is one."""
        raw = self.take(name, dict, None)
        return Row(raw, what) if raw is not None else None

    def rows(self, name: str, what: str, default: Any = ...) -> Iterator["Row"]:
        """The mappings of a list inside it."""
        return (Row(raw, what) for raw in self.take(name, list, default))


def minute_of_day(text: str) -> int | None:
    """The minutes since midnight of "17:30" (up to "24:00"); None if it is no time of day."""
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdigit() and minutes.isdigit() and int(minutes) < MINUTES_PER_HOUR):
        return None
    found = int(hours) * MINUTES_PER_HOUR + int(minutes)
    return found if found <= MINUTES_PER_DAY else None
