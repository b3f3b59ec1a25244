"""An appender appends records outside transactions, each id once, with a producer that is made anew when it must be.

An idempotent producer repeats what it was given until the brokers take it, also when its caller has gone. Whoever
repeats his call joins what is under way; what was delivered meanwhile is not appended again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
)

from shared.contract.records import HEADER_ID, Outgoing, Position
from shared.contract.topics import partition_of
from shared.errors import MayNotAppend, OutcomeUnknown, RecordTooLarge
from shared.log.kafka_client import stop_producer
from shared.process import bombs
from shared.process.retrying import Pauses

log = structlog.get_logger()

APPEND_TIMEOUT_SECONDS = 4.5
"""An HTTP caller is answered within 5 s, also when the broker is away."""
OVERDUE_SECONDS = APPEND_TIMEOUT_SECONDS - 0.1
"""Under way for so long, an append is one whose caller gives it up: at once, and loops count in milliseconds."""
REMEMBERED = 10_000
"""Ids whose append is under way or was delivered: far more than there are callers who still may repeat."""
RETIRED_SECONDS = 60.0
"""So long a producer that was replaced may still deliver what it had."""
PAUSES = Pauses(first_seconds=0.5, longest_seconds=5.0)
"""For ever: without the brokers an API has nothing else to do."""
NOT_ALLOWED = (TopicAuthorizationFailedError, ClusterAuthorizationFailedError)
"""What a right that is missing looks like: on the topic, or on any topic at all."""

Name = tuple[str, bytes]
Make = Callable[[], AIOKafkaProducer]


class Appender:
    """Appends to one topic. ``start`` starts a producer that ``make`` made."""

    def __init__(self, topic: str, partitions: int, make: Make, start: Callable[[Any], Any]) -> None:
        self._topic = topic
        self._partitions = partitions
        self._make = make
        self._start = start
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._delivered: OrderedDict[Name, asyncio.Future[Position]] = OrderedDict()
        self._under_way: dict[asyncio.Future[Position], tuple[float, AIOKafkaProducer | None]] = {}
        self._recovering: asyncio.Task[None] | None = None
        self._retiring: dict[asyncio.Task[None], AIOKafkaProducer] = {}

    @property
    def works(self) -> bool:
        """Whether what is appended is taken in time; False since an append failed until the brokers can take one."""
        oldest = next(iter(self._under_way.values()), None)
        overdue = oldest is not None and oldest[0] + OVERDUE_SECONDS < _now()
        return not overdue and (self._recovering is None or self._recovering.done())

    async def append(self, records: Sequence[Outgoing]) -> list[Position]:
        """Append, or join what is under way under the same ids, and wait until it is durable.

        Raises:
            OutcomeUnknown: not confirmed in time; it may still be appended, so repeat with the same ids.
            RecordTooLarge: the log never takes this; nothing was appended of it.
            MayNotAppend: the brokers refuse this client; nothing was appended.
        """
        try:
            async with asyncio.timeout(APPEND_TIMEOUT_SECONDS):
                begun = [await self._begun(record) for record in records]
                bombs.hit("append")
                return [await asyncio.shield(one) for one in begun]
        except MessageSizeTooLargeError as error:
            raise RecordTooLarge from error
        except NOT_ALLOWED as error:
            raise MayNotAppend from error
        except (KafkaError, TimeoutError, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _being_cancelled():
                raise
            raise OutcomeUnknown from error

    async def _begun(self, record: Outgoing) -> "asyncio.Future[Position]":
        """The append of a record: begun now, or before under the same key and id."""
        id_ = dict(record.headers).get(HEADER_ID)
        name = (record.key, id_) if id_ is not None else None
        if name is not None and (known := self._delivered.get(name)) is not None:
            return known
        delivered: asyncio.Future[Position] = asyncio.get_running_loop().create_future()
        self._under_way[delivered] = _now(), None
        if name is not None:
            self._remember(name, delivered)
        try:
            producer, sent = await self._handed_over(record)
        except BaseException:
            self._under_way.pop(delivered)
            self._forget(name, delivered)
            delivered.cancel()  # whoever joined it repeats in turn
            raise
        self._under_way[delivered] = self._under_way[delivered][0], producer
        sent.add_done_callback(lambda done: self._ended(name, delivered, producer, done))
        return delivered

    async def _handed_over(self, record: Outgoing) -> "tuple[AIOKafkaProducer, asyncio.Future[Any]]":
        """The producer that has a record now, and the future of its delivery; one that has ended is replaced once."""
        for last in (False, True):
            producer = await self._started()
            try:
                return producer, await producer.send(
                    self._topic,
                    record.value,
                    key=record.key.encode(),
                    partition=partition_of(record.key, self._partitions),
                    headers=record.headers,
                )
            except MessageSizeTooLargeError:
                raise
            except KafkaError as error:
                self._replace(producer, error)
                if last:
                    raise
        raise AssertionError("the second attempt returns or raises")

    def _remember(self, name: Name, delivered: "asyncio.Future[Position]") -> None:
        self._delivered[name] = delivered
        if len(self._delivered) > REMEMBERED:
            self._delivered.popitem(last=False)

    def _forget(self, name: Name | None, delivered: "asyncio.Future[Position]") -> None:
        if name is not None and self._delivered.get(name) is delivered:
            del self._delivered[name]

    def _ended(
        self,
        name: Name | None,
        delivered: "asyncio.Future[Position]",
        producer: AIOKafkaProducer,
        done: "asyncio.Future[Any]",
    ) -> None:
        """The brokers took a record, or its producer gave it up."""
        self._under_way.pop(delivered, None)
        error = done.exception() if not done.cancelled() else None
        if error is None and not done.cancelled():
            delivered.set_result(Position(done.result().partition, done.result().offset))
            return
        self._forget(name, delivered)
        if error is None:
            delivered.cancel()
            return
        delivered.set_exception(error)
        delivered.exception()  # its caller may have gone
        if not isinstance(error, MessageSizeTooLargeError):
            self._replace(producer, error)

    # -- the producer ----------------------------------------------------------------------------------

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = self._make()
                try:
                    await self._start(producer)
                except KafkaError:
                    self._recover()
                    raise
                self._producer = producer
            return self._producer

    def _replace(self, producer: AIOKafkaProducer, error: BaseException) -> None:
        """Make the producer anew: after one gap in its sequence the brokers would take nothing of it any more."""
        if self._producer is not producer:
            return
        log.warning("appender.producer_replaced", topic=self._topic, error=repr(error))
        self._producer = None
        task = asyncio.create_task(self._retire(producer))
        self._retiring[task] = producer
        task.add_done_callback(self._retired)
        self._recover()

    async def _retire(self, producer: AIOKafkaProducer) -> None:
        """Let a producer deliver what it still has, then stop it."""
        left = [one for one, (_, by) in self._under_way.items() if by is producer]
        if left:
            await asyncio.wait(left, timeout=RETIRED_SECONDS)
        await stop_producer(producer)

    def _retired(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled():
            del self._retiring[task]

    def _recover(self) -> None:
        if self._recovering is None or self._recovering.done():
            self._recovering = asyncio.create_task(self._until_it_works())

    async def _until_it_works(self) -> None:
        """Try until there is a producer, and a leader for every partition that it may have to send to."""
        async for attempt in PAUSES.attempts(KafkaError, OSError):
            with attempt:
                producer = await self._started()
                await producer.client.force_metadata_update()
                leaders = [
                    producer.client.cluster.leader_for_partition(TopicPartition(self._topic, partition))
                    for partition in range(self._partitions)
                ]
                if any(leader is None or leader < 0 for leader in leaders):
                    raise KafkaError("a partition has no leader")

    async def stop(self) -> None:
        """Let go of every producer."""
        tasks = [*self._retiring, *([self._recovering] if self._recovering else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        producer, self._producer = self._producer, None
        left = [*self._retiring.values(), *([producer] if producer is not None else [])]
        self._retiring.clear()
        await asyncio.gather(*(stop_producer(one) for one in left))


def _being_cancelled() -> bool:
    """Whether it is the caller who is cancelled, and not what he joined."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _now() -> float:
    return asyncio.get_running_loop().time()
