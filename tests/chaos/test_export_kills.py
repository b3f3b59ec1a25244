"""kill -9 of an export, again and again: what has its name is whole, and in the end nothing is missing or other."""

import asyncio
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ops.export.exporting import ABOUT, LOCK
from ops.local import installation
from shared.process.settings import Settings
from tests.support.console_in_process import running
from tests.support.console_stories import Story, shuffled
from tests.support.facts import NOW
from tests.support.memory_log import MemoryLog

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300), pytest.mark.long]
DAYS, LIVES = 50, 6
FILES_A_LIFE = 40


async def exporting(settings: Settings, to: Path) -> asyncio.subprocess.Process:
    """An export under way."""
    words = ("-m", "ops.cli", "export", "--to", str(to), "--data", str(settings.data))
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(sys.executable, *words, stdout=quiet, stderr=quiet)


def files(to: Path) -> set[Path]:
    """What has its name."""
    return set(to.rglob("*.parquet"))


async def killed(settings: Settings, to: Path, until: int) -> int:
    """How an export ended that is killed once there are so many files."""
    process = await exporting(settings, to)
    while process.returncode is None and len(files(to)) < until:
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 0.005)
    if process.returncode is None:
        process.kill()
    return await process.wait()


async def test_an_export_that_is_killed_again_and_again_ends_like_one_that_is_not(tmp_path: Path) -> None:
    """Each life leaves whole files, the next goes on, and the last one writes the same bytes as an undisturbed one."""
    settings = Settings(data=tmp_path / "data")
    installation.remember(settings)
    async with running(settings, MemoryLog()) as console:
        stories = [Story(n, at=NOW - n * timedelta(days=1)).clock() for n in range(1, DAYS + 1)]
        await console.append(shuffled(stories))
        await console.told()
    ends = []
    for life in range(LIVES):
        ends.append(await killed(settings, tmp_path / "killed", (life + 1) * FILES_A_LIFE))
        for file in files(tmp_path / "killed"):
            pq.read_table(file)
    last, undisturbed = await exporting(settings, tmp_path / "killed"), await exporting(settings, tmp_path / "whole")
    codes = [await last.wait(), await undisturbed.wait()]

    assert ([-9] * LIVES, [0, 0]) == (ends, codes)
    assert contents(tmp_path / "whole") == contents(tmp_path / "killed")
    assert len(files(tmp_path / "whole")) > LIVES * FILES_A_LIFE


def contents(to: Path) -> dict[str, bytes]:
    """Every file of an export."""
    assert {ABOUT, LOCK} <= {path.name for path in to.iterdir()}
    return {str(path.relative_to(to)): path.read_bytes() for path in to.rglob("*") if path.is_file()}
