"""The consumers of docs/examples/consumers, run as a reader would: they agree with the console, whatever comes twice.

They are killed in the middle and go on; half a line of a file is taken again.
"""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import orjson
import pytest

from ops.supply import jars
from shared.contract.case_versions import NEWEST
from shared.contract.envelope import Event
from shared.contract.events.base import DutyOpened, PostAt
from shared.contract.events.sla import ClockBreached
from shared.contract.records import Outgoing
from shared.contract.topics import CASES, EVENTS, topic_name
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.integration.console.test_case_versions import told_in
from tests.support.broker import FreshTopics
from tests.support.case_versions import allow_cases, nothing_allowed
from tests.support.console_in_process import Console, running
from tests.support.console_stories import CLOCK, DUE_AT, Story, record_of
from tests.support.memory_log import MemoryLog
from tests.support.paths import ROOT

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240), pytest.mark.long]
EXAMPLES = ROOT / "docs" / "examples" / "consumers"
PYTHON = [sys.executable, str(EXAMPLES / "open_complaints.py")]
JAVA = ["java", "-cp", jars.classpath(jars.FOLDER), str(EXAMPLES / "OpenComplaints.java")]
RUN_SECONDS = 60.0
COURSES = 60
NOBODY = "-"
Open = dict[str, int]


def course(number: int) -> Story:
    """A case of one of six courses: closed, settled, withdrawn, under way, not accepted, just received."""
    story = Story(number, routed=bool(number % 6)).clock()
    match number % 6:
        case 1:
            return story.handled().met().does("lin.fang", "close")
        case 2:
            return story.settled().met().does("lin.fang", "close")
        case 3:
            return story.does("lin.fang", "withdraw", way="phone", proof="录音", received_at=DAY).stopped()
        case 4:
            return story.does("luo.tian", "accept-handover")
        case 5:
            return story.does("lin.fang", "not-accept", ground="praise", signpost="谢谢。")
    return story


DAY = "2020-03-05T10:00:00+08:00"


def crossed(number: int, *, closing_first: bool) -> list[Event]:
    """A case that was closed just as a breach opened a duty: neither had seen the other, so it is open."""
    post = PostAt(unit="dongqiao.lending", post="unit_head", person="luo.tian")
    owed = DutyOpened(id=f"duty-{number}", kind="report_overrun_reason", debtor=post, creditor=None)
    named = {"clock_id": CLOCK, "milestone": "reply", "due_on": "2020-03-10", "due_at": DUE_AT}
    breach = ClockBreached.model_validate({**named, "duties_opened": [owed.model_dump()]})
    story = Story(number).clock().handled().does("lin.fang", "close").happens(breach)
    *before, closing, breached = story.events()
    unseen = breached._replace(basisid=before[-1].id)
    return [*before, closing, unseen] if closing_first else [*before, unseen, closing]


def of_all() -> list[Outgoing]:
    """The records of many cases, taken in turn."""
    told = [course(number).events() for number in range(1, COURSES)]
    told += [crossed(COURSES + order, closing_first=bool(order)) for order in range(2)]
    longest = max(map(len, told))
    return [record_of(events[place]) for place in range(longest) for events in told if place < len(events)]


async def publish(settings: Settings, topic: str, records: list[Outgoing]) -> None:
    """Append records, those of a key in their order."""
    log = KafkaLog(settings, topic)
    await log.append(records)
    await log.stop()


def ran(command: list[str]) -> subprocess.CompletedProcess[str]:
    """What a command did."""
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=RUN_SECONDS)


async def printed(command: list[str], settings: Settings, topic: str, file: Path) -> Open:
    """What a consumer prints once it has read all there is."""
    properties = file.with_suffix(".properties")
    properties.write_text("# as an account has its log-in\nclient.id=consumer-bi\n", encoding="utf-8")
    named = ["--topic", topic_name(settings, topic), "--settings", str(properties)]
    arguments = [settings.bootstrap, str(file), *named, "--once"]
    done = await asyncio.to_thread(ran, [*command, *arguments])
    assert 0 == done.returncode, done.stdout + done.stderr
    return {unit: int(count) for unit, count in (line.split("\t") for line in done.stdout.splitlines() if line)}


async def killed(command: list[str], settings: Settings, topic: str, file: Path) -> None:
    """Let a consumer take in something, and kill it."""
    process = await asyncio.create_subprocess_exec(
        *command, settings.bootstrap, str(file), "--topic", topic_name(settings, topic),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(RUN_SECONDS):
        while not (file.exists() and file.stat().st_size > 0):
            await asyncio.sleep(0.01)
    process.kill()
    await process.wait()


async def shown(console: Console, records: list[Outgoing]) -> Open:
    """What the console has open of these cases, by the unit that accepted it."""
    ended = {"closed", "archived", "withdrawn", "not_accepted"}
    cases = [await console.json(f"/v1/cases/{case}") for case in {record.key for record in records}]
    return Counter((case["accepting"] or {}).get("unit", NOBODY) for case in cases if case["state"] not in ended)


def newest(records: Iterable[Outgoing]) -> Open:
    """What the last record of each case says."""
    cases = {record.key: orjson.loads(record.value)["data"] for record in records}
    return Counter(case["units"]["accepting"] or NOBODY for case in cases.values() if case["ended_at"] is None)


async def cases_of(console: Console) -> list[Outgoing]:
    """What the console publishes, in the order of its partitions."""
    await console.told()
    readers = [await console.cases.read(partition) for partition in range(console.cases.partitions)]
    read = [record for reader in readers for record in await reader.batch(0)]
    return [Outgoing(record.key, record.value, list(record.headers.items())) for record in read]


async def test_a_consumer_of_events_counts_as_the_console_does(
    desk: Console, fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """What comes twice counts once, a closing that crossed a new duty has no effect, and a kill loses nothing."""
    settings, file, records = await fresh_topics(), tmp_path / "open.db", of_all()
    half = len(records) // 2
    await publish(settings, EVENTS, records[:half])
    await desk.append(records[:half])
    first = await printed(PYTHON, settings, EVENTS, file), await shown(desk, records[:half])

    await publish(settings, EVENTS, records[:half])  # as an appender does that was not told that it had been heard
    await publish(settings, EVENTS, records[half:])
    await desk.append(records[half:])
    expected = await shown(desk, records)
    assert first[0] == first[1] != expected
    assert expected == await printed(PYTHON, settings, EVENTS, file)

    again = tmp_path / "again.db"
    await killed(PYTHON, settings, EVENTS, again)
    assert expected == await printed(PYTHON, settings, EVENTS, again)


def unknown(record: Outgoing) -> Outgoing:
    """The same case in a version that nobody knows yet, as if it had ended."""
    told = orjson.loads(record.value)
    ended = {"version": told["data"]["version"] + 1, "ended_at": DAY}
    value = orjson.dumps(told | {"id": "x", "type": "redress.CaseChanged.v3", "data": told["data"] | ended})
    return Outgoing(record.key, value, record.headers)


async def test_a_consumer_of_cases_counts_as_the_console_does(fresh_topics: FreshTopics, tmp_path: Path) -> None:
    """In either version of their records. What comes twice is taken once; an older state that comes late changes
    nothing, nor does a version that it does not know; a line that was half written is taken again.
    """
    settings, file, records = await fresh_topics(), tmp_path / "open.tsv", of_all()
    half = len(records) // 2
    async with running(Settings(data=tmp_path / "console"), MemoryLog(), nothing_allowed()) as desk:
        await desk.append(records[:half])
        earlier = await cases_of(desk)
        allow_cases(desk.reference, NEWEST)
        await desk.append(records[half:])
        await told_in(desk, NEWEST)
        later = await cases_of(desk)
        expected = await shown(desk, records)
    await publish(settings, CASES, earlier)
    first = await printed(JAVA, settings, CASES, file)
    await publish(settings, CASES, later)
    last = list({record.key: record for record in later}.values())
    await publish(settings, CASES, last)  # as a console does that was killed before it kept its place
    await publish(settings, CASES, earlier)  # a former console, late
    await publish(settings, CASES, list(map(unknown, later)))

    assert newest(earlier) == first != expected
    with file.open("ab") as torn:
        torn.write(b"0\t17\tsome")
    assert newest(later) == expected == await printed(JAVA, settings, CASES, file)
    taken = Counter(line.split("\t")[2] for line in file.read_text(encoding="utf-8").splitlines())
    assert {1} == {taken[orjson.loads(record.value)["id"]] for record in last}

    again = tmp_path / "again.tsv"
    await killed(JAVA, settings, CASES, again)
    assert expected == await printed(JAVA, settings, CASES, again)


@pytest.mark.parametrize("command", [PYTHON, JAVA], ids=["python", "java"])
async def test_a_consumer_says_in_a_line_what_is_wrong(
    command: list[str], fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """No such topic, no broker: 3. No file: 2."""
    settings, file = await fresh_topics(), str(tmp_path / "file")
    arguments = (
        [settings.bootstrap, file, "--topic", "no-such-topic", "--once"], ["127.0.0.1:1", file], [settings.bootstrap]
    )  # fmt: skip
    done = [await asyncio.to_thread(ran, [*command, *said]) for said in arguments]

    assert [3, 3, 2] == [one.returncode for one in done]
    assert [1, 1] == [one.stderr.count("omplaints: ") for one in done[:2]]
