"""What commands need to find an installation is there whole, or not at all; a folder is one supervisor's."""

import os
from pathlib import Path

import pytest

from ops.local import installation
from ops.local.installation import AlreadyRunning, NotRunning
from shared.process.settings import Settings


def test_settings_are_replaced_as_a_whole(tmp_path: Path) -> None:
    """A start that is cut off while it writes them down, or has no room to, leaves those of before."""
    installation.remember(Settings(data=tmp_path, ports=9000))
    before = tmp_path / "before"
    before.hardlink_to(installation.settings_file(tmp_path))
    was = before.read_bytes()

    installation.remember(Settings(data=tmp_path, ports=9100))

    assert was == before.read_bytes()
    assert 9100 == installation.load(tmp_path).ports
    assert ["settings.json"] == [one.name for one in (tmp_path / "run").iterdir()]


def test_settings_that_are_damaged_are_named_with_what_mends_them(tmp_path: Path) -> None:
    """Every command reads them first."""
    file = installation.settings_file(tmp_path)
    file.parent.mkdir()
    file.write_bytes(b"")

    with pytest.raises(NotRunning, match=r"settings\.json is damaged: `redress up` writes it anew"):
        installation.load(tmp_path)


def test_a_folder_is_one_supervisors_or_one_restores(tmp_path: Path) -> None:
    """Until he lets go of it."""
    descriptor = installation.hold_folder(tmp_path)

    with pytest.raises(AlreadyRunning, match="redress down"):
        installation.hold_folder(tmp_path)
    os.close(descriptor)

    os.close(installation.hold_folder(tmp_path))
