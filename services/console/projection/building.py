"""``redress console rebuild``: a new database from the beginning of the log, beside the one that serves."""

import asyncio
import time
from dataclasses import dataclass

from services.console.projection.following import Following
from services.console.projection.generations import Generations, generations
from services.console.projection.live_generation import Follow
from services.console.projection.projector import Projector
from services.console.projection.waiting import ended, until
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings


@dataclass(frozen=True, slots=True)
class Built:
    """A rebuild made this generation live; it holds so many events and took so long."""

    number: int
    events: int
    seconds: float


async def rebuild(settings: Settings) -> Built:
    """Build a generation from offset 0 and make it the live one; a running console changes to it by itself.

    Raises:
        RebuildRunning: another rebuild has not ended yet.
    """
    kept, events = generations(settings), KafkaLog(settings)
    try:
        return await build(events.partitions, kept, lambda database: Following(events, Projector(database)))
    finally:
        await events.stop()
        await kept.close()


async def build(partitions: int, kept: Generations, follow: Follow) -> Built:
    """Build over a log and generations that are open. Raises RebuildRunning."""
    began = time.monotonic()
    async with kept.building():
        live = await kept.live() or 0
        for left_over in [number for number in await kept.numbers() if number > live]:
            await kept.drop(left_over)
        database = await kept.open(live + 1)
        await database.create(partitions)
        following = follow(database)
        task = asyncio.create_task(following.run())
        try:
            await until(following.progress.caught_up.wait(), task)
        finally:
            await ended(task)
            await database.close()
        await kept.swap(live + 1)
    return Built(live + 1, following.projected, time.monotonic() - began)
