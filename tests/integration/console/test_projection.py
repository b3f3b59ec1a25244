"""The console's projection on SQLite and PostgreSQL: one contract, two databases."""

from typing import Any

import pytest
from sqlalchemy import select, update

from ops.verify import naive_console
from services.console.http import stored_case
from services.console.projection import projected_case
from services.console.projection.dump import dump
from services.console.projection.metadata import metadata
from services.console.projection.state import FOLDS
from services.console.projection.tables import event
from shared.contract.envelope import from_json
from shared.contract.records import HEADER_SOURCE, Outgoing, Record
from shared.contract.topics import partition_of
from shared.process.settings import Settings
from tests.support.console_in_process import Console, running
from tests.support.console_stories import CLOCK, DUE_AT, Story, deadline, plain, record_of, shuffled
from tests.support.memory_log import MemoryLog


def journeys() -> list[Story]:
    """Cases of every course: answered and closed, settled, breached, withdrawn, under way, just received."""
    return [
        Story(1).clock().handled().met().does("lin.fang", "close").does("zhong.an", "archive", **ARCHIVE),
        Story(2).clock().settled().met().does("lin.fang", "close"),
        Story(3).clock().breached().handled("dissatisfied").met(in_time=False),
        Story(4).clock().does("lin.fang", "withdraw", way="phone", proof="录音", received_at=NOW).stopped(),
        Story(5).clock().does("luo.tian", "accept-handover"),
        Story(6, routed=False),
        Story(7).clock().answered_by_letter(LEFT_LATE),
    ]


ARCHIVE = {"place": "A-1", "retain_until": "2025-12-31"}
NOW = "2020-03-05T10:00:00+08:00"
LEFT_LATE = "2020-03-11T02:00:00+08:00"


def bodies(stories: list[Story]) -> list[bytes]:
    """The records' bodies."""
    return [record.value for record in shuffled(stories)]


async def everything(console: Console) -> list[dict[str, Any]]:
    """All events of the database in order."""
    async with console.live.following.database.read() as connection:
        query = select(event).order_by(event.c.case_id, event.c.ordinal)
        return [dict(row) for row in (await connection.execute(query)).mappings()]


async def test_the_database_says_of_every_case_what_the_log_says(console: Console) -> None:
    """Life, owners, duties, clocks, messages and events, against the independent fold."""
    stories = journeys()
    await console.append(shuffled(stories))

    assert naive_console.console(bodies(stories)) == await dump(console.live.following.database)


@pytest.mark.parametrize(
    ("table", "column", "bent"),
    [
        ("clock", "state", "met"), ("clock", "due_at", "2030-01-01T00:00:00+08:00"), ("clock", "in_time", None),
        ("clock", "late_by_working_days", 99), ("clock", "late_whose", "desk"), ("clock", "late_by_seconds", 1),
        ("clock", "breached_at", "2030-01-01T00:00:00+08:00"), ("clock", "stopped_at", "2030-01-01T00:00:00+08:00"),
        ("duty", "due_at", "2030-01-01T00:00:00+08:00"), ("clock", "started_at", "2030-01-01T00:00:00+08:00"),
        ("case", "fault", '"bent"'), ("case", "remedies", '["bent"]'), ("case", "satisfaction", "bent"),
        ("case", "routed_missing_since", 1), ("case", "debtor_missing_since", 1),
        ("case", "decided_at", "bent"), ("case", "reported_at", "bent"), ("case", "retain_until", "2030-01-01"),
    ],
)  # fmt: skip
async def test_whatever_is_shown_and_was_bent_is_found(console: Console, table: str, column: str, bent: object) -> None:
    """A verdict, a term or a result that stands otherwise in the database than in the log is a difference."""
    stories = journeys()
    await console.append(shuffled(stories))
    database = console.live.following.database
    partition, offset = next(iter((await database.offsets()).items()))

    def bend() -> None:
        with database.writer.moving(partition, offset, offset) as connection:
            connection.execute(update(metadata.tables[table]).values({column: bent}))

    await database.writer.do(bend)

    assert naive_console.console(bodies(stories)) != await dump(database)


async def test_a_record_seen_twice_changes_nothing(console: Console) -> None:
    """Intake appends outside transactions: its records may lie in the log again under the same id."""
    stories = journeys()
    await console.append(shuffled(stories))
    before = await everything(console)
    await console.append(shuffled(stories))

    assert before == await everything(console)
    assert naive_console.console(bodies(stories)) == await dump(console.live.following.database)


async def test_what_is_folded_again_from_the_database_is_as_what_was_kept_in_memory(console_places: Settings) -> None:
    """A restart between any two events of the cases: nothing but the database is left, and nothing is lost."""
    stories = journeys()
    records, log = shuffled(stories), MemoryLog()
    for start in range(0, len(records), 5):
        await log.append(records[start : start + 5])
        async with running(console_places, log) as console:
            await console.caught_up()
            found = await dump(console.live.following.database)

    assert naive_console.console(bodies(stories)) == found


async def test_offsets_and_rows_move_together(console_places: Settings) -> None:
    """After a restart nothing is read again that was written, and what came meanwhile is read."""
    log = MemoryLog()
    async with running(console_places, log) as console:
        await console.append(Story(1).records())
        before = await console.live.following.database.offsets()
    await log.append(Story(2).records())
    async with running(console_places, log) as console:
        await console.caught_up()
        offsets = await console.live.following.database.offsets()
        projected = console.live.following.projected

    assert 2 == sum(before.values())
    assert 4 == sum(offsets.values())
    assert 2 == projected


async def test_a_closing_overtaken_by_a_duty_that_came_later_is_marked_so(console: Console) -> None:
    """The closing lies first in the log, the breach had not seen it: both stand in the timeline, the case is open."""
    story = Story(1).clock().handled().met()
    seen = story.events()[-1]
    story.does("lin.fang", "close")
    opened = Story(2).clock().handled().met().does("lin.fang", "close")
    duty = {"id": "d", "kind": "report_overrun_reason", "state": "open", "level": None, "reason": None}
    debtor = {"unit": "dongqiao.lending", "post": "unit_head", "person": "luo.tian"}
    records = story.records()
    added = from_json(records[1].value)
    later = added._replace(
        id="00000000-0000-5000-8000-00000000000a",
        type="redress.DutiesAdded.v1",
        basisid=seen.id,
        data={"duties_opened": [duty | {"debtor": debtor, "creditor": None, "ended_by": None}], "reason": "test"},
    )
    await console.append([*records, record_of(later), *opened.records()])
    rows = [row for row in await everything(console) if row["case_id"] == story.id]

    assert [("redress.CaseClosed.v1", True), ("redress.DutiesAdded.v1", False)] == [
        (row["type"], row["overtaken"]) for row in rows[-2:]
    ]
    assert "reported" == (await console.json(f"/v1/cases/{story.id}"))["state"]
    assert "closed" == (await console.json(f"/v1/cases/{opened.id}"))["state"]
    log = [*records, record_of(later), *opened.records()]
    assert naive_console.console(record.value for record in log) == await dump(console.live.following.database)


def broken(record: Outgoing, how: str) -> Outgoing:
    """A record that nobody can read, in one of several ways."""
    event_ = from_json(record.value)
    match how:
        case "no json":
            return record._replace(value=b"{")
        case "no headers":
            return record._replace(headers=[])
        case "newer version":
            event_ = event_._replace(id="f" * 36, type="redress.HandoverAccepted.v99")
        case "unknown type":
            event_ = event_._replace(id="f" * 36, type="redress.NeverHeardOf.v1")
        case "NUL in the envelope":
            event_ = event_._replace(id="f" * 36, actor="person:\0")
        case "no instant":
            event_ = event_._replace(id="f" * 36, recordedtime="yesterday")
        case "a value that no database takes":
            data = {"clock_id": "c", "milestone": {"name": "reply"}, "duty_id": None} | deadline(DUE_AT)
            event_ = event_._replace(id="f" * 36, type="redress.ClockStarted.v2", data=plain(data))
        case "a number that no database takes":
            data = {
                "clock_id": CLOCK,
                "milestone": "reply",
                "met_at": NOW,
                "in_time": False,
                "late_by_working_days": 2**63,
            }
            event_ = event_._replace(id="f" * 36, type="redress.ClockMet.v2", data=data | {"duty_id": None})
        case _:
            raise AssertionError(how)
    return record_of(event_)


WAYS = (
    "no json", "no headers", "newer version", "unknown type", "NUL in the envelope", "no instant",
    "a value that no database takes", "a number that no database takes",
)  # fmt: skip


async def test_a_record_that_cannot_be_read_blocks_its_case_and_others_go_on(console: Console) -> None:
    """Whatever is wrong with it: nothing more is folded on its case, everything after it is projected."""
    stories = [Story(number).clock().does("luo.tian", "accept-handover") for number in range(1, len(WAYS) + 1)]
    records: list[Outgoing] = []
    for story, how in zip(stories, WAYS, strict=True):
        *before, accepted = story.records()
        records += [*before, broken(accepted, how), accepted]
    healthy = Story(90).does("luo.tian", "accept-handover")
    await console.append([*records, *healthy.records()])
    listed = (await console.json("/v1/cases", state="blocked"))["cases"]

    assert {story.id for story in stories} == {one["case_id"] for one in listed}
    assert {"routed"} == {one["state"] for one in listed}
    assert ("accepted", False) == await state_of(console, healthy.id)


async def state_of(console: Console, case_id: str) -> tuple[str, bool]:
    """State and whether blocked."""
    found = await console.json(f"/v1/cases/{case_id}")
    return found["state"], found["blocked"]


async def test_a_case_whose_receipt_cannot_be_read_is_there_and_blocked(console: Console) -> None:
    """The auditor finds it by its id, and its timeline says that a record cannot be read."""
    story = Story(1)
    received, routed = story.records()
    await console.append([broken(received, "no json"), routed])
    found = await console.json(f"/v1/cases/{story.id}", "an.jie")
    entries = (await console.json(f"/v1/cases/{story.id}/timeline", "an.jie"))["entries"]

    assert (None, None, True) == (found["case_number"], found["state"], found["blocked"])
    assert [{"zh": "此记录无法读取。", "en": "This record cannot be read."}] == [e["sentence"] for e in entries[:1]]
    assert [None] == [e["data"] for e in entries[:1]]


async def test_records_without_a_case_or_in_a_foreign_partition_are_passed_over(console: Console) -> None:
    """Nothing that is no case of this log gets into the database, and the projection goes on."""
    story, other = Story(1), Story(2)
    at_home = partition_of(other.id, console.log.partitions)
    for key, partition in (("", 0), (other.id, (at_home + 1) % console.log.partitions), ("nul\0", 0)):
        row = console.log._rows[partition]
        received = other.records()[0]
        row.append(Record(partition, len(row), key, received.value, dict(received.headers)))
    await console.append(story.records())

    assert [story.id, story.id] == [row["case_id"] for row in await everything(console)]


async def test_code_that_can_read_a_blocked_case_unblocks_it_from_what_is_kept(
    console_places: Settings, monkeypatch: Any
) -> None:
    """No rebuild is needed: the events of a blocked case are kept as they came."""
    story = Story(1).does("luo.tian", "accept-handover").clock()
    log = MemoryLog()
    await log.append(story.records())
    with monkeypatch.context() as old_code:
        old_code.setattr(projected_case, "FOLDS", FOLDS - {"HandoverAccepted"})
        async with running(console_places, log) as console:
            before = await state_of(console, story.id)
    async with running(console_places, log) as console:
        after = await state_of(console, story.id)
        dumped = await dump(console.live.following.database)

    assert [("routed", True), ("accepted", False)] == [before, after]
    assert naive_console.console(bodies([story])) == dumped


async def test_a_timeline_is_looked_up_by_case_and_never_scans(console: Console) -> None:
    """From a log of a million events as from one of ten."""
    if console.settings.console_url is not None:
        return
    plan = await console.live.following.database.plan(stored_case.events_of("a-case", 1))

    assert plan
    assert all("SEARCH event USING INDEX" in step for step in plan), plan


async def test_headers_say_the_source_that_the_body_says(console: Console) -> None:
    """What is kept of an event is enough to fold it again: its source among it."""
    story = Story(1)
    await console.append(story.records())
    sources = [dict(record.headers)[HEADER_SOURCE].decode() for record in story.records()]

    assert sources == [row["source"] for row in await everything(console)]
