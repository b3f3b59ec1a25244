"""Runs the process of an HTTP service: what works beside the application, what it says of itself, start and end."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import FastAPI

from shared.log.broadcast_topics import Broadcasts
from shared.log.membership import check_stores, own_stores
from shared.log.reach import LogReach
from shared.log.unproven import unproven_here
from shared.process import bombs, logs, metrics, signals
from shared.process.process_end import watched
from shared.process.settings import Settings
from shared.sealing import process_start
from shared.sealing.signing_keys import signing_key, trusted_keys
from shared.sealing.vault_watch import VaultWatch
from shared.store.store_keeper import StoreKeeper, not_written
from shared.web import docs_page, published_keys, serving


@dataclass(frozen=True, slots=True)
class ApiProcess:
    """One HTTP service as its process runs it.

    ``work`` runs beside the application, by what it is; ``caught_up`` and ``positions`` say how far it has read the
    log, and ``reach`` whether that is still what is there; ``vault`` watches over the vault that it seals or opens
    with. ``broadcasts`` is what it hears besides; ``can_append`` says whether the brokers take what it appends;
    ``keepers`` keep what it knows of the log; ``more`` is what else it says of itself; ``signs_as``: with whose key,
    where that is not the process' own name.
    """

    name: str
    port_offset: int
    app: FastAPI
    work: Mapping[str, Coroutine[Any, Any, None]]
    caught_up: Callable[[], bool]
    positions: Callable[[], Mapping[int, int]]
    reach: LogReach
    vault: VaultWatch
    broadcasts: Broadcasts | None = None
    more: Callable[[], dict[str, Any]] = field(default=dict)
    keepers: Sequence[StoreKeeper[Any]] = ()
    can_append: Callable[[], bool] = lambda: True
    signs_as: str | None = None
    _may_begin: asyncio.Event = field(default_factory=asyncio.Event)

    def ready(self) -> bool:
        """Whether it has read the log up to its end, still reaches it, can append, and knows what time it is.

        Not before it was looked whether somebody else works with other keys and documents.
        """
        heard = self._may_begin.is_set() and (self.broadcasts is None or self.broadcasts.heard)
        return self.caught_up() and heard and self.reach.reached() and self.can_append()

    def settled(self) -> dict[str, Any]:
        """What the settled barrier and ``redress status`` look at: an API owes nobody anything."""
        ready, heard = self.ready(), self.broadcasts
        found: dict[str, Any] = {
            "service": self.name,
            "ready": ready,
            "positions": {str(partition): offset for partition, offset in self.positions().items()},
            "behind": self.reach.behind()._asdict(),
            "owed": 0,
            "sendings": 0,
            "next_due": None,
            "held": [],
            "held_total": 0,
            "blocked": [],
            "blocked_total": 0,
            "unproven": unproven_here(),
            "stores_not_written": not_written(self.keepers),
        }
        if heard is not None:
            now = heard.clock.now().isoformat() if ready else None
            found |= {"now": now, "reference": heard.documents_position}
        return found | self.vault.told() | self.more()

    async def _begin(self, settings: Settings) -> None:
        if own_stores(settings):
            await check_stores(settings)
        self._may_begin.set()

    async def run(self, settings: Settings) -> None:
        """Serve until SIGTERM or SIGINT. Raises SigningKeyMissing, BadKeyFile: nobody would believe what it writes."""
        signing_key(settings, self.signs_as or self.name)
        self.reach.measured_for(self.name)
        serving.measure(self.name, settings, self.ready)
        metrics.STORES_NOT_WRITTEN.labels(self.name).set_function(lambda: len(not_written(self.keepers)))
        self.app.include_router(serving.health_routes(self.ready, self.settled))
        docs_page.add(self.app, settings.environment)
        self.app.include_router(published_keys.routes(trusted_keys(settings)))
        self.app.openapi()  # it takes the better part of a second, for which nobody who calls is to wait
        for keeper in self.keepers:
            unwritten = metrics.STORE_UNWRITTEN.labels(self.name, keeper.file.path.stem)
            unwritten.set_function(partial(getattr, keeper.content, "unwritten"))
        tasks = [watched(work, what) for what, work in self.work.items()]
        tasks.append(watched(self.reach.run(), "reach of the log"))
        tasks.append(watched(self.vault.run(), "watch of the vault"))
        tasks.append(watched(self._begin(settings), "stores"))
        if self.broadcasts is not None:
            tasks += [watched(one.run(), f"follow {one.log.topic}") for one in self.broadcasts.followers]
        stop = signals.stop_on_signals()
        at = settings.host, settings.ports + self.port_offset
        await serving.serve(self.app, settings, at, self.ready, stop)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def main(service: str, run: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    """Run an API process, configured by the environment."""
    settings = process_start.begin()
    logs.configure_logging(service, settings.log_level, settings.log_file)
    bombs.arm(settings.bombs)
    asyncio.run(run(settings))
