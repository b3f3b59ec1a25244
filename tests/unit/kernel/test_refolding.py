"""A blocked case is folded anew in place: then the fold knows what one that could always read everything knows."""

import asyncio
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from shared.contract.envelope import Event
from shared.contract.records import Record
from shared.kernel import refolding as module
from shared.kernel.refolding import refold, refold_known
from shared.kernel.store.stored_fold import StoredFold
from shared.store.store_keeper import StoreKeeper
from tests.support.stored_journeys import BY_NAME, Desk, folded, journeys, known_by

CASES = 12
OLD_KNOWS_NOT = "CaseRouted"
"""What every service but the old one can read; all journeys come to it, in the middle of what is owed."""
READ_BY = ["notify", "sla", "casework"]


class Upgrade:
    """A service of an old version, which cannot read a type until it is the new one."""

    def __init__(self, desk: Desk) -> None:
        self.old = True
        self._evolve = desk.service.evolve
        desk.service = replace(desk.service, evolve=self.evolve)

    def evolve(self, state: Any, event: Event) -> Any:
        """As the service does, if it can read it."""
        if self.old and event.name == OLD_KNOWS_NOT:
            raise KeyError(event.name)
        return self._evolve(state, event)


async def refolded(desk: Desk, fold: StoredFold[Any]) -> list[str | None]:
    """Fold every blocked case anew; what keeps each from being read."""
    return list((await refold(desk.log, fold, list(fold.blocked))).values())


def case_by_case(known: dict[str, Any]) -> dict[str, Any]:
    """What a fold knows, with what is owed on each case in its order: among cases it may be another one."""
    return known | {"owed": sorted(known["owed"], key=itemgetter(1))}


@pytest.mark.parametrize("service", READ_BY)
async def test_a_case_that_is_folded_anew_is_as_if_it_had_always_been_read(tmp_path: Path, service: str) -> None:
    """State, timers, keys and what is owed; also once it was written down and read again."""
    desk = Desk(tmp_path, service, journeys(CASES))
    upgrade = Upgrade(desk)
    keeper = await desk.keeper()
    await desk.fold_on(keeper)
    fold = keeper.content
    await fold.progress.move(await desk.log.end(0))
    blocked = len(fold.blocked)
    in_vain = await refolded(desk, fold)
    upgrade.old = False
    done = await refolded(desk, fold)
    expected = known_by(folded(BY_NAME[service], await desk.read()))
    at_once = known_by(fold)
    await keeper.close()
    again = await desk.keeper()
    await desk.fold_on(again)

    assert blocked > CASES - 3
    assert (["KeyError"] * blocked, [None] * blocked) == (in_vain, done)
    assert case_by_case(expected) == case_by_case(at_once)
    assert expected == known_by(again.content)
    await again.close()


async def test_what_a_store_says_to_be_blocked_is_read_by_the_code_of_the_next_start(tmp_path: Path) -> None:
    """Once: what that code cannot read either stays blocked."""
    desk = Desk(tmp_path, "sla", journeys(CASES))
    upgrade = Upgrade(desk)
    keeper = await desk.keeper()
    await desk.fold_on(keeper)
    await keeper.close()
    for old, left in ((True, len(keeper.content.blocked)), (False, 0)):
        upgrade.old, again = old, await desk.keeper()
        await refold_known(desk.log, again.content)

        assert (left, ()) == (len(again.content.blocked), again.content.blocked_before)
        await again.close()


async def test_what_could_not_be_read_anew_since_the_log_went_away_is_read_at_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was tried once a start, and then never again."""
    desk = Desk(tmp_path, "sla", journeys(CASES))
    upgrade = Upgrade(desk)
    keeper = await desk.keeper()
    await desk.fold_on(keeper)
    await keeper.close()
    upgrade.old, again = False, await desk.keeper()
    with monkeypatch.context() as away:
        away.setattr(module, "_read", _away)
        with pytest.raises(OSError, match="away"):
            await refold_known(desk.log, again.content)
    await refold_known(desk.log, again.content)

    assert {} == again.content.blocked
    await again.close()


async def _away(*_: object) -> Record:
    raise OSError("the log went away")


async def test_a_case_is_folded_anew_while_its_partition_goes_on(tmp_path: Path) -> None:
    """What comes in meanwhile is in it once, also what a batch has folded half of."""
    desk = Desk(tmp_path, "sla", journeys(CASES))
    upgrade = Upgrade(desk)
    keeper = await desk.keeper()
    fold, records = keeper.content, await desk.read()
    while (case := records[fold.upto].key) not in fold.blocked:
        await desk.fold_on(keeper, 1)
    upgrade.old = False
    rest = records[fold.upto :]
    _, found = await asyncio.gather(goes_on(keeper, rest), refold(desk.log, fold, [case]))

    assert {case: None} == found
    assert (
        known_by(folded(BY_NAME["sla"], [r for r in await desk.read() if r.key == case]))["cases"][case]
        == (known_by(fold)["cases"][case])
    )
    await keeper.close()


async def goes_on(keeper: StoreKeeper[StoredFold[Any]], rest: list[Record]) -> None:
    """The partition's follower, others having their turn after each record."""
    for record in rest:
        keeper.content.apply(record)
        await asyncio.sleep(0)
