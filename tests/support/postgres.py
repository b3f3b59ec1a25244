"""One real PostgreSQL server per test run, on a free port and in a temporary folder."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def server(port: int, log: Path, host: str = "127.0.0.1", network: str | None = None) -> Iterator[str]:
    """The address of a running server; machines of a ``network`` are let in as this one is."""
    root = os.geteuid() == 0
    folder = Path(f"/tmp/redress-postgres-{os.getpid()}")
    folder.mkdir(mode=0o700)
    if root:
        shutil.chown(folder, OWNER)
    as_owner = ["runuser", "-u", OWNER, "--"] if root else []
    try:
        initdb = [*as_owner, program("initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "redress", "-N"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder)
        if network is not None:
            with (folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {network} trust\n")
        options = ["-D", str(folder / "data"), "-p", str(port), "-k", str(folder), "-h", host]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*as_owner, program("postgres"), *options], stdout=output, stderr=output, cwd=folder
            )
        try:
            _wait_until_ready(process, host, port, log)
            yield f"postgresql://redress@{host}:{port}/postgres"
        finally:
            process.terminate()
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(process: "subprocess.Popen[bytes]", host: str, port: int, log: Path) -> None:
    ready = [program("pg_isready"), "-h", host, "-p", str(port), "-t", "1"]
    for _ in range(60):
        if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.25)
