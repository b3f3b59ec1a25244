"""Runs a worker process: its group says which partitions are ours, sessions do the work, a page shows how it goes."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import suppress
from functools import partial
from itertools import islice
from math import inf
from typing import Any, Generic, Protocol, TypeVar

from fastapi import FastAPI

from shared.contract.letters import UNPROVEN, Fault
from shared.contract.records import Record
from shared.contract.topics import COMMANDS
from shared.kernel.faust_group import FaustGroup
from shared.kernel.fold import Fold
from shared.kernel.owned_partitions import OwnedPartitions
from shared.kernel.picking import HeldCase
from shared.kernel.ports import Outside, Ports
from shared.kernel.redriving import Redriving
from shared.kernel.service import Service
from shared.kernel.slot import hold_slot
from shared.log.broadcast_topics import Broadcasts
from shared.log.dead_letters import Announcements
from shared.log.kafka_log import KafkaLog
from shared.log.letter_topics import LetterTopics
from shared.log.reach import LogReach
from shared.log.unproven import unproven_here
from shared.process import bombs, logs, metrics, signals
from shared.process.process_end import watched
from shared.process.settings import Settings
from shared.sealing import process_start
from shared.sealing.stores import open_vault
from shared.sealing.vault import Vault
from shared.sealing.vault_watch import VaultWatch
from shared.store.stores import Stores
from shared.web import problems, serving

S = TypeVar("S")
QUIET_SECONDS, FINISH_SECONDS, LOOK_SECONDS = 1.5, 3.0, 0.005
"""How long a process that ends lets deliveries come to their end, first with new ones and then without; together less
than the supervisor waits for it."""
HELD_TOLD = 100
"""Cases that wait whose reasons are told: those that have waited longest."""


class Group(Protocol):
    """The group of a service's workers, which shares out its partitions."""

    async def run(self) -> None:
        """Be a member until this is cancelled."""

    async def stop(self) -> None:
        """Leave."""


OutsideFactory = Callable[["Worker[Any]"], Outside]
GroupFactory = Callable[[Settings, str, Callable[[set[int]], Awaitable[None]], Callable[[], Awaitable[None]]], Group]


class Worker(Generic[S]):
    """One member of a service's group."""

    vault: Vault
    ports: Ports
    partitions: OwnedPartitions[S]
    broadcasts: Broadcasts
    announcements: Announcements
    redriving: Redriving

    def __init__(
        self,
        service: Service[S],
        settings: Settings,
        outside: OutsideFactory | None = None,
        group: GroupFactory = FaustGroup,
    ) -> None:
        self.service = service
        self.settings = settings
        self.log = KafkaLog(settings)
        self.opened = asyncio.Event()
        self._besides: list[KafkaLog] = []
        self._outside_factory = outside
        self._group_factory = group
        self._reach = LogReach.of(self.log, self._positions, settings)
        self._stop = asyncio.Event()

    @property
    def folds(self) -> dict[int, Fold[S]]:
        """What is folded here, by partition."""
        return self.partitions.folds

    def besides(self, topic: str) -> KafkaLog:
        """Another topic, for what works outside the sessions; let go of at the end."""
        self._besides.append(KafkaLog(self.settings, topic))
        return self._besides[-1]

    # -- the process ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT."""
        self._stop = signals.stop_on_signals()
        async with open_vault(self.settings) as vault:
            self.vault = vault
            self._compose()
            self.opened.set()
            await self._work()
            if self.ports.commands is not None:
                await self.ports.commands.stop()
            await self._letters.stop()
            for log in (*self._besides, self.log):
                await log.stop()

    def _compose(self) -> None:
        settings = self.settings
        self._vault_watch = VaultWatch(self.vault, self.service.name)
        self._letters = LetterTopics(settings, self.vault, self.service.name)
        self.announcements = Announcements(self._letters.box, self.service.name, self._letters.told)
        self.broadcasts = Broadcasts(settings)
        self.outside = self._outside_factory(self) if self._outside_factory else None
        commands = KafkaLog(settings, COMMANDS) if self.service.refuse else None
        self.ports = Ports(
            self.log, self.broadcasts.reference, self.broadcasts.clock, self.announcements, settings.batch_triggers,
            settings.batch_bytes, self.outside, commands,
            settings.command_wait_seconds, settings.schemas_at,
        )  # fmt: skip
        self.partitions = OwnedPartitions(self.service, self.ports, Stores.of(settings))
        self.redriving = Redriving(self._letters.steps, self.partitions, self._letters.heard)
        metrics.DEAD_LETTERS.labels(self.service.name).set_function(self.redriving.waiting)
        self._measure(self.service.name)
        for one in (self.log, self.broadcasts.published, commands, self._letters.letters):
            if one is not None:
                one.gate.tell = partial(self._tell_unproven, one.topic)

    def _measure(self, name: str) -> None:
        self._reach.measured_for(name)
        serving.measure(name, self.settings, self.ready)
        metrics.STORES_NOT_WRITTEN.labels(name).set_function(lambda: len(self.partitions.stores_not_written()))
        metrics.HELD_LONG.labels(name).set_function(self.held_long)
        metrics.HELD_NOW.labels(name).set_function(self.held_total)
        metrics.BLOCKED.labels(name).set_function(self.blocked_total)
        if self.service.ownerless is not None:
            metrics.OWNERLESS.labels(name).set_function(lambda: len(self.ownerless()))
        if self.service.neglected is not None:
            metrics.NEGLECTED.labels(name).set_function(lambda: len(self.neglected()))

    def _tell_unproven(self, topic: str, record: Record, why: str) -> None:
        self.announcements.tell(record.key, f"{topic}/{record.at}", UNPROVEN, Fault(UNPROVEN, why), record.value)

    async def _work(self) -> None:
        group = self._group_factory(self.settings, self.service.name, self.partitions.assign, self.partitions.revoke)
        tasks = [watched(one.run(), f"follow {one.log.topic}") for one in self.broadcasts.followers]
        tasks.append(watched(self.partitions.watch(), "watch over the log"))
        tasks += [watched(self._reach.run(), "reach of the log"), watched(self._vault_watch.run(), "watch of vault")]
        tasks.extend(watched(one, what) for what, one in self._letters.work().items())
        tasks += [watched(self.announcements.run(), "announcements"), watched(self.redriving.run(), "redriving")]
        health, member = watched(self._serve(), "health"), watched(self._join(group), "group")
        await self._stop.wait()
        await self._finish()
        member.cancel()
        await self.partitions.end_sessions()
        await group.stop()
        for task in tasks:
            task.cancel()
        await self.partitions.stop_following()
        await asyncio.gather(health, *tasks, return_exceptions=True)

    async def _finish(self) -> None:
        """Let what is being delivered come to its end and be recorded: else the next owner delivers it once more.

        At first a moment is waited for at which nothing is at hand; if none comes, nothing new is begun.
        """
        if self.outside is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET_SECONDS):
                await self._until_nothing_at_hand(self.outside)
                return
        self.outside.begin_no_more()
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                await self._until_nothing_at_hand(self.outside)

    async def _until_nothing_at_hand(self, outside: Outside) -> None:
        while outside.at_hand() or any(len(self.folds[p].results) for p in self.partitions.owned):  # noqa: ASYNC110 - at its end only
            await asyncio.sleep(LOOK_SECONDS)

    async def _join(self, group: Group) -> None:
        await self.broadcasts.caught_up()
        await group.run()

    def stop(self) -> None:
        """End as SIGTERM does."""
        self._stop.set()

    # -- looking in --------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        app = FastAPI(openapi_url=None)
        app.include_router(serving.health_routes(self.ready, self.settled, self.dump))
        problems.install(app)
        await serving.serve(app, self.settings, (self.settings.host, self.settings.health_port), self.ready, self._stop)

    def _positions(self) -> dict[int, int]:
        return {partition: self.folds[partition].position for partition in self.partitions.owned}

    def ready(self) -> bool:
        """Whether every assigned partition is folded, its session open, and the log within reach."""
        ours = self.partitions
        return ours.assigned and self._reach.reached() and all(owned.session.open for owned in ours.owned.values())

    def settled(self) -> dict[str, Any]:
        """What the settled barrier and ``redress status`` look at."""
        owned, heard = self.partitions.owned, self.broadcasts
        folds = [self.folds[p] for p in owned]
        held = self.held_cases()
        next_due = min((one.session.next_due() for one in owned.values()), default=inf)
        return {
            "service": self.service.name,
            "ready": self.ready(),
            "positions": {str(f.partition): f.position for f in folds},
            "commands": {str(p): one.session.commands_read for p, one in owned.items() if self.ports.commands},
            "behind": self._reach.behind()._asdict(),
            "oldest_owed_seconds": max((f.oldest_seconds() for f in folds), default=0.0),
            "owed": sum(f.open_work() for f in folds) + sum(o.session.behind_reference() for o in owned.values()),
            "sendings": self.outside.under_way() if self.outside else 0,
            "next_due": next_due if next_due < inf else None,
            "held": sorted(one.case for one in held),
            "held_total": self.held_total(),
            "held_cases": [one._asdict() for one in held],
            "ownerless": self.ownerless()[:HELD_TOLD],
            "neglected": self.neglected()[:HELD_TOLD],
            "blocked": sorted(islice((case for f in folds for case in f.blocked), HELD_TOLD)),
            "blocked_total": self.blocked_total(),
            "now": heard.clock.now().isoformat() if heard.clock_is_set else None,
            "reference": heard.documents_position,
            "stores_not_written": self.partitions.stores_not_written(),
            "unproven": unproven_here(),
            "dead_letters": self.redriving.waiting(),
            "announcements": self.announcements.waiting,
            "announcements_not_kept": self.announcements.not_kept,
            **self._vault_watch.told(),
            **(self.outside.numbers() if self.outside else {}),
        }

    def ownerless(self) -> list[str]:
        """The cases that nobody can have, in the order in which it came to that."""
        return self._under(self.service.ownerless)

    def neglected(self) -> list[str]:
        """The subjects that somebody has to look after by hand, such as a box whose review was missed."""
        return self._under(self.service.neglected)

    def _under(self, key: Hashable) -> list[str]:
        """What stands under a key, in the order in which it came there; nothing under none."""
        return [one for p in self.partitions.owned for one in self.folds[p].keys.cases(key)]

    def held_cases(self) -> list[HeldCase]:
        """The cases that wait longest, with their reasons, the longest first."""
        owned = self.partitions.owned.values()
        found = [one for it in owned for one in it.session.deciding.picking.held_cases(HELD_TOLD)]
        return sorted(found, key=lambda one: one.seconds, reverse=True)[:HELD_TOLD]

    def held_total(self) -> int:
        """How many cases wait since their decision failed."""
        return sum(len(owned.session.deciding.picking.held) for owned in self.partitions.owned.values())

    def blocked_total(self) -> int:
        """How many cases have a record that nobody here can read."""
        return sum(len(self.folds[p].blocked) for p in self.partitions.owned)

    def held_long(self) -> int:
        """How many cases have waited so long that somebody has to look."""
        return sum(owned.session.deciding.picking.held_long() for owned in self.partitions.owned.values())

    async def dump(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Every folded case of the owned partitions, as a rebuild has to reproduce it."""
        for partition in tuple(self.partitions.owned):
            async for case, entry in self.folds[partition].each_case():
                if entry.state is not None:
                    yield case, self.service.dump(entry.state)


def main(service: Service[Any], outside: OutsideFactory | None = None) -> None:
    """Run a worker process of ``service``, configured by the environment."""
    settings = process_start.begin()
    logs.configure_logging(service.name, settings.log_level, settings.log_file)
    bombs.arm(settings.bombs)
    lock = hold_slot(settings, service.name)
    try:
        asyncio.run(_run(service, settings, outside))
    finally:
        os.close(lock)


async def _run(service: Service[Any], settings: Settings, outside: OutsideFactory | None) -> None:
    await Worker(service, settings, outside).run()
