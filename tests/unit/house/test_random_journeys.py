"""Random journeys: people act, services lag behind each other, facts cross, letters fail, the bank changes.

Two things hold of each: every fold ends as the log alone says, and from where it ended somebody entitled brings the
case to the archive by true acts. A failure names the seed and the fewest steps that still fail:
``pytest tests/unit/house/test_random_journeys.py --journeys-from SEED --journeys 1`` tells that journey again.
"""

from typing import Any

import pytest

from ops.verify import naive_fold
from ops.verify.services import SERVICES
from services.casework.decisions import COMMANDS
from shared.contract.channels import CHANNELS
from shared.contract.envelope import to_json
from tests.support.exits import NOT_TRUE, Helper
from tests.support.facts import CASE
from tests.support.journey import STEPS, answers, channels, shortened, story, told
from tests.support.world import World

AT_ONCE = 25
"""Journeys of one test."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Share the journeys out among tests."""
    if "seeds" in metafunc.fixturenames:
        first, count = metafunc.config.getoption("journeys_from"), metafunc.config.getoption("journeys")
        all_ = range(first, first + count)
        parts = [all_[at : at + AT_ONCE] for at in range(0, count, AT_ONCE)]
        metafunc.parametrize("seeds", parts, ids=[f"{part[0]}-{part[-1]}" for part in parts])


def test_every_journey_folds_to_what_the_log_alone_says_and_has_an_exit(seeds: range) -> None:
    """Owners, duties, clocks, letters, field by field; and then the archive."""
    for seed in seeds:
        world = told(seed)
        world.settle()
        assert [] == _told_otherwise(world), f"journey {seed}: {shortened(seed, _differs)}\n{story(world)}"
        if not Helper(world, answers(seed)).brings_it_home():
            pytest.fail(_stuck(seed))


def _stuck(seed: int) -> str:
    """The shortest telling of a journey that has no exit, with what was tried."""

    def stays(world: World) -> bool:
        return not Helper(world, answers(seed)).brings_it_home()

    steps = shortened(seed, stays)
    world = told(seed, steps)
    stays(world)
    return f"journey {seed} has no exit after the steps {steps}\n{story(world)}"


def _differs(world: World) -> bool:
    world.settle()
    return bool(_told_otherwise(world))


def _told_otherwise(world: World) -> list[str]:
    """In what the folds differ from each other, or from the independent reading."""
    expected = naive_fold.fold(to_json(one) for one in world.log)
    found = [
        f"{service.name}: {difference}"
        for service in SERVICES
        for difference in naive_fold.differences(
            expected[service.name][CASE], _plain(service.dump(world.state(service.name)))
        )
    ]
    cores = {name: str(world.state(name).core) for name in world.readers}
    return found + [name for name, core in cores.items() if core != cores["routing"]]


def _plain(dump: Any) -> Any:
    """Tuples as lists, as JSON has them."""
    if isinstance(dump, dict):
        return {key: _plain(value) for key, value in dump.items()}
    return [_plain(value) for value in dump] if isinstance(dump, list | tuple) else dump


def test_journeys_come_to_every_act_that_is_declared() -> None:
    """A property over journeys that never come to an act would say nothing of it."""
    done: set[str] = set()
    for seed in range(400):
        world = told(seed)
        if seed % 5 == 0:  # what comes late in a case is seldom come to by chance
            Helper(world, answers(seed)).brings_it_home()
        done |= {one.name for one in world.log}
        if done >= {declared.becomes.__name__ for declared in COMMANDS.values()}:
            break

    assert set() == {declared.becomes.__name__ for declared in COMMANDS.values()} - done


def test_journeys_meet_facts_from_outside() -> None:
    """Letters that come back, verdicts of a scanner, messages in conflict or unread, candidates that are confirmed."""
    met: set[str] = set()
    wanted = {"LetterReturned", "clean", "infected", "ReceiptConflictDetected", "unreadable", "candidate"}
    for seed in range(400):
        for one in told(seed).log:
            met |= _met(one)
        if met >= wanted:
            break

    assert set() == wanted - met


def _met(one: Any) -> set[str]:
    if one.name == "EvidenceScanned":
        return {"infected" if one.data["infected"] else "clean"}
    candidate = {"candidate"} if (one.data.get("details") or {}).get("candidate") else set()
    return {one.name, *(one.data.get("warnings") or ()), *candidate}


def test_what_is_no_way_out_is_declared() -> None:
    """A command that is renamed is not forgotten among those that the helper leaves alone."""
    assert set() == NOT_TRUE.keys() - COMMANDS.keys()


def test_journeys_begin_on_every_channel() -> None:
    """There is a command, a letter or the receipt for whatever is owed on it."""
    assert {*CHANNELS} == set(channels())


def test_a_journey_is_the_same_each_time_it_is_told() -> None:
    """Its seed is all there is to it."""
    first, again = told(7), told(7)

    assert [one.id for one in first.log] == [one.id for one in again.log]
    assert STEPS == len(shortened(7, lambda world: False))
