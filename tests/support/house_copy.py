"""A copy of the house, in which a page's instructions are followed without a file of the repository being touched."""

import filecmp
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT

COPIED = ("shared", "services", "ops", "deploy", "docs", "tests")


def house_copy(to: Path) -> Path:
    """Copy what is needed to run the project's Python and its tests."""
    for folder in COPIED:
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__", "target"))
    shutil.copy(ROOT / "pyproject.toml", to)
    return to


def running_copy(to: Path) -> Path:
    """A copy that an installation can be started from: the broker's jars are those of the house."""
    copied = house_copy(to)
    (copied / "deploy" / "broker" / "target").symlink_to(ROOT / "deploy" / "broker" / "target")
    return copied


def put(file: Path, before: str, text: str) -> None:
    """Put a text in front of the one place where another one stands."""
    found = file.read_text(encoding="utf-8")
    assert 1 == found.count(before), (file, before)
    file.write_text(found.replace(before, text + before), encoding="utf-8")


def in_copy(house: Path, *arguments: str) -> str:
    """Run Python in the copy; what it prints."""
    run = subprocess.run([sys.executable, *arguments], cwd=house, capture_output=True, text=True, check=False)
    assert 0 == run.returncode, run.stdout + run.stderr
    return run.stdout


def changed(house: Path) -> set[str]:
    """The files of the copy that are new or differ from the repository's."""
    names = {file.relative_to(house) for file in house.rglob("*") if file.is_file() and "__pycache__" not in file.parts}
    return {str(name) for name in names if not _same(house / name, ROOT / name)}


def _same(one: Path, other: Path) -> bool:
    return other.exists() and filecmp.cmp(one, other, shallow=False)
