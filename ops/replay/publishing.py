"""``redress replay publish``: records of the log as they are, once more, into a topic that is none of Redress's.

Each is marked with the replay and its own place in the log, so the topic itself says how far the replay got. It is
written in transactions, by one writer per partition that fences a former one: a replay that was killed goes on when the
command is given again, and no record is there twice.
"""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import NamedTuple

from ops.local import topics
from ops.local.reading import HowFar, batches, read_topic
from ops.replay.places import Places, Replayed, mark, places_of
from ops.replay.selection import Chooser, Selection
from shared.contract.ids import derived
from shared.contract.records import Outgoing, Record
from shared.contract.replays import (
    HEADER_REPLAYED,
    ReplayStep,
    ReplayStepKind,
    outgoing_step,
    step_from,
    step_id,
)
from shared.contract.topics import GOVERNANCE, partition_of
from shared.errors import RedressError, Unreadable
from shared.log.foreign_topic import ForeignTopic, ForeignWriter
from shared.log.kafka_log import KafkaLog
from shared.log.topic_admin import NewTopicSpec, topic_admin
from shared.process.settings import Settings

LARGEST_TRANSACTION = 500
"""Records of one transaction: enough to amortise it, and few for readers to wait for."""
NAME = re.compile(r"[a-zA-Z0-9._-]{1,249}")
OURS = re.compile(r"(^|\.)complaints\.[a-z-]+(\.|$)")
"""How topics of Redress are called, whatever their prefix: those that are there and those to come."""


class NotForReplays(RedressError):
    """Records are published into a topic that is none of Redress's, and that is there: name another with --into."""

    code = "not_for_replays"
    status = 422


class Wish(NamedTuple):
    """What is to be published, where to, and who wants it why. ``create``: make the topic where there is none.

    ``rate``: records in a second at most. ``cases``: those of the unit that is chosen.
    """

    into: str
    selection: Selection
    who: str
    account: str
    why: str
    rate: int | None = None
    create: bool = False
    cases: frozenset[str] | None = None

    @property
    def replay(self) -> str:
        """The id of the replay: the same wish again goes on with it, whoever gives it."""
        return derived("replay", self.into, *self.selection, self.why)


def check_name(settings: Settings, into: str) -> None:
    """Refuse what is no name of a topic, or one of Redress's. Raises NotForReplays."""
    if NAME.fullmatch(into) is None or into in (".", ".."):
        raise NotForReplays(f"--into {into}: no topic can be called so; letters, digits, '.', '_' and '-' can be used.")
    if OURS.search(into) or into in {spec.name for spec in topics.wanted(settings)} or into.startswith("__"):
        raise NotForReplays(f"--into {into}: this is a topic of Redress or of the brokers; name one of the consumers'.")


async def found_topic(settings: Settings, wish: Wish) -> ForeignTopic | None:
    """The topic, if it is there; made where that is wanted. Raises NotForReplays."""
    check_name(settings, wish.into)
    async with topic_admin(settings) as admin:
        if wish.into not in await admin.names():
            if not wish.create:
                return None
            spec = NewTopicSpec(wish.into, settings.partitions, settings.replication, {})
            await admin.create([spec])
        shape = (await admin.described([wish.into]))[wish.into]
    return ForeignTopic(settings, wish.into, shape.partitions)


async def count(settings: Settings, wish: Wish, told: HowFar) -> Replayed:
    """How many records would be published, and how many of them are in the topic already. Nothing is written."""
    began = time.monotonic()
    topic = await found_topic(settings, wish._replace(create=False))
    log = KafkaLog(settings)
    try:
        places = await places_of(topic, wish.replay) if topic is not None else Places(wish.replay)
        counting = Publishing(log, topic, Chooser(wish.selection, wish.cases), places)
        await counting.run(told)
    finally:
        await log.stop()
        if topic is not None:
            await topic.stop()
    return Replayed(wish.replay, counting.published, counting.before, time.monotonic() - began)


async def publish(settings: Settings, wish: Wish, told: HowFar) -> Replayed:
    """Publish what was chosen; who wanted it and why stands in ``complaints.governance`` before the first record.

    Raises:
        NotForReplays: the topic is one of Redress's, or is not there.
        GoesOnElsewhere: somebody goes on with the same replay.
    """
    began = time.monotonic()
    topic = await found_topic(settings, wish)
    if topic is None:
        raise NotForReplays(f"There is no topic {wish.into}: make it first, or have it made with --create.")
    log = KafkaLog(settings)
    writers = [topic.adder(f"replay-{wish.replay}", partition) for partition in range(topic.partitions)]
    try:
        chooser = Chooser(wish.selection, wish.cases)
        await _record(settings, wish, "replay_begun")
        await asyncio.gather(*(writer.start() for writer in writers))  # what a former one left open is aborted by this
        places = await places_of(topic, wish.replay)
        publishing = Publishing(log, topic, chooser, places, writers, wish.replay, wish.rate)
        await publishing.run(told)
        await _record(settings, wish, "replay_ended", places.records)
    finally:
        await asyncio.gather(*(writer.stop() for writer in writers), log.stop(), topic.stop())
    return Replayed(wish.replay, publishing.published, publishing.before, time.monotonic() - began)


async def _record(settings: Settings, wish: Wish, kind: ReplayStepKind, records: int | None = None) -> None:
    """Keep for ever who had what published; a step that is kept already is not kept twice."""
    id_ = step_id(wish.replay, kind, records)
    known = {step.id for step in await steps(settings)}
    if id_ in known:
        return
    step = ReplayStep(
        id=id_, kind=kind, at=datetime.now(UTC), replay=wish.replay, who=wish.who, account=wish.account, why=wish.why,
        into=wish.into, records=records, **wish.selection._asdict(),
    )  # fmt: skip
    log = KafkaLog(settings, GOVERNANCE)
    try:
        await log.append([outgoing_step(step)])
    finally:
        await log.stop()


async def steps(settings: Settings) -> list[ReplayStep]:
    """What `complaints.governance` tells of replays."""
    found: list[ReplayStep] = []
    for record in await read_topic(settings, GOVERNANCE):
        try:
            found.append(step_from(record))
        except Unreadable:
            continue  # it tells of something else
    return found


class Publishing:
    """Goes over the log once. Without writers it only counts."""

    def __init__(
        self,
        log: KafkaLog,
        topic: ForeignTopic | None,
        chooser: Chooser,
        places: Places,
        writers: Sequence[ForeignWriter] = (),
        replay: str = "",
        rate: int | None = None,
    ) -> None:
        self.published = self.before = 0
        self._log, self._writers = log, writers
        self._partitions = topic.partitions if topic is not None else log.partitions
        self._chooser, self._places = chooser, places
        self._replay, self._rate = replay, rate
        self._began = time.monotonic()

    async def run(self, told: HowFar) -> None:
        """Publish what was chosen, up to the end of the log as it is now, partition by partition."""
        async with aclosing(batches(self._log, await self._log.ends(), told)) as found:
            async for batch in found:
                await self._take(batch.records)

    async def _take(self, records: Sequence[Record]) -> None:
        """Publish those that are meant, each partition of the topic in turn: a case lies in one of them."""
        chosen: dict[int, list[Record]] = defaultdict(list)
        for record in records:
            if not self._chooser.chooses(record):
                continue
            target = partition_of(record.key, self._partitions)
            if self._places.has(record, target):
                self.before += 1
            else:
                chosen[target].append(record)
        most = min(LARGEST_TRANSACTION, self._rate or LARGEST_TRANSACTION)
        for target, rows in chosen.items():
            for at in range(0, len(rows), most):
                await self._add(target, rows[at : at + most])

    async def _add(self, target: int, records: Sequence[Record]) -> None:
        """One transaction, no sooner than the rate allows."""
        if self._writers:
            await self._until_its_turn()
            await self._writers[target].append([self._marked(record) for record in records])
            for record in records:
                self._places.note(record.partition, target, record.offset)
        self.published += len(records)

    async def _until_its_turn(self) -> None:
        if self._rate is not None:
            at = self._began + self.published / self._rate
            await asyncio.sleep(max(0.0, at - time.monotonic()))

    def _marked(self, record: Record) -> Outgoing:
        headers = [*record.headers.items(), (HEADER_REPLAYED, mark(self._replay, record))]
        return Outgoing(record.key, record.value, headers)
