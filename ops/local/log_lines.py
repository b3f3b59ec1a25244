"""The log lines of an installation's processes, in the order of their times; of one process or about one case.

Processes, supervisor and broker write a JSON object a line. What was written otherwise, such as by Python itself where
a process could not even begin, stands with the line before it.
"""

import heapq
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from shared.errors import BadReference

QUIET = frozenset({"info", "debug"})
"""What the broker says of itself at these levels is shown only to who asks for its log by name."""
BROKER = "broker"
PUT_ASIDE_SECONDS = 1.0
"""A file that is put aside has no successor for microseconds."""


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

    @property
    def is_murmur(self) -> bool:
        """Whether the broker talks to itself."""
        return self.process == BROKER and self.level in QUIET

    def is_about(self, case: str) -> bool:
        """Whether it names a case."""
        return case in self.text


@dataclass
class LogFile:
    """The log of a process as far as it was read: what was put aside of it first, then the file that it writes."""

    path: Path
    last: str = ""
    _files: list[BinaryIO] = field(default_factory=list)
    _begun: bytes = b""

    def lines(self) -> Iterator[LogLine]:
        """What was written since the last time; a line that is not written to its end waits for it."""
        self._files = self._files or self._opened()
        if self._follows_an_old_one():
            self._files.append(self.path.open("rb"))
        while True:
            if self._files[0].tell() > os.fstat(self._files[0].fileno()).st_size:  # somebody emptied it
                self._files[0].seek(0)
            *whole, self._begun = (self._begun + self._files[0].read()).split(b"\n")
            yield from (self._line(raw) for raw in whole if raw.strip())
            if len(self._files) == 1:
                return
            self._files.pop(0).close()

    def close(self) -> None:
        """Let go of the files."""
        while self._files:
            self._files.pop().close()

    def _opened(self) -> list[BinaryIO]:
        """The files as they lie there; looked at again where one is just put aside."""
        until = time.monotonic() + PUT_ASIDE_SECONDS
        while True:
            with ExitStack() as opened:
                try:
                    found: list[BinaryIO] = [
                        opened.enter_context(path.open("rb")) for path in (*self._put_aside(), self.path)
                    ]
                except FileNotFoundError:
                    if time.monotonic() > until:
                        raise
                else:
                    opened.pop_all()
                    return found
            time.sleep(PUT_ASIDE_SECONDS / 100)

    def _put_aside(self) -> list[Path]:
        """The files that were put aside, the oldest first."""
        found = self.path.parent.glob(f"{self.path.name}.[1-9]*")
        return sorted(found, key=lambda path: int(path.suffix[1:]), reverse=True)

    def _follows_an_old_one(self) -> bool:
        """Whether the file that is read last is not the one that the process writes any more."""
        try:
            now, read = self.path.stat(), os.fstat(self._files[-1].fileno())
        except FileNotFoundError:  # it is just put aside
            return False
        return now.st_ino != read.st_ino

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
    paths = {path.stem: path for path in (data / "logs").glob("*.log")}
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
