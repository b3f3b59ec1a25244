"""A cluster that lets nobody in without TLS and a password: everything works over it, and a wrong password is said."""

import asyncio
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr

from ops.local import installation, topics
from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.contract.records import Outgoing
from shared.log.kafka_log import KafkaLog
from shared.process.process_end import EXIT_FATAL
from shared.process.settings import Settings
from tests.chaos.submitter import submit
from tests.oracle.log import faults
from tests.support.broker import free_ports
from tests.support.installation import redress
from tests.support.processes import ended, environment, logged, start, stop, until_ready
from tests.support.secured_broker import PASSWORD, USER, Secured

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400)]
ROUTING = "services.routing.worker"
_installations = count(1)


both_mechanisms = pytest.mark.parametrize("settings", ["SCRAM-SHA-512", "PLAIN"], indirect=True)


@pytest.fixture
def settings(request: pytest.FixtureRequest, secured_kafka: Secured, tmp_path: Path) -> Settings:
    """An installation of its own that knows only the listener that asks for a password."""
    name = f"secured-{next(_installations)}"
    return Settings(
        kafka_bootstrap=secured_kafka.bootstrap,
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_mechanism=getattr(request, "param", "SCRAM-SHA-512"),
        kafka_sasl_username=USER,
        kafka_sasl_password=SecretStr(PASSWORD),
        kafka_ca_file=secured_kafka.ca_file,
        installation=name,
        topic_prefix=f"{name}.",
        data=tmp_path,
        ports=free_ports(30),
    )


@both_mechanisms
async def test_topics_are_made_and_what_is_appended_is_read_in_and_outside_transactions(settings: Settings) -> None:
    """The clients that Redress makes for itself all get in."""
    made, different = await topics.apply(settings)
    log = KafkaLog(settings)
    position = (await log.append([Outgoing("a case", b"outside", [])]))[0]
    writer = log.writer("routing", position.partition)
    await writer.start()
    await writer.append([Outgoing("a case", b"inside", [])])
    found = [record.value for record in await read_topic(settings)]
    await writer.stop()
    await log.stop()

    assert (len(topics.wanted(settings)), []) == (len(made), different)
    assert [b"outside", b"inside"] == found


@both_mechanisms
async def test_a_worker_gets_its_partitions_and_routes(settings: Settings, tmp_path: Path) -> None:
    """Faust, which connects by itself, gets in as well."""
    await topics.apply(settings)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    worker = await start(settings, ROUTING, tmp_path / "worker.log", health_port=settings.ports + 11)
    try:
        await until_ready(settings.ports + 11, worker)
        await submit(settings, 5)
        bodies = await until_routed(settings, 5)
    finally:
        await stop(worker)

    assert [] == faults(bodies, 5, ("ComplaintReceived", "CaseRouted"))
    assert [[0, 1, 2, 3]] == [line["partitions"] for line in logged(tmp_path / "worker.log", "worker.assigned")]


async def until_routed(settings: Settings, cases: int) -> list[bytes]:
    """Wait until so many cases are routed; the log."""
    async with asyncio.timeout(60):
        while True:
            bodies = [record.value for record in await read_topic(settings)]
            if sum(b"redress.CaseRouted." in body for body in bodies) >= cases:
                return bodies
            await asyncio.sleep(0.2)


@pytest.mark.parametrize(
    ("wrong", "code", "what_to_check"),
    [
        ({"kafka_sasl_password": "guessed"}, 3, "REDRESS_KAFKA_SASL_PASSWORD"),
        ({"kafka_sasl_password": "guessed", "kafka_sasl_mechanism": "PLAIN"}, 3, "REDRESS_KAFKA_SASL_PASSWORD"),
        ({"kafka_sasl_username": "nobody"}, 3, "REDRESS_KAFKA_SASL_USERNAME"),
        ({"kafka_sasl_mechanism": "SCRAM-SHA-256"}, 3, "REDRESS_KAFKA_SASL_MECHANISM"),
        ({"kafka_ca_file": "/etc/ssl/certs/ca-certificates.crt"}, 3, "REDRESS_KAFKA_CA_FILE"),
        ({"kafka_ca_file": "/nowhere/ca.pem"}, 2, "kafka_ca_file"),
        ({"kafka_sasl_username": ""}, 2, "REDRESS_KAFKA_SASL_USERNAME"),
    ],
)
def test_who_is_not_let_in_reads_one_line_that_says_what_to_check(
    settings: Settings, wrong: dict[str, str], code: int, what_to_check: str
) -> None:
    """No trace, no second line of some library, nothing of the password."""
    installation.remember(settings)
    done = redress("topics", "apply", "--data", str(settings.data), check=False, **environment(settings, **wrong))
    lines = done.stderr.splitlines()

    assert (code, "", 1) == (done.returncode, done.stdout, len(lines))
    assert lines[0].startswith("redress: ")
    assert what_to_check in lines[0]
    assert "guessed" not in lines[0]


async def test_a_worker_that_is_not_let_in_ends_and_says_so(settings: Settings, tmp_path: Path) -> None:
    """Waiting, as for a broker that is away, would help nobody."""
    await topics.apply(settings)
    worker = await start(settings, ROUTING, tmp_path / "worker.log", kafka_sasl_password="guessed")
    try:
        code = await ended(worker)
    finally:
        await stop(worker)
    said = logged(tmp_path / "worker.log", "process.fatal")[0]

    assert EXIT_FATAL == code
    assert "brokers_refuse" == said["code"]
    assert "REDRESS_KAFKA_SASL_PASSWORD" in said["error"]
    assert "exception" not in said
