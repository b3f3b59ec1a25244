"""Cases are told in a new version while the broker stands still and the console dies: each is, once all is over."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.contracts import newest_versions
from ops.local import topics
from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, FROM_THE_BEGINNING, ReferenceFile, publish, shipped
from services.console.analysis.unpublished import keep_published, next_page
from services.console.projection.generations import generations
from shared.bank.event_versions import EVENTS, VERSIONS
from shared.contract.case_versions import FIRST, NAME, NEWEST
from shared.contract.envelope import type_of
from shared.contract.records import HEADER_TYPE, EventLog
from shared.contract.topics import CASES
from shared.log.kafka_log import KafkaLog
from shared.process.bombs import EXIT_CODE
from shared.process.settings import Settings
from tests.chaos.test_console_kills import CONSOLE, assert_told
from tests.support.console_stories import Story, shuffled
from tests.support.own_broker import OwnBroker
from tests.support.processes import ended, start, stop, until_ready

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
CASES_AT_FIRST, MORE = 2200, 50
"""Five pages of them, and some that come when cases are told again."""
FROZEN_SECONDS = 20.0
"""Longer than a client waits for an answer: the console gives the broker up and takes its right to publish anew."""
LINE = f"{NAME}: {NEWEST}\n"
BY, WHY = "person:lin.fang", "all consumers know it"


async def bank_of_before(broker: OwnBroker, data: Path) -> Settings:
    """An installation on that broker, whose bank does not allow the new version of cases yet."""
    settings = Settings(data=data, ports=broker.place.port - 90, partitions=2)
    await topics.apply(settings)
    files = [file for file in shipped(EXAMPLE_ORGANISATION) if file.kind != VERSIONS]
    await publish(settings, [*files, versions(data, "")], FROM_THE_BEGINNING, BY, "for a test")
    return settings


def versions(folder: Path, of_cases: str = LINE) -> ReferenceFile:
    """A file that allows all versions of events, and one of cases."""
    folder.mkdir(exist_ok=True)
    file = folder / "versions.yaml"
    text = newest_versions.text()
    assert LINE in text
    file.write_text(text.replace(LINE, of_cases), encoding="utf-8")
    return ReferenceFile(VERSIONS, EVENTS, file)


async def received(log: EventLog, first: int, last: int) -> None:
    """So many cases come in."""
    await log.append(shuffled(Story(number) for number in range(first, last + 1)))


async def told(settings: Settings) -> dict[str, str]:
    """In which version each case was told last."""
    return {one.key: one.headers[HEADER_TYPE].decode() for one in await read_topic(settings, CASES)}


async def all_told(settings: Settings, number: int, version: int) -> None:
    """Wait until so many cases are told in a version, last."""
    async with asyncio.timeout(60):
        while [*(await told(settings)).values()] != [type_of(NAME, version)] * number:
            await asyncio.sleep(0.5)


async def frozen_while_it_switches(broker: OwnBroker, settings: Settings, out: Path) -> None:
    """The console hears of the new version, the broker stands still, goes on, and the console dies amid its pages."""
    process = await start(settings, CONSOLE, out, bombs="cases_published:2")
    try:
        await until_ready(settings.ports, process)
        await publish(settings, [versions(settings.data)], FROM_THE_BEGINNING, BY, WHY)
        broker.freeze()
        await asyncio.sleep(FROZEN_SECONDS)
        broker.go_on()
        assert EXIT_CODE == await ended(process)
    finally:
        await stop(process)


async def killed_while_it_waits(broker: OwnBroker, settings: Settings, out: Path) -> None:
    """The broker stands still in the middle of what the console publishes, and the console is killed meanwhile."""
    process = await start(settings, CONSOLE, out)
    try:
        await until_ready(settings.ports, process)
        broker.freeze()
        process.kill()
        await process.wait()
        broker.go_on()
    finally:
        await stop(process)


async def last_life(settings: Settings, out: Path, number: int) -> dict[str, Any]:
    """The cases of a console that nobody kills, once all are told."""
    process = await start(settings, CONSOLE, out)
    try:
        await until_ready(settings.ports, process)
        await all_told(settings, number, NEWEST)
        async with httpx.AsyncClient(timeout=60) as client:
            cases: dict[str, Any] = (await client.get(f"http://127.0.0.1:{settings.ports}/internal/cases")).json()
        return cases
    finally:
        await stop(process)


async def as_the_database_has_them(settings: Settings) -> dict[str, bytes]:
    """The record of every case, made of what the database holds."""
    kept = generations(settings)
    database = await kept.open(await kept.live() or 0)
    await database.tell_again()

    def records() -> dict[str, bytes]:
        found = dict[str, bytes]()
        for partition in range(settings.partitions):
            while (page := next_page(database.writer, partition)) is not None:
                found |= {record.key: record.value for record in page.records}
                keep_published(database.writer, partition, page)
        return found

    try:
        return await database.writer.do(records)
    finally:
        await database.close()


async def test_every_case_is_told_in_the_new_version_whatever_dies_meanwhile(
    own_broker: OwnBroker, tmp_path: Path
) -> None:
    """A broker that stands still for longer than anybody waits, and three deaths: the last record of each case is what
    the database says, in the new version, and no version of a case goes back.
    """
    settings, out = await bank_of_before(own_broker, tmp_path / "data"), tmp_path / "console.log"
    log = KafkaLog(settings)
    try:
        await received(log, 1, CASES_AT_FIRST)
        process = await start(settings, CONSOLE, out)
        await until_ready(settings.ports, process)
        await all_told(settings, CASES_AT_FIRST, FIRST)
        await stop(process)
        await frozen_while_it_switches(own_broker, settings, out)
        amid = set((await told(settings)).values())
        await received(log, CASES_AT_FIRST + 1, CASES_AT_FIRST + MORE)
        await killed_while_it_waits(own_broker, settings, out)
        cases = await last_life(settings, out, CASES_AT_FIRST + MORE)
    finally:
        await log.stop()
    records = await read_topic(settings, CASES)

    assert {type_of(NAME, FIRST), type_of(NAME, NEWEST)} == amid
    assert_told(records, cases)
    assert await as_the_database_has_them(settings) == {record.key: record.value for record in records}
