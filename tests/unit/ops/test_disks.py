"""The disks that a data folder lies on: each is looked at once."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ops.local.doctor import LOOKS, _wrong_with_disk
from shared.process.disks import LEAST_FREE_BYTES, advice, free_bytes, place_of
from shared.process.settings import Settings


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

    assert [tmp_path, tmp_path / "documents"] == [*free_bytes(tmp_path)]


def test_a_disk_that_cannot_be_read_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a share whose server is gone: figures and status are told all the same."""
    look = os.scandir

    def gone(place: str) -> Iterator["os.DirEntry[str]"]:
        if Path(place).name == "outbox":
            raise OSError(errno.ESTALE, "Stale file handle")
        return look(place)

    (tmp_path / "outbox").mkdir()
    monkeypatch.setattr(os, "scandir", gone)

    assert [tmp_path] == [*free_bytes(tmp_path)]


def test_a_folder_that_is_not_made_yet_lies_where_it_will_be(tmp_path: Path) -> None:
    """Before the first start."""
    data = tmp_path / "to" / "be" / "made"

    assert tmp_path == place_of(data)
    assert free_bytes(tmp_path).keys() == {tmp_path}
    assert [data] == [*free_bytes(data)]


async def test_the_doctor_looks_at_each_disk(tmp_path: Path, elsewhere: Path) -> None:
    """And tries to write there."""
    (tmp_path / "documents").symlink_to(elsewhere, target_is_directory=True)
    found = await LOOKS["disk"](Settings(data=tmp_path))

    assert f"{tmp_path}: " in found.found
    assert f"{tmp_path}/documents: " in found.found


def test_a_disk_that_takes_nothing_says_what_to_do() -> None:
    """Although it may say that there is room."""
    assert "nothing can be written in /proc" in _wrong_with_disk(Path("/proc"), LEAST_FREE_BYTES)
    assert "free some on the disk of /dev/shm" in _wrong_with_disk(Path("/dev/shm"), LEAST_FREE_BYTES - 1)
    assert "" == _wrong_with_disk(Path("/dev/shm"), LEAST_FREE_BYTES)


def test_what_could_not_be_written_names_the_disk_where_it_is_full(tmp_path: Path) -> None:
    """Nothing is said where there is room."""
    room = free_bytes(tmp_path)[tmp_path] >= LEAST_FREE_BYTES

    assert room == (advice(tmp_path) == "")
    assert "disk of /proc" in advice(Path("/proc"))
