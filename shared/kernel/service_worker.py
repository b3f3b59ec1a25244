"""A worker process: Faust says which partitions are ours, sessions do the work, a small page shows how it goes.

Nothing correct rests on Faust's offsets: what is owed stands in the folds. Only this file and the services'
``worker.py`` know Faust.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, Generic, TypeVar

import faust
import structlog
from fastapi import FastAPI

from shared.bank.reference import Reference
from shared.contract.topics import COMMANDS, DEAD_LETTERS, OWNERSHIP, topic_name
from shared.kernel.fold import Fold
from shared.kernel.ports import Outside, Ports
from shared.kernel.service import Service
from shared.kernel.session import Session
from shared.log import trim_guard as log_guard
from shared.log.broadcast_topics import TopicFollower, follow_clock, follow_reference
from shared.log.dead_letters import DeadLetterBox, followers
from shared.log.kafka_client import tls_context
from shared.log.kafka_log import KafkaLog
from shared.log.patience import patiently
from shared.process import bombs, garbage, logs, metrics, signals
from shared.process.clock import DomainClock, SteeredClock, SystemClock
from shared.process.process_end import watched
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from shared.web import serving

log = structlog.get_logger()
S = TypeVar("S")

OutsideFactory = Callable[["Worker[Any]"], Outside]


@dataclass(slots=True)
class Owned:
    """The running session of an owned partition."""

    session: Session[Any]
    task: asyncio.Task[None]


class Worker(Generic[S]):
    """One member of a service's group."""

    def __init__(self, service: Service[S], settings: Settings, outside: OutsideFactory | None = None) -> None:
        self.service = service
        self.settings = settings
        self.log = KafkaLog(settings)
        self.reference = Reference()
        self.clock: DomainClock = SteeredClock() if settings.clock == "steered" else SystemClock()
        self.folds: dict[int, Fold[S]] = {}
        self.owned: dict[int, Owned] = {}
        self.outside: Outside | None = None
        self._outside_factory = outside
        self._followers: dict[int, asyncio.Task[None]] = {}
        self._single: list[TopicFollower] = []
        self._assigned = False
        self._ending: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    # -- the process ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT."""
        self._stop = signals.stop_on_signals()
        async with open_vault(self.settings) as vault:
            self.vault = vault
            box = DeadLetterBox(KafkaLog(self.settings, DEAD_LETTERS), vault, self.service.name)
            self._single = [follow_reference(self.settings, self.reference)]
            if isinstance(self.clock, SteeredClock):
                self._single.append(follow_clock(self.settings, self.clock))
            self._single.append(followers(KafkaLog(self.settings, DEAD_LETTERS), box))
            self.outside = self._outside_factory(self) if self._outside_factory else None
            self.ports = Ports(
                self.log, self.reference, self.clock, box, self.settings.batch_triggers, self.settings.batch_bytes,
                self.outside, KafkaLog(self.settings, COMMANDS) if self.service.refuse else None,
            )  # fmt: skip
            tasks = [watched(f.run(), f"follow {f.log.topic}") for f in self._single]
            serving = watched(self._serve(), "health")
            tasks.append(watched(log_guard.watch(self.log, lambda: list(self._followers)), "watch over the log"))
            app = self._faust_app()
            starting = watched(self._start_faust(app), "faust")
            await self._stop.wait()
            starting.cancel()
            await self._end_sessions()
            with contextlib.suppress(asyncio.CancelledError, TimeoutError):
                async with asyncio.timeout(5):
                    await app.stop()
            tasks += self._followers.values()
            for task in tasks:
                task.cancel()
            await asyncio.gather(serving, *tasks, return_exceptions=True)
            if self.ports.commands is not None:
                await self.ports.commands.stop()
            await self.log.stop()

    async def _start_faust(self, app: Any) -> None:
        for follower in self._single:
            await follower.caught_up.wait()
        await app.start()
        await asyncio.Event().wait()

    def _faust_app(self) -> Any:
        settings = self.settings
        app = faust.App(
            f"{settings.installation}.{self.service.name}",
            broker=f"kafka://{settings.bootstrap}",
            **_credentials(settings),
            store="memory://",
            topic_disable_leader=True,
            table_standby_replicas=0,
            topic_allow_declare=False,
            consumer_auto_offset_reset="latest",
            consumer_group_instance_id=f"{self.service.name}-{settings.slot}",
            broker_session_timeout=settings.session_timeout_seconds,
            broker_heartbeat_interval=1,
            broker_request_timeout=30,
            producer_request_timeout=30,
            stream_wait_empty=False,
            worker_redirect_stdouts=False,
            web_enabled=False,
            datadir=str(settings.data / "run" / f"faust-{self.service.name}-{settings.slot}"),
        )
        topic = app.topic(
            topic_name(settings, OWNERSHIP), value_type=bytes, value_serializer="raw", key_type=bytes,
            key_serializer="raw",
        )  # fmt: skip

        @app.agent(topic, concurrency=1)
        async def own(stream: Any) -> None:
            async for _ in stream:
                pass  # folds read the log themselves; being assigned is all that is wanted from Faust

        app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        return app

    # -- partitions ------------------------------------------------------------------------------------

    async def _on_assigned(self, *args: Any, **_: Any) -> None:
        """The second argument of the signal is the set of assigned topic partitions."""
        await self._end_sessions()
        partitions = sorted(tp.partition for tp in args[1])
        log.info("worker.assigned", partitions=partitions)
        self._stop_following(self._followers.keys() - partitions)
        for partition in partitions:
            self._begin(partition)
        self._assigned = True

    async def _on_revoked(self, *_: Any, **__: Any) -> None:
        self._assigned = False
        await self._end_sessions()

    def _begin(self, partition: int) -> None:
        fold = self.folds.get(partition)
        if fold is None:
            fold = self.folds[partition] = Fold(self.service, partition)
        if partition not in self._followers:
            metrics.OWED.labels(self.service.name, partition).set_function(fold.open_work)
            self._followers[partition] = watched(self._follow(fold), f"fold of partition {partition}")
        session = Session(self.ports, fold)
        self.owned[partition] = Owned(session, watched(session.run(), f"session of partition {partition}"))

    async def _follow(self, fold: Fold[S]) -> None:
        """Load the partition, then follow it."""
        await log_guard.check(self.log, [fold.partition])
        end = await patiently(lambda: self.log.end(fold.partition), "end of the log")
        reader = await patiently(
            lambda: self.log.read(fold.partition, fold.position), f"reader of partition {fold.partition}"
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(fold.follow(reader))
                with garbage.loading():
                    await fold.past(end - 1)
        finally:
            await reader.stop()

    def _stop_following(self, partitions: set[int]) -> None:
        """These belong to others now. Their folds stay, and go on where they stopped if a partition comes back."""
        for partition in partitions:
            self._followers.pop(partition).cancel()
            metrics.OWED.remove(self.service.name, partition)

    async def _end_sessions(self) -> None:
        """Cancel and await the sessions; their producers stop in the background. The folds stay."""
        ending, self.owned = self.owned, {}
        for owned in ending.values():
            owned.task.cancel()
        if ending:
            await asyncio.wait([owned.task for owned in ending.values()], timeout=5)
        for owned in ending.values():
            watched(owned.session.close(), "closing a session")

    # -- looking in --------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        app = FastAPI(openapi_url=None)
        app.include_router(serving.health_routes(self.ready, self.settled, self.dump))
        await serving.serve(app, "127.0.0.1", self.settings.health_port, self._stop)

    def ready(self) -> bool:
        """Whether every assigned partition is folded and its session open."""
        return self._assigned and all(owned.session.open for owned in self.owned.values())

    def settled(self) -> dict[str, Any]:
        """What the settled barrier and ``redress status`` look at."""
        folds = [self.folds[p] for p in self.owned]
        next_due = min((owned.session.next_due() for owned in self.owned.values()), default=inf)
        now = self.clock.now().isoformat() if not isinstance(self.clock, SteeredClock) or self.clock.ready else None
        return {
            "service": self.service.name,
            "ready": self.ready(),
            "positions": {str(f.partition): f.position for f in folds},
            "commands": {str(p): o.session.commands_read for p, o in self.owned.items() if self.ports.commands},
            "owed": sum(f.open_work() for f in folds) + sum(o.session.behind_reference() for o in self.owned.values()),
            "sendings": self.outside.under_way() if self.outside else 0,
            "next_due": next_due if next_due < inf else None,
            "held": sorted({case for o in self.owned.values() for case in o.session.deciding.held}),
            "blocked": sorted(case for f in folds for case in f.blocked),
            "now": now,
            "reference": self._single[0].position,
            **(self.outside.numbers() if self.outside else {}),
        }

    def dump(self) -> dict[str, Any]:
        """Every folded case of the owned partitions, as a rebuild has to reproduce it."""
        return {
            case: self.service.dump(entry.state)
            for partition in self.owned
            for case, entry in self.folds[partition].cases.items()
            if entry.state is not None
        }


def _credentials(settings: Settings) -> dict[str, Any]:
    """Faust's own form of the connection settings."""
    context = tls_context(settings) if "SSL" in settings.kafka_security_protocol else None
    if settings.kafka_security_protocol.startswith("SASL"):
        secret = settings.kafka_sasl_password
        return {
            "broker_credentials": faust.SASLCredentials(
                username=settings.kafka_sasl_username,
                password=secret.get_secret_value() if secret else None,
                mechanism=settings.kafka_sasl_mechanism,
                ssl_context=context,
            )
        }
    return {"broker_credentials": faust.SSLCredentials(context)} if context else {}


def hold_slot(settings: Settings, service: str) -> int:
    """Lock this slot: two live processes with one instance id would fight over their partitions for ever."""
    path: Path = settings.data / "run" / f"{service}-{settings.slot}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SystemExit(f"{service} slot {settings.slot} is running already: {path} is locked.") from error
    return descriptor


def main(service: Service[Any], outside: OutsideFactory | None = None) -> None:
    """Run a worker process of ``service``, configured by the environment."""
    settings = Settings()
    logs.configure_logging(service.name, settings.log_level)
    bombs.arm(settings.bombs)
    lock = hold_slot(settings, service.name)
    try:
        asyncio.run(_run(service, settings, outside))
    finally:
        os.close(lock)


async def _run(service: Service[Any], settings: Settings, outside: OutsideFactory | None) -> None:
    await Worker(service, settings, outside).run()
