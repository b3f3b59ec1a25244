"""A record that nobody can read is announced once, whoever is away and however often the process that tells dies."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import orjson
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from ops.local.reading import read_topic
from shared.contract.ids import case_id, derived
from shared.contract.records import HEADER_CAUSATION, HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Outgoing
from shared.contract.topics import DEAD_LETTERS, topic_name
from shared.errors import OutcomeUnknown
from shared.log.kafka_client import client_options
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.chaos import alone
from tests.chaos.lives import killed_afterwards, live
from tests.chaos.submitter import submit
from tests.support.broker import FreshTopics

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.alone, pytest.mark.timeout(400), pytest.mark.long]
LIVES = 2
"""So often a worker is killed while what it has to tell cannot be told."""
PER_LIFE = 3
TOO_SMALL, AS_BEFORE = "64", "1048588"
"""The largest batch, in bytes, that a topic takes: none at all, and what the brokers' default is."""


@asynccontextmanager
async def refusing_topic(settings: Settings) -> AsyncIterator[None]:
    """The topic of dead letters takes nothing: all that is sent is too large for it."""
    await takes_at_most(settings, TOO_SMALL)
    yield
    await takes_at_most(settings, AS_BEFORE)


async def takes_at_most(settings: Settings, size: str) -> None:
    """Set the size of the largest batch that the topic of dead letters takes."""
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    configs = {"max.message.bytes": size, "message.timestamp.type": "LogAppendTime"}
    name = topic_name(settings, DEAD_LETTERS)
    (answer,) = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs)])
    await admin.close()
    assert [0] == [resource[0] for resource in answer.resources]


@asynccontextmanager
async def vault_away(settings: Settings) -> AsyncIterator[None]:
    """Nobody can write to the vault: somebody else holds it locked."""
    held = sqlite3.connect(settings.data / "vault" / "keys.sqlite", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    yield
    held.execute("ROLLBACK")
    held.close()


async def unreadable(settings: Settings, number: int) -> str:
    """A record of a case of ours that nobody can read, as a newer version might have written it; its case."""
    case = case_id("channel:hotline", f"key-{number}")
    headers = {
        HEADER_ID: derived("unreadable", case),
        HEADER_TYPE: "redress.ComplaintReceived.v1",
        HEADER_SOURCE: "/redress/intake",
        HEADER_CAUSATION: derived("cause of what is unreadable", case),
    }
    log = KafkaLog(settings)
    record = Outgoing(case, b'{"specversion": "1.0", "id":', [(n, t.encode()) for n, t in headers.items()])
    try:
        with suppress(OutcomeUnknown):  # a broker that has just started may take its time: it is sent again
            await log.append([record])
            return case
        await log.append([record])
    finally:
        await log.stop()
    return case


async def routed(settings: Settings) -> int:
    """How many cases are routed."""
    return sum(b"redress.CaseRouted." in record.value for record in await read_topic(settings))


async def announced(settings: Settings) -> list[tuple[str, str]]:
    """The dead letters: each one's case and id, as often as it lies there."""
    bodies = [orjson.loads(record.value) for record in await read_topic(settings, DEAD_LETTERS)]
    return [(body["case_id"], body["id"]) for body in bodies]


def waited(settings: Settings) -> int:
    """How often a worker said that it could not tell."""
    log = settings.data / "lives.log"
    return log.read_text().count("dead_letter.waiting") if log.exists() else 0


async def until_routed_and_waiting(settings: Settings, cases: int, before: int) -> None:
    """Wait until so many cases are routed, and a worker could not tell what it had to more often than before."""
    async with asyncio.timeout(40):
        while await routed(settings) < cases or waited(settings) == before:
            await asyncio.sleep(0.3)


async def until_announced(settings: Settings, *cases: str) -> None:
    """Wait until there is a dead letter about each of these cases."""
    async with asyncio.timeout(40):
        while not {case for case, _ in await announced(settings)} >= set(cases):
            await asyncio.sleep(0.3)


Away = Callable[[Settings], AbstractAsyncContextManager[None]]
AWAY: dict[str, Away] = {"topic refuses": refusing_topic, "vault away": vault_away}
POINTS = ("vault_write", "append")


async def test_what_cannot_be_told_is_told_once_after_any_number_of_kills(
    fresh_bank: FreshTopics, tmp_path: Path
) -> None:
    """Killed while the topic refuses or the vault is locked: every other case goes on, and nothing is told twice."""
    made = {name: await fresh_bank(data=tmp_path / name.replace(" ", "-")) for name in AWAY}

    played = await asyncio.gather(*(while_away(settings, AWAY[name]) for name, settings in made.items()))

    assert dict.fromkeys(AWAY, ([], [1, 1, 1])) == dict(zip(AWAY, played, strict=True))


async def while_away(settings: Settings, away: Away) -> tuple[list[tuple[str, str]], list[int]]:
    """What was announced while nobody could be told, and how often each of three cases was in the end."""
    await submit(settings, 1)
    first = await unreadable(settings, 0)
    for life in range(LIVES):
        before = waited(settings)
        await submit(settings, PER_LIFE, 1 + PER_LIFE * life)
        async with away(settings), killed_afterwards(alone.run, settings, "routing"):
            await until_routed_and_waiting(settings, PER_LIFE * (life + 1), before)
    too_early = await announced(settings)
    async with killed_afterwards(alone.run, settings, "routing"):
        await until_announced(settings, first)
    return too_early, [n for n, _ in await told_once_more(settings, first)]


async def told_once_more(settings: Settings, first: str) -> list[tuple[int, int]]:
    """Per case how often it was announced, and under how many ids, after two lives that each had one more to tell."""
    cases = [first]
    for number in (1, 2):
        cases.append(await unreadable(settings, number))
        async with killed_afterwards(alone.run, settings, "routing"):
            await until_announced(settings, *cases)
    letters = await announced(settings)
    ids = [[id_ for case, id_ in letters if case == one] for one in cases]
    return [(len(found), len(set(found))) for found in ids]


async def test_a_worker_that_dies_while_it_tells_tells_it_under_one_id(fresh_bank: FreshTopics, tmp_path: Path) -> None:
    """After the key is durable, and once the record is handed over: perhaps twice in the topic, never under two ids."""
    made = {point: await fresh_bank(data=tmp_path / point) for point in POINTS}

    played = await asyncio.gather(*(dying(settings, point) for point, settings in made.items()))

    assert {point: [1, 1, 1] for point in POINTS} == dict(zip(POINTS, played, strict=True))


async def dying(settings: Settings, point: str) -> list[int]:
    """Under how many ids each of three cases was announced by a worker that dies at a point of its telling."""
    await submit(settings, 1 + PER_LIFE)
    first = await unreadable(settings, 0)
    for _ in range(LIVES):
        assert await live(alone.run, settings, "routing", bomb=f"{point}:1")
    async with killed_afterwards(alone.run, settings, "routing"):
        await until_announced(settings, first)
    return [ids for times, ids in await told_once_more(settings, first) if times <= LIVES + 1]
