"""The disks that a data folder lies on: a part of it, such as the print tray, may have one of its own."""

import shutil
from contextlib import suppress
from pathlib import Path

LEAST_FREE_BYTES = 256 * 2**20
"""With less the brokers' next segments and the vault's next keys are soon refused."""
DEPTHS = ("*/", "*/*/")
"""Folders that may be on a disk of their own, such as ``broker/log`` and ``outbox/print``."""


def place_of(folder: Path) -> Path:
    """A folder, or the one in which it will be made."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def free_bytes(data: Path) -> dict[Path, int]:
    """How much is free on each disk: the data folder's first, then those of its parts, by the first folder there."""
    first = place_of(data)
    known, found = {first.stat().st_dev}, {data: shutil.disk_usage(first).free}
    for folder in (part for depth in DEPTHS for part in _parts(data, depth)):
        with suppress(OSError):  # it has gone at this very moment, or this account may not look
            if (device := folder.stat().st_dev) not in known:
                known.add(device)
                found[folder] = shutil.disk_usage(folder).free
    return found


def advice(data: Path) -> str:
    """What to say of something that could not be written, where that may be why; empty where there is room."""
    full = [f"{folder}" for folder, free in free_bytes(data).items() if free < LEAST_FREE_BYTES]
    return f" There is little room on the disk of {', '.join(full)}: free some first." if full else ""


def _parts(data: Path, depth: str) -> list[Path]:
    """The folders below a data folder; none where one of their disks cannot be read: who uses that tells of it."""
    try:
        return sorted(data.glob(depth))
    except OSError:
        return []
