"""Processes write about themselves as JSON lines, the same in all of them: on standard error, or into a file of theirs.

A file that has grown large is put aside and begun anew, so what is kept of it is bounded, over any number of starts.
"""

import logging
import os
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import orjson
import structlog

FILE_BYTES = 16 * 2**20
KEPT_FILES = 5
"""So many that were put aside are kept beside the one that is written: ``sla.log.1`` is the youngest of them."""


class LogFile(RotatingFileHandler):
    """A log file, appended to. ``alone``: a process has it for itself, so what else it says goes there, too."""

    def __init__(self, path: Path, *, alone: bool) -> None:
        super().__init__(path, maxBytes=FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8", errors="backslashreplace")
        self._alone = alone
        self._take_along()

    def doRollover(self) -> None:  # noqa: N802 - its name in the standard library
        """Put the file aside and begin it anew."""
        super().doRollover()
        self._take_along()

    def _take_along(self) -> None:
        """Have standard output and error lead to where the file is now: Python itself writes there as it dies."""
        if self._alone and self.stream is not None:
            for descriptor in (1, 2):
                os.dup2(self.stream.fileno(), descriptor)


def configure_logging(service: str, level: str = "info", file: Path | None = None, *, alone: bool = True) -> None:
    """JSON lines with the service's name, into ``file`` or on standard error. Ids and codes, never customer text."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr) if file is None else LogFile(file, alone=alone)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                *shared,
                structlog.processors.format_exc_info,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(
                    serializer=lambda value, **_: orjson.dumps(value, default=str).decode()
                ),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    quiet_libraries()
    structlog.contextvars.bind_contextvars(service=service)


def places_in(error: BaseException) -> list[str]:
    """Where an error came about, file and line: never its own words, which may quote what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


def say_nothing() -> None:
    """For commands: what they have to say is their output."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger().handlers = [logging.NullHandler()]  # else what libraries have to say goes to the terminal
    quiet_libraries()


def quiet_libraries() -> None:
    """With the broker away aiokafka logs thousands of lines a second; a mail server logs addresses."""
    for noisy in ("aiokafka", "kafka", "faust", "mode", "uvicorn.access", "httpx", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL if noisy == "aiokafka" else logging.WARNING)
