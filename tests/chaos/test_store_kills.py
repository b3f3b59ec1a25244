"""The stores of a running installation: processes killed, files damaged, exchanged, lost; all know what happened."""

import asyncio
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from ops.local.status import processes
from ops.verify import rebuild
from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY
from tests.chaos.test_kills import settle
from tests.support.installation import authorization, installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
FOLDING = ("routing", "casework", "sla", "notify", "casework-api", "intake", "intake-mail")
"""Who keeps a store for each partition."""
INDEXING = ("casework-api", "intake", "intake-mail", "intake-inbox")
"""Who keeps the index of all cases in one."""
KEEPING = tuple(dict.fromkeys((*FOLDING, *INDEXING)))
WRITTEN_WITHIN_SECONDS = 60.0
CALLS = 8
DAMAGED = bytes(range(256)) * 4


def called(settings: Settings, number: int) -> int:
    """One complaint by telephone under a key of its own; what it is answered."""
    headers = authorization(settings) | {"Idempotency-Key": f"call-{number}"}
    url = f"http://127.0.0.1:{settings.ports + 1}/v1/complaints/phone"
    return httpx.post(url, json=BODY, headers=headers, timeout=20).status_code


def call_in(settings: Settings, first: int) -> None:
    """Some complaints by telephone, and wait until all is answered."""
    assert [201] * CALLS == [called(settings, number) for number in range(first, first + CALLS)]
    settle(settings)


def again(settings: Settings) -> list[int]:
    """What those are answered that call once more with what was taken in before: intake knows them all."""
    return [called(settings, number) for number in range(CALLS)]


def stores(settings: Settings) -> list[Path]:
    """The file of every process and partition, and those of the indexes."""
    folder = settings.data / "stores"
    indexes = [folder / name / "index.db" for name in INDEXING]
    return [folder / name / f"{at}.db" for name in FOLDING for at in range(settings.partitions)] + indexes


def flushes(file: Path) -> int:
    """How often a file was written."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT flushes FROM file").fetchone()[0])


def until_written(settings: Settings) -> None:
    """Wait until each process has written a file, and each its index."""
    deadline = time.monotonic() + WRITTEN_WITHIN_SECONDS
    while time.monotonic() < deadline:
        moved = [file for file in stores(settings) if flushes(file)]
        indexes = {file.parent.name for file in moved if file.stem == "index"}
        if {file.parent.name for file in moved} == set(KEEPING) and indexes == set(INDEXING):
            return
        time.sleep(0.5)
    raise AssertionError(f"written by {moved} alone")


def kill(settings: Settings) -> None:
    """Kill every process that keeps a store, with -9."""
    for row in processes(settings):
        if row["name"] in KEEPING:
            os.kill(row["pid"], signal.SIGKILL)


def made_anew(settings: Settings) -> dict[str, int]:
    """How often each process made a store anew, as its log says."""
    logs = {name: settings.data / "logs" / f"{name}.log" for name in KEEPING}
    return {name: log.read_text(encoding="utf-8").count("store.made_anew") for name, log in logs.items()}


def test_killed_processes_go_on_from_their_stores(tmp_path: Path) -> None:
    """None reads the log anew; and all know what the log says."""
    with installed(tmp_path, "system") as settings:
        call_in(settings, 0)
        until_written(settings)
        kill(settings)
        settle(settings)
        call_in(settings, CALLS)
        kill(settings)
        settle(settings)
        verified = asyncio.run(rebuild.verify(settings))

        assert [200] * CALLS == again(settings)
        assert ([], 2 * CALLS) == (verified.differences, verified.cases)
        assert dict.fromkeys(KEEPING, 0) == made_anew(settings)


def test_files_in_which_anything_is_wrong_are_made_anew(tmp_path: Path) -> None:
    """Cut, damaged, another worker's, and lost: each is noticed at the start, or is simply not there."""
    with installed(tmp_path, "system") as settings:
        call_in(settings, 0)
        until_written(settings)
        port = str(settings.ports)
        redress("down", "--data", str(settings.data))
        for name, spoil in SPOILT.items():
            for at in range(settings.partitions):
                spoil(settings.data / "stores" / name / f"{at}.db")
        damage(settings.data / "stores" / "intake" / "index.db")
        redress("up", "--data", str(settings.data), "--ports", port, "--clock", "system", "--detach")
        call_in(settings, CALLS)
        verified = asyncio.run(rebuild.verify(settings))

        assert [200] * CALLS == again(settings)
        assert ([], 2 * CALLS) == (verified.differences, verified.cases)
        assert dict.fromkeys(KEEPING, 0) | {"routing": 4, "casework": 4, "sla": 4, "intake": 1} == made_anew(settings)


def cut(file: Path) -> None:
    """Half of it is there."""
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def damage(file: Path) -> None:
    """Its first page is another one."""
    raw = bytearray(file.read_bytes())
    raw[16 : 16 + len(DAMAGED)] = DAMAGED
    file.write_bytes(raw)


def another(file: Path) -> None:
    """It is that of notify."""
    shutil.copy(file.parent.parent / "notify" / file.name, file)


SPOILT: dict[str, Callable[[Path], None]] = {"routing": cut, "casework": damage, "sla": another, "notify": Path.unlink}
"""What is done to the files of each worker, those of notify last."""
