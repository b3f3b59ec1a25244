"""Exports of the tables for analysts: the same rows as the views, on both databases, whatever was killed before."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from ops.export import exporting, parquet, source
from ops.export.exporting import ABOUT, DICTIONARY, Exported, ExportRunning, Wanted, export
from ops.export.source import LOOK_SECONDS, NothingToExport
from services.console.analysis.declared import Declared, Kind
from services.console.analysis.in_chinese import column_says
from services.console.analysis.views import DECLARED
from services.console.projection.projector import Projector
from shared.errors import BadReference
from shared.process.settings import Settings
from tests.integration.console.test_projection import journeys
from tests.support.casework import ORGANISATION as FILE
from tests.support.casework import known
from tests.support.console_in_process import Console, running
from tests.support.console_stories import Story, shuffled
from tests.support.facts import NOW
from tests.support.memory_log import MemoryLog
from tests.support.stored_journeys import journeys as drawn

PSEUDONYMS = "\nbi: {pseudonyms: true}\n"
DAY = timedelta(days=1)
OF_CASES = {"cases", "clocks", "duties", "messages", "remedies", "history"}


async def exported(console: Console, to: Path, first: str | None = None, last: str | None = None,
    as_of: datetime | None = None,
) -> Exported:  # fmt: skip
    """What an export did once the bank's tables are there."""
    await console.told()
    return await export(console.settings, Wanted(to, first, last, as_of), lambda at, of: None, Projector)


def stories() -> list[Story]:
    """Cases of several days, courses and matters."""
    late = Story(21, at=NOW - DAY).clock().breached().handled("dissatisfied").met(in_time=False)
    return [*journeys(), late, Story(22, at=NOW - 2 * DAY).relates(Story(1), "same_matter").clock().settled().met()]


def as_shown(kind: Kind, value: Any) -> Any:
    """A value of a file as the view has it."""
    if value is None or kind not in ("instant", "date"):
        return value
    return value if isinstance(value, datetime | date) else _parsed(kind, value)


def _parsed(kind: Kind, value: str) -> date | datetime:
    return date.fromisoformat(value) if kind == "date" else datetime.fromisoformat(value).astimezone(UTC)


async def view_rows(console: Console, table: Declared) -> list[dict[str, Any]]:
    """All rows of a view, in the order of its key."""
    async with console.live.following.database.read() as connection:
        query = f"SELECT * FROM {table.name} ORDER BY {', '.join(table.key)}"  # noqa: S608 - our own words
        found = (await connection.execute(text(query))).mappings().all()
    kinds = {column.name: column.kind for column in table.columns}
    return [{name: _of_view(kinds[name], value) for name, value in row.items()} for row in found]


def _of_view(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    return bool(value) if kind == "boolean" else as_shown(kind, value)


def file_rows(to: Path, table: Declared) -> list[dict[str, Any]]:
    """All rows of a table's files, in the order of its key."""
    rows = [
        row for file in sorted(to.glob(f"{table.name}/**/*.parquet")) for row in pq.ParquetFile(file).read().to_pylist()
    ]
    return sorted(rows, key=lambda row: [row[name] for name in table.key])


async def test_every_table_of_an_export_holds_the_rows_of_its_view(console_places: Settings, tmp_path: Path) -> None:
    """Row by row and value by value; each table has rows."""
    async with running(console_places, MemoryLog(), known(FILE + PSEUDONYMS)) as console:
        await console.append([*shuffled(stories()), *drawn(40)])
        await exported(console, tmp_path / "export")
        views = {table.name: await view_rows(console, table) for table in DECLARED}

    for table in DECLARED:
        assert views[table.name], table.name
        assert views[table.name] == file_rows(tmp_path / "export", table), table.name


async def test_nothing_in_an_export_is_personal(desk: Console, tmp_path: Path) -> None:
    """Without pseudonyms nobody's id, and never what somebody typed."""
    await desk.append(shuffled(stories()))
    await exported(desk, tmp_path / "export")
    said = orjson.dumps([file_rows(tmp_path / "export", table) for table in DECLARED if table.name != "organisation"])

    assert [] == [
        word for word in ("luo.tian", "lin.fang", "wu.qing", '"box"', "已核对", "张") if word.encode() in said
    ]


async def test_a_second_export_leaves_everything_as_it_was(desk: Console, tmp_path: Path) -> None:
    """Nothing is written, and no byte is another one; also elsewhere the bytes are the same."""
    await desk.append(shuffled(stories()))
    first = await exported(desk, tmp_path / "one")
    before = contents(tmp_path / "one")
    second = await exported(desk, tmp_path / "one")
    await exported(desk, tmp_path / "two")

    assert (0, first.written, 0) == (second.written, second.unchanged, second.removed)
    assert before == contents(tmp_path / "one") == contents(tmp_path / "two")


def contents(to: Path) -> dict[str, bytes]:
    """Every file of an export."""
    return {str(path.relative_to(to)): path.read_bytes() for path in to.rglob("*") if path.is_file()}


async def test_what_changed_since_is_written_and_nothing_else(desk: Console, tmp_path: Path) -> None:
    """An event on a case of one day: what tells of that day's cases, the events, and no other."""
    early, late = Story(1).clock(), Story(2, at=NOW - DAY).clock()
    await desk.append(shuffled([early, late]))
    await exported(desk, tmp_path / "to")
    before = contents(tmp_path / "to")
    await desk.append(early.does("luo.tian", "accept-handover").records()[-1:])
    await exported(desk, tmp_path / "to")
    changed = {name for name, content in contents(tmp_path / "to").items() if before.get(name) != content}
    day = NOW.date().isoformat()

    assert {f"{name}/day={day}/{name}.parquet" for name in OF_CASES | {"events"}} == changed


@pytest.mark.parametrize("after", [0, 1, 5])
async def test_an_export_that_was_broken_off_goes_on(
    desk: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """The disk was full after so many files: what has its name is whole, and the next run writes the others."""
    await desk.append(shuffled(stories()))
    await exported(desk, tmp_path / "whole")
    left = [after]
    write = parquet.write

    async def full(table: Declared, rows: Any, place: Path, made_of: str) -> int:
        if left[0] == 0:
            place.with_name(".0123.draft").write_bytes(b"half")
            raise OSError(28, "No space left on device")
        left[0] -= 1
        return await write(table, rows, place, made_of)

    with monkeypatch.context() as bent:
        bent.setattr(parquet, "write", full)
        with pytest.raises(OSError, match="No space"):
            await exported(desk, tmp_path / "again")
    done = await exported(desk, tmp_path / "again")

    assert after == done.unchanged
    assert contents(tmp_path / "whole") == contents(tmp_path / "again")


async def test_an_export_that_was_killed_over_its_very_first_file_goes_on(desk: Console, tmp_path: Path) -> None:
    """What it left of that is nobody else's, and goes."""
    await desk.append(Story(1).records())
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / ".0123.draft").write_bytes(b"half")
    done = await exported(desk, tmp_path / "to")

    assert 0 < done.written
    assert [] == list((tmp_path / "to").rglob(".*.draft"))


async def test_as_of_an_instant_it_holds_what_was_known_then(console: Console, tmp_path: Path) -> None:
    """The same files as an export of that day would have held, but for what they say of themselves."""
    early = Story(1).clock()
    await console.append(early.records())
    await exported(console, tmp_path / "then")
    at = early.case.now
    later = early.handled().met()
    await console.append([*later.records()[3:], *Story(2, at=NOW + timedelta(hours=5)).records()])
    await exported(console, tmp_path / "as-of", as_of=at)
    await exported(console, tmp_path / "now")

    for table in DECLARED:
        assert file_rows(tmp_path / "then", table) == file_rows(tmp_path / "as-of", table), table.name
    assert len(file_rows(tmp_path / "now", DECLARED[0])) == 2
    assert not (tmp_path / "as-of" / exporting.WORK).exists()


class Full(Projector):
    """The disk is full once the database has its tables."""

    def remake(self, rows: Iterable[dict[str, Any]]) -> None:
        """See ``Projector``."""
        with self.database.writer.changing() as connection:
            connection.execute(text("PRAGMA max_page_count = 1"))
        super().remake(rows)


async def test_a_disk_that_is_too_small_for_what_was_known_then_is_named(desk: Console, tmp_path: Path) -> None:
    """It is not the console's database that is away, and nothing of the other one is left."""
    await desk.append([one for number in range(1, 40) for one in Story(number).clock().records()])
    await desk.told()
    with pytest.raises(OSError, match="No space left") as raised:
        await export(desk.settings, Wanted(tmp_path / "to", None, None, NOW + DAY), lambda at, of: None, Full)

    assert str(tmp_path / "to" / exporting.WORK) == raised.value.filename
    assert [exporting.LOCK] == [path.name for path in (tmp_path / "to").iterdir()]


async def test_days_bound_what_is_written_and_what_is_removed(desk: Console, tmp_path: Path) -> None:
    """A file of a day that has no rows any more goes with an export of that day, and only of that."""
    await desk.append(shuffled([Story(1), Story(2, at=NOW - DAY), Story(3, at=NOW - 2 * DAY)]))
    days = [(NOW - n * DAY).date().isoformat() for n in (3, 2, 1, 0)]
    await exported(desk, tmp_path / "to", first=days[1], last=days[2])
    written = {path.name for path in (tmp_path / "to" / "cases").iterdir()}
    stale = [tmp_path / "to" / "cases" / f"day={day}" for day in ("2030-01-01", "2019-01-01")]
    for folder in stale:
        folder.mkdir()
        (folder / "cases.parquet").touch()
    done = await exported(desk, tmp_path / "to", first=days[1])

    assert {f"day={day}" for day in days[1:3]} == written
    assert (1, [False, True]) == (done.removed, [folder.exists() for folder in stale])


async def test_the_dictionary_lies_beside_it(desk: Console, tmp_path: Path) -> None:
    """It names every column, and so does every file."""
    await desk.append(Story(1).records())
    await exported(desk, tmp_path / "to")
    told = (tmp_path / "to" / DICTIONARY).read_text(encoding="utf-8")
    said = pq.read_schema(next((tmp_path / "to").glob("cases/*/*.parquet"))).field("handler").metadata

    assert [] == [
        c.name
        for table in DECLARED
        for c in table.columns
        if f"| `{c.name}` | {c.kind} | {c.says} | {column_says(table.name, c.name)} |" not in told
    ]
    assert (b"Handler, under a pseudonym.", "承办人（假名）。") == (said[b"says"], said[b"zh"].decode())


async def test_a_folder_of_something_else_is_refused(desk: Console, tmp_path: Path) -> None:
    """A file, another instant's export, other files: nothing is written there."""
    await desk.append(Story(1).records())
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    await exported(desk, tmp_path / "now")
    about = (tmp_path / "now" / ABOUT).read_bytes()
    for name, as_of in (("file", None), ("full", None), ("now", NOW)):
        with pytest.raises(BadReference, match="name"):
            await exported(desk, tmp_path / name, as_of=as_of)

    assert ["thesis.txt"] == [path.name for path in (tmp_path / "full").iterdir()]
    assert about == (tmp_path / "now" / ABOUT).read_bytes()


async def test_two_exports_do_not_write_into_one_folder(desk: Console, tmp_path: Path) -> None:
    """The second one is told so."""
    await desk.append(Story(1).records())
    with exporting._folder(tmp_path / "to"), pytest.raises(ExportRunning):
        await exported(desk, tmp_path / "to")


async def test_an_export_waits_for_the_bank_s_days_in_a_database_that_was_just_made_anew(
    desk: Console, tmp_path: Path
) -> None:
    """A rebuild ends before the console has written them; to say that it is not there would be wrong."""
    await desk.append(Story(1).records())
    await desk.told()
    writer = desk.live.following.database.writer
    await writer.do(lambda: _changed(desk, "CREATE TABLE kept AS SELECT * FROM bank_state"))
    await writer.do(lambda: _changed(desk, "DELETE FROM bank_state"))
    waiting = asyncio.create_task(exported(desk, tmp_path / "to"))
    await asyncio.sleep(2 * LOOK_SECONDS)
    assert not waiting.done()
    await writer.do(lambda: _changed(desk, "INSERT INTO bank_state SELECT * FROM kept"))

    assert 0 < (await waiting).written


def _changed(desk: Console, statement: str) -> None:
    """Change the database as the one who writes does."""
    with desk.live.following.database.writer.changing() as connection:
        connection.execute(text(statement))


async def test_a_database_into_which_nobody_writes_is_not_waited_for_for_ever(
    desk: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console was stopped meanwhile: the error says to start it."""
    monkeypatch.setattr(source, "WRITTEN_SECONDS", 0.1)
    await desk.append(Story(1).records())
    await desk.told()
    await desk.live.following.database.writer.do(lambda: _changed(desk, "DELETE FROM bank_state"))
    with pytest.raises(NothingToExport, match="start it"):
        await exported(desk, tmp_path / "to")


async def test_without_a_database_there_is_nothing_to_export(tmp_path: Path) -> None:
    """Nothing was ever started here."""
    with pytest.raises(NothingToExport):
        await export(
            Settings(data=tmp_path / "data"), Wanted(tmp_path / "to", None, None, None), lambda at, of: None, Projector
        )

    assert [exporting.LOCK] == [path.name for path in (tmp_path / "to").iterdir()]
