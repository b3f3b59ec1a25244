"""An installation on this machine: what ``redress up`` was started with, so that other commands find it."""

import fcntl
import os
from pathlib import Path
from typing import Any

import orjson

from shared.errors import RedressError
from shared.process.settings import Settings
from shared.sealing.durable_files import replace_file

KEPT = (
    "ports", "clock", "kafka_bootstrap", "partitions", "replication", "topic_prefix", "inbox_systems", "installation",
)  # fmt: skip
"""The settings with which commands find the installation."""


class NotRunning(RedressError):
    """Nothing was started from this data folder: `redress up` first, or name another folder with --data."""

    code = "not_running"
    status = 503


class AlreadyRunning(RedressError):
    """Another `redress up` or `redress restore` has this data folder: `redress down` stops it; or name another one."""

    code = "already_running"
    status = 409


def settings_file(data: Path) -> Path:
    """Where an installation's settings are kept."""
    return data / "run" / "settings.json"


def remember(settings: Settings) -> None:
    """Keep what other commands need to find the installation."""
    kept = {name: getattr(settings, name) for name in KEPT}
    settings_file(settings.data).parent.mkdir(parents=True, exist_ok=True)
    replace_file(settings_file(settings.data), orjson.dumps(kept))  # a full disk leaves the one before


def load(data: Path) -> Settings:
    """The settings of the installation in a data folder. Raises NotRunning."""
    try:
        kept: dict[str, Any] = orjson.loads(settings_file(data).read_bytes())
    except FileNotFoundError as error:
        raise NotRunning from error
    except orjson.JSONDecodeError as error:
        raise NotRunning(f"{settings_file(data)} is damaged: `redress up` writes it anew.") from error
    return Settings(data=data, **kept)


def last_ports(data: Path) -> int:
    """The first port of what was started last from a data folder; where nothing was, or nobody knows, the usual one."""
    try:
        return load(data).ports
    except NotRunning:
        return Settings(data=data).ports


def restoring_file(data: Path) -> Path:
    """What is there as long as a restore is not done."""
    return data / "run" / "restoring.json"


def hold_folder(data: Path) -> int:
    """Lock a data folder for one supervisor, or one restore. Raises AlreadyRunning."""
    (data / "run").mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data / "run" / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise AlreadyRunning from error
    return descriptor
