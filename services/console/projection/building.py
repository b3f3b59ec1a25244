"""``redress console rebuild``: a new database from the beginning of the log, beside the one that serves."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from services.console.projection.fitting import next_number
from services.console.projection.following import Following
from services.console.projection.generations import Generations, generations
from services.console.projection.live_generation import Follow
from services.console.projection.projector import Projector
from services.console.projection.waiting import ended, until
from shared.errors import RedressError
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings

GIVE_UP_SECONDS = 30.0
"""A server that is restarted is back sooner. A disk that is full stays full, and somebody sits there and waits."""
LOOK_SECONDS = 0.5


class NotBuilt(RedressError):
    """The console's new database cannot be written: is there room on its disk, does its server answer? The one that
    serves goes on as it is; mend it, then give the command again.
    """

    code = "console_not_built"
    status = 503


@dataclass(frozen=True, slots=True)
class Built:
    """A rebuild made this generation live; it holds so many events and took so long.

    ``blocked``: the cases of which a record cannot be read.
    """

    number: int
    events: int
    seconds: float
    blocked: Sequence[str]


async def rebuild(settings: Settings) -> Built:
    """Build a generation from offset 0 and make it the live one; a running console changes to it by itself.

    Raises:
        RebuildRunning: another rebuild has not ended yet.
        NotBuilt
    """
    kept, events = generations(settings), KafkaLog(settings)
    try:
        return await build(events.partitions, kept, lambda database: Following(events, Projector(database)))
    except DBAPIError as error:
        raise NotBuilt from error
    finally:
        await events.stop()
        await kept.close()


async def build(partitions: int, kept: Generations, follow: Follow, give_up_seconds: float = GIVE_UP_SECONDS) -> Built:
    """Build over a log and generations that are open. What cannot be built leaves nothing behind.

    Raises:
        RebuildRunning, NotBuilt, DBAPIError
    """
    async with kept.building():
        number = await next_number(kept)
        try:
            built = await _built(number, partitions, kept, follow, give_up_seconds)
        except BaseException:
            with suppress(DBAPIError):  # the next rebuild drops it
                await kept.drop(number)
            raise
        await kept.swap(built.number)  # where it fails nobody knows which is live, so none is dropped
    return built


async def _built(number: int, partitions: int, kept: Generations, follow: Follow, give_up_seconds: float) -> Built:
    began, database = time.monotonic(), await kept.open(number)
    try:
        await database.create(partitions)
        following = follow(database)
        task = asyncio.create_task(following.run())
        watching = asyncio.create_task(_give_up(following, give_up_seconds))
        try:
            await until(following.progress.caught_up.wait(), task, watching)
        finally:
            await ended(watching)
            await ended(task)
        blocked = await database.blocked()
        await database.complete()
    finally:
        await database.close()
    return Built(number, following.projected, time.monotonic() - began, blocked)


async def _give_up(following: Following, seconds: float) -> None:
    """Watch a database that is built. Raises NotBuilt: nothing could be written into it for so long."""
    away = 0.0
    while away <= seconds:
        await asyncio.sleep(LOOK_SECONDS)
        away = away + LOOK_SECONDS if following.database_away else 0.0
    raise NotBuilt
