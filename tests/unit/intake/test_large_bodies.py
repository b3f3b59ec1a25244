"""A large body is read and sealed beside the loop, which all other callers share; a small one where it is."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.intake.access import CaseAccess
from services.intake.standing import STANDINGS
from services.intake.submission_intake import SubmissionIntake
from shared.contract.subjects import Subject
from shared.kernel.whole_log import WholeLog
from shared.process.clock import SteeredClock
from shared.web.case_index import CaseIndex, IndexedCase
from shared.web.incoming import OFF_LOOP_BYTES, beside
from tests.support.facts import NOW, reference
from tests.support.intake_in_process import open_house

SMALL = {"matter": {"narrative": "排队两小时。", "complained_unit": "dongqiao.hall"}}
MEMBERS = [f"客户{chr(0x4E00 + n)}" for n in range(500)]
LARGE = {
    "group": {"size": 500, "members": MEMBERS},
    "matter": {"narrative": "长" * 20_000, "complained_unit": "dongqiao.hall"},
}


class WatchedIndex(CaseIndex):
    """Remembers in which threads a number was looked up: it is, while the event of a receipt is made and sealed."""

    threads: list[int]

    def by_number(self, number: str) -> IndexedCase | None:
        """See ``CaseIndex``."""
        self.threads.append(threading.get_ident())
        return super().by_number(number)


async def sealed_on_the_loop(data: Path, body: Any) -> list[bool]:
    """For each number tried: whether the loop's own thread was making the event."""
    async with open_house(data) as house:
        clock = SteeredClock()
        clock.set(NOW)
        log: Any = house.log
        index = WatchedIndex(log)
        index.threads = []
        house.tasks.append(asyncio.create_task(index.run()))
        await index.progress.caught_up.wait()
        access = CaseAccess(WholeLog(log, STANDINGS))
        intake = SubmissionIntake(log, index, house.vault, reference(), clock, access)
        status, _ = await intake.submit(Subject("channel", "hotline"), "a key", "phone", orjson.dumps(body))
        assert 201 == status
        return [one == threading.get_ident() for one in index.threads]


async def test_a_large_complaint_is_sealed_beside_the_loop(tmp_path: Path) -> None:
    """Five hundred names: tens of milliseconds, which nobody else waits."""
    assert [False] == await sealed_on_the_loop(tmp_path, LARGE)


async def test_a_small_complaint_is_sealed_where_it_is(tmp_path: Path) -> None:
    """A thread would cost more than the sealing."""
    assert [True] == await sealed_on_the_loop(tmp_path, SMALL)


@pytest.mark.parametrize(("size", "here"), [(OFF_LOOP_BYTES, True), (OFF_LOOP_BYTES + 1, False)])
async def test_the_size_says_where(size: int, here: bool) -> None:
    """The limit itself is small."""
    assert here == (await beside(size, threading.get_ident) == threading.get_ident())
