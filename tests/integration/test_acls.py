"""On a cluster with an authorizer each service does its work with its own principal, and nothing more."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ops.local import acls, installation, topics
from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.contract.records import Outgoing
from shared.contract.topics import (
    ACCESS,
    COMMANDS,
    DEAD_LETTERS,
    EVENTS,
    GOVERNANCE,
    INBOX,
    INBOX_RESULTS,
    REFERENCE,
    inbox_of,
    topic_name,
)
from shared.errors import MayNotAppend
from shared.log.acl_admin import Acl, acl_admin
from shared.log.kafka_client import BrokerError
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from shared.sealing.signing_keys import SIGNERS
from tests.chaos.submitter import submit
from tests.integration.test_secured_cluster import until_routed
from tests.support.broker import free_ports
from tests.support.installation import redress
from tests.support.processes import start, stop, until_ready
from tests.support.secured_broker import PASSWORD, USER, Secured

WRITES = {
    "routing": {EVENTS, DEAD_LETTERS, GOVERNANCE}, "sla": {EVENTS, DEAD_LETTERS, GOVERNANCE},
    "notify": {EVENTS, DEAD_LETTERS, GOVERNANCE, ACCESS}, "casework": {EVENTS, DEAD_LETTERS, GOVERNANCE},
    "casework-api": {COMMANDS, ACCESS}, "intake": {EVENTS, ACCESS},
    "intake-inbox": {EVENTS, INBOX_RESULTS, DEAD_LETTERS, GOVERNANCE},
    "console": {ACCESS}, "ops": {REFERENCE, GOVERNANCE},
}  # fmt: skip
"""Typed by hand: who may write what."""
TOPICS = (EVENTS, COMMANDS, INBOX, INBOX_RESULTS, REFERENCE, DEAD_LETTERS, GOVERNANCE, ACCESS)
_installations = count(1)


@pytest.fixture
async def cluster(secured_kafka: Secured, tmp_path: Path) -> Settings:
    """An installation of its own with its topics and rights; the settings are those of a super user."""
    name = f"acls-{next(_installations)}"
    settings = Settings(
        kafka_bootstrap=secured_kafka.bootstrap, kafka_security_protocol="SASL_SSL", kafka_sasl_mechanism="PLAIN",
        kafka_sasl_username=USER, kafka_sasl_password=SecretStr(PASSWORD), kafka_ca_file=secured_kafka.ca_file,
        installation=name, topic_prefix=f"{name}.", data=tmp_path, ports=free_ports(30),
    )  # fmt: skip
    await topics.apply(settings)
    await acls.apply(settings)
    return settings


def as_principal(settings: Settings, name: str) -> Settings:
    """The same cluster, for somebody else."""
    return settings.model_copy(update={"kafka_sasl_username": name})


async def can(settings: Settings, action: Any) -> bool:
    """Whether the brokers let somebody do it."""
    try:
        await action
    except (BrokerError, MayNotAppend, TimeoutError):
        return False
    return True


async def appended(settings: Settings, topic: str) -> None:
    """Append one record, outside a transaction."""
    log = KafkaLog(settings, topic)
    try:
        await log.append([Outgoing("a key", b"a value", [])])
    finally:
        await log.stop()


async def test_nobody_writes_what_is_not_his(cluster: Settings) -> None:
    """Every principal against every topic, and one that nobody knows."""
    found = {
        name: {topic for topic in TOPICS if await can(cluster, appended(as_principal(cluster, name), topic))}
        for name in (*SIGNERS, "nobody-known")
    }

    assert WRITES | {"nobody-known": set()} == found


async def test_nobody_takes_the_right_of_another_service(cluster: Settings) -> None:
    """Neither its transactions, nor its place in the group of the commands."""
    writer = KafkaLog(as_principal(cluster, "sla")).writer("routing", 0)
    taken = await can(cluster, writer.start())
    await writer.stop()
    own = KafkaLog(as_principal(cluster, "sla")).writer("sla", 0)
    own_taken = await can(cluster, own.start())
    await own.stop()

    assert (False, True) == (taken, own_taken)


async def test_a_channel_system_writes_to_its_own_inbox_and_to_no_other(cluster: Settings) -> None:
    """The brokers know who writes; what a bank gives to those without one of their own is its own, and stays."""
    settings = cluster.model_copy(update={"inbox_systems": "hotline,web"})
    await topics.apply(settings)
    given = Acl("User:letters", "write", "topic", topic_name(cluster, INBOX))
    async with acl_admin(cluster) as admin:
        await admin.allow(given)
    done = await acls.apply(settings, remove=True)
    places = [INBOX, inbox_of("hotline"), inbox_of("web"), INBOX_RESULTS, EVENTS]
    found = {
        name: [topic for topic in places if await can(settings, appended(as_principal(settings, name), topic))]
        for name in ("channel-hotline", "letters", "intake-inbox")
    }

    assert {
        "channel-hotline": [inbox_of("hotline")], "letters": [INBOX], "intake-inbox": [INBOX_RESULTS, EVENTS],
    } == found  # fmt: skip
    assert ([given], []) == (done.beyond, done.removed)


async def test_a_service_does_its_work_with_its_own_principal(cluster: Settings, tmp_path: Path) -> None:
    """From topics and reference data by ops, over a receipt by intake, to its routing."""
    ops, intake = as_principal(cluster, "ops"), as_principal(cluster, "intake")
    assert ([], []) == await topics.apply(ops)
    await publish_defaults(ops, EXAMPLE_ORGANISATION)
    routing = as_principal(cluster, "routing")
    worker = await start(routing, "services.routing.worker", tmp_path / "worker.log", health_port=cluster.ports + 11)
    try:
        await until_ready(cluster.ports + 11, worker)
        await submit(intake, 3)
        await until_routed(ops, 3)
    finally:
        await stop(worker)

    assert not await can(cluster, read_topic(as_principal(cluster, "intake"), COMMANDS))


async def test_a_right_that_nobody_needs_is_shown_and_taken_away_on_demand(cluster: Settings) -> None:
    """Of a principal nobody knows, and of a known one too much; what is wanted, and what others own, stays."""
    strange = Acl("User:nobody-known", "write", "topic", topic_name(cluster, EVENTS))
    more = Acl("User:sla", "all", "topic", topic_name(cluster, "complaints."), prefixed=True)
    boundless = Acl("User:routing", "write", "topic", "*")
    elsewhere = Acl("User:payments", "write", "topic", "payments.events")
    everything = Acl("User:auditing", "read", "topic", "*")
    async with acl_admin(cluster) as admin:
        for acl in (strange, more, boundless, elsewhere, everything):
            await admin.allow(acl)
    shown = await acls.apply(cluster)
    removed = await acls.apply(cluster, remove=True)
    async with acl_admin(cluster) as admin:
        left = await admin.all()
        await admin.take_away(everything)  # the brokers are other tests' too

    assert sorted([strange, more, boundless]) == shown.unwanted == removed.removed
    assert [] == shown.removed
    assert [everything] == shown.beyond
    assert {*acls.wanted(cluster), elsewhere, everything} <= set(left)
    assert not {strange, more, boundless} & set(left)
    assert not await can(cluster, appended(as_principal(cluster, "nobody-known"), EVENTS))


def test_taking_away_goes_with_setting(tmp_path: Path) -> None:
    """Alone it would say nothing of what is missing."""
    installation.remember(Settings(data=tmp_path, installation="bank", kafka_bootstrap="127.0.0.1:1"))
    done = redress("topics", "acls", "--remove", "--data", str(tmp_path), check=False)

    assert (2, "redress: --remove goes with --apply.\n") == (done.returncode, done.stderr)


def test_the_command_prints_every_right(tmp_path: Path) -> None:
    """As they would be set."""
    settings = Settings(data=tmp_path, installation="bank", kafka_bootstrap="127.0.0.1:1")
    installation.remember(settings)
    done = redress("topics", "acls", "--data", str(tmp_path))
    lines = done.stdout.splitlines()

    assert [str(acl) for acl in acls.wanted(settings)] == lines
    assert "User:casework-api may write topic complaints.commands" in lines
    assert "User:routing may write transactional-id bank.routing-*" in lines
