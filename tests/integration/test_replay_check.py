"""Deciding again on a real broker: nothing is appended, sent or opened, and what differs is told."""

import asyncio
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from ops.local import installation, topics
from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from ops.paths import SERVICES as CODE
from ops.replay import checking
from ops.replay.checking import Wanted
from ops.replay.known_then import KnownThen
from ops.verify.services import SERVICES
from shared.bank.reference import ReferenceDocument
from shared.contract.commands import record_of
from shared.contract.records import Outgoing, Record
from shared.contract.topics import COMMANDS, REFERENCE
from shared.log.broadcast_topics import document_from
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.support.broker import FreshTopics, free_ports
from tests.support.facts import NOW, receipt
from tests.support.installation import redress
from tests.support.replays import appended, quiet
from tests.support.whole_desk import WholeDesk

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
ALL = tuple(service.name for service in SERVICES)
PACK = CODE / "sla" / "packs" / "cn-bank-internal.yaml"


async def ends(settings: Settings) -> dict[str, dict[int, int]]:
    """Where each topic of the installation ends."""
    found: dict[str, dict[int, int]] = {}
    for spec in topics.wanted(settings):
        log = KafkaLog(settings, spec.base)
        found[spec.base] = await log.ends()
        await log.stop()
    return found


@pytest.fixture
async def desk(fresh_topics: FreshTopics) -> Settings:
    """A case that all services have decided on, with its commands, by the reference data that come with Redress."""
    settings = await fresh_topics()
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    known = [document_from(record) for record in await read_topic(settings, REFERENCE)]
    made = WholeDesk(KnownThen(known).latest())
    async with made.open():
        await made.happens(receipt())
        await made.asks("luo.tian", "accept-handover")
        await made.moves(NOW + timedelta(days=8))
    await appended(settings, [_outgoing(record) for record in made.records()])
    await appended(settings, [record_of(one) for one in made.kept_commands().values()], COMMANDS)
    installation.remember(settings)
    return settings


def _outgoing(record: Record) -> Outgoing:
    return Outgoing(record.key, record.value, list(record.headers.items()))


async def test_nothing_is_appended_sent_or_opened_while_it_is_decided_again(
    desk: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No producer is made, no vault opened, and every topic ends where it ended."""

    def no_producer(*_: Any, **__: Any) -> None:
        raise AssertionError("a producer was made")

    before = await ends(desk)
    monkeypatch.setattr(AIOKafkaProducer, "__init__", no_producer)

    found = await checking.check(desk, Wanted(ALL), quiet)

    assert (0, 0) == (found.findings.total("different", "new", "missing"), found.findings.blocked), found.findings
    assert found.records - 1 == found.findings.total("same")
    assert not (desk.data / "vault").exists()
    assert before == await ends(desk)


async def test_what_is_appended_once_the_reference_data_are_read_is_not_decided_again(desk: Settings) -> None:
    """It may rest on what was published meanwhile, and would be told as decided otherwise."""
    before = sum((await ends(desk))["complaints.events"].values())
    late = (await read_topic(desk))[-1]

    def meanwhile(published: Sequence[ReferenceDocument]) -> list[ReferenceDocument]:
        with ThreadPoolExecutor(1) as beside:
            beside.submit(asyncio.run, appended(desk, [_outgoing(late)])).result()
        return list(published)

    found = await checking.check(desk, Wanted(ALL, suppose=meanwhile), quiet)

    assert (before, before + 1) == (found.records, sum((await ends(desk))["complaints.events"].values()))


async def test_the_command_says_that_all_is_the_same(desk: Settings) -> None:
    """Exit code 0; of one service or one case only what is asked for."""
    whole = await asyncio.to_thread(redress, "replay", "check", "--data", str(desk.data))
    one = await asyncio.to_thread(
        redress, "replay", "check", "--service", "routing", "--data", str(desk.data), "--json"
    )

    assert "without brokers, keys or mail" in whole.stdout
    assert '"missing": 0' in one.stdout
    assert '"ClockStarted"' not in one.stdout


async def test_a_difference_is_exit_code_1_and_wrong_use_2(desk: Settings, tmp_path: Path) -> None:
    """What if there were a day less; and a file, a service and a period that are none."""
    pack = tmp_path / PACK.name
    pack.write_text(PACK.read_text(encoding="utf-8").replace("limit_working_days: 3", "limit_working_days: 2"))

    def check(*options: str) -> "subprocess.CompletedProcess[str]":
        return redress("replay", "check", "--data", str(desk.data), *options, check=False)

    differs = await asyncio.to_thread(check, "--with", f"pack={pack}")
    wrong = [
        await asyncio.to_thread(check, *options)
        for options in (
            ("--with", "pack=/nowhere.yaml"),
            ("--service", "intake"),
            ("--from", "2020-03-05T10:00:00+08:00", "--to", "2020-03-05T10:00:00+08:00"),
            ("--case", "20200305-0000000009-9"),
        )
    ]

    assert 1 == differs.returncode, differs.stdout
    assert '/data/deadline/due_on: "2020-03-10" -> "2020-03-09"' in differs.stdout
    assert [2] * 4 == [one.returncode for one in wrong], [one.stderr for one in wrong]
    assert [1] * 4 == [len(one.stderr.strip().splitlines()) for one in wrong], [one.stderr for one in wrong]


def test_without_a_broker_it_ends_with_3(tmp_path: Path) -> None:
    """In one line, and nothing was done."""
    installation.remember(Settings(data=tmp_path, ports=free_ports(100)))

    for command in (("check",), ("publish", "--into", "bi", "--who", "lin.fang", "--why", "lost")):
        done = redress("replay", *command, "--data", str(tmp_path), check=False)
        assert (3, 1) == (done.returncode, len(done.stderr.strip().splitlines())), done.stderr
