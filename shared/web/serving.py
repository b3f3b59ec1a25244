"""Every process that answers HTTP serves its health and metrics in the same way."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any

import orjson
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.errors import PortTaken
from shared.process import metrics
from shared.process.disks import Disks
from shared.process.process_end import end_process
from shared.process.settings import Settings
from shared.web.connections import BACKLOG, ConnectionBounds, make_room, protocol_of
from shared.web.guard import Guard
from shared.web.rates import Rates

Ready = Callable[[], bool]


def from_here(request: Request) -> None:
    """Let only callers on this machine in: what the clock and the verification ask is nobody else's business."""
    if request.client is None or not ip_address(request.client.host).is_loopback:
        raise HTTPException(404)


FROM_HERE = Depends(from_here)


def health_routes(
    ready: Callable[[], bool],
    settled: Callable[[], dict[str, Any]],
    cases: Callable[[], AsyncIterator[tuple[str, Any]]] | None = None,
) -> APIRouter:
    """Health, metrics and, on loopback, what the clock and the verification ask."""
    routes = APIRouter()

    @routes.get("/health/live", include_in_schema=False)
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @routes.get("/health/ready", include_in_schema=False)
    async def is_ready() -> JSONResponse:
        return JSONResponse({"ready": ready()}, status_code=200 if ready() else 503)

    @routes.get("/metrics", include_in_schema=False)
    async def measured() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @routes.get("/internal/settled", include_in_schema=False, dependencies=[FROM_HERE])
    async def is_settled() -> dict[str, Any]:
        return settled()

    if cases is not None:

        @routes.get("/internal/cases", include_in_schema=False, dependencies=[FROM_HERE])
        async def all_cases() -> Response:
            return Response(orjson.dumps({case: shown async for case, shown in cases()}), media_type="application/json")

    return routes


def measure(service: str, settings: Settings, ready: Ready) -> None:
    """Show in the metrics of a service whether it is ready, and how the disks are on which it keeps something."""
    metrics.READY.labels(service).set_function(ready)
    disks = Disks(settings.data)
    metrics.DISK_FREE.labels(service).set_function(lambda: min(disks.seen().free.values(), default=math.nan))
    metrics.DISKS_WRONG.labels(service).set_function(lambda: len(disks.seen().wrong))


DATE_SECONDS = 1.0
"""How often the date is set that every answer bears."""


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the process decides when it ends. It wakes for the date alone."""

    def __init__(self, config: uvicorn.Config, stop: asyncio.Event) -> None:
        super().__init__(config)
        self._stop = stop

    async def main_loop(self) -> None:
        """Set the date again and again until it is to end; the original looks ten times a second."""
        while not self._stop.is_set():
            await self.on_tick(0)
            with suppress(TimeoutError):
                async with asyncio.timeout(DATE_SECONDS):
                    await self._stop.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


async def serve(app: FastAPI, settings: Settings, at: tuple[str, int], ready: Ready, stop: asyncio.Event) -> None:
    """Serve ``app`` at a host and port inside the running loop until ``stop`` is set.

    What is under way then is finished. Until ``ready``, and whenever it is not, nothing but health is answered.
    """
    bounds = ConnectionBounds.of(settings)
    make_room(bounds.most)
    protocol: Any = protocol_of(bounds)
    config = uvicorn.Config(
        Guard(app, ready, Rates.of(settings)), host=at[0], port=at[1], http=protocol, ws="none", log_config=None,
        access_log=False, server_header=False, backlog=BACKLOG, timeout_keep_alive=math.ceil(bounds.idle_seconds),
        timeout_graceful_shutdown=6,
    )  # fmt: skip
    try:
        await _Server(config, stop).serve()
    except SystemExit:  # how uvicorn ends where it may not listen
        end_process(
            "listening",
            PortTaken(f"Port {at[1]} of {at[0]} cannot be had: stop what uses it, or choose others (--ports)."),
        )
