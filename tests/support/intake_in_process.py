"""Intake in this process, over the log in memory: for calls that meet each other, and for a broker that is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
from fastapi import FastAPI

from services.intake.access import CaseAccess
from services.intake.box_review_intake import BoxReviewIntake
from services.intake.evidence_intake import EvidenceIntake
from services.intake.http.api import create_app
from services.intake.standing import STANDINGS, CaseStanding
from services.intake.submission_intake import SubmissionIntake
from services.intake.upload import UploadRoom
from services.intake.upload_quota import Quota
from shared.bank.reference import Reference
from shared.contract.envelope import Event, from_json
from shared.contract.subjects import Subject
from shared.kernel.whole_log import WholeLog
from shared.process.clock import SteeredClock
from shared.process.settings import Settings
from shared.sealing.documents import Documents
from shared.sealing.stores import open_vault
from shared.sealing.vault import Vault
from shared.web.case_index import CaseIndex, Uploads
from tests.support.facts import NOW, reference
from tests.support.memory_log import MemoryLog
from tests.support.tokens import issuer_and_tokens

ISSUER, TOKENS = issuer_and_tokens()
MANY = Uploads(500, 2**31)


@dataclass
class House:
    """What several intake processes share, and the processes started so far."""

    log: MemoryLog
    vault: Vault
    data: Path
    indexes: list[CaseIndex]
    tasks: list["asyncio.Task[None]"]
    standings: list[WholeLog[CaseStanding]] = field(default_factory=list)
    known: Reference | None = None
    submissions: list[SubmissionIntake] = field(default_factory=list)

    async def folded(self) -> None:
        """Wait until every process that reads the log has folded all of it."""
        for one in self.standings:
            await one.progress.reach(await self.log.ends())

    async def intake(
        self,
        *,
        caught_up: bool = True,
        clock_set: bool = True,
        published: bool = True,
        quota: Uploads = MANY,
        quarantines: bool = False,
    ) -> FastAPI:
        """One more intake process; it may never get to read the log, the clock's or the reference data's topic."""
        clock = SteeredClock()
        if clock_set:
            clock.set(NOW)
        index, standings = CaseIndex(self.log), WholeLog(self.log, STANDINGS)
        self.indexes.append(index)
        if caught_up:
            self.standings.append(standings)
            self.tasks += [asyncio.create_task(index.run()), asyncio.create_task(standings.run())]
            await index.progress.caught_up.wait()
        log: Any = self.log
        access = CaseAccess(standings)
        known = (self.known or reference()) if published else Reference()
        submissions = SubmissionIntake(log, index, self.vault, known, clock, access)
        evidence = EvidenceIntake(
            log,
            index,
            self.vault,
            Documents(self.data / "documents", self.vault),
            clock,
            access,
            Quota(index, quota),
            submissions.recording,
            quarantines,
        )
        self.submissions.append(submissions)
        reviews = BoxReviewIntake(log, index, submissions.admission, submissions.recording)
        return create_app(submissions, evidence, reviews, TOKENS, UploadRoom(32))

    def events(self, name: str | None = None) -> list[Event]:
        """What is in the log."""
        found = [from_json(record.value) for row in self.log._rows for record in row if record is not None]
        return [event for event in found if name in (None, event.name)]


@asynccontextmanager
async def open_house(data: Path) -> AsyncIterator[House]:
    """A log, a vault and a document store; all processes end with it."""
    async with open_vault(Settings(data=data)) as vault:
        house = House(MemoryLog(), vault, data, [], [])
        try:
            yield house
        finally:
            for task in house.tasks:
                task.cancel()
            await asyncio.gather(*house.tasks, return_exceptions=True)


JSON = {"Content-Type": "application/json"}


def headers(key: str | None, subject: str = "hotline", kind: str = "channel") -> dict[str, str]:
    """Token and key of a call."""
    who = Subject("person" if kind == "person" else "channel", subject)
    found = {"Authorization": f"Bearer {ISSUER.issue(who)}"}
    return found if key is None else found | {"Idempotency-Key": key}


def client(app: FastAPI) -> httpx.AsyncClient:
    """A caller of one intake process."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://intake.example")


async def submit(app: FastAPI, key: str, body: Any) -> httpx.Response:
    """Submit by telephone."""
    async with client(app) as caller:
        return await caller.post("/v1/complaints/phone", content=orjson.dumps(body), headers=JSON | headers(key))


async def add_evidence(app: FastAPI, case: str, key: str, content: bytes, **fields: str) -> httpx.Response:
    """Add a file."""
    files = {"file": (fields.pop("name", "扫描.pdf"), content, "application/pdf")}
    data = {"kind": "scan"} | fields
    async with client(app) as caller:
        return await caller.post(f"/v1/cases/{case}/evidence", files=files, data=data, headers=headers(key))
