"""An installation on a cluster: machines, brokers, PostgreSQL, S3, a mail server, and who runs where."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path

import boto3
import orjson
from aiosmtpd.smtp import SMTP, Envelope, Session
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ops.local import installation, keys, topics
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from ops.local.tokens import TokenIssuer
from shared.contract.subjects import Subject
from shared.process.settings import Settings
from shared.sealing.signing_keys import IDENTITY, SigningKey
from tests.chaos.cluster.brokers import BROKERS, Cluster
from tests.chaos.cluster.hosts import DESK, HTTP, WATCH_SECONDS, Host, of_doors, of_workers
from tests.chaos.cluster.network import HERE, NETWORK, Switch
from tests.support import postgres

MAIL_PORT, S3_PORT, DATABASE_PORT = 2525, 5000, 5432
FIRST_PORT = 20000
BUCKET, REGION, KEY_ID, SECRET = "documents", "eu-north-1", "AKIDEXAMPLE", "secret"
PATIENT = Config(retries={"total_max_attempts": 12, "mode": "standard"})
"""Until the server listens."""
EVERYWHERE = "0.0.0.0"  # noqa: S104 - in a namespace that nobody else reaches


@dataclass
class MailServer:
    """The bank's mail server: counts what it takes, by Message-ID."""

    taken: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken[str(BytesHeaderParser().parsebytes(content)["Message-ID"])] += 1
        return "250 taken"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, hostname="mail", enable_SMTPUTF8=True), HERE, MAIL_PORT)
        async with server:
            yield


@dataclass
class Installation:
    """All of it, running. ``settings`` are those of an operator's command."""

    settings: Settings
    cluster: Cluster
    mail: MailServer
    workers: list[Host]
    doors: list[Host]
    authorization: dict[str, str]

    @property
    def hosts(self) -> list[Host]:
        """All hosts of Redress."""
        return [*self.workers, *self.doors]

    @property
    def intakes(self) -> list[str]:
        """Where complaints are handed in."""
        return [f"http://{host.machine.address}:{host.settings.ports + 1}" for host in self.doors]

    def remember(self) -> None:
        """Write down what runs where, as the supervisor does for the commands of an operator."""
        installation.remember(self.settings)
        rows = [
            {"name": child.name, "service": child.name, "pid": child.process.pid, "port": child.port,
             "restarts": child.restarts, "health": child.ready_url, "internal": f"http://127.0.0.1:{child.port}"}
            for host in self.hosts for child in host.children if child.process is not None
        ]  # fmt: skip
        (self.settings.data / "run" / "supervisor.json").write_bytes(orjson.dumps({"pid": 0, "processes": rows}))


@contextmanager
def _s3(log: Path) -> Iterator[None]:
    """A server that speaks S3, with an empty bucket."""
    command = [str(Path(sys.executable).parent / "moto_server"), "-H", HERE, "-p", str(S3_PORT)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        client = boto3.client("s3", endpoint_url=f"http://{HERE}:{S3_PORT}", aws_access_key_id=KEY_ID,
                              aws_secret_access_key=SECRET, region_name=REGION, config=PATIENT)  # fmt: skip
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        client.close()
        yield
    finally:
        process.terminate()
        process.wait()


def _settings(folder: Path, bootstrap: str, database: str) -> tuple[Settings, TokenIssuer]:
    """The settings of the installation, and the bank's identity service; keys are made as for production."""
    made, identity = folder / "keys", SigningKey.of(IDENTITY, Ed25519PrivateKey.generate())
    keys.make(made, [])
    token_keys = made / "identity.jwks.json"
    token_keys.write_bytes(orjson.dumps({"keys": [identity.public_jwk()]}))
    settings = Settings(
        data=folder / "operator", ports=FIRST_PORT, host=EVERYWHERE, kafka_bootstrap=bootstrap, replication=BROKERS,
        vault_url=database, console_url=database, smtp_host=HERE, smtp_port=MAIL_PORT, signing_keys=made,
        trusted_keys_file=made / keys.TRUSTED, log_key_file=made / keys.LOG, master_key_file=made / keys.MASTER,
        token_keys_file=token_keys, documents_bucket=BUCKET, documents_endpoint=f"http://{HERE}:{S3_PORT}",
        documents_region=REGION, documents_key_id=KEY_ID, documents_secret=SECRET, log_level="info",
        http_requests_per_minute=10**6, http_requests_per_minute_address=10**6,
    )  # fmt: skip
    return settings, TokenIssuer(identity, settings.token_issuer, settings.token_audience)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Installation]:
    """The installation, ready; all of it is ended afterwards."""
    async with AsyncExitStack() as stack:
        switch, mail = Switch(), MailServer()
        switch.start()
        stack.callback(switch.stop)
        cluster = Cluster(folder, [switch.machine(f"broker-{n + 1}") for n in range(BROKERS)])
        stack.callback(cluster.stop)
        cluster.start()
        database = stack.enter_context(postgres.server(DATABASE_PORT, folder / "postgres.log", HERE, NETWORK))
        stack.enter_context(_s3(folder / "s3.log"))
        await stack.enter_async_context(mail.running())
        settings, issuer = _settings(folder, cluster.bootstrap, database)
        _, different = await topics.apply(settings)
        assert not different, different
        await publish_defaults(settings, EXAMPLE_ORGANISATION)
        await cluster.until_in_sync(settings)

        def at(name: str, number: int) -> Settings:
            return settings.model_copy(update={"data": folder / name, "ports": FIRST_PORT + 100 * number})

        workers = [of_workers(switch.machine(f"host-{n}"), at(f"host-{n}", n), n) for n in (1, 2)]
        doors = [of_doors(switch.machine(f"door-{n}"), at(f"door-{n}", 2 + n), what) for n, what in
                 ((1, DESK), (2, HTTP))]  # fmt: skip
        token = issuer.issue(Subject("channel", "hotline"))
        made = Installation(settings, cluster, mail, workers, doors, {"Authorization": f"Bearer {token}"})
        for host in made.hosts:
            stack.callback(host.kill)
            await host.start()
        await asyncio.gather(*(host.until_ready() for host in made.hosts))
        made.remember()
        watching = asyncio.create_task(_watch(made.hosts))
        stack.callback(watching.cancel)
        yield made


async def _watch(hosts: list[Host]) -> None:
    while True:
        for host in hosts:
            host.watch()
        await asyncio.sleep(WATCH_SECONDS)
