"""One child process: started with its own log, watched, restarted with growing pauses, stopped in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import orjson

from shared.process.process_end import EXIT_WRONG_USE

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0
HEALTHY_AFTER_SECONDS = 30.0
"""A process that lived so long starts over with the shortest pause when it dies."""
MISUSED_PAUSE_SECONDS = 30.0
"""A process that refuses its settings refuses them again until somebody mends them."""
PR_SET_PDEATHSIG = 1
TAIL_BYTES = 8192
NO_REASON = "it says nothing"


def die_with_parent() -> None:
    """Runs in the child: it is killed when the supervisor dies, so nothing is ever left behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Incident(NamedTuple):
    """What happened to a process: the event's name, the line for whoever watches, and what is to be known of it."""

    event: str
    line: str
    facts: dict[str, object]


@dataclass
class Child:
    """A process of the installation. ``ready_url`` None: it counts as ready while it runs.

    ``service``: whose process it is, of several perhaps; ``settles``: it tells at ``/internal/settled`` on its port how
    far it has come. ``misused``: it ended since its settings cannot be worked with; why, in its own words. ``ended``:
    with which code it ended last, and why, if it was not asked to.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    log_file: Path
    port: int
    ready_url: str | None = None
    grace_seconds: float = 8.0
    service: str = ""
    settles: bool = True
    process: "subprocess.Popen[bytes] | None" = None
    restarts: int = 0
    started_at: float = 0.0
    next_start_at: float = 0.0
    pause: float = field(default=FIRST_PAUSE_SECONDS)
    misused: str = ""
    ended: str = ""
    _log_began: int = 0

    def start(self) -> None:
        """Start the process; its output goes to its log file."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as output:
            self._log_began = output.tell()
            self.process = subprocess.Popen(
                self.command,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - starts before any thread, calls prctl alone
            )
        self.started_at = time.monotonic()

    def watch(self) -> Incident | None:
        """Restart the process if it died and its pause is over; what happened, if anything."""
        if self.process is None:
            return self._start_again() if time.monotonic() >= self.next_start_at else None
        code = self.process.poll()
        if code is None:
            return None
        if time.monotonic() - self.started_at > HEALTHY_AFTER_SECONDS:
            self.pause = FIRST_PAUSE_SECONDS
        self.process = None
        why = self.last_said() if code >= 0 else f"killed by {signal.Signals(-code).name}"
        self.misused = why if code == EXIT_WRONG_USE else ""
        self.ended = f"{code}: {why}" if code else ""
        self._put_off()
        return Incident("process.ended", f"{self.name}: ended with {code}: {why}", {"code": code, "why": why})

    def _start_again(self) -> Incident:
        try:
            self.start()
        except OSError as error:
            self._put_off()
            why = f"{error.strerror}"
            return Incident("process.not_started", f"{self.name}: not started again: {why}", {"why": why})
        self.restarts += 1
        return Incident("process.started_again", f"{self.name}: started again", {"restarts": self.restarts})

    def _put_off(self) -> None:
        self.next_start_at = time.monotonic() + (MISUSED_PAUSE_SECONDS if self.misused else self.pause)
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)

    def last_said(self) -> str:
        """The last line that it wrote since it was started, in one line: why it ended, if it could say so."""
        try:
            with self.log_file.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                began = self._log_began if self._log_began <= size else 0  # it was put aside meanwhile
                file.seek(max(began, size - TAIL_BYTES))
                lines = file.read().decode(errors="replace").split("\n")
        except OSError as error:
            return f"{self.log_file}: {error.strerror}"
        return in_short(next((line for line in reversed(lines) if line.strip()), NO_REASON))

    def ready(self) -> bool:
        """Whether it runs and says so."""
        if self.process is None or self.process.poll() is not None:
            return False
        if self.ready_url is None:
            return True
        try:
            with urllib.request.urlopen(self.ready_url, timeout=1) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except OSError:
            return False

    def records_read(self) -> int:
        """How many records of the log it has read, as far as it says so."""
        if self.ready_url is None or not self.settles:
            return 0
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/internal/settled", timeout=1) as answer:
                positions: dict[str, int] = orjson.loads(answer.read())["positions"]
        except OSError:
            return 0
        return sum(positions.values())

    def stop(self) -> None:
        """Ask it to end, and end it if it does not."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(self.grace_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def in_short(line: str) -> str:
    """A log line as part of another one: of a JSON object its event, and what went wrong."""
    try:
        said = orjson.loads(line)
        return " ".join(str(said[name]) for name in ("event", "what", "why", "error") if name in said)
    except (orjson.JSONDecodeError, TypeError):
        return line.removeprefix("redress: ").strip()


def python(module: str) -> list[str]:
    """The command of one of our own processes."""
    return [sys.executable, "-m", module]
