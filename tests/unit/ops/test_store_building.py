"""Stores that were built beside those in use: taken over if they mean the same, left alone if not."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.cli.rebuild import _known, rebuild_app
from ops.local.store_building import ENDING, KEEPING, Building, StoresNotBuilt, alone, hand_over
from shared.contract.records import Outgoing
from shared.errors import BadReference, LogTrimmed
from shared.process.settings import Settings
from shared.store.store_file import built_beside
from tests.support.stored_journeys import BY_NAME, Desk, folded, journeys, known_by

CASES = 10


async def built(desk: Desk, *names: str) -> list[Path]:
    """Build on the log of a desk; the files that wait then."""
    if desk.rows:
        await desk.log.append(desk.rows)
        desk.rows = []
    building, heard = Building(desk.log, replace(desk.stores, ending=ENDING), names), list[tuple[int, int]]()
    await building.run(lambda read, total: heard.append((read, total)))
    building.put_beside()

    assert heard[-1][0] == heard[-1][1] == await desk.log.end(0)
    return sorted(desk.stores.folder.rglob("*.built.db"))


@pytest.mark.parametrize("service", sorted(BY_NAME))
async def test_what_was_built_is_taken_over_at_the_next_start(tmp_path: Path, service: str) -> None:
    """It knows what the log says, and is there once."""
    desk = Desk(tmp_path, service, journeys(CASES))
    (file,) = await built(desk, service)
    keeper = await desk.keeper()

    assert await desk.log.end(0) == keeper.content.position
    assert known_by(folded(desk.service, await desk.read())) == known_by(keeper.content)
    assert not file.exists()
    await keeper.close()


async def test_a_case_that_cannot_be_read_is_told_once_and_waits_in_what_was_built(tmp_path: Path) -> None:
    """Every service says so of it, whoever asks hears of it once."""
    desk = Desk(tmp_path, "sla", journeys(CASES))
    case = desk.rows[-1].key
    await desk.log.append([*desk.rows, Outgoing(case, b"{", [])])
    building = Building(desk.log, replace(desk.stores, ending=ENDING), sorted(BY_NAME))
    await building.run(lambda read, total: None)

    assert {case} == building.blocked


async def test_what_another_version_built_waits_for_that(tmp_path: Path) -> None:
    """The old version may be started once more before the upgrade; what it uses stays until the new one starts."""
    new, old = Desk(tmp_path, "sla", journeys(CASES)), Desk(tmp_path, "sla", version=-1)
    (file,) = await built(new, "sla")
    old.log = new.log
    keeper = await old.keeper()
    await old.fold_on(keeper, 100)
    await keeper.close()
    again = await old.keeper()
    began = again.content.position
    await again.close()
    waited = file.exists()
    upgraded = await new.keeper()

    assert (100, True) == (began, waited)
    assert await new.log.end(0) == upgraded.content.position
    await upgraded.close()


async def test_a_process_that_died_while_it_took_over_takes_over_at_its_next_start(tmp_path: Path) -> None:
    """The file that was in use is gone, the new one still waits."""
    desk = Desk(tmp_path, "sla", journeys(CASES))
    keeper = await desk.keeper()
    await desk.fold_on(keeper, 100)
    await keeper.close()
    await built(desk, "sla")
    keeper.file.path.unlink()
    again = await desk.keeper()

    assert await desk.log.end(0) == again.content.position
    await again.close()


async def test_two_that_build_the_same_are_told_apart(tmp_path: Path) -> None:
    """The second one leaves the first alone."""
    desk = Desk(tmp_path, "sla", journeys(CASES))
    holder = replace(desk.stores, ending=ENDING).file("sla", "0", "any")
    assert holder.hold()
    with pytest.raises(StoresNotBuilt, match="cannot be built: another process holds"):
        await built(desk, "sla")
    holder.close()

    assert [built_beside(tmp_path / "sla" / "0.db")] == await built(desk, "sla")


async def test_of_a_log_that_lost_its_beginning_nothing_is_built(tmp_path: Path) -> None:
    """It would pass for all that the log says; restored first, it is built then."""
    desk = Desk(tmp_path, "sla", journeys(CASES))

    async def trimmed(partition: int) -> int:
        return 7

    desk.log.beginning = trimmed  # type: ignore[method-assign] # somebody deleted what comes before
    with pytest.raises(LogTrimmed, match="begins at offset 7"):
        await built(desk, "sla")

    assert [] == list(tmp_path.rglob("*.built.db"))


async def test_a_build_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    """What it wrote down is not read again."""
    desk = Desk(tmp_path, "sla", journeys(CASES))
    begun = Desk(tmp_path, "sla", journeys(CASES))
    begun.stores = replace(desk.stores, ending=ENDING)
    keeper = await begun.keeper()
    await begun.fold_on(keeper, 300)
    await keeper.close()
    desk.log, desk.rows = begun.log, []
    reads = list[int]()
    reading = desk.log.read

    async def noted(partition: int, offset: int = 0, *, committed: bool = True) -> object:
        reads.append(offset)
        return await reading(partition, offset, committed=committed)

    desk.log.read = noted  # type: ignore[method-assign,assignment] # who reads from where
    await built(desk, "sla")

    assert [299, 300] == reads  # the last record that it applied is looked at, as at each start


async def test_every_process_that_keeps_stores_can_have_them_built(tmp_path: Path) -> None:
    """The folds of workers and APIs, and the indexes."""
    files = await built(Desk(tmp_path, "sla", journeys(CASES)), *KEEPING)

    assert 7 + 4 == len(files)
    assert {path.parent.name for path in files} == set(KEEPING)


def test_a_process_that_keeps_no_store_is_refused_with_those_that_do() -> None:
    """One line that says what to choose."""
    with pytest.raises(BadReference, match="--service slo: it keeps no store; choose of routing, casework, "):
        _known(["sla", "slo"])


def test_options_before_verify_are_refused() -> None:
    """They would be those of a rebuild, and verify would look at another folder than was named."""
    done = CliRunner().invoke(rebuild_app, ["--data", "elsewhere", "verify"])

    assert 2 == done.exit_code


def test_a_store_is_built_by_one_at_a_time_until_it_waits_beside_the_used_one(tmp_path: Path) -> None:
    """Whoever came between the last record and the renaming wrote into the file that a process had taken over."""
    with alone(tmp_path, ["sla", "notify"]):
        with pytest.raises(StoresNotBuilt, match="stores of sla"), alone(tmp_path, ["routing", "sla"]):
            pass
        with alone(tmp_path, ["routing"]):
            pass
    with alone(tmp_path, KEEPING):
        pass


async def test_where_nothing_runs_the_next_start_takes_them_over(tmp_path: Path) -> None:
    """Also where everything was stopped in the middle of it."""
    said: list[str] = []

    await hand_over(Settings(data=tmp_path), KEEPING, said.append)

    assert ["nothing runs: the next start of each process takes its new store over"] == said
