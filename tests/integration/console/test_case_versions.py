"""In which version cases are told: the newest that reference data allow now, and all of them in that one."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from services.console.analysis.unpublished import behind, clocks_of, counts_of, keep_published, next_page, states_of
from services.console.projection import projected_case
from services.console.projection.building import build
from services.console.projection.generations import generations
from services.console.projection.projector import _tell_again
from services.console.projection.state import FOLDS
from services.console.projection.tables import projection_offset
from shared.contract.case_changed import SHAPES, CaseAsItCounts, CaseChanged
from shared.contract.case_versions import FIRST, NAME, NEWEST
from shared.contract.envelope import type_of
from shared.process.settings import Settings
from tests.integration.console.test_cases_topic import last
from tests.integration.console.test_projection import journeys
from tests.support.case_versions import allow_cases, nothing_allowed
from tests.support.console_in_process import NOW, Console, all_told, running
from tests.support.console_stories import Story, shuffled
from tests.support.memory_log import MemoryLog

PAST = CaseChanged.model_fields.keys() - CaseAsItCounts.model_fields.keys()
"""What only the second version says."""
Told = dict[str, dict[str, Any]]


def versions(told: Told) -> set[str]:
    """The types of what is told of cases."""
    return {one["type"] for one in told.values()}


async def told_in(console: Console, version: int) -> Told:
    """What a reader keeps, once all cases are told in a version."""
    async with asyncio.timeout(30):
        while versions(found := last(await console.told())) != {type_of(NAME, version)}:
            await asyncio.sleep(0.02)
    return found


async def test_until_reference_data_allow_it_cases_are_told_without_their_past(tmp_path: Path) -> None:
    """A bank that has published nothing has asked none of its consumers: they get what they know, and all of it."""
    log = MemoryLog()
    async with running(Settings(data=tmp_path / "new"), log) as console:
        await console.append(shuffled(journeys()))
        newest = last(await console.told())
    async with running(Settings(data=tmp_path / "old"), log, nothing_allowed()) as console:
        first = last(await console.told())
    for version, told in ((FIRST, first), (NEWEST, newest)):
        for one in told.values():
            SHAPES[version].model_validate(one["data"])

    assert ({type_of(NAME, FIRST)}, {type_of(NAME, NEWEST)}) == (versions(first), versions(newest))
    assert {"states", "clocks", "history"} == PAST
    assert {id_: one["data"] for id_, one in first.items()} == {
        id_: {name: said for name, said in one["data"].items() if name not in PAST} for id_, one in newest.items()
    }
    assert [] == [id_ for id_, one in first.items() if one["id"] == newest[id_]["id"]]


async def test_a_permission_tells_every_case_again_with_its_past(console_places: Settings) -> None:
    """Once each, under another id and the same version of the case, so that readers take the later."""
    async with running(console_places, MemoryLog(), nothing_allowed()) as console:
        await console.append(shuffled(journeys()))
        first = await told_in(console, FIRST)
        before = await all_told(console.cases)
        allow_cases(console.reference, NEWEST)
        newest = await told_in(console, NEWEST)
        after = await all_told(console.cases)

    assert len(before) + len(first) == len(after)
    assert {id_: one["data"]["version"] for id_, one in first.items()} == {
        id_: one["data"]["version"] for id_, one in newest.items()
    }


@pytest.mark.parametrize("version", SHAPES)
async def test_built_anew_under_the_same_permission_it_says_the_same_to_the_byte(version: int, tmp_path: Path) -> None:
    """Whenever it was given: the version is that of the topic, not of when something was recorded."""
    async with running(Settings(data=tmp_path), MemoryLog(), nothing_allowed()) as console:
        await console.append(shuffled(journeys()))
        await told_in(console, FIRST)
        allow_cases(console.reference, version)
        before = await told_in(console, version)
        told = len(await all_told(console.cases))
        await build(console.log.partitions, console.generations, console.follow)
        async with asyncio.timeout(30):
            while len(await console.told()) < told + len(before):
                await asyncio.sleep(0.02)
        after = last(await all_told(console.cases))

    assert before == after


async def test_what_is_allowed_from_a_later_day_on_is_told_from_then_on(tmp_path: Path) -> None:
    """Nothing has to be published on that day, and no case has to change."""
    async with running(Settings(data=tmp_path), MemoryLog(), nothing_allowed()) as console:
        allow_cases(console.reference, NEWEST, NOW + timedelta(days=1))
        await console.append(Story(1).records())  # what is told after it was published is told knowing of it
        before = versions(last(await console.told()))
        console.clock.set(NOW + timedelta(days=1, seconds=1))
        after = versions(await told_in(console, NEWEST))

    assert ({type_of(NAME, FIRST)}, {type_of(NAME, NEWEST)}) == (before, after)


async def test_a_version_that_this_code_does_not_know_leaves_it_at_its_newest(tmp_path: Path) -> None:
    """As of events: whoever is older goes on writing what it knows."""
    published = nothing_allowed()
    allow_cases(published, NEWEST + 1)
    async with running(Settings(data=tmp_path), MemoryLog(), published) as console:
        await console.append(Story(1).records())

        assert {type_of(NAME, NEWEST)} == versions(last(await console.told()))


async def test_the_past_of_a_case_is_what_views_say_of_it(console: Console) -> None:
    """States, own clocks, and how it counted, by the columns that an export has under the same names."""
    await console.append(shuffled(journeys()))
    told = {id_: one["data"] for id_, one in last(await console.told()).items()}
    states = await viewed(console, "SELECT case_id, ordinal, entered, known_us FROM events WHERE entered IS NOT NULL")
    clocks = await viewed(console, f"SELECT case_id, {CLOCKS} FROM clocks WHERE duty_id IS NULL")  # noqa: S608
    history = await viewed(console, f"SELECT case_id, {HISTORY} FROM history")  # noqa: S608

    for id_, case in told.items():
        assert states[id_] == case["states"]
        assert case["state"] == case["states"][-1]["entered"]
        assert by_id(clocks.get(id_, [])) == by_id(case["clocks"])
        assert collapsed(history[id_]) == case["history"]
    assert any(case["clocks"] for case in told.values())
    assert max(len(case["history"]) for case in told.values()) > 1
    assert max(len(case["states"]) for case in told.values()) > 3


CLOCKS = (
    "clock_id, milestone, state, due_at, met_at, in_time, breached_at, breach_known_late_seconds, "
    "late_by_working_days, late_by_seconds, late_whose, stopped_at"
)
TOLD = ("received_on", "not_accepted", "clocks_judged", "clocks_kept")
HISTORY = f"ordinal, known_from_us, known_until_us, {', '.join(TOLD)}"


def collapsed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ways of counting without a break where what is told of them is the same."""
    found: list[dict[str, Any]] = []
    for row in rows:
        if found and all(found[-1][name] == row[name] for name in TOLD):
            found[-1] |= {"known_until_us": row["known_until_us"]}
        else:
            found.append(row)
    return found


def by_id(clocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Clocks in the order of their ids."""
    return sorted(clocks, key=lambda clock: str(clock["clock_id"]))


async def viewed(console: Console, query: str) -> dict[str, list[dict[str, Any]]]:
    """What a view says of each case, in its order."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with console.live.following.database.read() as connection:
        for row in (await connection.exec_driver_sql(query)).mappings():
            one = dict(row)
            found.setdefault(one.pop("case_id"), []).append(one)
    return {id_: sorted(rows, key=lambda row: row.get("ordinal", 0)) for id_, rows in found.items()}


async def test_the_past_of_cases_is_looked_up_and_never_scanned(desk: Console) -> None:
    """Of a case with any number of events only those are read that brought it to another state."""
    plans = [await desk.live.following.database.plan(query(["a", "b"])) for query in (states_of, clocks_of, counts_of)]

    assert [] == [step for plan in plans for step in plan if "SCAN" in step]
    assert any("USING COVERING INDEX event_by_entered" in step for step in plans[0]), plans[0]


async def test_a_case_that_can_be_read_again_is_told_again_without_a_further_event(
    console_places: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the states that it went through meanwhile."""
    story, log = Story(1).does("luo.tian", "accept-handover").clock(), MemoryLog()
    await log.append(story.records())
    with monkeypatch.context() as old_code:
        old_code.setattr(projected_case, "FOLDS", FOLDS - {"HandoverAccepted"})
        async with running(console_places, log) as console:
            before = last(await console.told())[story.id]["data"]
    async with running(console_places, log) as console:
        after = last(await console.told())[story.id]["data"]
        states = await viewed(console, "SELECT case_id, ordinal, state FROM events")

    assert [True, "routed"] == [before["blocked"], before["states"][-1]["entered"]]
    assert [False, "accepted"] == [after["blocked"], after["states"][-1]["entered"]]
    assert ["received", "routed", "accepted", "accepted"] == [row["state"] for row in states[story.id]]


async def test_a_page_that_is_being_published_when_a_case_can_be_read_again_keeps_no_place(tmp_path: Path) -> None:
    """It was read before, and says that the case is blocked: whatever else was published, it is told again."""
    kept = generations(Settings(data=tmp_path))
    database = await kept.open(1)
    await database.create(1)
    writer = database.writer
    with writer.changing() as connection:
        connection.execute(update(projection_offset).values(published_offset=5, next_offset=20))
    page = next_page(writer, 0)
    assert page is not None
    with writer.changing() as connection:
        _tell_again(connection, 0, 12)
    keep_published(writer, 0, page)
    waits = behind(writer)
    await database.close()
    await kept.close()

    assert ((5, 20), [0]) == ((page.since, page.until), waits)
