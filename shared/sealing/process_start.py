"""Every process starts alike: what it writes is its owner's alone, and in production it refuses what is not safe."""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.process import event_loop
from shared.process.process_end import EXIT_WRONG_USE
from shared.process.settings import Settings, misspelled
from shared.sealing.production import faults

OWNER_ALONE = 0o077


def begin() -> Settings:
    """The settings of this process, from the environment; whatever it writes from here on nobody else can read.

    Every fault is a line on standard error, and the process ends with exit code 2.
    """
    keep_private()
    refuse(misspelled())
    try:
        settings = Settings()
    except ValidationError as error:
        refuse([_line(fault) for fault in error.errors(include_input=False)])
        raise
    except OSError as error:
        refuse([f"{error.filename}, which a setting names, cannot be read: {error.strerror}."])
        raise
    refuse(faults(settings))
    own_alone(settings.data)
    event_loop.install()
    return settings


def _line(fault: Any) -> str:
    name = "_".join(map(str, fault["loc"])).upper()
    return f"REDRESS_{name}: {fault['msg']}" if name else str(fault["msg"])


def keep_private() -> None:
    """Files that are made from here on are 0600 and folders 0700, also those of child processes."""
    os.umask(OWNER_ALONE)


def refuse(lines: list[str]) -> None:
    """End with exit code 2 if there is anything to say."""
    if lines:
        sys.stderr.write("".join(f"redress: {line}\n" for line in lines))
        raise SystemExit(EXIT_WRONG_USE)


def own_alone(folder: Path) -> None:
    """Let nobody else into the data folder; it is made if there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) & OWNER_ALONE:
        folder.chmod(stat.S_IRWXU)


def mended(folder: Path) -> int:
    """Take away what others may do in a data folder; how many files and folders had to be mended."""
    found = 0
    own_alone(folder)
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            found += _mended_one(os.path.join(place, name))  # noqa: PTH118 - there can be a million documents
    return found


def _mended_one(path: str) -> bool:
    with suppress(FileNotFoundError):
        mode = os.lstat(path).st_mode
        if not stat.S_ISLNK(mode) and mode & OWNER_ALONE:
            os.chmod(path, stat.S_IMODE(mode) & ~OWNER_ALONE)  # noqa: PTH101 - there can be a million documents
            return True
    return False
