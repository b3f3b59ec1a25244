"""An installation on this machine: what ``redress up`` was started with, so that other commands find it."""

from pathlib import Path
from typing import Any

import orjson

from shared.errors import RedressError
from shared.process.settings import Settings


class NotRunning(RedressError):
    """Nothing was started from this data folder: `redress up` first, or name another folder with --data."""

    code = "not_running"
    status = 503


def settings_file(data: Path) -> Path:
    """Where an installation's settings are kept."""
    return data / "run" / "settings.json"


def remember(settings: Settings) -> None:
    """Keep what other commands need to find the installation."""
    kept = {
        "ports": settings.ports,
        "clock": settings.clock,
        "kafka_bootstrap": settings.kafka_bootstrap,
        "partitions": settings.partitions,
        "replication": settings.replication,
        "topic_prefix": settings.topic_prefix,
        "inbox_systems": settings.inbox_systems,
        "installation": settings.installation,
    }
    settings_file(settings.data).parent.mkdir(parents=True, exist_ok=True)
    settings_file(settings.data).write_bytes(orjson.dumps(kept))


def load(data: Path) -> Settings:
    """The settings of the installation in a data folder. Raises NotRunning."""
    try:
        kept: dict[str, Any] = orjson.loads(settings_file(data).read_bytes())
    except FileNotFoundError as error:
        raise NotRunning from error
    return Settings(data=data, **kept)


def restoring_file(data: Path) -> Path:
    """What is there as long as a restore is not done."""
    return data / "run" / "restoring.json"
