"""One real PostgreSQL server per test run, on a free port and in a temporary folder."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.broker import free_ports

OWNER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""


def program(name: str) -> str:
    """A server program: on PATH, or where Debian puts it. A missing one fails the test, it is never skipped."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(places[-1]) if places else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not installed (Debian: apt install postgresql)")
    return found


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server with an empty database."""
    with server(free_ports(1), tmp_path_factory.mktemp("postgres") / "server.log") as address:
        yield address


@dataclass
class Database:
    """A server of a test's own, which it may end and begin again over the same data."""

    folder: Path
    port: int
    log: Path
    host: str = "127.0.0.1"
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"postgresql://redress@{self.host}:{self.port}/postgres"

    def make(self, network: str | None) -> None:
        """Make an empty database; machines of a ``network`` are let in as this one is."""
        self.folder.mkdir(mode=0o700)
        if _as_owner():
            shutil.chown(self.folder, OWNER)
        initdb = [
            *_as_owner(),
            program("initdb"),
            "-D",
            str(self.folder / "data"),
            "-A",
            "trust",
            "-U",
            "redress",
            "-N",
        ]
        subprocess.run(initdb, check=True, capture_output=True, cwd=self.folder)
        if network is not None:
            with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {network} trust\n")

    def begin(self) -> None:
        """Start it, and wait until it answers."""
        options = ["-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder), "-h", self.host]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*_as_owner(), program("postgres"), *options], stdout=output, stderr=output, cwd=self.folder
            )
        _wait_until_ready(self.process, self.host, self.port, self.log)

    def end(self) -> None:
        """End it at once, whoever is connected."""
        if self.process is not None and self.process.poll() is None:
            postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGINT)
            self.process.wait(20)
            self.process = None


def _as_owner() -> list[str]:
    return ["runuser", "-u", OWNER, "--"] if os.geteuid() == 0 else []


@contextmanager
def database(port: int, log: Path, host: str = "127.0.0.1", network: str | None = None) -> Iterator[Database]:
    """A running server with an empty database; all of it goes afterwards."""
    made = Database(Path(f"/tmp/redress-postgres-{os.getpid()}-{port}"), port, log, host)
    try:
        made.make(network)
        made.begin()
        yield made
    finally:
        made.end()
        shutil.rmtree(made.folder, ignore_errors=True)


@contextmanager
def server(port: int, log: Path, host: str = "127.0.0.1", network: str | None = None) -> Iterator[str]:
    """The address of a running server; machines of a ``network`` are let in as this one is."""
    with database(port, log, host, network) as running:
        yield running.address


def _wait_until_ready(process: "subprocess.Popen[bytes]", host: str, port: int, log: Path) -> None:
    ready = [program("pg_isready"), "-h", host, "-p", str(port), "-t", "1"]
    for _ in range(60):
        if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.25)
