"""kill -9 of the console at every step of a batch, on a real Kafka: its database loses nothing and doubles nothing."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import select

from ops.local.reading import read_topic
from ops.verify import naive_console
from services.console.projection.generations import generations
from services.console.projection.tables import event
from shared.contract.records import EventLog, Record
from shared.contract.topics import CASES
from shared.log.kafka_log import KafkaLog
from shared.process.bombs import EXIT_CODE
from shared.process.settings import Settings
from tests.support.broker import FreshTopics, free_ports
from tests.support.console_stories import Story, shuffled
from tests.support.processes import ended, start, stop, until_ready

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(300), pytest.mark.long]
CONSOLE = "services.console.worker"
LIVES = (
    "projection_written:1", "projection_committed:1", "projection_written:3", "projection_committed:2", "",
    "projection_written:2", "cases_published:1", "cases_published:2",
)  # fmt: skip
"""Where each life ends: before the commit of a batch, after it, (empty) by a signal while it serves, or when cases are
published and their place is not kept yet."""
PER_LIFE = 12


async def one_life(settings: Settings, log: Path, bombs: str) -> None:
    """A console that dies at a bomb, or by a signal once it is ready."""
    process = await start(settings, CONSOLE, log, bombs=bombs)
    try:
        if bombs:
            assert EXIT_CODE == await ended(process)
        else:
            await until_ready(settings.ports, process)
            process.kill()
            await process.wait()
    finally:
        await stop(process)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_console_killed_at_any_step_loses_nothing_and_doubles_nothing(
    fresh_topics: FreshTopics, tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    """Eight deaths while cases come in, some records twice; then all is as the log says."""
    where = {} if kind == "sqlite" else {"console_url": request.getfixturevalue("postgres")}
    settings = await fresh_topics(ports=free_ports(1), **where)
    log, out, bodies = KafkaLog(settings), tmp_path / "console.log", list[bytes]()
    try:
        for life, bombs in enumerate(LIVES):
            bodies += await append_cases(log, life)
            await one_life(settings, out, bombs)
        found, settled = await last_life(settings, out)
        ends, told = await log.ends(), await read_topic(settings, CASES)
    finally:
        await log.stop()

    assert naive_console.console(bodies) == found
    assert {str(partition): end for partition, end in ends.items()} == settled["positions"]
    assert {1} == await times_in_database(settings)
    assert_told(told, found)


def assert_told(told: list[Record], found: dict[str, Any]) -> None:
    """Hold that of every case the last record says how it is, and that versions never go back."""
    last = {record.key: orjson.loads(record.value)["data"] for record in told}
    versions: dict[str, list[int]] = {case: [] for case in last}
    for record in told:
        versions[record.key].append(orjson.loads(record.value)["data"]["version"])

    assert {case: one["state"] for case, one in found.items()} == {case: one["state"] for case, one in last.items()}
    assert [] == [case for case, numbers in versions.items() if numbers != sorted(numbers)]


def newest(told: list[Record]) -> dict[str, int]:
    """The version of the last record of every case."""
    return {record.key: orjson.loads(record.value)["data"]["version"] for record in told}


async def append_cases(log: EventLog, life: int) -> list[bytes]:
    """New cases of a life, some records twice; the bodies."""
    stories = [Story(life * PER_LIFE + number).clock() for number in range(1, PER_LIFE + 1)]
    records = shuffled(story.does("luo.tian", "accept-handover") for story in stories)
    await log.append([*records, *records[:PER_LIFE]])
    return [record.value for record in records]


async def last_life(settings: Settings, out: Path) -> tuple[Any, Any]:
    """What a console says that nobody kills: its cases, and how far it has got."""
    process = await start(settings, CONSOLE, out)
    url = f"http://127.0.0.1:{settings.ports}/internal"
    try:
        await until_ready(settings.ports, process)
        async with httpx.AsyncClient() as client:
            cases = (await client.get(f"{url}/cases")).json()
            async with asyncio.timeout(60):
                while newest(await read_topic(settings, CASES)) != {id_: one["events"] for id_, one in cases.items()}:
                    await asyncio.sleep(0.5)
            return cases, (await client.get(f"{url}/settled")).json()
    finally:
        await stop(process)


async def times_in_database(settings: Settings) -> set[int]:
    """How often each event is in the database, as the database itself says."""
    kept = generations(settings)
    database = await kept.open(1)
    async with database.read() as connection:
        rows = [(row.case_id, row.id) for row in await connection.execute(select(event.c.case_id, event.c.id))]
    await database.close()
    await kept.close()
    return set(Counter(rows).values())
