"""Armed bombs: a process dies at one point of its work, over and over; afterwards every fact is there once."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ops.reading import read_topic
from ops.reference import EXAMPLE_ORGANISATION, publish_defaults
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from shared.bombs import EXIT_CODE
from shared.envelope import Event, from_json
from shared.event_log import EventLog, outgoing
from shared.ids import event_id
from shared.service import Context, LogTrigger
from shared.settings import Settings
from tests.broker import FreshTopics, free_ports
from tests.chaos.submitter import submit
from tests.facts import event, reference
from tests.oracle.log import faults, letter_faults

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(600)]
DEATHS = 20
CASES = 100
LIFE_SECONDS = 60.0


def environment(settings: Settings, **more: object) -> dict[str, str]:
    """The settings as a child process gets them."""
    shown = settings.model_dump(exclude_none=True, exclude={"bombs"}) | more
    return os.environ | {f"REDRESS_{key.upper()}": str(value) for key, value in shown.items()}


async def live(settings: Settings, module: str, argument: str, **more: object) -> int:
    """One life of a process; its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, argument, env=environment(settings, **more),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(LIFE_SECONDS):
        _, errors = await process.communicate()
    code = process.returncode
    assert code in (0, EXIT_CODE), errors.decode()[-2000:]
    return code or 0


async def die_and_finish(settings: Settings, module: str, argument: str, point: str, **more: object) -> int:
    """Let a process die at a point so many times, then let it finish; how often it died."""
    deaths = 0
    while deaths < DEATHS:
        if await live(settings, module, argument, bombs=f"{point}:1", **more) == 0:
            break
        deaths += 1
    await live(settings, module, argument, **more)
    return deaths


async def bodies(settings: Settings) -> list[bytes]:
    """The log."""
    return [record.value for record in await read_topic(settings)]


@pytest.mark.parametrize("point", ["begin", "send", "commit", "read_back"])
async def test_a_worker_that_dies_in_its_transaction_loses_and_doubles_nothing(
    fresh_topics: FreshTopics, point: str
) -> None:
    """Twenty deaths of routing at each step of an append; then every case is routed once."""
    settings = await fresh_topics()
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    await submit(settings, CASES)

    deaths = await die_and_finish(settings, "tests.chaos.alone", "routing", point, batch_triggers=1)

    assert deaths == DEATHS
    assert [] == faults(await bodies(settings), CASES, ("ComplaintReceived", "CaseRouted"))


@pytest.mark.parametrize("point", ["vault_write", "append"])
async def test_a_submitter_that_dies_is_repeated_with_the_same_key(fresh_topics: FreshTopics, point: str) -> None:
    """Twenty deaths between the durable key, the append and the answer; then every complaint is there once."""
    settings = await fresh_topics()
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    deaths = 0
    for life in range(DEATHS):
        # Keys that were taken in before pass the vault again, so the fuse burns a little longer each time.
        nth = life + 1 if point == "vault_write" else 1
        deaths += await live(settings, "tests.chaos.submitter", "40", bombs=f"{point}:{nth}") == EXIT_CODE
    await live(settings, "tests.chaos.submitter", "40")

    assert deaths == DEATHS
    assert [] == faults(await bodies(settings), 40, ("ComplaintReceived",))


@asynccontextmanager
async def mail_server(settings: Settings) -> AsyncIterator[None]:
    """The sink that ``redress up`` runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ops.smtp_sink", env=environment(settings), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def route_and_start(settings: Settings) -> None:
    """Append what routing and sla answer every receipt with."""
    log, known = EventLog(settings), reference()
    records = []
    for body in await bodies(settings):
        received = from_json(body)
        for service in (ROUTING, SLA):
            context = Context(service.name, received.subject, received.id, received.recorded_at, known)
            for fact in service.decide(None, LogTrigger(received), context):
                answer = event(fact.data, received.id, at=received.recorded_at)
                records.append(outgoing(_of_case(answer, received.subject)))
    await log.append(records)
    await log.stop()


def _of_case(answer: Event, case: str) -> Event:
    return answer._replace(subject=case, correlationid=case, id=event_id(answer.service, case, answer.causationid, 0))


@pytest.mark.parametrize("point", ["document_write", "smtp_250"])
async def test_a_sender_that_dies_sends_every_letter_and_only_repeats_its_message_id(
    fresh_topics: FreshTopics, tmp_path: Path, point: str
) -> None:
    """Twenty deaths after the sealed copy, or after the mail server's 250; then no letter is missing."""
    ports = free_ports(30)
    settings = await fresh_topics(ports=ports, session_timeout_seconds=0, smtp_timeout_seconds=0.5)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    await submit(settings, 20)
    await route_and_start(settings)

    async with mail_server(settings):
        deaths = await die_and_finish(settings, "tests.chaos.alone", "notify", point)

    log = await bodies(settings)
    assert deaths == DEATHS
    assert [] == faults(log, 20)
    assert [] == letter_faults(log, settings.data / "outbox")
    assert 40 == sum(b"redress.MessageSent.v1" in body for body in log)
