"""The disks that a data folder lies on: a part of it, such as the print tray, may have one of its own.

They are looked at on a thread of its own: a share whose server is silent gives no answer for as long as it is.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import NamedTuple

LEAST_FREE_BYTES = 256 * 2**20
"""With less the brokers' next segments and the vault's next keys are soon refused."""
REST_SECONDS = 10.0
"""So long after a look has begun the next one may: whoever asks more often is told the same."""
SILENT_SECONDS = 5.0
"""A disk that is well answers within milliseconds, one that wakes up within seconds."""
SEE_TO_IT = "see to it, or to the server of the share"
Try = Callable[[Path], str]
"""Tries something in a folder; what is wrong with its disk, empty where nothing is."""


class Seen(NamedTuple):
    """How much is free on each disk, the data folder's first, and what is wrong with one, by the first folder there."""

    free: Mapping[Path, int] = {}
    wrong: Mapping[Path, str] = {}


class Disks:
    """The disks of a data folder, as they were seen last. ``tried``: what is tried on each of them besides.

    A look that does not end is not begun again: it takes one thread, and what was seen before it goes on to be told.
    """

    def __init__(self, data: Path, tried: Try = lambda folder: "") -> None:
        self._data = data
        self._tried = tried
        self._last = Seen()
        self._begin()

    def _begin(self) -> None:
        self._begun, self._at, self._so_far = time.monotonic(), self._data, Seen()
        self._thread = Thread(target=self._look, name=f"disks of {self._data}", daemon=True)  # no process waits for it
        self._thread.start()

    def seen(self) -> Seen:
        """What is known of them, at once, and have them looked at again; one that is silent hides no other."""
        now = time.monotonic()
        if not self._thread.is_alive():
            self._last = self._so_far
            if now >= self._begun + REST_SECONDS:
                self._begin()
        elif now >= self._begun + SILENT_SECONDS:
            silent, so_far = {self._at: f"gives no answer: {SEE_TO_IT}"}, self._so_far
            return Seen({**self._last.free, **so_far.free}, {**so_far.wrong, **silent})
        return self._last

    def wait(self) -> None:
        """Wait for the look that is under way, but not for a disk that is silent."""
        self._thread.join(SILENT_SECONDS)

    def _look(self) -> None:
        known = set[int]()
        for folder in self._folders():
            with self._looking_at(folder):
                place = place_of(folder)
                if (device := place.stat().st_dev) not in known:
                    known.add(device)
                    free = {**self._so_far.free, folder: shutil.disk_usage(place).free}
                    self._so_far = self._so_far._replace(free=free)
                    self._is_wrong(folder, self._tried(place))

    def _folders(self) -> Iterator[Path]:
        """The data folder and its parts, two deep, such as ``broker/log`` and ``outbox/print``."""
        yield self._data
        for part in self._parts(self._data):
            yield part
            yield from self._parts(part)

    def _parts(self, folder: Path) -> list[Path]:
        with self._looking_at(folder), os.scandir(folder) as found:
            return sorted(Path(one) for one in found if one.is_symlink() or one.is_dir(follow_symlinks=False))
        return []

    @contextmanager
    def _looking_at(self, folder: Path) -> Iterator[None]:
        """Note what is wrong with a disk; a folder that has just gone, or where this account may not look, is well."""
        self._at = folder
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            pass
        except OSError as error:
            self._is_wrong(folder, f"cannot be looked at ({error.strerror}): {SEE_TO_IT}")

    def _is_wrong(self, folder: Path, why: str) -> None:
        if why:
            self._so_far = self._so_far._replace(wrong={**self._so_far.wrong, folder: why})


def look(data: Path, tried: Try = lambda folder: "") -> Seen:
    """See the disks as they are now; one that gives no answer holds nobody up for more than some seconds."""
    disks = Disks(data, tried)
    disks.wait()
    return disks.seen()


def place_of(folder: Path) -> Path:
    """A folder, or the one in which it will be made."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def advice(data: Path) -> str:
    """What to say of something that could not be written, where that may be why; empty where there is room."""
    seen = look(data)
    full = [f"{folder}" for folder, free in seen.free.items() if free < LEAST_FREE_BYTES]
    said = [f" There is little room on the disk of {', '.join(full)}: free some first."] if full else []
    return "".join([*said, *(f" The disk of {folder} {why}." for folder, why in seen.wrong.items())])
