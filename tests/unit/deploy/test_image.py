"""The image holds what the locks name, and nothing of build and tests."""

import re
import subprocess
import sys
from pathlib import Path

from ops.supply import running_lock
from ops.supply.locks import ENTRY, normalised, packages, running
from tests.support.manifests import DEPLOY
from tests.support.paths import ROOT

DOCKERFILE = DEPLOY / "Dockerfile"
INSTRUCTIONS = DOCKERFILE.read_text(encoding="utf-8")


def test_hadolint_finds_nothing() -> None:
    """No rule of it is left out."""
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, DOCKERFILE], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stdout)


def test_it_installs_what_runs_by_the_hashes_of_the_lock() -> None:
    """No test tool; every entry with a hash, as it stands in the lock."""
    text = running_lock.build()
    entries = [normalised(found[1]) for line in text.splitlines() if (found := ENTRY.match(line))]

    assert sorted(running(packages()) & {p.name for p in packages()}) == sorted(entries)
    assert {"aiokafka", "faust-streaming", "fastapi"} <= set(entries)
    assert not {"pytest", "mypy", "moto", "ruff"} & set(entries)
    assert len(entries) <= text.count("--hash=sha256:")


def test_whatever_is_installed_is_a_locked_wheel() -> None:
    """Each call of pip asks for hashes, or installs Redress itself without asking an index."""
    calls = [call.rstrip(" \\") for call in re.findall(r"pip install ([^&\n]+)", INSTRUCTIONS)]
    locked = [call for call in calls if call.startswith("--require-hashes --only-binary :all:")]

    assert len(locked) == 3
    assert ["--no-deps --no-build-isolation --editable ."] == [call for call in calls if call not in locked]
    assert "http" not in re.sub(r"#.*", "", INSTRUCTIONS)


def test_it_runs_as_nobody_in_particular() -> None:
    """The last user is a number, which Kubernetes can tell from root; what is copied is there."""
    copied = [
        source for line in re.findall(r"^COPY (?!--from)(.*)$", INSTRUCTIONS, re.M) for source in line.split()[:-1]
    ]

    assert "10001:10001" == re.findall(r"^USER (\S+)$", INSTRUCTIONS, re.M)[-1]
    assert len(copied) > 10
    assert [] == [source for source in copied if not (ROOT / source).exists()]
