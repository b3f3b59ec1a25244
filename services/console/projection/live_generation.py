"""Which generation of the database answers: the live one, followed; and the change to a new one without a gap."""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy.exc import DBAPIError

from services.console.projection.database import Database
from services.console.projection.fitting import fitting, next_number, tidy
from services.console.projection.following import Following
from services.console.projection.generations import Generations, RebuildRunning
from services.console.projection.waiting import ended, until
from shared.errors import RedressError
from shared.log.following import BEHIND_SECONDS

log = structlog.get_logger()
LOOK_SECONDS = 0.5
"""How often it is looked whether a rebuild has put another generation in place."""


Follow = Callable[[Database], Following]
"""Lets a generation follow the log: whoever composes the process knows which log, and what writes."""


class ConsoleStarting(RedressError):
    """The console is starting and has no database yet: repeat the call in a moment."""

    code = "starting"
    status = 503


class LiveGeneration:
    """One generation answers at a time. ``following`` is there once ``started`` is set.

    ``look_seconds``: how often it is looked for a newer one. ``farewell_seconds``: how long the former one stays for
    calls that still wait on it.
    """

    def __init__(
        self,
        partitions: int,
        generations: Generations,
        follow: Follow,
        look_seconds: float = LOOK_SECONDS,
        farewell_seconds: float = BEHIND_SECONDS,
    ) -> None:
        self._partitions = partitions
        self._look_seconds = look_seconds
        self._farewell_seconds = farewell_seconds
        self._generations = generations
        self._follow = follow
        self.started = asyncio.Event()
        self.following: Following
        self._task: asyncio.Task[None]
        self._unfit: int | None = None

    @property
    def ready(self) -> bool:
        """Whether the projection has caught up with the log as it was at the start."""
        return self.started.is_set() and self.following.progress.caught_up.is_set()

    async def database(self, after: str | None) -> Database:
        """The database that answers, once it is past ``after``.

        Raises:
            BadPosition, ProjectionBehind, ConsoleStarting
        """
        if not self.started.is_set():
            raise ConsoleStarting
        following = self.following
        if after is not None:
            await following.progress.past(after)
        return following.database

    async def run(self) -> None:
        """Follow the live generation for ever, whichever it is."""
        self.following = self._follow(await first(self._partitions, self._generations, self._look_seconds))
        self.started.set()
        self._task = asyncio.create_task(self.following.run())
        try:
            while True:
                done, _ = await asyncio.wait({self._task}, timeout=self._look_seconds)
                if done:
                    await self._task
                newer = await self._newer()
                if newer is not None:
                    await self._change(newer)
        finally:
            await _let_go(self.following, self._task)

    async def _newer(self) -> Database | None:
        """A newer generation that this code can work with, open, once it is put in place; other versions' are left."""
        mine = self.following.database.number
        try:
            live = await self._generations.live()
            if live in (None, mine):
                return None
            newest = await fitting(self._partitions, self._generations)
        except DBAPIError as error:
            log.warning("console.database_away", error=type(error.orig).__name__)
            return None
        if newest is not None and newest.number > mine:
            return newest
        if newest is not None:
            await newest.close()
        if live != self._unfit:
            log.warning("console.generation_unfit", before=mine, now=live)
            self._unfit = live
        return None

    async def _change(self, newer: Database) -> None:
        """Answer from a new generation once it is as far as the old one, which stays until nobody waits for it.

        Whenever this is broken off, what does not answer is let go of; what answers is let go of by ``run``.
        """
        old, new = self.following, self._follow(newer)
        old_task, task = self._task, asyncio.create_task(new.run())
        try:
            await until(new.progress.caught_up.wait(), task, old_task)
            await until(new.progress.reach(old.progress.positions()), task, old_task)
        except BaseException:
            await _let_go(new, task)
            raise
        self.following, self._task = new, task
        log.info("console.generation_changed", before=old.database.number, now=newer.number)
        try:
            await asyncio.sleep(self._farewell_seconds)
        finally:
            await _let_go(old, old_task)
        await tidy(self._generations, newer.number)


async def _let_go(following: Following, task: "asyncio.Task[None]") -> None:
    await ended(task)
    await following.database.close()


async def first(partitions: int, generations: Generations, look_seconds: float = LOOK_SECONDS) -> Database:
    """The generation at the start, which is the live one from then on; a new one where none fits this code."""
    while True:
        live, database = await generations.live(), await fitting(partitions, generations)
        if database is not None and database.number == live:
            await tidy(generations, live)
            return database
        if database is not None:  # another version of the console answered last
            try:
                await database.tell_again()
                await generations.swap(database.number)
            finally:
                await database.close()
            continue  # a rebuild may have ended meanwhile
        if live is not None:
            log.warning("console.built_anew", generation=live, why="its tables are of another version")
        try:
            await _new(partitions, generations, live)
        except RebuildRunning:
            await asyncio.sleep(look_seconds)


async def _new(partitions: int, generations: Generations, live: int | None) -> None:
    async with generations.building():
        if await generations.live() != live:
            return
        number = await next_number(generations)
        database = await generations.open(number)
        try:
            await database.create(partitions)
            await database.complete()
        finally:
            await database.close()
        await generations.swap(number)
