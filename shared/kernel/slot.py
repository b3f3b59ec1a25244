"""A slot is held by one worker of a service at a time: its instance id is the slot's."""

import fcntl
import os
from pathlib import Path

from shared.process.settings import Settings
from shared.sealing import process_start


def hold_slot(settings: Settings, service: str) -> int:
    """Lock this slot: two live processes with one instance id would fight over their partitions for ever."""
    path: Path = settings.data / "run" / f"{service}-{settings.slot}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        running = f"slot {settings.slot} of {service} is running already, {path} is locked"
        process_start.refuse([f"{running}: stop it, or take another REDRESS_SLOT."])
    return descriptor
