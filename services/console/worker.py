"""The console's process: the projection and the HTTP service over it, in one, since it alone owns its database."""

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter, Response

from services.console.http.api import create_app
from services.console.http.questions import Questions
from services.console.http.unsealing import Unsealer
from services.console.projection.dump import dump
from services.console.projection.following import Following
from services.console.projection.generations import generations
from services.console.projection.live_generation import LiveGeneration
from services.console.projection.projector import Projector
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
    live = LiveGeneration(events.partitions, kept, lambda database: Following(events, Projector(database)))
    reference = Reference()
    clock: DomainClock = SteeredClock() if settings.clock == "steered" else SystemClock()
    single = [follow_reference(settings, reference)]
    if isinstance(clock, SteeredClock):
        single.append(follow_clock(settings, clock))
    health = Health(live, clock, single)
    async with open_vault(settings) as vault:
        app = create_app(Questions(live, Unsealer(vault), reference, clock, tokens_for(settings)))
        app.include_router(web_serving.health_routes(health.ready, health.settled))
        app.include_router(_internal(live))
        tasks = [watched(live.run(), "projection")]
        tasks += [watched(one.run(), f"follow {one.log.topic}") for one in single]
        stop = signals.stop_on_signals()
        await web_serving.serve(app, settings.host, settings.ports + PORT_OFFSET, stop)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await events.stop()
        await kept.close()


class Health:
    """The process says of itself whether it is ready and how far it has come."""

    def __init__(self, live: LiveGeneration, clock: DomainClock, single: list[TopicFollower]) -> None:
        self._live = live
        self._clock = clock
        self._single = single

    def ready(self) -> bool:
        """Whether the projection has caught up with the log as it was at the start, and the clock is set."""
        return self._live.ready and api_process.followers_ready(self._clock, self._single)

    def settled(self) -> dict[str, Any]:
        """Positions for the clock's barrier: nobody is owed anything by the console."""
        started = self._live.started.is_set()
        positions = self._live.following.positions if started else {}
        return api_process.settled(
            "console",
            self.ready(),
            positions,
            generation=self._live.following.database.number if started else None,
            now=self._clock.now().isoformat() if self.ready() else None,
            reference=self._single[0].position,
        )


def _internal(live: LiveGeneration) -> APIRouter:
    routes = APIRouter()

    @routes.get("/internal/cases", include_in_schema=False, dependencies=[web_serving.FROM_HERE])
    async def all_cases() -> Response:
        return Response(orjson.dumps(await dump(live.following.database)), media_type="application/json")

    return routes


if __name__ == "__main__":
    api_process.main("console", run)
