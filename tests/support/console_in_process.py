"""A console for tests: a log in memory, a real database, the HTTP service, and a vault that knows every case's key."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import FastAPI
from pydantic import SecretStr

from ops.local.tokens import TokenIssuer
from services.console.analysis.for_analysts import ForAnalysts
from services.console.analysis.unpublished import behind
from services.console.http.api import create_app
from services.console.http.questions import Questions
from services.console.http.unsealing import Unsealer
from services.console.openings.fold import BulkOpenings
from services.console.openings.requests import OpeningRequests
from services.console.projection.case_as_of import case_as_of
from services.console.projection.database import Database
from services.console.projection.following import Following
from services.console.projection.generations import Generations, generations
from services.console.projection.live_generation import Follow, LiveGeneration
from services.console.projection.projector import Projector
from services.console.projection.waiting import until
from services.console.register.exports import USUAL, ExportLimits
from shared.bank.reference import Reference
from shared.contract.access import AccessRecord, access_from
from shared.contract.records import Outgoing, Position
from shared.contract.subjects import Subject
from shared.log.access_log import AccessLog, RecordedOpener
from shared.log.broadcast_topics import TopicFollower
from shared.process.clock import SteeredClock
from shared.process.settings import Settings
from shared.sealing.documents import Documents
from shared.sealing.vault import NONCE_BYTES, Vault
from shared.web.refused_access import RefusedAccess
from tests.support.casework import KEY, known
from tests.support.memory_log import MemoryLog
from tests.support.tokens import issuer_and_tokens

NOW = datetime.fromisoformat("2020-03-06T09:00:00+08:00")
MASTER = bytes(range(32))
ASK = "/v1/register/openings"
_names = count(1)


class OneKey:
    """A key store in which every case has the tests' key, until it is destroyed."""

    def __init__(self) -> None:
        self.destroyed: set[str] = set()

    async def ensure(self, key_id: str, wrapped: bytes) -> bytes | None:
        """See ``KeyStore``."""
        return await self.get(key_id)

    async def get(self, key_id: str) -> bytes | None:
        """See ``KeyStore``."""
        nonce = bytes(NONCE_BYTES)
        return None if key_id in self.destroyed else nonce + AESGCM(MASTER).encrypt(nonce, KEY, key_id.encode())

    async def destroy(self, key_id: str) -> None:
        """See ``KeyStore``."""
        self.destroyed.add(key_id)

    async def close(self) -> None:
        """Nothing is held."""


@dataclass
class Console:
    """A running console and its surroundings."""

    settings: Settings
    log: MemoryLog
    keys: OneKey
    generations: Generations
    live: LiveGeneration
    follow: Follow
    reference: Reference
    client: httpx.AsyncClient
    tokens: TokenIssuer
    access: MemoryLog
    refused: RefusedAccess
    opening_requests: OpeningRequests
    cases: MemoryLog
    clock: SteeredClock

    async def accesses(self, *kinds: str) -> list[AccessRecord]:
        """What the access log holds of these kinds, as it was recorded."""
        await self.refused.settle()
        reader = await self.access.read(0)
        told = [access_from(record) for record in await reader.batch(0)]
        return [record for record in told if record.kind in kinds]

    async def opening(self, person: str, by: str = "ye.lan", **query: str) -> dict[str, Any]:
        """What opens lines of the register for somebody: asked for, and allowed by somebody else."""
        asked = await self.post(ASK, person, {"ground": "年度检查", "query": query}, str(sorted(query.items())))
        id_ = asked.json()["opening"]
        allowed = await self.post(f"{ASK}/{id_}/approve", by)
        assert (201, 200) == (asked.status_code, allowed.status_code), allowed.text
        return {"open": "true", "opening": id_, **query}

    async def post(self, path: str, person: str, body: Any = None, key: str = "k") -> httpx.Response:
        """Write as a person of the bank."""
        headers = self.header(Subject("person", person)) | {"Idempotency-Key": key}
        return await self.client.post(path, json=body, headers=headers)

    async def append(self, records: Sequence[Outgoing]) -> list[Position]:
        """Append, and wait until it is projected."""
        positions = await self.log.append(records)
        await self.caught_up()
        return positions

    async def caught_up(self) -> None:
        """Wait until all of the log is projected."""
        async with asyncio.timeout(30):
            await self.live.following.progress.reach(await self.log.ends())

    async def told(self) -> list[dict[str, Any]]:
        """Everything on the topic of cases, once all of the log is there as it counts."""
        await self.caught_up()
        async with asyncio.timeout(30):
            while await self.unpublished():
                await asyncio.sleep(0.01)
        return await all_told(self.cases)

    async def unpublished(self) -> list[int]:
        """The partitions whose cases are not published as they are."""
        writer = self.live.following.database.writer
        return await writer.do(lambda: behind(writer))

    async def get(self, path: str, person: str = "tao.rui", **params: Any) -> httpx.Response:
        """Ask as a person of the bank. Tao Rui heads the province and has nothing to do with the tests' cases."""
        return await self.client.get(path, params=params, headers=self.header(Subject("person", person)))

    async def json(self, path: str, person: str = "tao.rui", **params: Any) -> Any:
        """The body of an answer that has to be 200."""
        answer = await self.get(path, person, **params)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def header(self, subject: Subject) -> dict[str, str]:
        """The header of an authenticated caller."""
        return {"Authorization": f"Bearer {self.tokens.issue(subject)}"}


def console_settings(kind: str, request: pytest.FixtureRequest, folder: Path) -> Settings:
    """Settings of a console on SQLite, or on PostgreSQL with schemas of its own."""
    if kind == "sqlite":
        return Settings(data=folder)
    name = f"console{os.getpid()}-{next(_names)}"
    return Settings(data=folder, installation=name, console_url=SecretStr(request.getfixturevalue("postgres")))


@asynccontextmanager
async def running(
    settings: Settings, log: MemoryLog, reference: Reference | None = None, exports: ExportLimits = USUAL
) -> AsyncIterator[Console]:
    """A console that follows a log, and waits for no former generation for long; stopped afterwards."""
    kept, keys, (issuer, tokens), clock = generations(settings), OneKey(), issuer_and_tokens(), SteeredClock()
    clock.set(NOW)
    documents, written = reference or known(), asyncio.Event()

    def follow(database: Database) -> Following:
        return Following(log, Projector(database), written=written)

    live = LiveGeneration(log.partitions, kept, follow, look_seconds=0.01, farewell_seconds=0.2)
    vault, topic, cases = Vault(keys, [MASTER]), MemoryLog(1), MemoryLog(log.partitions)
    analysts = ForAnalysts(live, cases, documents, clock, vault, written, rest_seconds=0.02)
    access, openings = AccessLog(topic, "console"), BulkOpenings()
    heard, opener = TopicFollower(topic, openings.take), RecordedOpener(vault, access)
    desk = OpeningRequests(openings, heard.progress, access, vault, opener, timedelta(minutes=60))
    refused = RefusedAccess(access, vault, per_minute=10)
    unsealer = Unsealer(vault, opener, Documents(settings.data / "documents", vault))
    asked = Questions(live, unsealer, documents, clock, tokens, desk, case_as_of, exports)
    async with _at_work(live, heard, analysts, kept), _client(create_app(asked, refused.note)) as client:
        yield Console(
            settings, log, keys, kept, live, follow, documents, client, issuer, topic, refused, desk, cases, clock,
        )  # fmt: skip


@asynccontextmanager
async def _at_work(
    live: LiveGeneration, heard: TopicFollower, analysts: ForAnalysts, kept: Generations
) -> AsyncIterator[None]:
    """What a console does by itself, once it has caught up; it stops as a process does, and none of it has failed."""
    task, hearing = asyncio.create_task(live.run()), asyncio.create_task(heard.run())
    publishing = asyncio.create_task(analysts.run(asyncio.sleep(0)))
    try:
        async with asyncio.timeout(30):
            await until(_caught_up(live), task)
        yield
    finally:
        hearing.cancel()
        publishing.cancel()
        ends = await asyncio.gather(publishing, return_exceptions=True)
        task.cancel()
        done = [*ends, *await asyncio.gather(task, return_exceptions=True)]
        await kept.close()
        assert all(isinstance(one, asyncio.CancelledError) for one in done), done


def _client(app: FastAPI) -> httpx.AsyncClient:
    """A client of the service, without a network between them."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://console")


async def all_told(cases: MemoryLog) -> list[dict[str, Any]]:
    """Every CloudEvent on a topic of cases."""
    readers = [await cases.read(partition) for partition in range(cases.partitions)]
    return [orjson.loads(record.value) for reader in readers for record in await reader.batch(0)]


async def _caught_up(live: LiveGeneration) -> None:
    await live.started.wait()
    await live.following.progress.caught_up.wait()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def console_places(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a console on either database."""
    return console_settings(request.param, request, tmp_path)


@pytest.fixture
async def console(console_places: Settings) -> AsyncIterator[Console]:
    """A console over an empty log, on either database."""
    async with running(console_places, MemoryLog()) as found:
        yield found


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Console]:
    """A console over an empty log, on SQLite: for what the database does not matter to."""
    async with running(Settings(data=tmp_path), MemoryLog()) as found:
        yield found
