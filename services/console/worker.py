"""Runs the console: the projection, and what people and analysts get of it, in one process with one database."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import orjson
from fastapi import APIRouter, Response

from services.console.analysis.for_analysts import ForAnalysts
from services.console.http.api import create_app
from services.console.http.database_failures import DatabaseFailures
from services.console.http.questions import Questions
from services.console.http.unsealing import Unsealer
from services.console.openings.fold import BulkOpenings
from services.console.openings.requests import OpeningRequests
from services.console.openings.rules import ANSWER_WITHIN
from services.console.projection.case_as_of import case_as_of
from services.console.projection.completeness import Completeness
from services.console.projection.dump import dump
from services.console.projection.following import Following
from services.console.projection.generations import generations
from services.console.projection.live_generation import LiveGeneration
from services.console.projection.projector import Projector
from shared.contract.topics import ACCESS, CASES
from shared.log.access_log import AccessLog, RecordedOpener
from shared.log.broadcast_topics import Broadcasts, TopicFollower
from shared.log.kafka_log import KafkaLog
from shared.log.reach import LogReach
from shared.process.settings import Settings
from shared.sealing.stores import open_documents, open_vault
from shared.sealing.vault import Vault
from shared.sealing.vault_watch import VaultWatch
from shared.web import api_process
from shared.web.auth import tokens_for
from shared.web.refused_access import RefusedAccess
from shared.web.serving import FROM_HERE

PORT_OFFSET = 0


async def run(settings: Settings) -> None:
    """Project and serve until SIGTERM."""
    events, kept, heard = KafkaLog(settings), generations(settings), Broadcasts(settings)
    rests, written = settings.rest_seconds, asyncio.Event()
    live = LiveGeneration(
        events.partitions,
        kept,
        lambda database: Following(events, Projector(database), rest_seconds=rests, written=written),
    )

    def positions() -> dict[int, int]:
        return live.following.progress.positions() if live.started.is_set() else {}

    completeness = Completeness(
        lambda: live.following.database if live.started.is_set() else None, heard.clock, settings.silent_days
    )

    failures = DatabaseFailures()
    async with open_vault(settings) as vault:
        analysts = ForAnalysts(live, KafkaLog(settings, CASES), heard.reference, heard.clock, vault, written)
        access = AccessLog(KafkaLog(settings, ACCESS), "console")
        openings, requests = _opening_requests(settings, vault, access)
        heard.followers.append(openings)
        app = create_app(
            Questions(
                live,
                Unsealer(vault, requests.opener, open_documents(settings, vault)),
                heard.reference,
                heard.clock,
                tokens_for(settings),
                requests,
                case_as_of,
            ),
            RefusedAccess(access, vault, settings.refusals_per_minute).note,
            settings.schemas_at,
            failures,
        )
        app.include_router(_internal(live))
        process = api_process.ApiProcess(
            "console", PORT_OFFSET, app, _works(live, analysts, heard) | {"completeness": completeness.run()},
            lambda: live.ready, positions, LogReach.of(events, positions, settings), VaultWatch(vault, "console"),
            heard, partial(_more, live, analysts, completeness, failures),
        )  # fmt: skip
        await process.run(settings)
        await access.stop()
        await events.stop()
        await kept.close()


def _more(
    live: LiveGeneration, analysts: ForAnalysts, completeness: Completeness, failures: DatabaseFailures
) -> dict[str, Any]:
    """What the console says of itself besides what every process does."""
    following = live.following if live.started.is_set() else None
    number, writing = (following.database.number, following.database_away) if following else (None, "")
    away = completeness.database_away or writing or failures.lately()
    told = {"partitions_unpublished": analysts.unpublished, "completeness": completeness.told()}
    return {"generation": number, "database_away": away, **told}


def _works(live: LiveGeneration, analysts: ForAnalysts, heard: Broadcasts) -> dict[str, Coroutine[Any, Any, None]]:
    return {"projection": live.run(), "cases for analysts": analysts.run(heard.caught_up())}


def _opening_requests(settings: Settings, vault: Vault, access: AccessLog) -> tuple[TopicFollower, OpeningRequests]:
    """Requests for bulk openings, and what keeps them informed: of what was asked for lately, nothing older counts."""
    openings, holds = BulkOpenings(), timedelta(minutes=settings.opening_minutes)
    lately = datetime.now(UTC) - ANSWER_WITHIN - holds
    follower = TopicFollower(KafkaLog(settings, ACCESS), openings.take, lately)
    return follower, OpeningRequests(openings, follower.progress, access, vault, RecordedOpener(vault, access), holds)


def _internal(live: LiveGeneration) -> APIRouter:
    routes = APIRouter()

    @routes.get("/internal/cases", include_in_schema=False, dependencies=[FROM_HERE])
    async def all_cases() -> Response:
        return Response(orjson.dumps(await dump(live.following.database)), media_type="application/json")

    return routes


if __name__ == "__main__":
    api_process.main("console", run)
