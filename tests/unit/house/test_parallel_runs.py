"""Workers of one test run take nothing from one another, and set up once what their tests share."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.broker import BLOCK, FIRST_PORT, free_ports
from tests.support.paths import ROOT

SHARED = """
import pathlib, pytest
@pytest.fixture(scope="package")
def bank(tmp_path_factory):
    with pathlib.Path(__file__).with_name("set_up").open("a") as file:
        file.write("bank\\n")
@pytest.fixture(scope="module")
def own(request):
    with pathlib.Path(__file__).with_name("set_up").open("a") as file:
        file.write(f"{request.path.stem[5:]}\\n")
"""
USERS = "import pytest\n@pytest.mark.parametrize('n', range(6))\ndef test_it(n, {fixture}): pass\n"


def test_two_test_processes_hand_out_ports_of_different_blocks() -> None:
    """While both run: the second asks while the first holds its own."""
    ours = free_ports(3)
    asks = "from tests.support.broker import free_ports; print(free_ports(3))"
    theirs = int(subprocess.run([sys.executable, "-c", asks], cwd=ROOT, capture_output=True, check=True).stdout)

    assert (ours - FIRST_PORT) // BLOCK != (theirs - FIRST_PORT) // BLOCK


def test_what_files_share_is_set_up_once_by_all_workers_together(tmp_path: Path) -> None:
    """The fixture of a folder that shares once, that of a file elsewhere once for each file."""
    uses = {"security": "bank", "integration": "own"}
    for place, fixture in uses.items():
        folder = tmp_path / "tests" / place
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "conftest.py").write_text(SHARED)
        for name in ("a", "b"):
            (folder / f"test_{name}.py").write_text(USERS.format(fixture=fixture))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", tmp_path, "-p", "no:cacheprovider"),
            *("-p", "tests.support.in_parallel", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "tests"),
        ],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert 0 == done.returncode, done.stdout + done.stderr
    assert {"security": ["bank"], "integration": ["a", "b"]} == {
        place: sorted((tmp_path / "tests" / place / "set_up").read_text().split()) for place in uses
    }
