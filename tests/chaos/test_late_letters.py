"""A letter that the mail server puts off while notify is killed, again and again: told once, given up once."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from ops.local.reading import read_topic
from shared.contract.topics import CLOCK
from shared.log.broadcast_topics import clock_record
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.chaos import alone
from tests.chaos.lives import killed_afterwards, live
from tests.chaos.submitter import submit
from tests.oracle.log import faults
from tests.support.broker import FreshTopics, free_ports
from tests.support.mail_server import Server, running

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
POINTS = ("begin", "send", "commit", "read_back")
CASES = 2
DEATHS = 2
"""At each place, while the lateness is told and again while the letter is given up: a death for each case."""
PUT_OFF = "451 try again later"
EXPECTED = {"undelivered_notice": {"started": 1, "sent": 1}, "acknowledgement": {"started": 1, "failed": 1}}
"""What the log holds of each case whose customer's mailbox takes nothing."""


async def test_a_letter_put_off_while_notify_is_killed_is_told_once_and_given_up_once(
    fresh_bank: FreshTopics, tmp_path: Path
) -> None:
    """At each step of the append that tells of it, and of the one that gives it up."""
    port = free_ports(len(POINTS))
    made = [
        await fresh_bank(
            data=tmp_path / point, clock="steered", batch_triggers=1, smtp_port=port + n, smtp_timeout_seconds=0.5
        )
        for n, point in enumerate(POINTS)
    ]  # fmt: skip

    played = await asyncio.gather(*(play(settings, point) for settings, point in zip(made, POINTS, strict=True)))

    assert dict.fromkeys(POINTS, ([], [EXPECTED] * CASES)) == dict(zip(POINTS, played, strict=True))


async def play(settings: Settings, point: str) -> tuple[list[str], list[dict[str, dict[str, int]]]]:
    """Letters that are put off for five days, and a notify that dies at this point whenever it tells of them."""
    settings = settings.model_copy(update={"session_timeout_seconds": 0})  # it owns its partitions without a group
    start = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
    await set_clock(settings, start)
    await submit(settings, CASES)
    for service in ("routing", "sla"):
        assert not await live(alone.run, settings, service)
    deaf = {f"c{number}@customer.example": [PUT_OFF] * 10_000 for number in range(CASES)}
    async with running(Server(settings.outbox_port, deaf)) as server:
        async with killed_afterwards(alone.run, settings, "notify"):
            await until_so(settings, lambda found: all(asked_and_waiting(found, server)))
        await set_clock(settings, start + timedelta(days=1, minutes=1))
        await die(settings, point)
        async with killed_afterwards(alone.run, settings, "notify"):
            await until_so(settings, partial(all_have, kind="undelivered_notice", state="sent"))
        await set_clock(settings, start + timedelta(days=5, minutes=1))
        await die(settings, point)
        assert not await live(alone.run, settings, "notify")
    bodies = [record.value for record in await read_topic(settings)]
    wrong = faults(bodies, CASES) + letters_that_differ(server)
    return wrong, [{kind: dict(states[kind]) for kind in EXPECTED} for states in told(bodies).values()]


async def die(settings: Settings, point: str) -> None:
    """Let notify die at a point, as often as it is asked to: there is something to append each time."""
    for _ in range(DEATHS):
        assert await live(alone.run, settings, "notify", bomb=f"{point}:1")


async def set_clock(settings: Settings, instant: datetime) -> None:
    """Move the clock of this installation."""
    log = KafkaLog(settings, CLOCK)
    await log.append([clock_record(instant)])
    await log.stop()


Told = dict[str, dict[str, Counter[str]]]
"""Per case and kind of letter what became of the letters: how many were started, sent, given up."""


def told(bodies: list[bytes]) -> Told:
    """What the log says of letters."""
    found: Told = {}
    for event in map(orjson.loads, bodies):
        name = event["type"].split(".")[1]
        state = {"MessageSendStarted": "started", "MessageSent": "sent", "MessageFailed": "failed"}.get(name)
        if state is not None:
            kinds = found.setdefault(event["subject"], {})
            kinds.setdefault(event["data"]["kind"], Counter())[state] += 1
    return found


def all_have(found: Told, kind: str, state: str) -> bool:
    """Whether a letter of this kind got so far in every case."""
    return len(found) == CASES and all(kinds.get(kind, Counter())[state] for kinds in found.values())


def asked_and_waiting(found: Told, server: Server) -> list[bool]:
    """Whether every acknowledgement was tried and put off, and nothing else is on its way any more."""
    on_the_way = [
        kind for kinds in found.values() for kind, states in kinds.items() if states["started"] > states["sent"]
    ]
    return [len(server.replies.keys() & set(server.asked)) == CASES, on_the_way == ["acknowledgement"] * CASES]


async def until_so(settings: Settings, holds: Callable[[Told], bool]) -> None:
    """Wait until the log says so of the letters."""
    async with asyncio.timeout(40):
        while not holds(told([record.value for record in await read_topic(settings)])):
            await asyncio.sleep(0.3)


def letters_that_differ(server: Server) -> list[str]:
    """What was told twice under two ids: a doubled letter has the same Message-ID and the same words."""
    by_id: dict[Any, set[bytes]] = {}
    for raw, letter in zip(server.taken, server.letters(), strict=True):
        by_id.setdefault(letter["Message-ID"], set()).add(raw)
    per_case = Counter(letter["Subject"] for letter in server.letters() if "未送达" in str(letter["Subject"]))
    return [f"{id_}: {len(raws)} letters" for id_, raws in by_id.items() if len(raws) > 1] + [
        f"{subject}: told {n} times" for subject, n in per_case.items() if n > DEATHS + 1
    ]
