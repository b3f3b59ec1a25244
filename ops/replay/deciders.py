"""A deciding process as seen from whoever reads the log for it: started, fed, listened to, ended."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from ops.paths import ROOT
from ops.replay.findings import Findings
from ops.replay.frames import LENGTH_BYTES, Found, Order, Took, length_of, packed, reply_of
from shared.errors import RedressError

COMMAND = (sys.executable, "-m", "ops.replay.decider")
LAST_WORDS = 400
"""Characters of what a process that ended said at last."""


class DeciderEnded(RedressError):
    """The process that decides again ended before it was done: try again, and mend what it says."""

    code = "decider_ended"
    status = 503


class Decider:
    """One deciding process. ``took`` hears how many records more are done with."""

    def __init__(self, process: Process, took: Callable[[int], None]) -> None:
        self._process = process
        self._took = took

    async def order(self, order: Order) -> None:
        """Hand an order over, as soon as the process takes it. Raises DeciderEnded."""
        stream = self._process.stdin
        if stream is None:
            raise DeciderEnded
        try:
            stream.write(packed(order))
            await stream.drain()
        except OSError as error:
            raise DeciderEnded(await self._why()) from error

    async def found(self) -> Findings:
        """Listen until it says what it found in a partition. Raises DeciderEnded."""
        stream = self._process.stdout
        if stream is None:
            raise DeciderEnded
        while True:
            try:
                content = await stream.readexactly(length_of(await stream.readexactly(LENGTH_BYTES)))
            except asyncio.IncompleteReadError as error:
                raise DeciderEnded(await self._why()) from error
            match reply_of(content):
                case Took(records):
                    self._took(records)
                case Found(findings):
                    return findings

    async def _why(self) -> str:
        """What it said at last."""
        said = await self._process.stderr.read() if self._process.stderr is not None else b""
        last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
        return f"The process that decides again ended before it was done: {last[0][:LAST_WORDS]}"


@asynccontextmanager
async def decider(took: Callable[[int], None]) -> AsyncIterator[Decider]:
    """A deciding process, with an empty environment: its code is found from where it is started."""
    process = await asyncio.create_subprocess_exec(*COMMAND, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={}, cwd=ROOT)
    try:
        yield Decider(process, took)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
