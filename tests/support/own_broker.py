"""A broker of one test's own, which it may end, freeze and start again, and an installation on it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.local import broker as brokers
from ops.local import topics
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.process.settings import Settings
from tests.support.broker import free_ports
from tests.support.standing_still import stand_still


@dataclass
class OwnBroker:
    """A broker of this test's own."""

    place: brokers.Broker
    process: "subprocess.Popen[bytes]"

    def end(self, by: signal.Signals) -> None:
        """End it by a signal, and wait until it has ended."""
        os.kill(self.process.pid, by)
        self.process.wait(30)

    def freeze(self) -> None:
        """Let it answer nobody, with every connection open."""
        stand_still(self.process.pid)

    def go_on(self) -> None:
        """Let it go on where it was frozen."""
        os.kill(self.process.pid, signal.SIGCONT)

    def begin_again(self) -> None:
        """Start it on what it had, and wait until it answers."""
        self.process = brokers.start(self.place)


@contextmanager
def broker_in(folder: Path) -> Iterator[OwnBroker]:
    """A broker on ports of its own, stopped afterwards."""
    place = brokers.Broker(folder, free_ports(100) + 90)
    made = OwnBroker(place, brokers.start(place))
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.go_on()  # a frozen one hears no other signal
        brokers.stop(made.process)


async def installation_on(broker: OwnBroker, data: Path) -> Settings:
    """An installation on that broker, without processes."""
    made = Settings(data=data, ports=broker.place.port - 90)
    await topics.apply(made)
    await publish_defaults(made, EXAMPLE_ORGANISATION)
    return made


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[OwnBroker]:
    """A broker of this test's own."""
    with broker_in(tmp_path / "kafka") as broker:
        yield broker


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that is soon full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this account may mount no disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Leave no room on a disk; the file that takes it."""
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65536):
                pass
        except OSError:
            return filling
    return filling


@pytest.fixture
async def on_own_broker(own_broker: OwnBroker, tmp_path: Path) -> Settings:
    """An installation on that broker."""
    return await installation_on(own_broker, tmp_path / "data")
