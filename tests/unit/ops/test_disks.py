"""The disks that a data folder lies on: each is looked at once, and one that gives no answer holds nobody up."""

import asyncio
import errno
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from ops.local import doctor
from ops.local.doctor import LOOKS
from ops.local.status import alarm_disks
from shared.process import disks
from shared.process.disks import LEAST_FREE_BYTES, SEE_TO_IT, advice, look, place_of
from shared.process.settings import Settings
from shared.web import serving
from tests.support.waiting import until


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another disk than a test's own."""
    with TemporaryDirectory(dir="/dev/shm") as folder:
        assert tmp_path.stat().st_dev != Path(folder).stat().st_dev
        yield Path(folder)


def test_a_part_with_a_disk_of_its_own_is_looked_at(tmp_path: Path, elsewhere: Path) -> None:
    """Parts on the data folder's disk are not told again, nor are further ones on the other."""
    for part in ("stores", "outbox"):
        (tmp_path / part).mkdir()
    for part in ("outbox/print", "documents"):
        (tmp_path / part).symlink_to(elsewhere, target_is_directory=True)

    assert [tmp_path, tmp_path / "documents"] == [*look(tmp_path).free]


def broken(monkeypatch: pytest.MonkeyPatch, name: str, do: Callable[[], object]) -> None:
    """Let something happen to whoever lists the folders of a folder of this name."""
    scan = os.scandir

    def listed(place: Path) -> Any:
        if Path(place).name == name:
            do()
        return scan(place)

    monkeypatch.setattr(os, "scandir", listed)


def test_a_disk_that_cannot_be_read_is_wrong_and_hides_no_other(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a share whose server is gone: figures and status are told all the same."""

    def gone() -> None:
        raise OSError(errno.ESTALE, "Stale file handle")

    (tmp_path / "outbox").mkdir()
    (tmp_path / "stores").symlink_to(elsewhere, target_is_directory=True)
    broken(monkeypatch, "outbox", gone)
    free, wrong = look(tmp_path)

    assert [tmp_path, tmp_path / "stores"] == [*free]
    assert {tmp_path / "outbox": f"cannot be looked at (Stale file handle): {SEE_TO_IT}"} == wrong


def test_a_folder_where_this_account_may_not_look_is_nobodys_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as the lost+found of a disk."""

    def refused() -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "lost+found").mkdir()
    broken(monkeypatch, "lost+found", refused)

    assert {} == look(tmp_path).wrong


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """A part of a data folder that answers nothing until the event is set."""
    answers = Event()

    def never() -> None:
        assert answers.wait(60), "somebody waits for the disk"

    (tmp_path / "documents").mkdir()
    broken(monkeypatch, "documents", never)
    monkeypatch.setattr(disks, "SILENT_SECONDS", 0.2)
    yield answers
    answers.set()


async def test_a_disk_that_gives_no_answer_holds_up_no_metrics(
    tmp_path: Path, silent: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page has all others, what is known of the disk, and that it is silent; it is looked at once."""
    monkeypatch.setattr(disks, "REST_SECONDS", 0.0)
    serving.measure("silent", Settings(data=tmp_path), lambda: True)
    app = FastAPI()
    app.include_router(serving.health_routes(lambda: True, dict))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sla") as client:
        await until(lambda: _told("redress_disks_wrong") > 0)
        pages = [(await client.get("/metrics")).text for _ in range(3)]
        free, threads = _told("redress_disk_free_bytes"), [one.name for one in threading.enumerate()]
        silent.set()
        await until(lambda: not _told("redress_disks_wrong"))

    assert all('redress_disks_wrong{service="silent"} 1.0' in page for page in pages)
    assert all('redress_ready{service="silent"} 1.0' in page for page in pages)
    assert (True, 1) == (free > 0, threads.count(f"disks of {tmp_path}"))


def _told(name: str) -> float:
    return REGISTRY.get_sample_value(name, {"service": "silent"}) or 0.0


def test_whoever_looks_at_a_silent_disk_is_told_which_it_is(tmp_path: Path, silent: Event) -> None:
    """And how the others are."""
    rows: list[dict[str, Any]] = [{"alarms": ["another"]}]
    alarm_disks(rows, tmp_path, look(tmp_path))

    assert [f"the disk of {tmp_path / 'documents'} gives no answer: {SEE_TO_IT}", "another"] == rows[0]["alarms"]
    assert advice(tmp_path).endswith(f"The disk of {tmp_path / 'documents'} gives no answer: {SEE_TO_IT}.")


async def test_the_doctor_tells_of_a_silent_disk_and_ends(tmp_path: Path, silent: Event) -> None:
    """No thread that its loop waits for at the end goes on looking."""
    found = await LOOKS["disk"](Settings(data=tmp_path))
    await asyncio.get_running_loop().shutdown_default_executor()

    assert (f"the disk of {tmp_path / 'documents'} gives no answer: {SEE_TO_IT}",) == found.wrong


def test_a_folder_that_is_not_made_yet_lies_where_it_will_be(tmp_path: Path) -> None:
    """Before the first start."""
    data = tmp_path / "to" / "be" / "made"

    assert tmp_path == place_of(data)
    assert look(tmp_path).free.keys() == {tmp_path}
    assert [data] == [*look(data).free]


async def test_the_doctor_looks_at_each_disk(tmp_path: Path, elsewhere: Path) -> None:
    """And tries to write there."""
    (tmp_path / "documents").symlink_to(elsewhere, target_is_directory=True)
    found = await LOOKS["disk"](Settings(data=tmp_path))

    assert f"{tmp_path}: " in found.found
    assert f"{tmp_path}/documents: " in found.found


async def test_a_disk_that_takes_nothing_or_is_full_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Although it may say that there is room."""
    taken = await LOOKS["disk"](Settings(data=Path("/proc/sys")))
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 2**80)
    full = await LOOKS["disk"](Settings(data=Path("/dev/shm")))

    assert any(one.startswith("the disk of /proc/sys takes nothing (") for one in taken.wrong)
    assert any(one.startswith("free some on the disk of /dev/shm") for one in full.wrong)


def test_what_could_not_be_written_names_the_disk_where_it_is_full(tmp_path: Path) -> None:
    """Nothing is said where there is room."""
    room = look(tmp_path).free[tmp_path] >= LEAST_FREE_BYTES

    assert room == (advice(tmp_path) == "")
    assert "disk of /proc" in advice(Path("/proc"))
