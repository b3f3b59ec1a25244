"""A reference file that drops what an open case names is refused, and what was dropped all the same is still found."""

from typing import Any

import pytest
import yaml

from ops.local.open_cases import FOLDED, OpenCase, OpenCases, check_dropped, may_drop
from services.sla.decisions import SERVICE as SLA
from shared.bank.ladder import PeopleSearch
from shared.bank.organisation_file import parse_organisation
from shared.contract.envelope import outgoing
from shared.contract.events.base import PostAt
from shared.errors import BadReference
from shared.kernel.fold import Fold
from tests.support.banks import EXAMPLE, publish, published
from tests.support.exits import Helper
from tests.support.facts import NOW, Given, document, event, receipt
from tests.support.stored_journeys import records
from tests.support.world import World


def changed(**gone: Any) -> str:
    """The example bank without a unit and everything of it, without a person, or with an end instead."""
    raw = yaml.safe_load(EXAMPLE)
    unit, person, until = gone.get("unit"), gone.get("person"), gone.get("until")
    raw["posts"] = [row for row in raw["posts"] if row["unit"] != unit and (until or person not in row["holders"])]
    raw["people"] = [row for row in raw["people"] if row["unit"] != unit and (until or row["id"] != person)]
    raw["units"] = [row for row in raw["units"] if row["id"] != unit]
    for row in (*raw["people"], *raw["units"], *raw["posts"]):
        if until is not None and (row.get("id") or f"{row.get('unit')}/{row.get('post')}") == until:
            row["until"] = yaml.safe_load("2020-03-04")
    return yaml.safe_dump(raw, allow_unicode=True, sort_keys=False)


def case() -> OpenCase:
    """A telephone case about the lending department, as publishing folds it."""
    world = World(receipt(), published("example"))
    world.settle()
    given = Given(FOLDED)  # type: ignore[arg-type] # a reader of the log that decides nothing
    for one in world.log:
        given.fold(one)
    state = given.state
    assert isinstance(state, OpenCase)
    assert SLA.name == "sla"
    return state


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ({"unit": "dongqiao.lending"}, "unit 'dongqiao.lending': 20200305-0000000001-1"),
        ({"unit": "dongqiao.lending"}, "post 'dongqiao.lending/unit_head'"),
        ({"person": "luo.tian"}, "person 'luo.tian'"),
        ({"person": "lin.fang"}, "post 'dongqiao/complaint_post'"),
    ],
)
def test_an_organisation_that_drops_what_an_open_case_names_is_refused(gone: dict[str, str], told: str) -> None:
    """It lists what, and the cases."""
    known, fresh = published("example"), document("organisation", "bank", changed(**gone))

    assert may_drop(known, [fresh])
    with pytest.raises(BadReference, match="Give it an end") as refused:
        check_dropped(known, [fresh], OpenCases([case()], []))
    assert told in str(refused.value)


def test_a_case_with_a_type_that_this_version_does_not_know_may_name_anything() -> None:
    """In the middle of an upgrade: what drops something waits, and says for which case; with an end it does not."""
    received = event(receipt())
    tomorrow = received._replace(id="f" * 36, type="redress.FlowersSent.v1", data={})
    fold, found = Fold(FOLDED, 0), OpenCases([], [])
    for record in records([outgoing(received), outgoing(tomorrow)]):
        fold.apply(record)
    found.add(fold)
    known, gone = published("example"), document("organisation", "bank", changed(unit="dongqiao.harbour"))

    assert ([], [received.subject]) == (found.known, found.unread)
    with pytest.raises(BadReference, match=f"cannot be read by this version and may name anything: {received.subject}"):
        check_dropped(known, [gone], found)
    check_dropped(known, [document("organisation", "bank", changed(until="luo.tian"))], found)


def test_what_no_open_case_names_may_go() -> None:
    """The harbour outlet has no case."""
    fresh = document("organisation", "bank", changed(unit="dongqiao.harbour"))

    check_dropped(published("example"), [fresh], OpenCases([case()], []))


def test_a_pack_that_drops_a_class_that_a_clock_runs_by_is_refused() -> None:
    """The clock would be computed anew by a class that is not there."""
    known = published("example")
    text = known.versions("pack", "cn-bank-internal")[-1].content
    raw = yaml.safe_load(text)
    raw["classes"]["plain"] = raw["classes"].pop("ordinary")
    raw["unclassified"] = "plain"
    fresh = document("pack", "cn-bank-internal", yaml.safe_dump(raw, allow_unicode=True))

    with pytest.raises(BadReference, match="class 'cn-bank-internal/ordinary'"):
        check_dropped(known, [fresh], OpenCases([case()], []))


def test_a_calendar_that_becomes_another_countrys_is_refused() -> None:
    """Clocks count its days."""
    known = published("example")
    text = known.versions("calendar", "cn-2020")[-1].content.replace("country: CN", "country: SG")

    with pytest.raises(BadReference, match="calendar 'cn'"):
        check_dropped(known, [document("calendar", "cn-2020", text)], OpenCases([case()], []))


@pytest.mark.parametrize("until", ["dongqiao.lending", "dongqiao.lending/unit_head", "luo.tian"])
def test_an_end_instead_moves_the_case_up_the_ladder(until: str) -> None:
    """A unit, a post or a person whose last day is over: the next above handles."""
    world = World(receipt(), published("example"))
    world.settle()
    fresh = changed(until=until)
    assert not may_drop(world.known, [document("organisation", "bank", fresh)])
    publish(world.known, fresh, world.now)
    world.settle()

    assert (
        PostAt(unit="dongqiao", post="operations_supervisor", person="he.yun")
        == PeopleSearch(parse_organisation(fresh), frozenset(), NOW.date()).handler("dongqiao.lending")[0]
    )
    left = until == "luo.tian"  # who is still there keeps the cases he has
    assert ("he.yun" if left else "luo.tian") == world.state("casework").core.handler.person
    assert Helper(world, answers=True).brings_it_home()


@pytest.mark.parametrize("gone", [{"unit": "dongqiao.lending"}, {"person": "luo.tian"}, {"person": "lin.fang"}])
@pytest.mark.parametrize("routed", [True, False])
def test_a_case_that_names_what_was_dropped_meanwhile_has_an_exit(gone: dict[str, str], routed: bool) -> None:
    """It came in while the file was published: nothing fails, and it goes up the ladder."""
    world = World(receipt(), published("example"))
    if routed:
        world.settle()
    publish(world.known, changed(**gone), world.now)
    world.settle()

    assert Helper(world, answers=True).brings_it_home()
