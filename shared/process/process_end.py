"""A process that cannot go on ends at once, with one log line that says what to do."""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any

import structlog

from shared.errors import RedressError

log = structlog.get_logger()

EXIT_WRONG_USE = 2
"""A process that cannot work with its settings ends so: to start it again changes nothing."""
EXIT_FATAL = 70
"""The process ends and the supervisor starts it anew: its right to append, or its view of the log, is gone."""
FENCED_ERRORS = ("ProducerFenced", "InvalidProducerEpoch", "InvalidProducerIdMapping", "AssertionError")


def end_process(what: str, error: BaseException) -> None:
    """End at once: what is not in the log yet is owed still, and will be answered after the restart.

    An error of ours is told by its code and its sentence, any other with its trace.
    """
    if (known := known_in(error)) is not None:
        log.error("process.fatal", what=what, code=known.code, error=known.detail)
    else:
        fenced = any(name in repr(error) for name in FENCED_ERRORS)
        log.error("process.fatal", what=what, fenced=fenced, error=repr(error), exc_info=error)
    os._exit(EXIT_FATAL)


def watched(work: Coroutine[Any, Any, None], what: str) -> "asyncio.Task[None]":
    """A task whose failure ends the process: the supervisor starts it anew, and nothing is lost."""
    task = asyncio.create_task(work, name=what)

    def done(finished: "asyncio.Task[None]") -> None:
        if not finished.cancelled() and (error := finished.exception()) is not None:
            end_process(what, error)

    task.add_done_callback(done)
    return task


def known_in(error: BaseException) -> RedressError | None:
    """The error of ours that this is, or that stands in this group of errors."""
    if isinstance(error, BaseExceptionGroup):
        return next((found for one in error.exceptions if (found := known_in(one)) is not None), None)
    return error if isinstance(error, RedressError) else None
