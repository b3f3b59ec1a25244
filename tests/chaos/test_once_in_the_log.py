"""Whatever happens to brokers and producers, what is repeated under one key stands in the log once, by its id."""

import asyncio
import os
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from ops.local import broker as brokers
from ops.local import topics
from services.intake.access import CaseAccess
from services.intake.box_review_intake import BoxReviewIntake
from services.intake.evidence_intake import EvidenceIntake
from services.intake.http.api import create_app
from services.intake.standing import STANDINGS
from services.intake.submission_intake import SubmissionIntake
from services.intake.upload import UploadRoom
from services.intake.upload_quota import Quota
from shared.contract.records import HEADER_ID, Outgoing
from shared.contract.topics import COMMANDS, partition_of
from shared.errors import OutcomeUnknown, RecordTooLarge
from shared.kernel.whole_log import WholeLog
from shared.log.kafka_log import KafkaLog
from shared.process.clock import SystemClock
from shared.process.settings import Settings
from shared.sealing.documents import Documents
from shared.sealing.stores import open_vault
from shared.web.case_index import CaseIndex
from tests.support.broker import free_ports
from tests.support.facts import reference
from tests.support.intake_in_process import MANY, TOKENS, submit
from tests.support.standing_still import standing_still
from tests.support.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
CALLS = 20
BODY = {
    "complainant": {"name": "甲某", "phone": "13900000000"},
    "matter": {"narrative": "排队两小时。", "complained_unit": "dongqiao.hall"},
}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A broker of this test's own, which it may stop; its port is in the settings."""
    process = brokers.start(brokers.Broker(tmp_path / "kafka", free_ports(2)))
    yield process
    os.kill(process.pid, signal.SIGCONT)
    brokers.stop(process)


@pytest.fixture
async def settings(broker: "subprocess.Popen[bytes]", tmp_path: Path) -> Settings:
    """An installation on that broker."""
    lines = (tmp_path / "kafka" / "broker" / "server.properties").read_text().splitlines()
    port = next(line for line in lines if line.startswith("listeners=")).split("127.0.0.1:")[1].split(",")[0]
    made = Settings(kafka_bootstrap=f"127.0.0.1:{port}", data=tmp_path / "data")
    await topics.apply(made)
    return made


@pytest.fixture
async def log(settings: Settings) -> AsyncIterator[KafkaLog]:
    """The log of events."""
    events = KafkaLog(settings)
    yield events
    await events.stop()


@pytest.fixture
async def commands(settings: Settings) -> AsyncIterator[KafkaLog]:
    """The log of commands."""
    commands = KafkaLog(settings, COMMANDS)
    yield commands
    await commands.stop()


async def ids_in(log: KafkaLog) -> Counter[bytes]:
    """How often each id stands in the log."""
    found: Counter[bytes] = Counter()
    for partition, end in (await log.ends()).items():
        reader = await log.read(partition, 0, committed=False)
        while await reader.position() < end:
            found.update(record.headers[HEADER_ID] for record in await reader.batch(0.1))
        await reader.stop()
    return found


def record(id_: str, value: bytes = b"{}") -> Outgoing:
    """A record with an id, keyed by it."""
    return Outgoing(id_, value, [(HEADER_ID, id_.encode())])


async def test_a_complaint_repeated_while_its_append_is_under_way_stands_in_the_log_once(
    settings: Settings, log: KafkaLog, broker: "subprocess.Popen[bytes]"
) -> None:
    """Twenty callers are told 503 while the broker stands still, repeat once in vain and once with success."""
    async with open_vault(settings) as vault:
        index, known, clock = CaseIndex(log), reference(), SystemClock()
        access = CaseAccess(WholeLog(log, STANDINGS))  # of files and further receipts, which there are none of
        running = asyncio.create_task(index.run())
        await index.progress.caught_up.wait()
        submissions = SubmissionIntake(log, index, vault, known, clock, access)
        documents, recording = Documents(settings.data / "documents", vault), submissions.recording
        evidence = EvidenceIntake(log, index, vault, documents, clock, access, Quota(index, MANY), recording)
        reviews = BoxReviewIntake(log, index, submissions.admission, recording)
        app = create_app(submissions, evidence, reviews, TOKENS, UploadRoom(8))

        async def all_of_them() -> list[int]:
            return [a.status_code for a in await asyncio.gather(*(submit(app, f"k{n}", BODY) for n in range(CALLS)))]

        assert 201 == (await submit(app, "before", BODY)).status_code
        with standing_still(broker.pid):
            first, again = await all_of_them(), await all_of_them()
        last = await all_of_them()
        found = await ids_in(log)
        running.cancel()
        await asyncio.wait([running])

    assert [503] * CALLS == first == again
    assert {200, 201} >= set(last)
    assert CALLS + 1 == len(found)
    assert {1} == set(found.values())


async def test_a_command_repeated_after_its_append_came_through_unseen_is_not_appended_again(
    commands: KafkaLog, broker: "subprocess.Popen[bytes]"
) -> None:
    """Nobody waited any more when the broker took it: whoever repeats gets its place."""
    await commands.append([record("first")])
    with standing_still(broker.pid), pytest.raises(OutcomeUnknown):
        await commands.append([record("command")])
    await until(lambda: commands.can_append)
    where = await commands.append([record("command")])
    found = await ids_in(commands)
    end = await commands.end(where[0].partition)

    assert {b"first": 1, b"command": 1} == found
    assert where[0].offset < end


async def test_a_producer_that_left_a_gap_is_made_anew(log: KafkaLog) -> None:
    """A record given up while its partition has no leader leaves a gap, after which the broker takes nothing more."""
    key = "gap"
    await log.append([record(key)])
    producer = log._appender._producer
    assert producer is not None
    producer._txn_manager.increment_sequence_number(TopicPartition(log.topic, partition_of(key, log.partitions)), 1)
    with pytest.raises(OutcomeUnknown):
        await log.append([Outgoing(key, b"{}", [(HEADER_ID, b"lost")])])
    await until(lambda: log.can_append)
    await log.append([Outgoing(key, b"{}", [(HEADER_ID, b"lost")])])

    assert {b"gap": 1, b"lost": 1} == await ids_in(log)


async def test_whether_appends_are_taken_is_said_while_the_broker_stands_still_and_after(
    log: KafkaLog, broker: "subprocess.Popen[bytes]"
) -> None:
    """What readiness asks."""
    await log.append([record("one")])
    assert log.can_append
    with standing_still(broker.pid):
        with pytest.raises(OutcomeUnknown):
            await log.append([record("two")])
        assert not log.can_append
    await until(lambda: log.can_append)


async def test_what_the_log_never_takes_is_refused_and_holds_nobody_up(log: KafkaLog) -> None:
    """A repetition would not help: 413, not 503; the next append goes through the same producer."""
    with pytest.raises(RecordTooLarge):
        await log.append([record("large", b"x" * 2_000_000)])
    producer = log._appender._producer
    await log.append([record("small")])

    assert producer is log._appender._producer
    assert {b"small": 1} == await ids_in(log)
