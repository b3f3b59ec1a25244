"""Armed bombs: a process dies at one point of its work, over and over; afterwards every fact is there once.

Several installations are played at once: a life mostly waits for the broker.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ops.local.reading import read_topic
from shared.process.settings import Settings
from tests.chaos import alone, submitter
from tests.chaos.lives import live
from tests.chaos.submitter import submit
from tests.oracle.log import faults, letter_faults
from tests.support.broker import FreshTopics, free_ports
from tests.support.processes import environment

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(300), pytest.mark.long]
DEATHS = 20
CASES = 100
KEYS = 40
LETTERS_OF = 20
HALVES = 2
"""Installations per place of a sender's death: each life waits until the former one's sendings must have ended."""

Outcome = tuple[int, list[str]]
"""How often the process died, and what is wrong with the log and the letters."""


async def at_once(plays: dict[str, Coroutine[None, None, Outcome]]) -> dict[str, Outcome]:
    """Play several installations at once; the outcome of each."""
    return dict(zip(plays, await asyncio.gather(*plays.values()), strict=True))


async def die_and_finish(settings: Settings, service: str, point: str, deaths: int) -> int:
    """Let a worker die at a point so many times, then let it finish; how often it died."""
    died = 0
    while died < deaths and await live(alone.run, settings, service, bomb=f"{point}:1"):
        died += 1
    assert not await live(alone.run, settings, service)
    return died


async def bodies(settings: Settings) -> list[bytes]:
    """The log."""
    return [record.value for record in await read_topic(settings)]


async def test_a_worker_that_dies_in_its_transaction_loses_and_doubles_nothing(
    fresh_bank: FreshTopics, tmp_path: Path
) -> None:
    """Twenty deaths of routing at each step of an append; then every case is routed once."""
    points = ("begin", "send", "commit", "read_back")
    settings = {point: await fresh_bank(data=tmp_path / point, batch_triggers=1) for point in points}

    outcomes = await at_once({point: die_while_routing(settings[point], point) for point in points})

    assert dict.fromkeys(points, (DEATHS, [])) == outcomes


async def die_while_routing(settings: Settings, point: str) -> Outcome:
    """Let routing die at a point, again and again."""
    await submit(settings, CASES)
    died = await die_and_finish(settings, "routing", point, DEATHS)
    return died, faults(await bodies(settings), CASES, ("ComplaintReceived", "CaseRouted"))


async def test_a_submitter_that_dies_is_repeated_with_the_same_key(fresh_bank: FreshTopics, tmp_path: Path) -> None:
    """Twenty deaths between the durable key, the append and the answer; then every complaint is there once."""
    points = ("vault_write", "append")
    settings = {point: await fresh_bank(data=tmp_path / point) for point in points}

    outcomes = await at_once({point: die_while_submitting(settings[point], point) for point in points})

    assert dict.fromkeys(points, (DEATHS, [])) == outcomes


async def die_while_submitting(settings: Settings, point: str) -> Outcome:
    """Let a submitter die at a point, again and again, each time with the same keys."""
    died = 0
    for number in range(1, DEATHS + 1):
        # Each life begins with the key that the one before it made durable, takes that complaint in, makes the
        # next key durable and dies.
        first, nth = (number - 1, 2) if point == "vault_write" else (0, 1)
        died += await live(submitter.run, settings, KEYS, first, bomb=f"{point}:{nth}")
    assert not await live(submitter.run, settings, KEYS)
    return died, faults(await bodies(settings), KEYS, ("ComplaintReceived",))


@asynccontextmanager
async def mail_server(settings: Settings) -> AsyncIterator[None]:
    """The sink that ``redress up`` runs."""
    own = environment(settings, session_timeout_seconds=1)  # it is in no group; that ours wait for none is no setting
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ops.local.smtp_sink", env=own, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
        assert process.returncode is None, f"the mail server ended with {process.returncode}"
    finally:
        process.terminate()
        await process.wait()


async def test_a_sender_that_dies_sends_every_letter_and_only_repeats_its_message_id(
    fresh_bank: FreshTopics, tmp_path: Path
) -> None:
    """Twenty deaths after the sealed copy, and after the mail server's 250; then no letter is missing."""
    points = {f"{point}, {half}": point for point in ("document_write", "smtp_250") for half in range(HALVES)}
    ports = free_ports(30 * len(points))
    settings = {
        name: await fresh_bank(data=tmp_path / name, ports=ports + 30 * n, smtp_timeout_seconds=0.5)
        for n, name in enumerate(points)
    }

    outcomes = await at_once({name: die_while_sending(settings[name], point) for name, point in points.items()})

    assert dict.fromkeys(points, (DEATHS // HALVES, [])) == outcomes


async def die_while_sending(settings: Settings, point: str) -> Outcome:
    """Let notify die at a point, again and again; it owns its partitions without any group's session."""
    settings = settings.model_copy(update={"session_timeout_seconds": 0})
    await submit(settings, LETTERS_OF)
    for service in ("routing", "sla"):
        assert not await live(alone.run, settings, service)
    async with mail_server(settings):
        died = await die_and_finish(settings, "notify", point, DEATHS // HALVES)
    log = await bodies(settings)
    told = {json.loads(body)["subject"] for body in log if b"redress.MessageSent." in body}
    wrong = [] if len(told) == LETTERS_OF else [f"letters on {len(told)} cases, not {LETTERS_OF}"]
    return died, wrong + faults(log, LETTERS_OF) + letter_faults(log, settings.data / "outbox")
