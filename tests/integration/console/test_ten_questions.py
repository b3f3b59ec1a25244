"""The ten questions of the page for analysts, by its own SQL: export, views, stream and console answer alike."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median_low
from typing import Any

import duckdb
import orjson
import pytest
from sqlalchemy import text

from ops.export.exporting import Wanted, export
from services.console.analysis.bank_rows import pseudonym
from services.console.projection.projector import Projector
from shared.bank.in_force import bank_calendar
from shared.contract.envelope import from_json
from shared.process.settings import Settings
from tests.integration.console.test_case_versions import PAST
from tests.integration.console.test_cases_topic import last
from tests.support.casework import KEY, known
from tests.support.casework import ORGANISATION as FILE
from tests.support.console_in_process import Console, console_settings, running
from tests.support.console_stories import shuffled
from tests.support.doc_blocks import blocks_of
from tests.support.memory_log import MemoryLog
from tests.support.paths import ROOT
from tests.support.two_years import Told, at, told_stories

PAGE = ROOT / "docs" / "how-to" / "analyse-with-duckdb.md"
SQL = blocks_of(PAGE, "sql")
QUESTIONS = {int(heading.split(".")[0]): sql for heading, sql in SQL.items() if heading[0].isdigit()}
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}
QUARTER = """SELECT COUNT(*) AS complaints, SUM(clocks_judged) AS judged FROM counted
WHERE month BETWEEN '2026-01' AND '2026-03'"""
EVENING = "2026-04-10T23:59:59.999999+08:00"
OVERRUNS = {
    "overruns": 3, "by_desk": 1, "desk_seconds": 2 * 86_400 + 9 * 60 + 1, "by_system": 1, "system_seconds": 26 * 3600,
    "not_met": 1, "proved_in_time": 0, "told_late": 1,
}  # fmt: skip
"""One answered two days late (by nine acts, a minute each), one whose letter left a day late, one that nobody answered
and that was told late."""
Answers = dict[int, list[dict[str, Any]]]


def keep(folder: Path, told: Iterable[dict[str, Any]]) -> None:
    """Write records as the page does, in the order in which they were read."""
    lines = [orjson.dumps({"offset": place} | one) for place, one in enumerate(told)]
    (folder / "cases.jsonl").write_bytes(b"\n".join(lines))


@contextmanager
def duck(*headings: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the tables that the page opens under these headings."""
    with duckdb.connect() as connection:
        for heading in headings:
            connection.execute(SQL[heading])
        connection.execute(SQL["What counts"])
        yield connection


def asked(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """The rows of an answer."""
    found = connection.execute(sql)
    names = [column[0] for column in found.description]
    return [plain(dict(zip(names, row, strict=True))) for row in found.fetchall()]


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """An answer without the types of one database."""
    return {name: float(value) if isinstance(value, Decimal | int | float) else value for name, value in row.items()}


async def of_views(console: Console) -> Answers:
    """The answers of the console's own database, by the SQL of the page as it stands there."""
    async with console.live.following.database.read() as connection:
        await connection.exec_driver_sql(SQL["What counts"])
        answers = {}
        for number, sql in QUESTIONS.items():
            found = (await connection.execute(text(sql))).mappings().all()
            answers[number] = [plain(dict(row)) for row in found]
        await connection.rollback()
    return answers


def of_duck(*headings: str) -> Answers:
    """The answers of DuckDB over files."""
    with duck(*headings) as connection:
        return {number: asked(connection, sql) for number, sql in QUESTIONS.items()}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def bank(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Console]:
    """A console with two years of cases; where one is, an export and a stream lie beside."""
    settings: Settings = console_settings(request.param, request, tmp_path)
    reference = known(FILE + "\nbi: {pseudonyms: true}\n")
    async with running(settings, MemoryLog(), reference) as console:
        await console.append(shuffled(told_stories()))
        stream = last(await console.told())
        keep(tmp_path, stream.values())
        await export(settings, Wanted(tmp_path / "export", None, None, None), lambda at, of: None, Projector)
        monkeypatch.chdir(tmp_path)
        yield console


async def test_export_views_and_stream_answer_alike(bank: Console) -> None:
    """Every question has an answer, and all three say the same."""
    views = await of_views(bank)
    files, stream = of_duck("Open the export"), of_duck("Open the stream")

    assert list(range(1, 11)) == sorted(QUESTIONS)
    for number in QUESTIONS:
        assert files[number], number
        assert files[number] == views[number], number
        assert files[number] == stream[number], number


async def test_the_answers_are_the_figures_of_the_console(bank: Console) -> None:
    """Complaints, on time, escalated, repeats, money, late: as the statistics of the year have them."""
    answers, figures = await of_views(bank), await bank.json("/v1/statistics", **YEAR)
    before = await bank.json("/v1/statistics", **{"from": "2025-01-01", "to": "2025-12-31"})
    by_channel = {row["channel"]: f"{row['on_time_rate']:.3f}" for row in answers[2] if row["judged"]}
    shown = {name: row["on_time_rate"] for name, row in figures["tables"]["channel"].items() if row["on_time_rate"]}
    people = {pseudonym(KEY, person): person for person in ("luo.tian", "bai.xue", "gu.ming")}

    handlers = [row | {"handler": people.get(row["handler"], "nobody")} for row in answers[7]]
    late = sum(row["late"] for row in figures["tables"]["channel"].values())

    assert figures["complaints"] == total(answers[1], "complaints") > 0
    assert before["complaints"] == total(answers[1], "year_before") > 0
    assert figures["by_reason"] == counts(answers[1], "reason", "complaints")
    assert figures["by_unit"] == counts(answers[1], "unit", "complaints")
    assert shown == by_channel
    assert figures["escalated"] == total(answers[4], "cases")
    assert (figures["repeat"], 1) == (answers[5][0]["repeats"], answers[5][0]["within_90_days"])
    assert money(figures, "granted_minor") == total(answers[6], "granted_minor") > 0
    assert money(figures, "executed_minor") == total(answers[6], "paid_minor") > 0
    assert figures["by_handler"] == counts(handlers, "handler", "cases")
    assert late == total(answers[9], "overruns")
    assert [1, 1] == [figures[name] for name in ("late_by_desk", "late_by_system")]
    assert [1, 1] == [total(answers[9], name) for name in ("by_desk", "by_system")]


def total(rows: list[dict[str, Any]], name: str) -> int:
    """The sum of a column."""
    return int(sum(row[name] for row in rows))


def counts(rows: list[dict[str, Any]], of: str, name: str) -> dict[str, int]:
    """The sums of a column by another one, without those that are nothing."""
    found: Counter[str] = Counter()
    for row in rows:
        found[row[of]] += int(row[name])
    return {key: number for key, number in sorted(found.items()) if number}


def money(figures: dict[str, Any], name: str) -> int:
    """All money of the statistics, which is in one currency here."""
    return sum(sum(row[name].values()) for row in figures["remedies"].values())


async def test_the_register_has_the_same_cases_in_the_same_states(bank: Console) -> None:
    """Line by line: its number, channel and state."""
    lines = (await bank.json("/v1/register", limit=200))["rows"]
    with duck("Open the export") as connection:
        files = asked(connection, "SELECT case_number, channel, state FROM cases")

    assert sorted((row["case_number"], row["channel"], row["state"]) for row in files) == sorted(
        (line["case_number"], line["channel"], line["state"]) for line in lines
    )


async def test_what_the_console_has_no_figure_for_is_so_by_hand(bank: Console) -> None:
    """Working days to the answer by the calendar, rungs, lateness of desk and system, hours in a state."""
    answers = await of_views(bank)
    calendar = bank_calendar(bank.reference, at("2026-06-01")).calendar
    answered = [("2026-01-12", 1), ("2026-03-16", 3), ("2026-03-20", 8), ("2026-05-11", 1)]
    days = [calendar.between(at(day).date(), (at(day) + timedelta(days=later)).date()) for day, later in answered]

    assert {"median": median_low(days), "ninetieth": max(days), "answers": 4} == answers[3][0]
    assert [{"from_rung": "unit_head", "cases": 1}] == answers[4]
    assert OVERRUNS == {name: total(answers[9], name) for name in OVERRUNS}
    assert {"received", "routed", "in_handling"} <= {row["state"] for row in answers[8]}


async def test_the_first_quarter_is_told_as_it_was_known_and_as_it_is(bank: Console, tmp_path: Path) -> None:
    """By the history, by the stream, by an export as of that evening, and by the console's statistics as of then."""
    await bank.append([*Told(30, at=at("2026-03-31")).timed().missed(timedelta(days=20)).records()])
    views = {row["told"]: row for row in (await of_views(bank))[10]}
    quarter = {"from": "2026-01-01", "to": "2026-03-31"}
    then, now = (
        await bank.json("/v1/statistics", **quarter, as_of=EVENING),
        await bank.json("/v1/statistics", **quarter),
    )
    instant = datetime.fromisoformat(EVENING)
    keep(tmp_path, last(await bank.told()).values())
    stream = {row["told"]: row for row in of_duck("Open the stream")[10]}
    (tmp_path / "then").mkdir()
    await export(
        bank.settings, Wanted(tmp_path / "then" / "export", None, None, instant), lambda at, of: None, Projector
    )
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.chdir(tmp_path / "then")
        with duck("Open the export") as connection:
            as_of = asked(connection, QUARTER)[0]

    assert views == stream
    assert (then["complaints"], now["complaints"]) == (views["on 10 April"]["complaints"], views["now"]["complaints"])
    assert as_of == {name: views["on 10 April"][name] for name in ("complaints", "judged")}
    assert views["on 10 April"]["judged"] < views["now"]["judged"]


async def test_a_kept_stream_says_what_was_known_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever kept every record asks all questions of that evening, as an export as of it does."""
    monkeypatch.chdir(tmp_path)
    instant = datetime.fromisoformat(EVENING)
    async with running(Settings(data=tmp_path), MemoryLog(), known(FILE + "\nbi: {pseudonyms: true}\n")) as console:
        records = shuffled(told_stories())
        earlier = [one for one in records if from_json(one.value).recorded_at <= instant]
        await console.append(earlier)
        await console.told()
        await console.append([one for one in records if one not in earlier])
        keep(tmp_path, await console.told())
        await export(console.settings, Wanted(tmp_path / "export", None, None, instant), lambda at, of: None, Projector)
    then, files = of_duck("Open the stream", "Keep the stream"), of_duck("Open the export")
    now = of_duck("Open the stream")

    for number in set(QUESTIONS) - {10}:
        assert files[number] == then[number], number
    assert [number for number in QUESTIONS if now[number] != then[number]]


async def test_a_stream_without_the_past_answers_what_is_of_now(bank: Console, tmp_path: Path) -> None:
    """Of records in the first version questions 8 to 10 have no answer, and all others have theirs."""
    stream = last(await bank.told()).values()
    keep(tmp_path, [one | {"data": {n: v for n, v in one["data"].items() if n not in PAST}} for one in stream])
    files, first = of_duck("Open the export"), of_duck("Open the stream")

    assert {8, 9, 10} == {number for number in QUESTIONS if files[number] != first[number]}
    assert [[], [], []] == [first[number] for number in (8, 9, 10)]


async def test_a_matter_of_three_cases_is_one_from_the_stream_too(bank: Console, tmp_path: Path) -> None:
    """The last names the second, and that the first: they count once."""
    first, second, third = (Told(number, at=at(f"2026-06-{number - 39:02}")).timed() for number in (40, 41, 42))
    linked = [first, second.relates(first, "same_matter"), third.relates(second, "same_matter")]
    await bank.append(shuffled(linked))
    keep(tmp_path, last(await bank.told()).values())
    with duck("Open the stream") as connection:
        (found,) = asked(connection, "SELECT COUNT(*) AS cases FROM counted WHERE month = '2026-06'")

    assert {"cases": 1} == found
