"""Three brokers of one cluster, each on a machine of its own; each is broker and controller in one."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from ops.local import broker as brokers
from ops.local.processes import die_with_parent
from shared.log.kafka_client import BrokerError, client_options, start
from shared.process.settings import Settings
from tests.chaos.cluster.network import Machine

PORT, CONTROLLER_PORT = 9092, 9093
BROKERS = 3
CLUSTER = brokers.HERE / "cluster.properties"
IN_SYNC_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Member(brokers.Broker):
    """A broker's place in the cluster: its number there, and the addresses of all."""

    number: int = 1
    addresses: tuple[str, ...] = ()

    def properties(self) -> dict[str, str]:
        """Those of every broker, those of a cluster, and who the others are."""
        here = self.addresses[self.number - 1]
        voters = (f"{n}@{address}:{CONTROLLER_PORT}" for n, address in enumerate(self.addresses, 1))
        return brokers.Broker.properties(self) | brokers.settings_in(CLUSTER) | {
            "node.id": str(self.number),
            "controller.quorum.voters": ",".join(voters),
            "listeners": f"PLAINTEXT://{here}:{PORT},CONTROLLER://{here}:{CONTROLLER_PORT}",
        }  # fmt: skip


class RunningBroker:
    """One broker as a process on its machine."""

    def __init__(self, machine: Machine, place: Member) -> None:
        self.machine, self.place = machine, place
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it takes a while until it answers."""
        self.place.prepare()
        with (self.place.data / "logs" / "broker.out").open("ab") as output:
            self.process = subprocess.Popen(
                self.machine.command(*self.place.command()), stdout=output, stderr=output, start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - calls prctl alone
            )  # fmt: skip

    def answers(self) -> bool:
        """Whether somebody listens there."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((self.machine.address, PORT)) == 0

    def end(self, by: signal.Signals) -> None:
        """End it by a signal, and wait until it has ended."""
        assert self.process is not None
        os.kill(self.process.pid, by)
        self.process.wait(60)
        self.process = None

    def leads_controllers(self) -> bool:
        """Whether it is the controller that decides, as far as it knows."""
        state = self.place.data / "broker" / "log" / "__cluster_metadata-0" / "quorum-state"
        return bool(json.loads(state.read_text())["leaderId"] == self.place.number)


class Cluster:
    """The three of them."""

    def __init__(self, folder: Path, machines: list[Machine]) -> None:
        addresses = tuple(machine.address for machine in machines)
        self.members = [
            RunningBroker(machine, Member(folder / machine.name, PORT, number=number, addresses=addresses))
            for number, machine in enumerate(machines, 1)
        ]
        self.bootstrap = ",".join(f"{address}:{PORT}" for address in addresses)

    def start(self) -> None:
        """Start all, and wait until all answer."""
        for member in self.members:
            member.start()
        deadline = time.monotonic() + brokers.START_SECONDS
        while not all(member.answers() for member in self.members):
            ended = [m.machine.name for m in self.members if m.process is None or m.process.poll() is not None]
            if ended or time.monotonic() > deadline:
                raise brokers.BrokerFailed(f"Did not start: {', '.join(ended) or 'in time'}.")
            time.sleep(0.1)

    def leader(self) -> RunningBroker:
        """The broker whose controller decides: losing it is the worst of all."""
        return next((m for m in self.members if m.process is not None and m.leads_controllers()), self.members[0])

    async def until_in_sync(self, settings: Settings) -> None:
        """Wait until every partition of every topic has all its replicas again."""
        async with asyncio.timeout(IN_SYNC_SECONDS):
            while not await self._in_sync(settings):
                await asyncio.sleep(0.5)

    async def _in_sync(self, settings: Settings) -> bool:
        client = AIOKafkaAdminClient(**client_options(settings, 4000))
        try:
            await start(client, settings)
            async with asyncio.timeout(4):
                topics = await client.describe_topics()
        except (BrokerError, TimeoutError, OSError):
            return False
        finally:
            await client.close()
        return all(len(p["isr"]) == BROKERS for topic in topics for p in topic["partitions"])

    def stop(self) -> None:
        """Stop all; who runs no more is none of its concern."""
        for member in self.members:
            if member.process is not None:
                member.process.kill()
                member.process.wait()
