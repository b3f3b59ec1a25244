"""A store under a fold: however it is written down and opened anew, the fold knows what the log says."""

import asyncio
import gc
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shared.contract.envelope import from_json, outgoing
from shared.kernel.store.stored_fold import StoredFold
from shared.process import pace
from shared.store.store_keeper import StoreKeeper
from tests.support.kept_folds import CASES, WRONG, FullDisk, all_known, log_with, written_down
from tests.support.stored_journeys import BY_NAME, MOST, Desk, die, folded, journeys, known_by, records
from tests.unit.notify.test_box_alarms import Box, missed


@pytest.fixture(params=sorted(BY_NAME))
def service(request: pytest.FixtureRequest) -> str:
    """Each of the services that keep a store."""
    return str(request.param)


@pytest.mark.parametrize("seed", range(3))
async def test_a_fold_with_a_store_knows_what_a_fold_of_the_log_knows(tmp_path: Path, service: str, seed: int) -> None:
    """However often it is written down, closed, killed and opened anew in between."""
    desk, rng = Desk(tmp_path, service, log_with(WRONG)), Random(seed)
    keeper = await desk.keeper()
    while keeper.content.position < await desk.log.end(0):
        await desk.fold_on(keeper, rng.randint(1, 400))
        what = rng.choice(["goes on", "is written down", "is closed", "dies"])
        if what == "is written down":
            await keeper.flush()
        elif what != "goes on":
            await keeper.close() if what == "is closed" else die(keeper)
            keeper = await desk.keeper()
    assert known_by(folded(desk.service, await desk.read())) == known_by(keeper.content)
    await keeper.close()


@pytest.mark.parametrize("disk", ["takes it", "is full at first"])
async def test_a_case_that_changes_while_it_is_written_down_is_written_as_it_was(
    tmp_path: Path, service: str, disk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fold goes on between any two rows, and what stands in the file is still of one place of the log."""
    monkeypatch.setattr(pace, "SLICE_SECONDS", -1.0)
    desk = Desk(tmp_path, service, log_with())
    keeper = await desk.keeper()
    await desk.fold_on(keeper, 400)
    if disk == "is full at first":
        full = FullDisk(keeper.file)
        await fold_while_it_is_written(desk, keeper)
        full.full = False
    changed = await fold_while_it_is_written(desk, keeper)
    known, position, read = known_by(keeper.content), keeper.content.position, await desk.read()
    die(keeper)
    again = await desk.keeper()

    assert changed > CASES
    assert position == again.content.position + changed
    assert known_by(folded(desk.service, read[: again.content.position])) == known_by(again.content)
    assert known_by(folded(desk.service, read[:position])) == known
    die(again)


async def fold_while_it_is_written(desk: Desk, keeper: StoreKeeper[StoredFold[Any]]) -> int:
    """Fold a record more whenever writing lets others work, up to so many that some are left; how many."""
    written = asyncio.create_task(keeper.flush())
    await asyncio.sleep(0)  # it is asked for
    await asyncio.sleep(0)  # and taken
    began = keeper.content.position
    while not written.done():
        if keeper.content.position < began + 3 * CASES:
            await desk.fold_on(keeper, 1)
        await asyncio.sleep(0)
    return keeper.content.position - began


async def test_a_start_goes_on_from_what_was_written_down(tmp_path: Path, service: str) -> None:
    """Nothing before it is read again."""
    desk = Desk(tmp_path, service, log_with())
    await written_down(desk, 500)
    keeper, began = await all_known(desk)
    await keeper.close()

    assert 500 == began


async def test_a_store_is_opened_without_looking_for_garbage(tmp_path: Path) -> None:
    """With a hundred thousand open cases everything else waited for that, again and again."""
    desk, looks = Desk(tmp_path, "sla", log_with()), list[bool]()
    await written_down(desk, 500)
    keeper = desk.unopened()
    opens = keeper.file.open

    def opened() -> None:
        looks.append(gc.isenabled())
        opens()

    keeper.file.open = opened  # type: ignore[method-assign] # looks only
    await keeper.open(desk.log)
    await keeper.close()

    assert [False] == looks
    assert gc.isenabled()


async def test_memory_holds_few_of_the_cases_that_are_written_down(tmp_path: Path, service: str) -> None:
    """The others are read when somebody asks for them, and leave again."""
    desk = Desk(tmp_path, service, log_with())
    keeper = await desk.keeper()
    await desk.fold_on(keeper)
    in_memory = keeper.content.cases.in_memory()
    await keeper.flush()
    seen = [keeper.content.cases[one.key].state for one in await desk.read()]

    assert (CASES, True) == (in_memory, keeper.content.cases.in_memory() <= MOST)
    assert [folded(desk.service, await desk.read()).state(one.key) for one in (await desk.read())[:3]] == seen[:3]
    await keeper.close()


async def test_what_falls_due_and_was_handed_out_falls_due_again_at_the_next_start(tmp_path: Path) -> None:
    """A timer leaves the state by its event only, so it may not leave the store before."""
    desk = Desk(tmp_path, "sla", log_with())
    keeper = await desk.keeper()
    await desk.fold_on(keeper)
    due = known_by(keeper.content)["due"]
    await keeper.flush()
    die(keeper)
    again = await desk.keeper()

    assert len(due) > 10
    assert due == known_by(again.content)["due"]
    await again.close()


async def test_letters_of_an_opinion_box_fall_due_after_a_start_too(tmp_path: Path) -> None:
    """A box is no case, but a letter about it can be late as well."""
    box, first = Box(), missed()
    box.happens(first)
    desk = Desk(tmp_path, "notify", [outgoing(one) for one in box.events])
    await written_down(desk)
    keeper = await desk.keeper()
    due = known_by(keeper.content)["due"]

    assert len(due) > 1
    assert due == known_by(folded(desk.service, await desk.read()))["due"]
    await keeper.close()


async def test_a_blocked_case_stays_blocked_and_is_told_of_again(tmp_path: Path) -> None:
    """Somebody may have died before anybody was told; who was told before is not told twice."""
    desk = Desk(tmp_path, "routing", log_with(WRONG))
    await written_down(desk)
    keeper = await desk.keeper()

    assert [WRONG.key] == list(keeper.content.blocked)
    assert keeper.content.is_blocked(WRONG.key)
    assert [(WRONG.key, WRONG.value)] == [(one.key, one.value) for one, _ in keeper.content.unreadable]
    await keeper.close()


def test_the_journeys_are_of_some_length() -> None:
    """Else the tests above would say little."""
    assert len(records(journeys(CASES))) > 1000
    assert len({from_json(one.value).name for one in journeys(CASES)}) > 30
