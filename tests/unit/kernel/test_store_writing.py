"""Writing a fold's store fails or waits, and nothing is lost by it: what is not in the file is in memory."""

import asyncio
import threading
from pathlib import Path

import pytest

from shared.store import store_keeper
from tests.support.kept_folds import FullDisk, all_known, log_with, written_down
from tests.support.stored_journeys import BY_NAME, Desk


@pytest.mark.parametrize("service", sorted(BY_NAME))
async def test_what_a_full_disk_refused_is_written_down_later(tmp_path: Path, service: str) -> None:
    """Nothing is forgotten meanwhile, neither what changed before nor since."""
    desk = Desk(tmp_path, service, log_with())
    keeper = await desk.keeper()
    disk = FullDisk(keeper.file)
    await desk.fold_on(keeper, 400)
    await keeper.flush()
    told = keeper.fault
    await desk.fold_on(keeper, 400)
    disk.full = False
    await keeper.close()
    _, began = await all_known(desk)

    assert "disk is full" in told
    assert (800, "") == (began, keeper.fault)


async def test_a_file_that_another_process_holds_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is kept in memory then, and the file is not touched."""
    monkeypatch.setattr(store_keeper, "HOLD_SECONDS", 0.1)
    desk = Desk(tmp_path, "sla", log_with())
    holder = await desk.keeper()
    second, began = await all_known(desk)

    assert 0 == began
    assert "another process holds" in second.fault
    await second.close()
    await desk.fold_on(holder, 300)
    await holder.close()
    _, began = await all_known(desk)
    assert 300 == began


async def test_every_case_can_be_walked_over_while_it_is_written_down(tmp_path: Path) -> None:
    """What is in memory and what is in the file, each once."""
    desk = Desk(tmp_path, "sla", log_with())
    keeper = await desk.keeper()
    await desk.fold_on(keeper, 900)
    found: list[str] = []
    async for case, _ in keeper.content.each_case():
        found.append(case)
        if len(found) == 5:
            await keeper.flush()
        if len(found) == 20:
            await desk.fold_on(keeper, 100)

    known = {one.key for one in (await desk.read())[:900]}
    assert known == set(found)
    assert len(found) == len(set(found))
    await keeper.close()


async def test_a_partition_that_is_lost_while_its_store_is_opened_leaves_the_file_to_others(tmp_path: Path) -> None:
    """Whoever gives up waits until it is open, and then closes it."""
    desk = Desk(tmp_path, "sla", log_with())
    await written_down(desk, 300)
    lost = desk.unopened()
    opens, goes_on = lost.file.open, threading.Event()

    def slowly() -> None:
        goes_on.wait(5)
        opens()

    lost.file.open = slowly  # type: ignore[method-assign] # a slow disk
    opening = asyncio.create_task(lost.open(desk.log))
    await asyncio.sleep(0.1)
    opening.cancel()
    asyncio.get_running_loop().call_later(0.1, goes_on.set)
    await asyncio.wait([opening])
    await lost.close()
    await asyncio.sleep(0.3)

    assert lost.file._reading is None
    keeper, began = await all_known(desk)
    assert (300, "") == (began, keeper.fault)
    await keeper.close()


async def test_nobody_else_on_the_machine_reads_a_store(tmp_path: Path) -> None:
    """What people did on a case stands in the clear there, as it does in the log."""
    await written_down(Desk(tmp_path, "sla", log_with()), 300)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "sla", *(tmp_path / "sla").iterdir())}

    assert {"sla": 0o700, "0.db": 0o600, "0.lock": 0o600} == modes
