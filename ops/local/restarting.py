"""A process is restarted: it ends in order, the supervisor starts it again, and it is waited for until it is ready."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import httpx

from ops.local.status import processes
from shared.errors import BadReference, RedressError
from shared.process.settings import Settings

BACK_SECONDS = 120.0
"""A process that goes on from its store is ready within moments; one that reads the whole log takes longer."""
LOOK_SECONDS = 0.2
VAIN_STARTS = 3
"""So many starts in a row that end by themselves are no accident: the next one ends, too."""


class NotBack(RedressError):
    """A process that was restarted is not ready again: `redress status` and its log say why."""

    code = "not_back"
    status = 503


async def restart_named(settings: Settings, name: str) -> float:
    """Restart a process by its name; the seconds until it was ready again.

    Raises:
        BadReference: no process has this name.
        NotRunning: nothing runs.
        NotBack: it is not ready again.
    """
    rows = [row for row in processes(settings) if row["service"]]
    row = next((row for row in rows if row["name"] == name), None)
    if row is None:
        known = ", ".join(row["name"] for row in rows)
        raise BadReference(f"{name!r} is no process that may be restarted: choose of {known}.")
    return await restart(settings, row)


async def restart(settings: Settings, row: Mapping[str, Any]) -> float:
    """Restart a process as it stands in the supervisor's list; the seconds until it was ready again. Raises NotBack."""
    began = time.monotonic()
    if row["pid"] is not None:
        with suppress(ProcessLookupError):  # it has just died by itself, and is started again anyway
            os.kill(row["pid"], signal.SIGTERM)
    async with httpx.AsyncClient(timeout=2) as client:
        while not await _is_back(settings, client, row):
            _refuse_a_loop(settings, row)
            if time.monotonic() - began > BACK_SECONDS:
                raise NotBack(
                    f"{row['name']} is not ready again after {BACK_SECONDS:.0f} s: `redress doctor` looks at what it "
                    f"needs, `redress logs {row['name']}` has what it said."
                )
            await asyncio.sleep(LOOK_SECONDS)
    return time.monotonic() - began


def _refuse_a_loop(settings: Settings, before: Mapping[str, Any]) -> None:
    """Raise NotBack, with the reason, where the process ends at each start."""
    now = next((row for row in processes(settings) if row["name"] == before["name"]), before)
    if now["restarts"] - before["restarts"] >= VAIN_STARTS:
        raise NotBack(
            f"{now['name']} ends at each start, the last time with {now['ended'] or 0}: mend that, and it starts by "
            f"itself; `redress logs {now['name']}` has all it said."
        )


async def _is_back(settings: Settings, client: httpx.AsyncClient, before: Mapping[str, Any]) -> bool:
    """Whether another process has its place and is ready."""
    now = next((row for row in processes(settings) if row["name"] == before["name"]), None)
    if now is None or now["pid"] in (None, before["pid"]):
        return False
    try:
        return (await client.get(now["health"])).status_code == HTTPStatus.OK
    except httpx.HTTPError:
        return False  # it does not listen yet
