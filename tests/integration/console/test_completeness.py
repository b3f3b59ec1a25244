"""What is counted of all cases: moved by what each batch changed, the same as if all were gone through."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from services.console.projection import projected_case, projector
from services.console.projection.completeness import Completeness, Found, found_in
from services.console.projection.counting_tables import figure
from services.console.projection.database import Database
from services.console.projection.figures import Figures
from services.console.projection.hops import BLOCKED_STATE, HOP, MISSING, STATE
from services.console.projection.projected_case import ProjectedCase
from services.console.projection.state import FOLDS
from services.console.projection.tables import SINCE, case
from shared.process.clock import SteeredClock, SystemClock
from shared.process.settings import Settings
from tests.integration.console.test_projection import journeys
from tests.support.console_in_process import NOW, Console, running
from tests.support.console_stories import Story, shuffled
from tests.support.memory_log import MemoryLog

DAYS = 10
RECEIVED = "2020-03-05T10:00:00+08:00"


def database_of(console: Console) -> Database:
    """The database that answers."""
    return console.live.following.database


async def counted(console: Console, now: datetime = NOW) -> Found:
    """What is counted now."""
    return await found_in(database_of(console), now, DAYS)


async def figures_of(console: Console) -> Counter[tuple[str, str]]:
    """The figures as they stand, without those of none."""
    return +Counter((await counted(console)).figures)


async def gone_through(stories: list[Story]) -> Counter[tuple[str, str]]:
    """The same, case by case, each folded anew by itself."""
    log = MemoryLog()
    await log.append(shuffled(stories))
    found: Counter[tuple[str, str]] = Counter()
    for partition in range(log.partitions):
        cases: dict[str, ProjectedCase] = {}
        for record in await (await log.read(partition)).batch(0):
            one = cases.setdefault(record.key, ProjectedCase(record.key, partition))
            one.take(record, projected_case.BatchRows())
        figures = Figures()
        for one in cases.values():
            figures.move(partition, *one.stand(0))
        found.update({(row["kind"], row["name"]): row["number"] for row in figures.rows()})
    return found


async def test_figures_are_what_going_through_all_cases_would_count(console: Console) -> None:
    """However the records came in batches, and although cases are forgotten and read back in between."""
    stories = journeys()
    for record in shuffled(stories):
        await console.append([record])
    found = await figures_of(console)

    assert await gone_through(stories) == found
    assert len(stories) == found[HOP, "received"]
    assert len(stories) - 1 == found[HOP, "routed"]


async def test_a_case_that_was_forgotten_is_not_counted_twice(
    console_places: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for one case in memory each further record finds its case in the database."""
    monkeypatch.setattr(projector.Projector.__init__, "__defaults__", (1, projector._system_us))
    stories = journeys()
    async with running(console_places, MemoryLog()) as console:
        for record in shuffled(stories):
            await console.append([record])

        assert await gone_through(stories) == await figures_of(console)


async def test_what_a_case_misses_is_known_since_the_first_moment(console_places: Settings) -> None:
    """A restart and a further fact of the same case leave that moment as it is."""
    story, log = Story(1, routed=False).clock(), MemoryLog()
    received, clocked = story.records()
    async with running(console_places, log) as console:
        await console.append([received])
        first = (await counted(console)).gaps["routed"]
    async with running(console_places, log) as console:
        await console.append([clocked, *Story(2).records()])
        both = await counted(console)

    assert (1, (story.id,)) == (first.number, first.cases)
    assert first == both.gaps["routed"]
    assert 1 == both.gaps["clocked"].number
    assert 0 == both.gaps["acknowledged"].number
    assert 1 == both.figures[HOP, "clocked"]


async def test_a_case_that_blocks_counts_as_blocked_until_code_reads_it(
    console_places: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures of what was folded of it before are taken back, and come again with the rest."""
    story, log = Story(1).clock(), MemoryLog()
    with monkeypatch.context() as older:
        older.setattr(projected_case, "FOLDS", FOLDS - {"ClockStarted"})
        older.setattr(projected_case, "TIMELINE_ONLY", frozenset())
        async with running(console_places, log) as console:
            await console.append(shuffled([story]))
            blocked = await figures_of(console)
    async with running(console_places, log) as console:
        readable = await figures_of(console)

    assert {(STATE, BLOCKED_STATE): 1} == blocked
    assert await gone_through([story]) == readable
    assert 1 == readable[MISSING, "acknowledged"]


async def test_open_cases_fall_silent_and_late_by_the_banks_clock(console: Console) -> None:
    """Those that are over do not."""
    over = Story(1).clock().does("lin.fang", "withdraw", way="phone", proof="录音", received_at=RECEIVED)
    stories = [over.stopped(), Story(2).clock()]
    await console.append(shuffled(stories))
    then = NOW + timedelta(days=DAYS - 2)
    early, late = await counted(console, then), await counted(console, then + timedelta(days=3))

    assert ((), 1) == (early.silent_cases, early.overdue)
    assert ((stories[1].id,), 1) == (late.silent_cases, late.silent)


async def test_counting_looks_at_no_case_that_is_not_counted(desk: Console) -> None:
    """Every question goes by an index that holds the few cases it is about, or by the figures themselves."""
    database = database_of(desk)
    questions = [select(case.c.case_id).where(case.c.last_fact_us < 1), select(case.c.case_id).where(case.c.due_us < 1)]
    questions += [
        select(case.c.case_id).where(case.c[name].is_not(None)).order_by(case.c[name]).limit(1)
        for name in SINCE.values()
    ]
    plans = [line for question in questions for line in await database.plan(question)]
    of_figures = await database.plan(select(func.sum(figure.c.number)).group_by(figure.c.kind, figure.c.name))

    assert [] == [line for line in plans if "USING" not in line or "TEMP" in line]
    assert any("figure" in line for line in of_figures)


async def test_nothing_is_told_before_anything_was_counted(desk: Console) -> None:
    """A clock that nobody has set yet, and a database that is not there yet, are waited for."""
    waits = Completeness(lambda: database_of(desk), SteeredClock(), DAYS)
    absent = Completeness(lambda: None, SystemClock(), DAYS)
    ready = Completeness(lambda: database_of(desk), SystemClock(), DAYS, now=lambda: 7.0)
    await desk.append(shuffled([Story(1, routed=False)]))
    for one in (waits, absent, ready):
        await one.measure()

    assert (None, None) == (waits.told(), absent.told())
    told = ready.told()
    assert told is not None
    assert (1, 0, 1) == (told["received"], told["routed"], told["missing"]["routed"]["cases"])
