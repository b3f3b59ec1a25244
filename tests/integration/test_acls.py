"""On a cluster with an authorizer each service does its work with its own principal, and nothing more."""

from asyncio import to_thread
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from ops.local import acls, installation, topics
from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from ops.local.service_accounts import consumers_in, published_consumers
from shared.bank.listed import Consumer
from shared.contract.records import Outgoing
from shared.contract.subjects import Subject
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
from tests.support.service_account import ServiceAccount

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


def no_topics(settings: Settings) -> Settings:
    """An installation on the same brokers whose topics are not made yet."""
    return settings.model_copy(update={"topic_prefix": "not-made-yet."})


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


async def test_a_consumer_reads_what_is_listed_for_it_and_writes_nothing(cluster: Settings) -> None:
    """By a token of the identity service, with any client library; taken out of the file, its rights are not wanted."""
    consumer = Consumer("bi", (EVENTS, INBOX_RESULTS))
    await acls.apply(cluster, [consumer])
    await appended(cluster, EVENTS)
    reader = ServiceAccount(cluster, Subject("consumer", "bi"))

    assert b"a value" == await to_thread(reader.first, EVENTS, "consumer-bi")
    refused = {topic for topic in (COMMANDS, INBOX, REFERENCE, DEAD_LETTERS, ACCESS) if await reader.refused(topic)}
    assert {COMMANDS, INBOX, REFERENCE, DEAD_LETTERS, ACCESS} == refused
    assert "GROUP_AUTHORIZATION_FAILED" == await to_thread(reader.first, EVENTS, "routing")
    assert {"TOPIC_AUTHORIZATION_FAILED"} == {await to_thread(reader.written, t) for t in TOPICS}
    stranger = ServiceAccount(cluster, Subject("consumer", "stranger"))
    assert await stranger.refused(EVENTS)

    taken = await acls.apply(cluster, remove=True)
    assert {"User:consumer-bi"} == {acl.who for acl in taken.removed}
    assert await reader.refused(EVENTS)


async def test_a_service_does_its_work_with_its_own_principal(cluster: Settings, tmp_path: Path) -> None:
    """From topics and reference data by ops, over a receipt by intake, to its routing."""
    ops, intake = as_principal(cluster, "ops"), as_principal(cluster, "intake")
    assert ([], []) == await topics.apply(ops)
    assert [] == await published_consumers(ops) == await published_consumers(no_topics(cluster))
    await publish_defaults(ops, EXAMPLE_ORGANISATION)
    assert ["bi"] == [consumer.id for consumer in await published_consumers(ops)]
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


def test_the_command_says_in_a_line_what_keeps_it_from_the_consumers(tmp_path: Path) -> None:
    """No brokers to ask: 3. A file that is not valid, and two things at once: 2."""
    installation.remember(Settings(data=tmp_path, installation="bank", kafka_bootstrap="127.0.0.1:1"))
    wrong = tmp_path / "wrong.yaml"
    text = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
    wrong.write_text(text.replace("topics: [complaints.events]", "topics: [complaints.commands]"), encoding="utf-8")
    asked: tuple[list[str], ...] = (["--org", str(wrong)], ["--apply", "--strimzi"], [])
    done = [redress("topics", "acls", *options, "--data", str(tmp_path), check=False) for options in asked]

    assert [2, 2, 3] == [one.returncode for one in done]
    assert "topic 'complaints.commands' is not for consumers" in done[0].stderr
    assert [1, 1, 1] == [one.stderr.count("\n") for one in done]


def test_the_command_prints_them_for_strimzi(tmp_path: Path) -> None:
    """A KafkaUser for each, with the account's topics."""
    installation.remember(Settings(data=tmp_path, installation="bank", kafka_bootstrap="127.0.0.1:1"))
    done = redress("topics", "acls", "--strimzi", "--org", str(EXAMPLE_ORGANISATION), "--data", str(tmp_path))
    users = {user["metadata"]["name"]: user["spec"] for user in yaml.safe_load_all(done.stdout)}
    rights = users["consumer-bi"]["authorization"]["acls"]

    assert {("topic", "complaints.events"), ("group", "bank.consumer-bi")} == {
        (acl["resource"]["type"], acl["resource"]["name"]) for acl in rights
    }
    assert {"Read"} == {operation for acl in rights for operation in acl["operations"]}


def test_the_command_prints_every_right(tmp_path: Path) -> None:
    """As they would be set."""
    settings = Settings(data=tmp_path, installation="bank", kafka_bootstrap="127.0.0.1:1")
    installation.remember(settings)
    done = redress("topics", "acls", "--org", str(EXAMPLE_ORGANISATION), "--data", str(tmp_path))
    lines = done.stdout.splitlines()

    assert [str(acl) for acl in acls.wanted(settings, consumers_in(EXAMPLE_ORGANISATION))] == lines
    assert "User:consumer-bi may read topic complaints.events" in lines
    assert "User:casework-api may write topic complaints.commands" in lines
    assert "User:routing may write transactional-id bank.routing-*" in lines
