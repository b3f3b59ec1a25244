"""kill -9 of the inbox while 200 complaints are posted with poison in between: each is one case, each is answered."""

import asyncio
import os
import re
import signal
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from ops.local.status import processes
from shared.contract.envelope import from_json
from shared.contract.records import HEADER_TYPE
from shared.contract.topics import DEAD_LETTERS, INBOX, INBOX_RESULTS, topic_name
from shared.process.settings import Settings
from tests.chaos import intake_lives
from tests.chaos.lives import killed_afterwards, live
from tests.support.broker import FreshTopics, free_ports
from tests.support.installation import installed
from tests.support.paths import ROOT

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
PAGE = ROOT / "docs" / "how-to" / "post-to-the-inbox.md"
COMPLAINTS, KEYS, KILLS = 200, 7, 3
POISON = (b"{poison", None, b"\xff\x00", b"[]")
ANSWER_SECONDS = 120.0
DEATHS, FEW = 10, 12


def posted(number: int) -> bytes:
    """A complaint of its own, by each of the two names of one source."""
    data = {"channel": "phone", "matter": {"narrative": f"第 {number} 件投诉。", "reason": "work_error"}}
    source = ("hotline", "/channel-systems/hotline")[number % 2]
    event = {"specversion": "1.0", "id": f"n-{number}", "source": source, "type": "redress.ComplaintSubmitted.v1"}
    return orjson.dumps(event | {"data": data})


async def post_all(settings: Settings) -> int:
    """All complaints, with poison in between; how many records that were."""
    async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap, acks="all") as producer:
        for number in range(COMPLAINTS):
            await producer.send("complaints.inbox", posted(number), key=f"key-{number % KEYS}".encode())
            if number % 50 == 0:
                for bad in POISON:
                    await producer.send("complaints.inbox", bad, key=f"key-{number % KEYS}".encode())
            await asyncio.sleep(0.02)
    return COMPLAINTS + len(POISON) * COMPLAINTS // 50


async def post_example(settings: Settings) -> str:
    """What the page on posting shows, word for word; the id that it posts."""
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(compile(code[1], str(PAGE), "exec"), names)  # noqa: S102 - a page of ours
    await names["post"](settings.bootstrap, datetime.now(UTC))
    return "call-17"


async def kill_in_turn(settings: Settings) -> None:
    """End the inbox's process again and again while it works."""
    for _ in range(KILLS):
        await asyncio.sleep(2)
        pid = next(row["pid"] for row in processes(settings) if row["name"] == "intake-inbox")
        if pid is not None:
            os.kill(pid, signal.SIGKILL)


async def answers(settings: Settings) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """What was answered to each record of the inbox."""
    found: defaultdict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for record in await read_topic(settings, INBOX_RESULTS, proven=False):
        said = orjson.loads(record.value)["data"]
        found[said["inbox"]["partition"], said["inbox"]["offset"]].append(said)
    return found


async def until_answered(settings: Settings, records: int) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """Wait until every record has an answer."""
    async with asyncio.timeout(ANSWER_SECONDS):
        while len(found := await answers(settings)) < records:
            await asyncio.sleep(0.5)
    return found


async def test_each_record_is_one_case_and_answered_whatever_dies(tmp_path: Path) -> None:
    """A second answer names the same case; poison is refused and buried once, and holds up nobody."""
    with installed(tmp_path, "system") as settings:
        shown = await post_example(settings)
        records, _ = await asyncio.gather(post_all(settings), kill_in_turn(settings))
        found = await until_answered(settings, records + 1)
        log = await read_topic(settings)
        buried = await read_topic(settings, DEAD_LETTERS)

    received = [
        from_json(one.value) for one in log if one.headers[HEADER_TYPE].startswith(b"redress.ComplaintReceived")
    ]
    cases: defaultdict[str | None, set[str | None]] = defaultdict(set)
    for said in (one for several in found.values() for one in several):
        cases[said["id"]].add(said["case_id"])
    refused = cases.pop(None)
    statuses = {said["status"] for several in found.values() for said in several}

    assert {200, 201, 400} >= statuses
    assert COMPLAINTS + 1 == len(received) == len({one.subject for one in received})
    assert {shown, *(f"n-{number}" for number in range(COMPLAINTS))} == set(cases)
    assert {one.subject for one in received} == {case for (case,) in cases.values()}
    assert {None} == refused
    assert {"inbox:hotline"} == {one.data["submitter"] for one in received}
    assert records - COMPLAINTS == len({one.key for one in buried})


async def test_an_inbox_that_dies_behind_an_answer_answers_again_with_the_same_case(
    fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """The place of what it answered is not kept yet, so those records come again; nothing is a case twice."""
    settings = await fresh_topics(data=tmp_path, ports=free_ports(100))
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap, acks="all") as producer:
        for number in range(FEW):
            await producer.send_and_wait(
                topic_name(settings, INBOX), posted(number), key=f"key-{number % KEYS}".encode()
            )
    died = sum([await live(intake_lives.run, settings, "inbox", bomb="inbox_answered:1") for _ in range(DEATHS)])
    async with killed_afterwards(intake_lives.run, settings, "inbox"):
        found = await until_answered(settings, FEW)
        await asyncio.sleep(1)

    received = {
        from_json(one.value).subject for one in await read_topic(settings)
        if one.headers[HEADER_TYPE].startswith(b"redress.ComplaintReceived")
    }  # fmt: skip
    assert died == DEATHS
    assert max(len(said) for said in found.values()) > 1
    assert received == {case for said in found.values() for (case,) in [{one["case_id"] for one in said}]}
    assert len(received) == FEW
