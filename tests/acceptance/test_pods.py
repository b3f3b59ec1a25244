"""The pods of the Kubernetes manifests at work: each process in production, as its own user, with its own keys.

Kubernetes itself is not here. Everything that it would give them is: what they are told, the folders of keys and
secrets, topics and rights as Strimzi's operators would make them, brokers with TLS, PostgreSQL and an S3 service.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import httpx
import orjson
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from ops.local import keys
from ops.local.reading import read_topic
from ops.local.tokens import TokenIssuer
from shared.contract.subjects import Subject
from shared.log.acl_admin import Acl, acl_admin
from shared.log.topic_admin import NewTopicSpec, topic_admin
from shared.process.settings import Settings
from shared.sealing.signing_keys import IDENTITY, SigningKey
from tests.acceptance.test_telephone import BODY
from tests.support.broker import free_ports
from tests.support.mail_server import Server, running
from tests.support.manifests import DEPLOY, Pod, of_kind, pods
from tests.support.processes import stop, until_ready
from tests.support.secured_broker import PASSWORD, USER, Secured

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400), pytest.mark.long]
ISSUER = "https://identity.bank.example"
BUCKET = "redress-documents"
OPERATIONS = {"Read": "read", "Write": "write", "Create": "create", "Describe": "describe", "Alter": "alter",
              "DescribeConfigs": "describe-configs"}  # fmt: skip
RESOURCES = {"transactionalId": "transactional-id"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pods run: folders, ports and addresses that take the place of the cluster's."""

    folder: Path
    base: int
    told: dict[str, str]
    identity: SigningKey

    def port(self, name: str) -> int:
        """Where a pod says how it goes."""
        return {pod.name: pod.ports["health"] - 8100 + self.base for pod in pods("production") if pod.ports}[name]

    def environment(self, pod: Pod) -> dict[str, str]:
        """What a pod is told, with its own folders: keys readable by it alone, as the first container copies them."""
        own = self.folder / pod.name
        user = pod.own["REDRESS_KAFKA_SASL_USERNAME"]
        for name in ("keys", "secrets"):
            (own / name).mkdir(parents=True, exist_ok=True)
        for file in ("master.key", "log.key", "trusted.jwks.json", "identity.json", f"{user}.pem"):
            shutil.copyfile(self.folder / "made" / file, own / "keys" / file)
            (own / "keys" / file).chmod(0o400)
        (own / "secrets" / "REDRESS_KAFKA_SASL_PASSWORD").write_text(PASSWORD)
        for secret in (self.folder / "connections").iterdir():
            shutil.copyfile(secret, own / "secrets" / secret.name)
        told = {key: self._here(value, own) for key, value in (self.told | pod.own).items()}
        if "REDRESS_HEALTH_PORT" in told:
            told["REDRESS_HEALTH_PORT"] = str(self.port(pod.name))
        return {**os.environ, **told, "REDRESS_MACHINE": f"{pod.name}-0"}

    def _here(self, value: str, own: Path) -> str:
        for there in ("/run/redress/keys", "/run/redress/secrets"):
            value = value.replace(there, str(own / Path(there).name))
        return value.replace("/var/lib/redress", str(own)).replace("/run/redress/ca", str(self.folder))


def _rights() -> list[Acl]:
    """The rights of the KafkaUsers, as the user operator would set them."""
    return [
        Acl(
            f"User:{user['metadata']['name']}", OPERATIONS[operation],
            RESOURCES.get(rule["resource"]["type"], rule["resource"]["type"]),
            rule["resource"].get("name", "kafka-cluster"), rule["resource"].get("patternType") == "prefix",
        )
        for user in of_kind("production", "KafkaUser")
        for rule in user["spec"]["authorization"]["acls"]
        for operation in rule["operations"]
    ]  # fmt: skip


def _topics() -> list[NewTopicSpec]:
    """The KafkaTopics, as the topic operator would make them, with the one replica that one broker holds."""
    found = []
    for topic in of_kind("production", "KafkaTopic"):
        configs = {key: str(value).lower() for key, value in topic["spec"]["config"].items() if key not in ON_A_CLUSTER}
        configs |= {"message.timestamp.type": "LogAppendTime"}
        found.append(NewTopicSpec(topic["metadata"]["name"], topic["spec"]["partitions"], 1, configs))
    return found


ON_A_CLUSTER = {"min.insync.replicas", "unclean.leader.election.enable"}


async def _operate(secured: Secured, folder: Path) -> Settings:
    """Do what Strimzi's operators do; the settings of a super user."""
    above = Settings(
        kafka_bootstrap=secured.bootstrap, kafka_security_protocol="SASL_SSL", kafka_sasl_mechanism="PLAIN",
        kafka_sasl_username=USER, kafka_sasl_password=SecretStr(PASSWORD), kafka_ca_file=secured.ca_file,
        log_key_file=folder / "made" / "log.key", trusted_keys_file=folder / "made" / "trusted.jwks.json",
        partitions=12, data=folder / "above",
    )  # fmt: skip
    async with topic_admin(above) as admin:
        await admin.create(_topics())
    async with acl_admin(above) as admin:
        for acl in _rights():
            await admin.allow(acl)
    return above


def _keys(folder: Path, database: str) -> SigningKey:
    """The Secrets that the page on clusters has made; the identity service's key."""
    keys.make(folder / "made", [])
    identity = SigningKey.of(IDENTITY, Ed25519PrivateKey.generate())
    (folder / "made" / "identity.json").write_bytes(orjson.dumps({"keys": [identity.public_jwk()]}))
    (folder / "connections").mkdir()
    for name in ("VAULT_URL", "CONSOLE_URL"):
        (folder / "connections" / f"REDRESS_{name}").write_text(database)
    (folder / "connections" / "REDRESS_DOCUMENTS_SECRET").write_text("secret")
    return identity


def _told(secured: Secured, base: int, mail: int, s3: str) -> dict[str, str]:
    """What the base tells all pods, with this machine's addresses in the place of the cluster's and the bank's."""
    settings: dict[str, str] = of_kind("base", "ConfigMap")[0]["data"]
    return settings | {
        "REDRESS_PORTS": str(base), "REDRESS_HOST": "127.0.0.1", "REDRESS_KAFKA_BOOTSTRAP": secured.bootstrap,
        "REDRESS_KAFKA_SASL_MECHANISM": "PLAIN", "REDRESS_REPLICATION": "1",
        "REDRESS_TOKEN_ISSUER": ISSUER, "REDRESS_SMTP_HOST": "127.0.0.1", "REDRESS_SMTP_PORT": str(mail),
        "REDRESS_DOCUMENTS_BUCKET": BUCKET, "REDRESS_DOCUMENTS_ENDPOINT": s3, "REDRESS_DOCUMENTS_REGION": "us-east-1",
        "REDRESS_DOCUMENTS_KEY_ID": "redress",
    }  # fmt: skip


@asynccontextmanager
async def _s3() -> AsyncIterator[str]:
    server = ThreadedMotoServer("127.0.0.1", free_ports(1), verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="redress", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket=BUCKET)
    try:
        yield address
    finally:
        server.stop()


@asynccontextmanager
async def _running(place: Place) -> AsyncIterator[None]:
    """Every pod's process, one of each, once the Job has made ready what they find."""
    found = {pod.name: pod for pod in pods("production")}
    job = found.pop("prepare")
    told = place.environment(job)
    (place.folder / "organisation.yaml").write_bytes((DEPLOY / "organisation" / "dongqiao.yaml").read_bytes())
    places = {"/var/lib/redress": str(place.folder / "prepare"), "/run/redress/organisation": str(place.folder)}
    arguments = job.main["command"][1:]
    for there, here in places.items():
        arguments = [argument.replace(there, here) for argument in arguments]
    command = [sys.executable, "-m", "ops.cli", *arguments]
    done = await asyncio.to_thread(subprocess.run, command, env=told, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    started = {}
    for name, pod in found.items():
        with (place.folder / f"{name}.log").open("wb") as log:
            started[name] = await asyncio.create_subprocess_exec(
                sys.executable, *pod.main["command"][1:], env=place.environment(pod), stdout=log, stderr=log
            )
    try:
        for name, process in started.items():
            await until_ready(place.port(name), process, 120)
        yield
    finally:
        await asyncio.gather(*(stop(process) for process in started.values()))


async def test_the_pods_take_a_complaint_route_it_and_acknowledge_it(
    secured_kafka: Secured, postgres: str, tmp_path: Path
) -> None:
    """In production, over TLS, nobody with a right that the manifests do not give him."""
    folder = tmp_path / "redress"
    folder.mkdir()
    identity = _keys(folder, postgres)
    shutil.copyfile(secured_kafka.ca_file, folder / "ca.crt")
    above = await _operate(secured_kafka, folder)
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(running(Server(free_ports(1))))
        s3 = await stack.enter_async_context(_s3())
        base = free_ports(100)
        place = Place(folder, base, _told(secured_kafka, base, mail.port, s3), identity)
        await stack.enter_async_context(_running(place))
        token = TokenIssuer(identity, ISSUER, "redress").issue(Subject("channel", "hotline"))
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "a call"}
        async with httpx.AsyncClient(timeout=20) as client:
            answer = await client.post(f"http://127.0.0.1:{base + 1}/v1/complaints/phone", json=BODY, headers=headers)
            assert 201 == answer.status_code, answer.text
        async with asyncio.timeout(60):
            while len(mail.letters()) < 2:
                await asyncio.sleep(0.2)
        types = {record.headers["redress-type"] for record in await read_topic(above)}

    with psycopg.connect(postgres) as database:
        kept = database.execute(
            "SELECT count(*) FROM case_keys WHERE case_id = %s", [answer.json()["case_id"]]
        ).fetchone()
    assert (1,) == kept
    assert {"ComplaintReceived", "CaseRouted", "ClockStarted", "MessageSent"} <= {_name(one) for one in types}


def _name(written: bytes | str) -> str:
    text = written.decode() if isinstance(written, bytes) else written
    return text.split(".")[1] if text.startswith("redress.") else text
