"""A database built anew beside the one that serves, on both databases: no gap, nothing old left, one builder."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.event import listen
from structlog.testing import capture_logs

from ops.verify import naive_console
from services.console.projection import database, fitting
from services.console.projection.building import Built, NotBuilt, build
from services.console.projection.database import Database
from services.console.projection.dump import dump
from services.console.projection.following import Following
from services.console.projection.generations import RebuildRunning, SqliteGenerations, generations
from services.console.projection.projector import Projector
from services.console.projection.tables import SCHEMA, case, meta
from shared.contract.records import Outgoing
from shared.process.settings import Settings
from tests.support.console_in_process import Console, running
from tests.support.console_stories import Story, shuffled
from tests.support.memory_log import MemoryLog

pytestmark = pytest.mark.usefixtures("nothing_left_open")


async def spoil(console: Console) -> None:
    """Make the live database say something that the log does not."""
    live = console.live.following.database
    async with live._engine.begin() as connection:
        await connection.execute(update(case).values(state="lost"))


async def rebuilt(console: Console) -> Built:
    """Build a generation anew from the console's log."""
    return await build(console.log.partitions, console.generations, console.follow)


async def state(console: Console, story: Story) -> str:
    """What the console answers."""
    found: dict[str, Any] = await console.json(f"/v1/cases/{story.id}")
    return str(found["state"])


async def changed(console: Console, number: int) -> None:
    """Wait until a generation answers."""
    async with asyncio.timeout(30):
        while console.live.following.database.number != number:
            await asyncio.sleep(0.01)


async def test_a_rebuilt_database_takes_over_while_the_old_one_serves(console: Console) -> None:
    """The old one answers until the new one is as far; then the old one is gone."""
    story = Story(1).clock()
    await console.append(shuffled([story, Story(2)]))
    await spoil(console)
    before = await state(console, story)
    built = await rebuilt(console)
    await changed(console, 2)
    after = await state(console, story)
    await console.append(story.does("luo.tian", "accept-handover").records()[3:])
    async with asyncio.timeout(30):
        while await console.generations.numbers() != [2]:
            await asyncio.sleep(0.01)

    assert ["lost", "routed", "accepted"] == [before, after, await state(console, story)]
    assert (2, 5) == (built.number, built.events)
    assert 2 == await console.generations.live()


async def test_what_comes_in_during_a_rebuild_is_in_both(console: Console) -> None:
    """The new database reads on from where its building ended: no event is lost between the two."""
    stories = [Story(number) for number in range(1, 40)]
    await console.append(shuffled(stories[:20]))
    building = asyncio.create_task(rebuilt(console))
    for story in stories[20:]:
        await console.append(story.records())
    await building
    await changed(console, 2)
    await console.caught_up()
    expected = naive_console.console(record.value for story in stories for record in story.records())

    assert expected == await dump(console.live.following.database)


async def test_answers_never_go_back_in_time_over_a_change(console: Console) -> None:
    """Whoever waits with `after` gets its place from the old or the new one, all the while."""
    story = Story(1)
    positions = await console.append(story.records())
    after = f"{positions[-1].partition}:{positions[-1].offset}"
    building = asyncio.create_task(rebuilt(console))
    seen = []
    while console.live.following.database.number == 1:
        seen.append((await console.json(f"/v1/cases/{story.id}", after=after))["state"])
        await asyncio.sleep(0)
    await building

    assert {"routed"} == {*seen, await state(console, story)}


async def test_only_one_rebuild_runs_at_a_time(console: Console) -> None:
    """409 `rebuild_running`; the right is free again afterwards."""
    other = generations(console.settings)
    try:
        async with other.building():
            with pytest.raises(RebuildRunning):
                await rebuilt(console)
    finally:
        await other.close()

    assert 2 == (await rebuilt(console)).number


async def test_a_rebuild_that_was_killed_leaves_nothing_that_counts(console: Console) -> None:
    """Its half-built database is never live, and the next one begins anew."""
    await console.append(Story(1).records())
    half = await console.generations.open(2)
    await half.create(4)
    await half.close()
    built = await rebuilt(console)
    await changed(console, 2)

    assert (2, 2) == (built.number, built.events)
    assert "routed" == await state(console, Story(1))


async def test_a_rebuild_names_the_cases_that_cannot_be_read(console: Console) -> None:
    """Once it is done, whoever gave it."""
    story, other = Story(1), Story(2)
    await console.append([Outgoing(story.id, b"{", []), *other.records()])

    assert [story.id] == (await rebuilt(console)).blocked


async def test_a_rebuild_for_which_there_is_no_room_is_given_up_and_leaves_nothing(tmp_path: Path) -> None:
    """Nobody waits for ever, and what was written takes no room; what serves is left alone."""
    kept, log = SqliteGenerations(tmp_path), MemoryLog()
    await log.append([one for number in range(200) for one in Story(number).records()])

    def follow(database: Database) -> Following:
        full = database.writer._engine
        listen(full, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1").close())
        return Following(log, Projector(database))

    with pytest.raises(NotBuilt, match="room on its disk"):
        await build(log.partitions, kept, follow, give_up_seconds=0)

    assert (None, []) == (await kept.live(), await kept.numbers())


def of_version(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the console be of another version, which reads and writes other tables."""
    for module in (database, fitting):
        monkeypatch.setattr(module, "SCHEMA", number)


async def unfit(lines: list[Any]) -> None:
    """Wait until a console has told that somebody else's generation is none for it."""
    async with asyncio.timeout(30):
        while not [one for one in lines if one["event"] == "console.generation_unfit"]:
            await asyncio.sleep(0.01)


async def test_what_newer_code_has_built_is_left_to_newer_code(
    console_places: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who upgrades may build anew before the console is started again, and it may be started again before it is
    upgraded: it answers from what it has, and who is upgraded from what was built.
    """
    log, story, seen = MemoryLog(), Story(1).clock(), list[tuple[int, int, str]]()
    async with running(console_places, log) as console:
        await console.append(shuffled([story]))
        with capture_logs() as lines:
            of_version(monkeypatch, SCHEMA + 1)
            await rebuilt(console)
            of_version(monkeypatch, SCHEMA)
            await unfit(lines)
        await console.append(story.does("luo.tian", "accept-handover").records()[3:])
        assert ("accepted", 1) == (await state(console, story), console.live.following.database.number)
    for version in (SCHEMA, SCHEMA + 1):
        of_version(monkeypatch, version)
        async with running(console_places, log) as console:
            following = console.live.following
            seen.append((following.database.number, following.projected, await state(console, story)))

    assert [(1, 0, "accepted"), (2, len(story.records()) - 3, "accepted")] == seen


async def test_a_newer_database_that_could_not_be_read_at_first_is_looked_at_again(
    console_places: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its disk or its server may have been away for a moment: no restart is needed, and it is told once."""
    async with running(console_places, MemoryLog()) as console:
        with capture_logs() as lines:
            of_version(monkeypatch, SCHEMA + 1)
            await rebuilt(console)
            of_version(monkeypatch, SCHEMA)
            await unfit(lines)
            of_version(monkeypatch, SCHEMA + 1)
            await changed(console, 2)

    assert 1 == sum(one["event"] == "console.generation_unfit" for one in lines)


async def test_consoles_of_two_versions_take_turns_and_build_nothing_twice(
    console_places: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Upgraded, gone back, upgraded again: each goes on where it was and tells every case anew, since the other may
    tell it in another way. The generation before the last upgrade is removed by the next one.
    """
    log, seen, kept = MemoryLog(), list[tuple[int, int, int]](), list[list[int]]()
    for life, version in enumerate((0, 1, 0, 1, 2)):
        of_version(monkeypatch, SCHEMA + version)
        async with running(console_places, log) as console:
            await console.append(Story(life).records())
            cases, following = {one["data"]["case_id"] for one in await console.told()}, console.live.following
            seen.append((following.database.number, following.projected, len(cases)))
            kept.append(await console.generations.numbers())
            assert following.database.number == await console.generations.live()

    assert [(1, 2, 1), (2, 4, 2), (1, 4, 3), (2, 4, 4), (3, 10, 5)] == seen
    assert [[1], [1, 2], [1, 2], [1, 2], [2, 3]] == kept


async def test_a_database_of_another_age_is_built_anew_at_the_start(console_places: Settings) -> None:
    """Its tables are not those of this code: a fresh one is read from the beginning, before anybody is answered."""
    log, story = MemoryLog(), Story(1)
    async with running(console_places, log) as console:
        await console.append(story.records())
        async with console.live.following.database._engine.begin() as connection:
            await connection.execute(update(meta).values(schema_number=0))
    async with running(console_places, log) as console:
        found = await state(console, story)
        number = console.live.following.database.number

    assert ("routed", 2) == (found, number)
    async with running(console_places, log) as console:
        assert [1, 2] == await console.generations.numbers()


async def test_a_database_of_another_log_stops_the_process(console_places: Settings) -> None:
    """It has read further than this log goes: nothing it says can be trusted."""
    log = MemoryLog()
    async with running(console_places, log) as console:
        await console.append(Story(1).records())
    with pytest.raises(AssertionError, match="ProjectionAhead"):
        async with running(console_places, MemoryLog()):
            pass
