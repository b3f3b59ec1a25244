"""One process of an installation, started by itself as the supervisor would start it."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import orjson

from shared.process.settings import Settings


def environment(settings: Settings, **more: object) -> dict[str, str]:
    """The settings as a child process gets them."""
    shown = settings.model_dump(exclude_none=True, exclude={"bombs"}) | more
    return os.environ | {f"REDRESS_{key.upper()}": _shown(value) for key, value in shown.items()}


def _shown(value: object) -> str:
    secret = getattr(value, "get_secret_value", None)
    return str(secret() if secret else value)


async def start(settings: Settings, module: str, log: Path, **more: object) -> asyncio.subprocess.Process:
    """A process of this module; its log is written to ``log``."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, env=environment(settings, **more), stderr=output, stdout=output
        )


async def until_ready(port: int, process: asyncio.subprocess.Process, seconds: float = 60) -> None:
    """Wait until the process says that it is ready; it may not end before."""
    async with asyncio.timeout(seconds), httpx.AsyncClient() as client:
        while True:
            assert process.returncode is None, f"ended with {process.returncode}"
            with suppress(httpx.HTTPError):  # it does not listen yet
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200:
                    return
            await asyncio.sleep(0.1)


async def ended(process: asyncio.subprocess.Process, seconds: float = 60) -> int:
    """The exit code of a process that ends by itself."""
    async with asyncio.timeout(seconds):
        return await process.wait()


async def stop(*processes: asyncio.subprocess.Process) -> None:
    """End those that still run."""
    for process in processes:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def logged(log: Path, event: str) -> list[dict[str, Any]]:
    """The log lines of one kind."""
    lines = [orjson.loads(line) for line in log.read_bytes().splitlines() if line.startswith(b"{")]
    return [line for line in lines if line["event"] == event]
