"""The bank changes while a case goes through the levels: somebody who is there passes it on, and it has an end."""

from datetime import timedelta

import pytest

from shared.case.core import CaseCore
from tests.support.banks import BANKS, publish, published
from tests.support.exits import Helper
from tests.support.facts import receipt
from tests.support.world import World

EXAMPLE = BANKS["example"]
OFFICE = "- unit: dongqiao\n  post: general_office\n  holders:\n  - wu.qing\n"
"""The office of the sub-branch, as the file has it."""
LEFT = ("- id: wu.qing\n", "- id: wu.qing\n  until: 2020-03-04\n")
NO_OFFICE = (OFFICE, "")
VANISHED = ("- id: dongqiao\n", "- id: dongqiao\n  until: 2020-03-04\n")


def letter(change: tuple[str, str] | None, passed: int = 0) -> World:
    """A letter to the province about lending; the bank changes once so many levels have passed it on."""
    known = published("example")
    world = World(receipt(channel="letter", received_by={"unit": "province", "person": None}), known)
    world.settle()
    for person in ("ye.lan", "wu.qing")[:passed]:
        world.passes(timedelta(minutes=1))
        assert world.acts(person, "pass-down", {})
        world.settle()
    if change is not None:
        assert change[0] in EXAMPLE
        publish(known, EXAMPLE.replace(*change, 1), world.now)
    world.passes(timedelta(minutes=1))
    world.settle()
    return world


def levels(world: World, kind: str) -> list[tuple[str | None, str]]:
    """The open duties of a kind, each by its level and the unit that owes it."""
    core: CaseCore = world.state("casework").core
    return [(duty.terms.level, duty.terms.debtor.unit) for duty in core.open_duties(kind)]


def test_as_it_is_the_case_goes_through_both_offices() -> None:
    """What the changes are held against."""
    world = letter(None)

    assert [("province", "province"), ("dongqiao", "dongqiao")] == levels(world, "pass_down")


def test_a_level_that_the_case_comes_back_to_reports_again() -> None:
    """The unit complained of was another one for a while: whoever handles the case again owes the report again."""
    world = letter(None)
    first = levels(world, "report_up")
    handler = world.state("casework").core.handler
    for unit in ("dongqiao.hall", handler.unit):
        world.passes(timedelta(minutes=1))
        assert world.acts("ye.lan", "assign-unit", {"unit": unit, "ground": "更正。"})
        world.settle()

    assert sorted(first) == sorted(levels(world, "report_up"))
    assert Helper(world, answers=True).brings_it_home()


@pytest.mark.parametrize("passed", [0, 1])
@pytest.mark.parametrize("change", [LEFT, NO_OFFICE, VANISHED], ids=["left", "no office", "vanished"])
def test_a_level_that_nobody_holds_any_more_is_passed_over(change: tuple[str, str], passed: int) -> None:
    """The nearest office above is the level; neighbours with one holder are one, and the case comes to the archive."""
    world = letter(change, passed)

    assert "dongqiao" not in {unit for _, unit in levels(world, "pass_down") + levels(world, "report_up")}
    assert [("province", "province")] == levels(world, "pass_down")
    assert Helper(world, answers=True).brings_it_home()


def test_a_level_that_is_on_the_way_again_owes_its_report_again() -> None:
    """The case went to an outlet and came back to its parent, since the head of the outlet is concerned."""
    known = published("example")
    world = World(receipt(channel="letter", matter={"complained_unit": "dongqiao"}), known)
    world.settle()
    before = levels(world, "report_up")
    for person, act, body in (
        ("wu.qing", "assign-unit", {"unit": "dongqiao.harbour", "ground": "港口网点的事。"}),
        ("cen.lu", "name-party", {"person": "cen.lu", "ground": "本人经办。"}),
    ):
        world.passes(timedelta(minutes=1))
        assert world.acts(person, act, body)
        world.settle()

    assert [("dongqiao", "dongqiao")] == before == levels(world, "report_up")
    assert Helper(world, answers=True).brings_it_home()
