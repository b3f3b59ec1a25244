"""Keys on real processes: a sound production profile starts, keys change while it runs, unsigned records count."""

from asyncio.subprocess import Process
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import orjson
import pytest
from aiokafka import AIOKafkaProducer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from ops.local import keys, topics
from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from ops.local.tokens import TokenIssuer
from ops.verify import signatures
from shared.contract.ids import case_id
from shared.contract.records import HEADER_MAC, HEADER_SIGNATURE, Record
from shared.contract.subjects import Subject
from shared.contract.topics import EVENTS, REFERENCE, topic_name
from shared.log.kafka_client import client_options
from shared.process.settings import Settings
from shared.sealing.signing_keys import IDENTITY, SigningKey
from tests.chaos.submitter import submit
from tests.integration.test_secured_cluster import until_routed
from tests.support.broker import free_ports
from tests.support.processes import start, stop, until_ready
from tests.support.secured_broker import PASSWORD, USER, Secured
from tests.unit.sealing.test_production import sound

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400), pytest.mark.long]
ROUTING, CASEWORK = "services.routing.worker", "services.casework.worker"
APIS = {"services.intake.http.process": 1, "services.casework.http.process": 2, "services.console.worker": 0}
_installations = count(1)


@pytest.fixture
def production(secured_kafka: Secured, tmp_path: Path) -> Settings:
    """What production takes: brokers with TLS and a password, keys from files, a declared proxy."""
    name = f"keys-{next(_installations)}"
    return Settings(
        **sound(tmp_path) | {
            "kafka_bootstrap": secured_kafka.bootstrap, "kafka_security_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": "SCRAM-SHA-512", "kafka_sasl_username": USER,
            "kafka_sasl_password": SecretStr(PASSWORD), "kafka_ca_file": secured_kafka.ca_file,
            "installation": name, "topic_prefix": f"{name}.", "ports": free_ports(30),
            "host": "0.0.0.0", "behind_proxy": True,  # noqa: S104 - a proxy is declared
        }
    )  # fmt: skip


def with_keys(settings: Settings, folder: Path) -> Settings:
    """The same installation with the key files of another folder."""
    files: dict[str, Any] = {"signing_keys": folder, "trusted_keys_file": folder / keys.TRUSTED}
    return settings.model_copy(update=files | {"log_key_file": folder / keys.LOG})


def rotated(folder: Path, *signers: str) -> Path:
    """A copy of the key files in which these have changed."""
    found = folder.with_name(f"{folder.name}-{'-'.join(signers)}")
    copytree(folder, found)
    keys.make(found, [*signers])
    return found


async def begin(settings: Settings) -> None:
    """Topics and reference data."""
    await topics.apply(settings)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)


async def test_a_sound_production_profile_starts_and_works(production: Settings, tmp_path: Path) -> None:
    """A worker routes, and the three APIs are ready, listening beyond this machine behind a proxy."""
    await begin(production)
    worker = await start(production, ROUTING, tmp_path / "worker.log", health_port=production.ports + 11)
    apis = {module: await start(production, module, tmp_path / f"{module}.log") for module in APIS}
    try:
        await until_ready(production.ports + 11, worker)
        for module, offset in APIS.items():
            await until_ready(production.ports + offset, apis[module])
        await submit(production, 2)
        await until_routed(production, 2)
    finally:
        await stop(worker, *apis.values())


async def test_keys_change_while_a_worker_runs_and_over_its_restart(production: Settings, tmp_path: Path) -> None:
    """Those of intake, of who publishes and of routing itself, then the log key: all that was written counts."""
    await begin(production)
    first = production.signing_keys
    assert first is not None
    second = rotated(first, "intake", "ops", "routing")
    third = rotated(second, "log")
    health = production.ports + 11
    worker = await start(production, ROUTING, tmp_path / "worker.log", health_port=health)
    try:
        await until_ready(health, worker)
        await submit(production, 2)
        await submit(with_keys(production, second), 2, first=2)  # it runs on under its old key
        await until_routed(with_keys(production, second), 4)
        for folder, known in ((second, 4), (third, 6)):
            settings = with_keys(production, folder)
            await stop(worker)
            worker = await start(settings, ROUTING, tmp_path / "worker.log", health_port=health)
            await until_ready(health, worker)
            await submit(settings, 2, first=known)
            await until_routed(settings, known + 2)
        found = await signatures.check(with_keys(production, third))
    finally:
        await stop(worker)

    assert [] == found.faults
    assert 0 == found.from_before


async def test_keys_of_commands_and_tokens_change_while_a_worker_runs(production: Settings, tmp_path: Path) -> None:
    """First everybody trusts the new key, then its owner signs with it; the same of the identity service's."""
    first = production.signing_keys
    assert first is not None
    old, new = (SigningKey.of(IDENTITY, Ed25519PrivateKey.generate()) for _ in range(2))
    second = rotated(first, "casework-api")
    casework, routing, api = CASEWORK, ROUTING, "services.casework.http.process"
    health = {routing: production.ports + 11, casework: production.ports + 12}
    before = with_identity(production, tmp_path / "old.json", old)
    await begin(before)
    await submit(before, 4)
    running = {one: await start(before, one, tmp_path / "log", health_port=health[one]) for one in health}
    running[api] = await start(before, api, tmp_path / "log")
    try:
        answers = [await accepted(before, running, 0, old)]
        trusting = with_keys(before, second).model_copy(update={"signing_keys": first})
        await stop(running[casework])
        running[casework] = await start(trusting, casework, tmp_path / "log", health_port=health[casework])
        answers.append(await accepted(before, running, 1, old))
        await stop(running[api])
        both = with_identity(with_keys(before, second), tmp_path / "both.json", old, new)
        running[api] = await start(both, api, tmp_path / "log")
        answers += [await accepted(both, running, 2, old), await accepted(both, running, 3, new)]
        await stop(running[api])
        running[api] = await start(with_identity(both, tmp_path / "new.json", new), api, tmp_path / "log")
        answers.append(await accepted(both, running, 3, old))
        found = await signatures.check(with_keys(before, second))
    finally:
        await stop(*running.values())

    assert [200, 200, 200, 200, 401] == answers
    assert [] == found.faults


def with_identity(settings: Settings, file: Path, *known: SigningKey) -> Settings:
    """The same installation, trusting these keys of the identity service."""
    file.write_bytes(orjson.dumps({"keys": [key.public_jwk() for key in known]}))
    file.chmod(0o644)
    return settings.model_copy(update={"token_keys_file": file})


async def accepted(settings: Settings, running: dict[str, Process], number: int, identity: SigningKey) -> int:
    """What the handler is answered who accepts a case with a token of this key, once all processes are ready."""
    for module, offset in {ROUTING: 11, CASEWORK: 12, "services.casework.http.process": 2}.items():
        await until_ready(settings.ports + offset, running[module])
    issuer = TokenIssuer(identity, settings.token_issuer, settings.token_audience)
    said = {"Authorization": f"Bearer {issuer.issue(Subject('person', 'bai.xue'))}", "Idempotency-Key": str(number)}
    case = case_id("channel:hotline", f"key-{number}")
    url = f"http://127.0.0.1:{settings.ports + 2}/v1/cases/{case}/commands/accept-handover"
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.post(url, json={}, headers=said)
    return answer.status_code


async def test_the_records_of_an_installation_that_signed_nothing_yet_count_until_the_upgrade(
    production: Settings, tmp_path: Path
) -> None:
    """Receipts of before are routed, new ones are signed; what comes unsigned after it counts for nothing."""
    before = production.model_copy(update={"topic_prefix": f"{production.topic_prefix}signed."})
    await begin(before)
    await submit(before, 3)
    await topics.apply(production)
    await copied_unsigned(before, production, REFERENCE)
    await copied_unsigned(before, production, EVENTS)
    upgraded = production.model_copy(update={"unsigned_before": datetime.now(UTC) + timedelta(seconds=1)})
    health = production.ports + 11
    worker = await start(upgraded, ROUTING, tmp_path / "worker.log", health_port=health)
    try:
        await until_ready(health, worker)
        await until_routed(upgraded, 3)
        await submit(upgraded, 1, first=3)
        await until_routed(upgraded, 4)
        await submit(before, 1, first=4)
        await copied_unsigned(before, upgraded, EVENTS, last=1)
        await submit(upgraded, 1, first=5)
        bodies = await until_routed(upgraded, 5)
    finally:
        await stop(worker)
    found = await signatures.check(upgraded)

    assert 5 == sum(b"redress.CaseRouted." in body for body in bodies)
    assert found.from_before >= 3
    assert 1 == len(found.faults)


async def copied_unsigned(source: Settings, target: Settings, topic: str, last: int = 0) -> None:
    """Write records to another installation's topic as a version wrote them that signed nothing; all, or the newest."""
    records = await read_topic(source, topic)
    producer = AIOKafkaProducer(**client_options(target))
    await producer.start()
    try:
        for one in sorted(records, key=recorded)[-last:]:
            headers = [(k, v) for k, v in one.headers.items() if k not in (HEADER_MAC, HEADER_SIGNATURE)]
            name = topic_name(target, topic)
            await producer.send_and_wait(name, one.value, one.key.encode(), one.partition, headers=headers)
    finally:
        await producer.stop()


def recorded(record: Record) -> str:
    """When an event was recorded; a reference document says so under another name."""
    said = orjson.loads(record.value)
    return str(said.get("recordedtime") or said["published_at"])
