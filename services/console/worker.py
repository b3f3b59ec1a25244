"""The console's process: the projection and the HTTP service over it, in one, since it alone owns its database."""

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter, Response

from services.console.http.api import create_app
from services.console.http.questions import Questions
from services.console.http.unsealing import Opener
from services.console.projection.dump import dump
from services.console.projection.generations import generations
from services.console.projection.live_generation import Serving
from shared.bank.reference import Reference
from shared.log.broadcast_topics import TopicFollower, follow_clock, follow_reference
from shared.log.kafka_log import KafkaLog
from shared.process import signals
from shared.process.clock import DomainClock, SteeredClock, SystemClock
from shared.process.process_end import watched
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from shared.web import api_process
from shared.web import serving as web_serving
from shared.web.auth import tokens_for

PORT_OFFSET = 0


async def run(settings: Settings) -> None:
    """Project and serve until SIGTERM."""
    events, kept = KafkaLog(settings), generations(settings)
    serving, reference = Serving(events, kept), Reference()
    clock: DomainClock = SteeredClock() if settings.clock == "steered" else SystemClock()
    single = [follow_reference(settings, reference)]
    if isinstance(clock, SteeredClock):
        single.append(follow_clock(settings, clock))
    health = Health(serving, clock, single)
    async with open_vault(settings) as vault:
        app = create_app(Questions(serving, Opener(vault), reference, clock, tokens_for(settings)))
        app.include_router(web_serving.health_routes(health.ready, health.settled))
        app.include_router(_internal(serving))
        tasks = [watched(serving.run(), "projection")]
        tasks += [watched(one.run(), f"follow {one.log.topic}") for one in single]
        stop = signals.stop_on_signals()
        await web_serving.serve(app, settings.host, settings.ports + PORT_OFFSET, stop)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await events.stop()
        await kept.close()


class Health:
    """What the process says of itself."""

    def __init__(self, serving: Serving, clock: DomainClock, single: list[TopicFollower]) -> None:
        self._serving = serving
        self._clock = clock
        self._single = single

    def ready(self) -> bool:
        """Whether the projection has caught up with the log as it was at the start, and the clock is set."""
        return self._serving.ready and api_process.followers_ready(self._clock, self._single)

    def settled(self) -> dict[str, Any]:
        """Positions for the clock's barrier: nobody is owed anything by the console."""
        started = self._serving.started.is_set()
        positions = self._serving.following.positions if started else {}
        return api_process.settled(
            "console",
            self.ready(),
            positions,
            generation=self._serving.following.database.number if started else None,
            now=self._clock.now().isoformat() if self.ready() else None,
            reference=self._single[0].position,
        )


def _internal(serving: Serving) -> APIRouter:
    routes = APIRouter()

    @routes.get("/internal/cases", include_in_schema=False, dependencies=[web_serving.FROM_HERE])
    async def all_cases() -> Response:
        return Response(orjson.dumps(await dump(serving.following.database)), media_type="application/json")

    return routes


if __name__ == "__main__":
    api_process.main("console", run)
