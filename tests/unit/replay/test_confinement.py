"""The process that decides again can do nothing but that: it has no way out, no key, and no file but code."""

import subprocess
import sys
from pathlib import Path

import pytest

from ops.paths import ROOT
from ops.replay.deciders import DeciderEnded, decider
from ops.replay.findings import Findings
from ops.replay.frames import Begin, Commands, EndOfPartition, Records
from ops.verify.services import SERVICES
from shared.contract.commands import record_of
from shared.contract.records import Record
from tests.support.facts import receipt, reference
from tests.support.whole_desk import WholeDesk
from tests.unit.replay.test_again import DOCUMENTS

FORBIDDEN = (
    "aiokafka", "faust", "cryptography", "aiosmtplib", "sqlalchemy", "obstore", "httpx", "fastapi", "smtplib",
    "sqlite3", "shared.sealing", "shared.log.kafka_log", "shared.log.kafka_client", "shared.store", "shared.web",
    "ops.local",
)  # fmt: skip
"""What could append, send or open something, and has no place in the process."""
TRIED = {
    "connect": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "look up a name": "import socket; socket.getaddrinfo('mail.example', 25)",
    "start a process": "import subprocess; subprocess.run(['true'])",
    "run a shell": "import os; os.system('true')",
    "fork": "import os; os.fork()",
    "write a file": "open('{folder}/new', 'w')",
    "append to a file": "open('{folder}/there', 'a')",
    "change a file by its descriptor": "import os; os.open('{folder}/there', os.O_RDWR)",
    "read a key": "open('{folder}/there').read()",
    "read a key beside the code": "open('{code}/../pyproject.toml').read()",
    "open a vault": "import sqlite3; sqlite3.connect('{folder}/vault.db')",
    "call the system": "import ctypes; ctypes.CDLL(None)",
    "delete a file": "import os; os.remove('{folder}/there')",
    "move a file": "import os; os.rename('{folder}/there', '{folder}/gone')",
    "make a folder": "import os; os.mkdir('{folder}/new')",
}


def tried(code: str) -> "subprocess.CompletedProcess[str]":
    """Python code, run in a process that was confined before."""
    # Imported before: what refuses later is the deed, not the import.
    before = "import socket, subprocess, sqlite3, ctypes, os\nfrom ops.replay.confinement import confine\nconfine()\n"
    command = [sys.executable, "-c", before + code]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)


@pytest.mark.parametrize("deed", TRIED)
def test_a_confined_process_can_do_nothing_outside_itself(deed: str, tmp_path: Path) -> None:
    """Whatever it tries is refused by the interpreter, and nothing is there afterwards."""
    (tmp_path / "there").write_text("key")

    done = tried(TRIED[deed].format(folder=tmp_path, code=ROOT / "ops"))

    assert 1 == done.returncode, done.stdout
    assert "Confined: " in done.stderr
    assert [("there", "key")] == [(one.name, one.read_text()) for one in tmp_path.iterdir()]


def test_a_confined_process_computes_and_reads_code() -> None:
    """Else nothing could be decided in it."""
    code = "from services.casework import decisions\nfrom zoneinfo import ZoneInfo\nprint(ZoneInfo('Asia/Shanghai'))"
    done = tried(code)

    assert (0, "Asia/Shanghai\n") == (done.returncode, done.stdout), done.stderr


def test_the_deciding_process_knows_no_broker_no_key_no_mail() -> None:
    """Nothing that it imports could append, send, or open what is sealed."""
    code = "import ops.replay.decider, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout

    assert [] == [name for name in loaded.split() if name.startswith(FORBIDDEN)]


async def test_the_deciding_process_has_an_empty_environment_and_nothing_open_but_its_streams() -> None:
    """As the system shows it, while it waits for records."""
    async with decider(lambda records: None) as process:
        await process.order(Begin(DOCUMENTS, ["routing"], None, None, 10))
        await process.order(EndOfPartition())
        assert Findings(0) == await process.found()  # it has begun
        pid = process._process.pid
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        opened = [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()]

    assert b"" == environment
    assert [] == [name for name in opened if not name.startswith(("pipe:", "socket:", "/dev/null"))]


async def test_the_deciding_process_finds_what_is_found_here() -> None:
    """Records go in, what was found comes out."""
    desk = WholeDesk(reference())
    async with desk.open():
        await desk.happens(receipt())
        await desk.asks("luo.tian", "accept-handover")
    rows = [record_of(one) for one in desk.kept_commands().values()]
    commands = [Record(0, at, row.key, row.value, dict(row.headers)) for at, row in enumerate(rows)]
    took: list[int] = []

    async with decider(took.append) as process:
        await process.order(Begin(DOCUMENTS, [one.name for one in SERVICES], None, None, 10))
        await process.order(Commands(commands))
        await process.order(Records(desk.records()))
        await process.order(EndOfPartition())
        found = await process.found()

    assert len(desk.records()) == sum(took)
    assert (len(desk.records()) - 1, 0) == (found.total("same"), found.total("different", "new", "missing"))
    assert {("somebody outside said so: nobody decided it", "ComplaintReceived"): 1} == found.not_decided


async def test_a_deciding_process_that_ends_says_why() -> None:
    """In one line, and nobody waits for it."""
    async with decider(lambda records: None) as process:
        await process.order(Records([Record(0, 0, "case", b"", {})]))
        with pytest.raises(DeciderEnded, match="records came before what is to be done with them"):
            await process.found()


@pytest.mark.parametrize("way", ["open('{file}', 'w')", "import os; os.open('{file}', os.O_RDWR | os.O_CREAT)"])
def test_a_confined_process_writes_nothing_where_it_may_read(way: str) -> None:
    """Code can be read, and not changed."""
    file = ROOT / "ops" / "replay" / "written.py"
    try:
        done = tried(way.format(file=file))
        there = file.exists()
    finally:
        file.unlink(missing_ok=True)

    assert (1, False) == (done.returncode, there)
    assert "may not write" in done.stderr
