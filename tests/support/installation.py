"""A whole installation for tests, started and stopped as an operations engineer would, on ports of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops.local import installation
from ops.local.tokens import issuer_for
from shared.contract.subjects import Subject
from shared.process.settings import Settings
from tests.support.broker import free_ports


def redress(*arguments: str, check: bool = True, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a ``redress`` command; its output is in the answer."""
    return _ran(None, arguments, check, environment)


def redress_of(house: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a ``redress`` command of a copy of the house, whatever its exit code."""
    return _ran(house, arguments, False, environment)


def _ran(
    house: Path | None, arguments: Sequence[str], check: bool, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [sys.executable, "-m", "ops.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        cwd=house,
        env=os.environ | environment,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


@contextmanager
def installed(data: Path, clock: str, house: Path | None = None, /, **environment: str) -> Iterator[Settings]:
    """A running installation, of the code of a copy if one is named; stopped afterwards, whatever happened."""
    place = ("--data", str(data), "--ports", str(free_ports(100)))
    _ran(house, ("up", *place, "--clock", clock, "--detach"), True, environment)
    try:
        yield installation.load(data)
    finally:
        redress("down", "--data", str(data), check=False)


def authorization(settings: Settings, subject: str = "hotline", kind: str = "channel") -> dict[str, str]:
    """The header of an authenticated caller."""
    who = Subject("person" if kind == "person" else "channel", subject)
    return {"Authorization": f"Bearer {issuer_for(settings).issue(who)}"}
