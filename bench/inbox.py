"""Records of the inbox against a bare consumer that appends each of them, in turns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from uuid import uuid4

import orjson
from aiokafka import AIOKafkaProducer

from bench.ground import Ground, Measured
from bench.table import Row, progress, ratios, spread
from ops.local import topics
from shared.contract.topics import INBOX, INBOX_RESULTS, topic_name
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.support.processes import start, stop, until_ready

OURS, BARE = "services.intake.inbox.process", "bench.bare_inbox"
RECORDS, ROUNDS = 400, 3
GOAL = 0.03
"""What it reached when it was first measured, on two busy cores, less a third: it is not to fall back. A record is read
by a bank's rules, sealed under a key of its own, appended and answered, which is much more than one append.
"""
ANSWER_SECONDS = 120.0


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """Rate and cost."""
    settings = await ground.installation("inbox")
    bare_settings = settings.model_copy(
        update={"installation": "bare-inbox", "topic_prefix": "bare-inbox.", "ports": settings.ports + 50}
    )
    await topics.apply(bare_settings)
    async with _reading(bare_settings, BARE) as bare, _reading(settings, OURS) as ours:
        for number in range(ROUNDS):
            progress(f"{RECORDS} records to each, round {number + 1} of {ROUNDS}")
            await bare.measure()
            await ours.measure()
    against = ratios(ours.rates, bare.rates)
    yield Row(
        "records of the inbox",
        f"{spread(ours.rates)} records/s, {spread(ours.costs, '.1f')} ms of CPU each",
        f"{spread(against, '.2f')} of a bare consumer that appends (≥ {GOAL}); its CPU {spread(bare.costs, '.1f')} ms",
        median(against) >= GOAL,
    )


def record() -> tuple[bytes, bytes]:
    """A complaint under a key of its own."""
    mark = uuid4().hex
    data = {"channel": "phone", "matter": {"narrative": f"在柜台等了一个小时，没有人理会。{mark}"}}
    event = {"specversion": "1.0", "id": mark, "source": "hotline", "type": "redress.ComplaintSubmitted.v1"}
    return mark.encode(), orjson.dumps(event | {"data": data})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader(Measured):
    """A process that reads an inbox."""

    settings: Settings

    async def measure(self) -> None:
        """One round: post all of it, and wait until the last is answered."""
        log = KafkaLog(self.settings, INBOX_RESULTS)
        try:
            goal = sum((await log.ends()).values()) + RECORDS
            with self.one_round(RECORDS):
                await self._post()
                async with asyncio.timeout(ANSWER_SECONDS):
                    while sum((await log.ends()).values()) < goal:
                        await asyncio.sleep(0.01)
        finally:
            await log.stop()

    async def _post(self) -> None:
        inbox, made = topic_name(self.settings, INBOX), [record() for _ in range(RECORDS)]
        async with AIOKafkaProducer(bootstrap_servers=self.settings.bootstrap, acks="all") as producer:
            sent = [await producer.send(inbox, value, key=key) for key, value in made]
            await asyncio.gather(*sent)


@asynccontextmanager
async def _reading(settings: Settings, module: str) -> AsyncIterator[Reader]:
    """A process at ports of its own, ready."""
    process = await start(settings, module, settings.data / f"{module}.log")
    try:
        await until_ready(settings.ports + 15, process)
        yield Reader(settings=settings, pid=process.pid)
    finally:
        await stop(process)
