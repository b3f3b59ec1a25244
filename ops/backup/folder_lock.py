"""A backup's folder is one writer's at a time; whoever reads it back has it as it is until he is done."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import RedressError

LOCK = ".lock"


class BackupUnderWay(RedressError):
    """Another `redress backup` writes to this folder, or it is just read back: wait until that is done."""

    code = "backup_under_way"
    status = 409


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Have a folder for oneself; it is made where it is missing. Raises BackupUnderWay."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX):
        yield


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Have a folder as it is, beside others who read it. Raises BackupUnderWay."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY)
    except FileNotFoundError:  # a copy of a backup, to which nobody adds
        yield
        return
    with _locked(descriptor, fcntl.LOCK_SH):
        yield


@contextmanager
def _locked(descriptor: int, how: int) -> Iterator[None]:
    try:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupUnderWay from error
        yield
    finally:
        os.close(descriptor)
