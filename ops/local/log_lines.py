"""The log lines of an installation's processes, in the order of their times; of one process or about one case.

Processes write a JSON object a line. What was written otherwise, such as by Python itself where a process could not
even begin, stands with the line before it.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from shared.errors import BadReference

NOT_JSON = frozenset({"broker"})
"""The broker writes lines of its own kind, each beginning with its time in brackets."""


class LogLine(NamedTuple):
    """A line: the process that wrote it, when, as ISO 8601 in UTC, what it says, and its text as it stands there."""

    time: str
    process: str
    said: dict[str, Any]
    text: str

    @property
    def level(self) -> str:
        """How grave it is, where it says so."""
        return str(self.said.get("level", ""))

    def is_about(self, case: str) -> bool:
        """Whether it names a case."""
        return case in self.text


@dataclass
class LogFile:
    """A log file as far as it was read."""

    path: Path
    read: int = 0
    last: str = ""
    begun: bytes = field(default=b"", repr=False)

    def lines(self) -> Iterator[LogLine]:
        """What was written since the last time; a line that is not written to its end waits for it."""
        with self.path.open("rb") as file:
            if file.seek(0, 2) < self.read:  # it was begun anew
                self.read, self.begun = 0, b""
            file.seek(self.read)
            *whole, self.begun = (self.begun + file.read()).split(b"\n")
            self.read = file.tell()
        for raw in whole:
            if raw.strip():
                yield self._line(raw)

    def _line(self, raw: bytes) -> LogLine:
        said: dict[str, Any] = {}
        if raw.startswith(b"{"):
            try:
                said = orjson.loads(raw)
            except orjson.JSONDecodeError:
                said = {}  # half a line of a process that was killed
        self.last = str(said.get("timestamp", self.last))
        return LogLine(self.last, self.path.stem, said, raw.decode(errors="replace"))


def files_of(data: Path, name: str | None) -> list[LogFile]:
    """The log files of all processes, or of one. Raises BadReference: there is none of that name."""
    paths = {path.stem: path for path in (data / "logs").glob("*.log") if path.stem not in NOT_JSON}
    found = {stem: LogFile(path) for stem, path in sorted(paths.items())}
    if name is None:
        return list(found.values())
    if name not in found:
        known = ", ".join(found) or "nothing was started from this folder yet"
        raise BadReference(f"There is no log of {name!r}: {known}.")
    return [found[name]]


def together(files: Iterable[LogFile]) -> Iterator[LogLine]:
    """The new lines of several files in the order of their times; of each file in its own."""
    return heapq.merge(*(file.lines() for file in files), key=lambda line: line.time)
