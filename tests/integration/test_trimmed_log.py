"""Records of the log were deleted: nobody decides on the rest, and the log line says what to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from ops.local import topics
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.log.kafka_client import client_options
from shared.log.kafka_log import KafkaLog
from shared.process.process_end import EXIT_FATAL
from shared.process.settings import Settings
from tests.chaos.submitter import submit
from tests.support.broker import FreshTopics, free_ports
from tests.support.processes import ended, logged, start, stop, until_ready

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400)]
MODULES = ("services.routing.worker", "services.intake.http.process")
HEALTH_PORT = 3


@pytest.fixture
async def settings(fresh_topics: FreshTopics) -> Settings:
    """An installation with a few cases in its log."""
    made = await fresh_topics(ports=free_ports(10))
    await publish_defaults(made, EXAMPLE_ORGANISATION)
    await submit(made, 12)
    return made


@asynccontextmanager
async def admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Somebody with every right on the cluster."""
    client = AIOKafkaAdminClient(**client_options(settings))
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def trim(settings: Settings) -> tuple[str, int]:
    """Delete the first record of a partition; the topic and the partition."""
    log = KafkaLog(settings)
    ends = await log.ends()
    await log.stop()
    partition = max(ends, key=ends.__getitem__)
    async with admin(settings) as client:
        await client.delete_records({TopicPartition(log.topic, partition): RecordsToDelete(before_offset=1)})
    return log.topic, partition


async def made_anew(settings: Settings) -> str:
    """Delete the log's topic and make it again, empty."""
    log = KafkaLog(settings)
    async with admin(settings) as client:
        await client.delete_topics([log.topic])
        while log.topic in await client.list_topics():
            await asyncio.sleep(0.1)
    await topics.apply(settings)
    return log.topic


@asynccontextmanager
async def processes(settings: Settings, folder: Path) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """A worker and intake, started."""
    port = settings.ports + HEALTH_PORT
    started = [await start(settings, module, folder / f"{module}.log", health_port=port) for module in MODULES]
    try:
        yield started
    finally:
        await stop(*started)


def last_words(folder: Path) -> list[dict[str, Any]]:
    """What each of them said at its end."""
    return [line for module in MODULES for line in logged(folder / f"{module}.log", "process.fatal")]


def told(line: dict[str, Any], *words: str) -> bool:
    """Whether a log line has our code, these words and what to do, and no trace."""
    says = all(word in line["error"] for word in (*words, "restore the topic", "docs/how-to/operate.md"))
    return says and line["code"] == "log_trimmed" and "exception" not in line


async def test_nobody_starts_on_a_trimmed_log(settings: Settings, tmp_path: Path) -> None:
    """A worker and intake end at once, and say which records are missing and what to do."""
    topic, partition = await trim(settings)

    async with processes(settings, tmp_path) as started:
        codes = [await ended(process) for process in started]

    assert [EXIT_FATAL, EXIT_FATAL] == codes
    assert [True, True] == [
        told(line, topic, f"partition {partition}", "offset 1, not at 0") for line in last_words(tmp_path)
    ]


async def test_who_runs_ends_when_the_log_is_trimmed_behind_it(settings: Settings, tmp_path: Path) -> None:
    """They have folded what is deleted and would not miss it before their next start: they look by themselves."""
    async with processes(settings, tmp_path) as (worker, intake):
        await until_ready(settings.ports + HEALTH_PORT, worker)
        await until_ready(settings.ports + 1, intake)
        topic, partition = await trim(settings)
        codes = [await ended(process) for process in (worker, intake)]

    assert [EXIT_FATAL, EXIT_FATAL] == codes
    assert [True, True] == [
        told(line, topic, f"partition {partition}", "offset 1, not at 0") for line in last_words(tmp_path)
    ]


async def test_who_runs_ends_when_the_log_is_made_anew_and_is_shorter(settings: Settings, tmp_path: Path) -> None:
    """The place they go on at is not there any more."""
    async with processes(settings, tmp_path) as (worker, intake):
        await until_ready(settings.ports + HEALTH_PORT, worker)
        await until_ready(settings.ports + 1, intake)
        topic = await made_anew(settings)
        codes = [await ended(process) for process in (worker, intake)]

    assert [EXIT_FATAL, EXIT_FATAL] == codes
    assert [True, True] == [told(line, topic, "deleted and made anew") for line in last_words(tmp_path)]
