"""Stores are built anew beside what runs, which goes on from them; a build that was killed goes on, too."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.local.store_building import KEEPING
from ops.verify import rebuild
from shared.process.settings import Settings
from tests.chaos.test_kills import settle
from tests.chaos.test_store_kills import CALLS, again, call_in, made_anew
from tests.support.installation import installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]


def taken_over(settings: Settings) -> dict[str, int]:
    """How many stores that were built beside it each process took over, as its log says."""
    logs = {name: settings.data / "logs" / f"{name}.log" for name in KEEPING}
    return {name: log.read_text(encoding="utf-8").count("store.taken_over") for name, log in logs.items()}


def killed_while_building(settings: Settings) -> None:
    """Begin to build, and kill that as soon as it has written something."""
    command = [sys.executable, "-m", "ops.cli", "rebuild", "--later", "--data", str(settings.data)]
    with subprocess.Popen(command, start_new_session=True) as building:
        until = time.monotonic() + 60
        while not list((settings.data / "stores").rglob("*.next.db")) and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(building.pid, signal.SIGKILL)


def test_stores_are_built_beside_what_runs_and_taken_over(tmp_path: Path) -> None:
    """People go on calling; nothing is folded anew by a process itself, and nothing is left lying about."""
    with installed(tmp_path, "system") as settings:
        call_in(settings, 0)
        killed_while_building(settings)
        said = redress("rebuild", "--data", str(settings.data))
        call_in(settings, CALLS)
        settle(settings)
        verified = asyncio.run(rebuild.verify(settings))
        files = 4 * settings.partitions + 3 * settings.partitions + 4
        left = [path.name for path in (settings.data / "stores").rglob("*.next.db*")]
        left += [path.name for path in (settings.data / "stores").rglob("*.built*")]

        assert [200] * CALLS == again(settings)
        assert f"{files} stores built" in said.stdout
        assert ([], 2 * CALLS) == (verified.differences, verified.cases)
        assert dict.fromkeys(KEEPING, 0) == made_anew(settings)
        assert files == sum(taken_over(settings).values())
        assert said.stdout.count("goes on from its new store") == len(KEEPING)
        assert [] == left


def test_what_is_built_for_a_service_waits_for_its_next_start(tmp_path: Path) -> None:
    """Such as after an upgrade; the others are left alone."""
    with installed(tmp_path, "system") as settings:
        call_in(settings, 0)
        redress("rebuild", "--service", "sla", "--later", "--data", str(settings.data))
        built = [path.name for path in (settings.data / "stores").rglob("*.built.db")]
        port = str(settings.ports)
        redress("down", "--data", str(settings.data))
        redress("up", "--data", str(settings.data), "--ports", port, "--clock", "system", "--detach")
        verified = asyncio.run(rebuild.verify(settings))

        assert settings.partitions == len(built)
        assert dict.fromkeys(KEEPING, 0) | {"sla": settings.partitions} == taken_over(settings)
        assert ([], CALLS) == (verified.differences, verified.cases)
