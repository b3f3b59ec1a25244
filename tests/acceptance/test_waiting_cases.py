"""Records nobody can read and decisions that fail: their case waits, announced once, and every other case goes on."""

import asyncio
import json
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ops.local.process_table import WORKERS
from ops.local.reading import read_topic
from ops.local.status import processes, status
from shared.contract.ids import case_id, derived
from shared.contract.records import HEADER_CAUSATION, HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Outgoing
from shared.contract.topics import DEAD_LETTERS, partition_of
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY, START, post
from tests.support.installation import installed, redress
from tests.support.paths import ROOT

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.long]
ROUTING_RULES = ROOT / "tests" / "golden" / "reference" / "routing-rules.json"
"""In the form of earlier versions, which takes rules that leave a kind of unit out."""
EVERY_UNIT = '"_id": "phone", "i_channel": "\\"phone\\"", "i_unit_kind": ""'
SUB_BRANCHES_ONLY = EVERY_UNIT.removesuffix('""') + '"\\"sub_branch\\""'
AT_OUTLET = BODY | {"received_by": {"unit": "dongqiao.hall", "person": "jin.hao"}}
PARTITION = 0
UNREADABLE = ("broken", "future", "newcomer")
ANSWERED = {"CaseRouted", "ClockStarted", "MessageSent"}
"""What every service answers a receipt with, unless something holds the case up."""


def keys() -> Iterator[str]:
    """Idempotency keys whose cases all lie in one partition, so that one case could hold up another."""
    return (key for n in count() if partition_of(case_id("channel:hotline", key := f"waiting-{n}"), 4) == PARTITION)


@dataclass
class Bank:
    """A running installation and what is asked of it."""

    settings: Settings
    keys: Iterator[str] = field(default_factory=keys)

    def post(self, body: dict[str, Any] = BODY) -> str:
        """Take a complaint in; its case id."""
        return str(post(self.settings, next(self.keys), body).json()["case_id"])

    def facts(self, case: str) -> Counter[str]:
        """What the log holds of a case, unreadable records left out."""
        records = asyncio.run(read_topic(self.settings, partition=PARTITION))
        types = [record.headers[HEADER_TYPE].decode() for record in records if record.key == case]
        return Counter(type_.split(".")[1] for type_ in types)

    def answered(self, *cases: str) -> bool:
        """Whether every service has answered the receipt of each of these cases, and no letter is on its way."""
        found = [self.facts(case) for case in cases]
        return all(ANSWERED <= set(f) and f["MessageSent"] == f["MessageSendStarted"] for f in found)

    def look(self, cases: dict[str, str]) -> dict[str, Any]:
        """Everything that is asked of it at once: who waits, as ``redress status`` shows it, letters, facts."""
        shown = redress("status", "--data", str(self.settings.data), "--json", check=False)
        rows = json.loads(shown.stdout)
        waiting = {
            kind: {row["name"]: sorted(row[kind]) for row in rows if row["name"] in WORKERS}
            for kind in ("blocked", "held")
        }
        facts = {name: self.facts(case) for name, case in cases.items()}
        restarts = sum(row["restarts"] for row in rows)
        return waiting | {"letters": self.letters(), "facts": facts, "restarts": restarts}

    def letters(self) -> list[tuple[str, str, str]]:
        """All dead letters: service, case, kind."""
        bodies = [json.loads(record.value) for record in asyncio.run(read_topic(self.settings, DEAD_LETTERS))]
        return sorted((body["service"], body["case_id"], body["kind"]) for body in bodies)

    def append(self, case: str, type_: str, value: bytes) -> None:
        """Append a record past all services, with the headers of an event of intake."""
        headers = {
            HEADER_ID: derived("raw", case, type_),
            HEADER_TYPE: type_,
            HEADER_SOURCE: "/redress/intake",
            HEADER_CAUSATION: derived("raw cause", case),
        }
        record = Outgoing(case, value, [(name, text.encode()) for name, text in headers.items()])
        asyncio.run(appended(self.settings, record))

    def restart(self) -> dict[str, int]:
        """Stop and start everything; which processes the stop left behind."""
        place = ("--data", str(self.settings.data))
        pids = {row["name"]: row["pid"] for row in processes(self.settings)}
        redress("down", *place)
        left = {name: pid for name, pid in pids.items() if Path(f"/proc/{pid}").exists()}
        redress("up", *place, "--ports", str(self.settings.ports), "--clock", f"steered:{START}", "--detach")
        return left

    def publish_rules(self, folder: Path, text: str, why: str) -> None:
        """Publish routing rules."""
        file = folder / "rules.json"
        file.write_text(text, encoding="utf-8")
        place = ("--data", str(self.settings.data))
        redress("reference", "publish", "routing", str(file), "--who", "tester", "--why", why, *place)


async def appended(settings: Settings, record: Outgoing) -> None:
    """Append one record."""
    log = KafkaLog(settings)
    await log.append([record])
    await log.stop()


def routing_holds(settings: Settings) -> list[str]:
    """The cases that routing holds."""
    return next(list(row["held"]) for row in status(settings) if row["name"] == "routing")


def at_rest_but_routing(settings: Settings) -> bool:
    """Whether nobody but routing has anything left to do."""
    return all(not row["lag"] and not row["owed"] for row in status(settings) if row["name"] != "routing")


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a condition, bounded."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.1)


@dataclass
class Story:
    """What was seen of an installation in which cases wait: before a restart, after it, and after the repair."""

    cases: dict[str, str]
    when_blocked: dict[str, Counter[str]]
    before: dict[str, Any]
    left_behind: dict[str, int]
    after: dict[str, Any]
    repaired: dict[str, Any]
    verified: "subprocess.CompletedProcess[str]"
    told: "subprocess.CompletedProcess[str]"
    built: list["subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """An installation of its own: its cases wait for ever, which no other test would like."""
    folder = tmp_path_factory.mktemp("waiting")
    with installed(folder / "data", f"steered:{START}") as settings:
        yield play(Bank(settings), folder)


def play(bank: Bank, folder: Path) -> Story:
    """Unreadable records, then rules that forget the outlets; a restart; then the rules are corrected."""
    cases = {name: bank.post() for name in ("broken", "future", "other")}
    until(lambda: bank.answered(*cases.values()))
    cases["newcomer"] = case_id("channel:hotline", next(bank.keys))
    bank.append(cases["broken"], "redress.ComplaintReceived.v1", b'{"specversion": "1.0", "id":')
    bank.append(cases["newcomer"], "redress.ComplaintReceived.v1", b"\xff")
    bank.append(cases["future"], "redress.MoonConsulted.v1", b'{"specversion": "1.0"}')
    until(lambda: len(bank.letters()) >= 3 * len(WORKERS))
    when_blocked = {name: bank.facts(cases[name]) for name in UNREADABLE}
    cases["next"] = bank.post()
    place = ("--data", str(bank.settings.data))
    redress("clock", "advance", "--working-days", "5", *place)
    rules = ROUTING_RULES.read_text(encoding="utf-8")
    bank.publish_rules(folder, rules.replace(EVERY_UNIT, SUB_BRANCHES_ONLY), "an outlet takes no calls")
    cases |= {"at outlet": bank.post(AT_OUTLET), "at sub-branch": bank.post()}
    until(lambda: bank.answered(cases["at sub-branch"]) and len(bank.letters()) > 3 * len(WORKERS))
    until(lambda: at_rest_but_routing(bank.settings))
    before = bank.look(cases)
    left_behind = bank.restart()
    cases["after restart"] = bank.post()
    held = before["held"]["routing"]
    until(lambda: bank.answered(cases["after restart"]) and held == routing_holds(bank.settings))
    until(lambda: at_rest_but_routing(bank.settings))
    after = bank.look(cases)
    verified = redress("rebuild", "verify", *place, check=False)
    told = redress("case", "timeline", cases["broken"], *place, check=False)
    built = [redress(*how, *place) for how in (("rebuild", "--later"), ("console", "rebuild"))]
    bank.publish_rules(folder, rules, "outlets do take calls")
    until(lambda: bank.answered(cases["at outlet"]))
    return Story(cases, when_blocked, before, left_behind, after, bank.look(cases), verified, told, built)


def test_what_nobody_can_read_blocks_its_case_in_every_service_and_no_other(story: Story) -> None:
    """Broken JSON under the headers of a known type, a type of the future, and a case that begins unreadable."""
    facts = story.before["facts"]

    assert dict.fromkeys(WORKERS, sorted(story.cases[name] for name in UNREADABLE)) == story.before["blocked"]
    assert 0 == story.before["restarts"]
    assert all(facts[name]["ClockBreached"] for name in ("other", "next"))
    assert story.when_blocked == {name: facts[name] for name in UNREADABLE}
    assert (2, 1) == (facts["broken"]["ComplaintReceived"], facts["future"]["MoonConsulted"])
    assert {"ComplaintReceived": 1} == facts["newcomer"]


def test_a_decision_that_cannot_be_made_holds_its_case_and_no_other(story: Story) -> None:
    """The new rules know no row for a call to an outlet; a call to the sub-branch is routed by the same session."""
    held = story.before["facts"]["at outlet"]

    assert {name: [] for name in WORKERS} | {"routing": [story.cases["at outlet"]]} == story.before["held"]
    assert (1, 0) == (held["ComplaintReceived"], held["CaseRouted"])
    assert ANSWERED <= set(story.before["facts"]["at sub-branch"])


def test_each_service_announces_each_waiting_case_once(story: Story) -> None:
    """Also after everything was stopped and started again, and after the repair."""
    unreadable = [(service, story.cases[n], "unreadable") for service in WORKERS for n in UNREADABLE]
    expected = sorted([*unreadable, ("routing", story.cases["at outlet"], "poison")])

    assert expected == story.before["letters"]
    assert expected == story.after["letters"]
    assert expected == story.repaired["letters"]


def test_after_a_restart_the_same_cases_wait_and_others_go_on(story: Story) -> None:
    """What waits is folded from the log like everything else, and a stop leaves no process behind."""
    assert {} == story.left_behind
    assert story.before["blocked"] == story.after["blocked"]
    assert story.before["held"] == story.after["held"]
    assert ANSWERED <= set(story.after["facts"]["after restart"])
    assert [] == [name for name, facts in story.before["facts"].items() if facts != story.after["facts"][name]]


def test_a_held_case_goes_on_by_itself_when_the_rules_are_corrected(story: Story) -> None:
    """Nobody has to touch it."""
    assert [] == story.repaired["held"]["routing"]
    assert ANSWERED <= set(story.repaired["facts"]["at outlet"])


def test_commands_name_what_cannot_be_read_instead_of_failing(story: Story) -> None:
    """The verification lists exactly these records and finds everything else as it has to be; a timeline goes on."""
    lines = story.verified.stdout.splitlines()

    assert (1, "") == (story.verified.returncode, story.verified.stderr)
    assert sorted(story.cases[n] for n in UNREADABLE) == sorted(line.split(", cannot")[0][-36:] for line in lines[:-1])
    assert lines[-1].endswith("all as the log says, but for 3 cases that cannot be read")
    assert (0, "") == (story.told.returncode, story.told.stderr)
    assert 1 == story.told.stdout.count("This record cannot be read.")
    assert "registered a complaint" in story.told.stdout


def test_whoever_builds_anew_hears_of_them_in_one_line(story: Story) -> None:
    """Not in the lines that processes write of themselves, between the bars that show how far it is."""
    lines = [done.stderr.splitlines() for done in story.built]

    assert [1, 1] == [len(one) for one in lines], lines
    assert all(line.startswith("redress: 3 cases wait in it") for (line,) in lines)
    assert all(story.cases[name] in line for (line,) in lines for name in UNREADABLE)
