"""Every process turns uvloop's loop, also the one that Faust's thread makes for itself."""

import subprocess
import sys
from pathlib import Path

from shared.process.settings import Settings
from tests.support.processes import environment

LOOPS = """
import asyncio
from mode.threads import ServiceThread
from shared.sealing import process_start

async def main():
    return [type(one).__module__ for one in (asyncio.get_running_loop(), ServiceThread().thread_loop)]

process_start.begin()
print(*asyncio.run(main()))
"""


def test_a_process_and_fausts_thread_turn_the_same_kind_of_loop(tmp_path: Path) -> None:
    """Faust makes its thread a loop by asyncio's policy, long after the process has begun."""
    begun = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOOPS], env=environment(Settings(data=tmp_path)),
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ["uvloop", "uvloop"] == begun.stdout.split()
