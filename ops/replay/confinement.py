"""Confines this process: from here on it can reach nobody, start nothing, write nothing, and read nothing but code.

An audit hook (PEP 578) cannot be taken out again. What it refuses is refused to every library alike, so nothing that is
decided again can be appended, sent or kept, whatever the code does that is tried.
"""

import os
import resource
import sys
import sysconfig
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH

from ops.paths import ROOT

REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.remove", "os.rename",
    "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.kill", "os.putenv",
    "shutil.", "sqlite3.", "ctypes.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "urllib.Request", "tempfile.",
    "webbrowser.", "pty.", "syslog.",
)  # fmt: skip
"""What is refused, by how the events of the interpreter begin (docs.python.org/3/library/audit_events.html)."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CODE = tuple(
    f"{Path(folder).resolve()}/"
    for folder in {
        *(str(ROOT / room) for room in ("ops", "services", "shared")),
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *TZPATH,
    }
)
"""Where code lies, the words and tables that come with it, and the time zones: a data folder is none of them."""


class Confined(PermissionError):
    """Something was tried that a process may not do that decides again."""


def confine() -> None:
    """Give up everything but standard streams, computing, and reading code."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # beside the hook: the system too lets no file grow
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        _refuse_opening(*arguments)
    elif event.startswith(REFUSED):
        raise Confined(f"{event}: a process that decides again may not do this")


def _refuse_opening(path: Any, mode: str | None, flags: int) -> None:
    """Refuse to open what is to be written, or is neither code nor what comes with it."""
    if isinstance(path, int):
        return  # a stream that is open already
    name = os.path.realpath(os.fsdecode(path))
    if flags & WRITING or (mode is not None and set(mode) & set("wax+")):
        raise Confined(f"{name}: a process that decides again may not write")
    if not f"{name}/".startswith(CODE):
        raise Confined(f"{name}: a process that decides again may read nothing but code")
