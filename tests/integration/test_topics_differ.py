"""Topics and brokers that would lose records or keep workers out: each is named, and nothing starts on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from ops.local import broker as brokers
from ops.local import installation
from shared.contract.records import Outgoing
from shared.contract.topics import COMMANDS, DEAD_LETTERS, EVENTS, INBOX, REFERENCE
from shared.log.kafka_client import client_options
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.support.broker import FreshTopics, free_ports
from tests.support.installation import redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
APPENDED = {"message.timestamp.type": "LogAppendTime"}
FOR_EVER = APPENDED | {"retention.ms": "-1"}
_installations = count(1)


@dataclass(frozen=True, slots=True)
class CarelessBroker(brokers.Broker):
    """A broker as it comes out of the box, and worse."""

    def properties(self) -> dict[str, str]:
        """Those of every broker, each that matters set wrong."""
        return brokers.Broker.properties(self) | {
            "auto.create.topics.enable": "true",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "10000",
            "transaction.max.timeout.ms": "1000",
            "group.min.session.timeout.ms": "10000",
            "message.max.bytes": "500000",
        }


@pytest.fixture(scope="module")
def careless_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running broker that Redress cannot work with."""
    broker = CarelessBroker(tmp_path_factory.mktemp("careless-kafka"), free_ports(2))
    process = brokers.start(broker)
    yield f"127.0.0.1:{broker.port}"
    brokers.stop(process)


def known(bootstrap: str, data: Path) -> Settings:
    """An installation of its own on these brokers, as commands find it."""
    name = f"differ-{next(_installations)}"
    settings = Settings(
        kafka_bootstrap=bootstrap, installation=name, topic_prefix=f"{name}.", data=data, ports=free_ports(100)
    )
    installation.remember(settings)
    return settings


async def make(settings: Settings, *wrong: tuple[str, int, dict[str, str]]) -> None:
    """Make topics by hand."""
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    await admin.create_topics(
        [NewTopic(settings.topic_prefix + base, n, 1, topic_configs=configs) for base, n, configs in wrong]
    )
    await admin.close()


def apply(settings: Settings) -> tuple[int, list[str]]:
    """``redress topics apply``: its exit code, and what it says differs."""
    done = redress("topics", "apply", "--data", str(settings.data), check=False)
    assert "" == done.stderr
    lines = done.stdout.splitlines()
    return done.returncode, [line for line in lines if not line.startswith("made ")]


def up(settings: Settings) -> tuple[int, str]:
    """``redress up`` on an existing cluster: its exit code and its complaint."""
    environment = {
        "REDRESS_KAFKA_BOOTSTRAP": settings.bootstrap,
        "REDRESS_TOPIC_PREFIX": settings.topic_prefix,
        "REDRESS_INSTALLATION": settings.installation,
    }
    place = ("--data", str(settings.data), "--ports", str(settings.ports))
    done = redress("up", *place, check=False, **environment)
    assert "ready" not in done.stdout
    assert not (settings.data / "run" / "supervisor.json").exists()
    return done.returncode, done.stderr


async def test_every_topic_that_differs_is_named_and_nothing_starts(kafka: str, tmp_path: Path) -> None:
    """Partition count, cleanup policy, timestamp type, retention by time and by size."""
    settings = known(kafka, tmp_path)
    await make(
        settings,
        (EVENTS, 3, FOR_EVER),
        (COMMANDS, 4, APPENDED | {"cleanup.policy": "compact", "retention.ms": str(30 * 86_400_000)}),
        (INBOX, 4, APPENDED | {"retention.ms": "604800000", "retention.bytes": "1000000"}),
        (REFERENCE, 1, {"retention.ms": "-1"}),
        (DEAD_LETTERS, 1, APPENDED | {"retention.ms": "604800000", "retention.bytes": "1000000"}),
    )
    prefix = settings.topic_prefix
    expected = [
        f"{prefix}{EVENTS} has 3 partitions, not 4",
        f"{prefix}{COMMANDS} has cleanup.policy=compact, not delete",
        f"{prefix}{INBOX} has retention.bytes=1000000, not -1",
        f"{prefix}{REFERENCE} has message.timestamp.type=CreateTime, not LogAppendTime",
        f"{prefix}{DEAD_LETTERS} has retention.ms=604800000, not -1",
        f"{prefix}{DEAD_LETTERS} has retention.bytes=1000000, not -1",
    ]

    code, lines = apply(settings)
    refused, complaint = up(settings)

    assert (1, expected) == (code, [line.split(": ")[0] for line in lines])
    assert 2 == refused
    assert [] == [line for line in expected if line not in complaint]


async def test_a_trimmed_log_is_named_and_nothing_starts(fresh_topics: FreshTopics) -> None:
    """Before any worker could end on it."""
    settings = await fresh_topics(ports=free_ports(100))
    installation.remember(settings)
    log = KafkaLog(settings)
    place = (await log.append([Outgoing("a case", b"first", []), Outgoing("a case", b"second", [])]))[0]
    await log.stop()
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    await admin.delete_records({TopicPartition(log.topic, place.partition): RecordsToDelete(before_offset=1)})
    await admin.close()
    gone = f"{log.topic}, partition {place.partition}, begins at offset 1, not at 0"

    code, lines = apply(settings)
    refused, complaint = up(settings)

    assert (1, [gone]) == (code, [line.split(": ")[0] for line in lines])
    assert 2 == refused
    assert gone in complaint


def test_every_broker_setting_that_is_wrong_is_named_and_nothing_starts(careless_kafka: str, tmp_path: Path) -> None:
    """What a cluster that was set up for something else is likely to have."""
    settings = known(careless_kafka, tmp_path)
    expected = [
        "auto.create.topics.enable=false",
        "transaction.abort.timed.out.transaction.cleanup.interval.ms=10000: set it to 1000 at most",
        "transaction.max.timeout.ms=1000: set it to 10000 at least",
        "group.min.session.timeout.ms=10000: set it to 6000 at most",
        f"{settings.topic_prefix}{EVENTS} has max.message.bytes=500000, less than 1048588",
    ]

    code, lines = apply(settings)
    refused, complaint = up(settings)

    assert (1, 2) == (code, refused)
    assert [] == [wrong for wrong in expected if not any(wrong in line for line in lines)]
    assert [] == [wrong for wrong in expected if wrong not in complaint]
