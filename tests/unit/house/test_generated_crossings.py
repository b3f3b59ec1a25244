"""Whatever two services can decide on one basis folds to one case, in either order, in every service.

The pairs are drawn: at some instant of a random journey each service decides all that it could append next, and each
of these crosses each of another service's. A fact of a new type takes part as soon as something decides it.
"""

from collections import Counter
from functools import lru_cache
from itertools import combinations
from random import Random
from typing import Any

import pytest

from ops.verify import naive_fold
from ops.verify.services import SERVICES
from shared.case.core import CaseCore
from shared.contract.envelope import Event, to_json
from shared.contract.events.base import CATALOGUE
from tests.support.crossing import Decided, after, basis, decided, reported_up
from tests.support.facts import CASE
from tests.support.world import World

BASES = 25
"""How many instants of journeys are looked at; each gives some thirty pairs."""
NOBODY_DECIDES = {"DutiesAdded", "CommandRefused", "BoxReviewMissed"}
"""Types that no decision on a case makes so far, and the one that changes nothing but who is told."""
SELDOM = {"AssistanceGiven", "ClockRecomputed"}
"""What comes so late, on so few cases, that hardly any basis comes to it."""
PASSED_UP = "ReportPassedUp"
"""What comes late too: the journeys are looked through until one has it, from the seed on that is known to."""
ON_THE_WAY_UP = range(55, 400)
OF_NO_CASE = {"BoxReviewMissed"}
"""What is said of an opinion box: no fact of a case crosses it."""
OF_SYSTEMS = {"WebhookAgreed", "WebhookDelivered", "WebhookGivenUp"}
"""What channel systems were told, in a bank that has told us where: nothing that counts of a case rests on it."""
ONCE_EACH = {"promise"}
"""Duties of which a case can have several at once: each was promised for itself."""


def meaning(core: CaseCore) -> dict[str, Any]:
    """What counts of a case, whatever the order of the log."""
    duties = Counter((d.terms.kind, d.terms.level, d.terms.debtor) for d in core.open_duties())
    owners = (core.first_asked, core.accepting, core.handler, core.agent, core.escalated_to)
    return {
        "owners": owners, "life": core.life, "open": duties, "acts": {name for name, _ in core.counting_acts},
        "about": (core.complained_unit, core.reason, core.level), "parties": sorted(core.parties),
        "refused": sorted(core.refused_units),
    }  # fmt: skip


@lru_cache
def drawn(seed: int) -> tuple[World, tuple[Decided, ...]]:
    """A basis, and what everybody could append next."""
    world = basis(seed)
    return world, tuple(decided(world, Random(seed)))


def _after(world: World, events: list[Event]) -> dict[str, Any]:
    """What the case means after these events, the same in every service and in the independent reading."""
    states = {service.name: after(world, service.name, events) for service in SERVICES}
    found = {name: meaning(state.core) for name, state in states.items()}
    assert [name for name in found if found[name] != found["routing"]] == []
    expected = naive_fold.fold(to_json(one) for one in [*world.log, *events])
    for service in (SERVICES[0], SERVICES[1]):
        assert [] == naive_fold.differences(expected[service.name][CASE], _plain(service.dump(states[service.name])))
    return found["routing"]


def _plain(dump: Any) -> Any:
    if isinstance(dump, dict):
        return {key: _plain(value) for key, value in dump.items()}
    return [_plain(value) for value in dump] if isinstance(dump, list | tuple) else dump


@lru_cache
def passing_up() -> tuple[World, tuple[Decided, ...]]:
    """A basis on which a level can pass the report up, and what everybody could append next."""
    for seed in ON_THE_WAY_UP:
        world = reported_up(seed)
        all_ = tuple(decided(world, Random(seed))) if world is not None else ()
        if world is not None and PASSED_UP in {event.name for one in all_ for event in one.events}:
            return world, all_
    raise AssertionError("no journey comes to a report that is passed up")


def _crosses(one: Decided, other: Decided, world: World, about: str) -> None:
    """Two answers on one basis are one case in either order, and nothing is owed twice."""
    about = f"{about}: {one.name} ({one.service}) × {other.name} ({other.service})"
    first = _after(world, [*one.events, *other.events])
    second = _after(world, [*other.events, *one.events])
    assert first == second, about
    owed = Counter((kind, level) for kind, level, _ in first["open"].elements() if kind not in ONCE_EACH)
    assert [] == [duty for duty, times in owed.items() if times > 1], about


@pytest.mark.parametrize("seed", range(BASES))
def test_whatever_crosses_is_one_case_in_either_order(seed: int) -> None:
    """And nothing is owed by two people at once, or twice."""
    world, all_ = drawn(seed)
    if world.state("routing") is None or world.state("notify") is None:
        return
    for one, other in combinations(all_, 2):
        if one.service == other.service:
            continue
        _crosses(one, other, world, f"journey {seed}")


def test_a_report_on_its_way_up_crosses_whatever_others_say() -> None:
    """A rerouting that changes the chain, a clock, a letter: the level's report counts once, wherever it lies."""
    world, all_ = passing_up()
    (passed,) = [one for one in all_ if one.name == PASSED_UP]
    others = [one for one in all_ if one.service != passed.service]
    for other in others:
        _crosses(passed, other, world, "on the way up")

    assert others


def test_every_type_that_a_service_can_append_crosses_something() -> None:
    """The catalogue says which there are: a new one is decided somewhere here, or this fails."""
    expected = {name for name, data in CATALOGUE.items() if data.producer in {service.name for service in SERVICES}}
    met = {event.name for one in passing_up()[1] for event in one.events}
    for seed in range(10 * BASES):
        met |= {one.name for answer in drawn(seed)[1] for one in answer.events}
        if met >= expected - NOBODY_DECIDES - SELDOM - OF_NO_CASE - OF_SYSTEMS:
            break

    assert set() == expected - met - NOBODY_DECIDES - SELDOM - OF_NO_CASE - OF_SYSTEMS
