"""Files that are there whole or not at all, and leave nothing behind when writing fails."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.sealing.durable_files import draft_beside, replace_file, sync_folders


def test_a_file_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    """And no draft stays beside it."""
    path = tmp_path / "live"
    replace_file(path, b"1")
    replace_file(path, b"2")
    sync_folders([tmp_path])

    assert b"2" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_of_two_who_name_a_file_the_first_counts(tmp_path: Path) -> None:
    """A draft has a name of its own, and the mode that was asked for."""
    path = tmp_path / "master.key"
    with draft_beside(path, b"first", mode=0o600) as one, draft_beside(path, b"second", mode=0o600) as other:
        os.link(one, path)
        with pytest.raises(FileExistsError):
            os.link(other, path)

    assert b"first" == path.read_bytes()
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_disk_that_takes_no_more_leaves_the_former_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Wherever it fails: nothing half written has the name, and no draft is left."""
    path = tmp_path / "live"
    replace_file(path, b"former")
    full: Callable[..., None] = _full
    monkeypatch.setattr(*((os, "fsync", full) if step == "fsync" else (Path, "rename", full)))

    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"newer")

    assert b"former" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")
