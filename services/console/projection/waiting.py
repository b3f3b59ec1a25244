"""Waiting for what a background task brings about, without missing that the task has failed."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def until(wait: Coroutine[Any, Any, object], *tasks: "asyncio.Task[None]") -> None:
    """Wait for something that tasks bring about; an error of theirs ends the waiting."""
    waiting = asyncio.create_task(wait)
    try:
        await asyncio.wait({waiting, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                await task
    finally:
        await ended(waiting)


async def ended(task: "asyncio.Task[Any]") -> None:
    """Cancel a task and wait until it has let go of everything."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
