"""`redress up` waits for what would harm the log, and for no machine of others, which may be silent for long."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.cli.doctor import LOOKS
from ops.local import doctor
from ops.local.preparing import look_at_mail_server
from shared.process.settings import Settings
from tests.support.broker import free_ports
from tests.support.waiting import until


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A mail server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        yield server


def asking(silent: socket.socket, folder: Path) -> Settings:
    """An installation that has this mail server; its brokers do not run."""
    return Settings(data=folder, ports=free_ports(100), smtp_port=silent.getsockname()[1], smtp_timeout_seconds=60.0)


async def test_before_a_start_nobody_asks_a_mail_server(silent: socket.socket, tmp_path: Path) -> None:
    """Letters wait for it, and nothing else does."""
    assert [] == await doctor.before_start(asking(silent, tmp_path))
    silent.setblocking(False)
    with pytest.raises(BlockingIOError):
        silent.accept()


async def test_what_a_mail_server_says_is_told_while_the_processes_start(silent: socket.socket, tmp_path: Path) -> None:
    """Whoever starts them goes on meanwhile, and reads it as soon as it is known."""
    said = list[str]()
    thread = look_at_mail_server(asking(silent, tmp_path), said.append)
    connection, _ = await asyncio.to_thread(silent.accept)
    before = list(said)
    connection.close()
    await until(lambda: bool(said))
    await asyncio.to_thread(thread.join)

    assert ([], 1, True) == (before, len(said), thread.daemon)
    assert said[0].startswith("doctor: mail server: ")


async def test_the_doctor_looks_at_everything_at_once_and_tells_it_in_order(
    silent: socket.socket, tmp_path: Path
) -> None:
    """A mail server that is silent keeps nothing back that comes before it."""
    told = list[doctor.Finding]()
    looking = asyncio.create_task(doctor.examine(asking(silent, tmp_path), LOOKS, told.append))
    connection, _ = await asyncio.to_thread(silent.accept)
    await until(lambda: len(told) == list(LOOKS).index("mail server"))
    connection.close()

    assert not await looking
    assert list(LOOKS) == [finding.about for finding in told]
    assert ["mail server"] == [finding.about for finding in told if finding.wrong]
