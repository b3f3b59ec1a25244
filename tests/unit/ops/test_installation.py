"""What commands need to find an installation is there whole, or not at all; a folder is one supervisor's."""

import os
import socket
from pathlib import Path

import pytest

from ops.local import installation
from ops.local.installation import AlreadyRunning, NotRunning
from shared.process.settings import Settings
from tests.support.installation import redress


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


def test_a_start_takes_the_ports_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing was started, or nobody knows, the usual ones."""
    monkeypatch.delenv("REDRESS_PORTS", raising=False)
    first = installation.last_ports(tmp_path)
    installation.remember(Settings(data=tmp_path, ports=9000))
    again = installation.last_ports(tmp_path)
    installation.settings_file(tmp_path).write_bytes(b"")

    assert (8100, 9000, 8100) == (first, again, installation.last_ports(tmp_path))


@pytest.mark.parametrize("named", ["the folder", "a variable", "an option"])
def test_a_port_that_somebody_else_has_is_refused_whoever_named_it(tmp_path: Path, named: str) -> None:
    """In one line; an option counts before the variable, and that before what the folder knows."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        taken = int(somebody.getsockname()[1])
        first, other = taken - 90, taken - 200
        installation.remember(Settings(data=tmp_path, ports=first if named == "the folder" else other))
        variable = {} if named == "the folder" else {"REDRESS_PORTS": str(first if named == "a variable" else other)}
        option = ("--ports", str(first)) if named == "an option" else ()
        done = redress("up", "--data", str(tmp_path), *option, check=False, **variable)

    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert f"Port {taken} is in use" in done.stderr


def test_what_runs_keeps_what_it_said_when_somebody_starts_it_again(tmp_path: Path) -> None:
    """He is refused before anything is written."""
    descriptor, said = installation.hold_folder(tmp_path), tmp_path / "logs" / "supervisor.out"
    said.parent.mkdir()
    said.write_text("ready after 9.9 s")
    done = redress("up", "--detach", "--data", str(tmp_path), check=False)
    os.close(descriptor)

    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert "redress down" in done.stderr
    assert "ready after 9.9 s" == said.read_text()
