"""Another authority signs the brokers' certificate: in order nobody notices, out of order a restart mends it."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson
import pytest
from pydantic import SecretStr

from ops.local import broker as brokers
from ops.local import topics
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.process.settings import Settings
from shared.web.auth import identity_jwk
from tests.chaos.submitter import submit
from tests.integration.test_secured_cluster import ROUTING, until_routed
from tests.oracle.log import faults
from tests.support.broker import free_ports
from tests.support.own_broker import OwnBroker
from tests.support.processes import start, stop, until_ready
from tests.support.secured_broker import IDENTITY_KEY, PASSWORD, USER, SecuredBroker, write_certificates

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.long]
AT_ONCE = 3


@dataclass
class Bank:
    """A broker over TLS, an installation on it, and the certificates of the authority that comes next."""

    broker: OwnBroker
    settings: Settings
    next: Path
    log: Path
    submitted: int = 0

    def trusts(self, *folders: Path) -> None:
        """Write the authorities of these folders into the file that the installation trusts."""
        assert self.settings.kafka_ca_file is not None
        self.settings.kafka_ca_file.write_bytes(b"".join((one / "ca.pem").read_bytes() for one in folders))

    def shows_the_next(self) -> None:
        """Start the broker again with a certificate of the next authority."""
        self.broker.end(signal.SIGTERM)
        shutil.copy(self.next / "server.pem", self.broker.place.data)
        self.broker.begin_again()

    @asynccontextmanager
    async def routing(self) -> AsyncIterator[None]:
        """A worker, which is ready, and stopped afterwards."""
        worker = await start(self.settings, ROUTING, self.log, health_port=self.health_port)
        try:
            await until_ready(self.health_port, worker)
            yield
        finally:
            await stop(worker)

    @property
    def health_port(self) -> int:
        """Where the worker says how it is."""
        return self.settings.ports + 11

    async def until_unready(self) -> None:
        """Wait until the worker says that it is not ready, or has ended."""
        async with asyncio.timeout(60), httpx.AsyncClient() as client:
            while True:
                try:
                    answer = await client.get(f"http://127.0.0.1:{self.health_port}/health/ready")
                except httpx.HTTPError:
                    return
                if answer.status_code != 200:
                    return
                await asyncio.sleep(0.2)

    async def routed(self) -> list[bytes]:
        """Submit some complaints, and wait until all so far are routed; the log."""
        await submit(self.settings, AT_ONCE, self.submitted)
        self.submitted += AT_ONCE
        return await until_routed(self.settings, self.submitted)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    """A broker whose certificate is of one authority, and another one at hand."""
    now, later = tmp_path / "kafka", tmp_path / "next"
    for folder in (now, later):
        folder.mkdir()
        write_certificates(folder)
    place = SecuredBroker(now, free_ports(3))
    place.identity_keys.write_bytes(orjson.dumps({"keys": [identity_jwk(IDENTITY_KEY)]}))
    trusted = shutil.copy(now / "ca.pem", tmp_path / "authorities.pem")
    settings = Settings(
        kafka_bootstrap=f"127.0.0.1:{place.port + 2}", kafka_security_protocol="SASL_SSL", kafka_ca_file=trusted,
        kafka_sasl_mechanism="SCRAM-SHA-512", kafka_sasl_username=USER, kafka_sasl_password=SecretStr(PASSWORD),
        data=tmp_path / "data", ports=free_ports(30),
    )  # fmt: skip
    found = Bank(OwnBroker(place, brokers.start(place)), settings, later, tmp_path / "worker.log")
    yield found
    brokers.stop(found.broker.process)


async def test_in_order_a_change_of_authority_disturbs_nobody(bank: Bank) -> None:
    """The file gets both, and processes are restarted; then the brokers change; then the file loses the former one."""
    now = bank.broker.place.data
    await topics.apply(bank.settings)
    await publish_defaults(bank.settings, EXAMPLE_ORGANISATION)
    async with bank.routing():
        await bank.routed()
    bank.trusts(now, bank.next)
    async with bank.routing():
        await bank.routed()
        bank.shows_the_next()
        await bank.routed()
    bank.trusts(bank.next)
    async with bank.routing():
        bodies = await bank.routed()

    assert [] == faults(bodies, bank.submitted, ("ComplaintReceived", "CaseRouted"))


async def test_out_of_order_what_waits_is_done_after_a_restart(bank: Bank) -> None:
    """A worker that knows the former authority only does nothing any more, says so, and loses nothing."""
    await topics.apply(bank.settings)
    await publish_defaults(bank.settings, EXAMPLE_ORGANISATION)
    async with bank.routing():
        await bank.routed()
        bank.shows_the_next()
        bank.trusts(bank.next)
        await submit(bank.settings, AT_ONCE, bank.submitted)
        bank.submitted += AT_ONCE
        await bank.until_unready()
    async with bank.routing():
        bodies = await bank.routed()

    assert [] == faults(bodies, bank.submitted, ("ComplaintReceived", "CaseRouted"))
