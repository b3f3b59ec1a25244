"""A rolling upgrade: facts of the new version reach processes of the old one, which wait with their case and tell."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.local.process_table import WORKERS
from shared.contract.events.base import CaseworkEvent, CommandRef
from shared.contract.records import HEADER_ID, HEADER_TYPE
from tests.acceptance.test_telephone import BODY, START
from tests.acceptance.test_waiting_cases import keys
from tests.support.house_copy import put
from tests.support.invented_version import NAME, REPLY, bring
from tests.support.night import Done, Night, night, until

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(480), pytest.mark.long]
TYPE = "redress.FlowersSent.v1"
EVENT = '''

class FlowersSent(CaseworkEvent, heard_by=frozenset()):
    """The customer got flowers."""

    flowers: str


'''
SENTENCE = """    "FlowersSent": Sentence[Any](lambda _: "送了花。", lambda _: "Flowers were sent to the customer."),
"""
COMMAND = CommandRef(name="send-flowers", fingerprint="0")
FLOWERS = CaseworkEvent(command=COMMAND).model_dump(mode="json") | {"flowers": "tulips"}
READERS_FIRST = ("console", "casework-api", "intake", "intake-inbox", "intake-mail", "routing", "sla", "notify")
WRITER = "casework"
OLD_TOOL = {
    "doctor": ("doctor",),
    "verify": ("rebuild", "verify"),
    "replay": ("replay", "check"),
    "owed": ("rebuild", "verify", "--owed"),
}
"""What an operator may ask of the old version of the tool meanwhile."""
UNREAD = {
    "verify": "all as the log says, but for 1 cases that cannot be read",
    "replay": "blocked, since this code cannot read them:",
    "owed": "casework cannot read 1 cases: they would be blocked",
}
"""What it says of the case that it leaves out."""
VERSIONS = Path("shared", "contract", "events", "versions.yaml")


def new_code(house: Path) -> None:
    """What the new version knows: one more type of event with how it is told, and a second version of another."""
    put(house / "shared" / "contract" / "events" / "casework.py", "class JrtCodes(", EVENT.lstrip())
    sentences = house / "shared" / "case" / "sentences" / "casework.py"
    put(sentences, '    "HandoverAccepted":', SENTENCE)
    put(sentences, "from shared.case.refusal_sentences", "from typing import Any\n\n")
    put(house / "ops" / "verify" / "naive_core.py", '"EvidenceChecked")', '"FlowersSent", ')
    bring(house)


def blocked(bank: Night) -> dict[str, list[str]]:
    """The cases that each worker, and the API of commands, cannot read."""
    rows = bank.rows()
    return {name: rows[name]["blocked"] for name in (*WORKERS, "casework-api")}


def accepted(bank: Night, case: str, key: str) -> httpx.Response:
    """The handler takes a case over."""
    return bank.command(case, "bai.xue", "accept-handover", key)


def versions_of(bank: Night, case: str) -> list[str]:
    """In which versions the interim replies of a case were written, in the order of the log."""
    types = [one.headers[HEADER_TYPE].decode() for one in bank.records(case)]
    return [type_.rpartition(".")[2] for type_ in types if NAME in type_]


def doubled(bank: Night, case: str) -> list[str]:
    """The ids that the log holds twice for a case."""
    ids = [one.headers[HEADER_ID].decode() for one in bank.records(case)]
    return sorted({one for one in ids if ids.count(one) > 1})


@dataclass
class Story:
    """What was seen while an installation was upgraded, whose processes met facts of the new version too early."""

    partition: Iterator[str] = field(default_factory=keys)
    replies: Iterator[int] = field(default_factory=count)
    answers: dict[str, httpx.Response] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    restarted: list[int] = field(default_factory=list)
    said: dict[str, Done] = field(default_factory=dict)
    case: str = ""
    other: str = ""

    def received(self, bank: Night, **more: Any) -> str:
        """One more complaint of the same partition; the case it is in."""
        return str(bank.post(next(self.partition), {**BODY, **more}).json()["case_id"])

    def replied(self, bank: Night) -> bool:
        """The handler of the other case tells its customer how far the bank is."""
        said = bank.command(self.other, "bai.xue", "interim-reply", f"reply-{next(self.replies)}", **REPLY)
        return said.status_code == 200

    def too_early(self, bank: Night) -> None:
        """A fact of the new version meets the old processes: its case waits, and others go on."""
        self.case = self.received(bank)
        until(lambda: bank.acknowledged(self.case))
        bank.append(self.case, TYPE, FLOWERS)
        until(lambda: all(cases == [self.case] for cases in blocked(bank).values()))
        before = bank.facts(self.case)
        self.facts["letters before"] = before["MessageSent"]
        self.answers["old"], self.answers["old again"] = (accepted(bank, self.case, "old") for _ in range(2))
        self.received(bank, relates_to={"case": self.case, "relation": "same_receipt"})
        self.other = self.received(bank)
        until(lambda: bank.acknowledged(self.other))
        self.answers["other"] = accepted(bank, self.other, "other")
        until(bank.at_rest)
        self.facts["meanwhile"] = bank.facts(self.case) - before
        bank.run("status", "status")
        bank.run("letters", "dead-letters", "list")
        for name, command in OLD_TOOL.items():
            bank.run(f"old {name}", *command)
        bank.run("old timeline", "case", "timeline", self.case)
        self.answers["shown"] = bank.ask(f"/v1/cases/{self.case}", "lin.fang")

    def upgraded(self, bank: Night) -> None:
        """Readers first, the writer last; what the old version knows goes on being written."""
        new_code(bank.house)
        for name in READERS_FIRST:
            self.restarted.append(bank.run(name, "restart", name).returncode)
        until(lambda: [name for name, cases in blocked(bank).items() if cases] == [WRITER])
        self.restarted.append(bank.run(WRITER, "restart", WRITER).returncode)
        until(lambda: bank.at_rest() and not bank.alarms())
        self.answers["new"], self.answers["old still"] = (accepted(bank, self.case, key) for key in ("new", "old"))
        until(lambda: self.replied(bank))
        bank.run("doctor", "doctor")
        self.facts["held back"] = versions_of(bank, self.other)

    def allowed(self, bank: Night) -> None:
        """Once every process knows the new version, reference data allow it."""
        by = ("--who", "lin.fang", "--why", "all processes are upgraded")
        bank.run("published", "reference", "publish", "versions", str(bank.house / VERSIONS), *by)
        until(lambda: self.replied(bank) and versions_of(bank, self.other)[-1] == "v2")
        until(bank.at_rest)
        self.facts["at last"] = versions_of(bank, self.other)
        self.facts["case"] = bank.facts(self.case)
        self.facts["doubled"] = doubled(bank, self.case) + doubled(bank, self.other)
        bank.run("letters after", "dead-letters", "list")
        bank.run("timeline", "case", "timeline", self.case)
        bank.run("verify", "rebuild", "verify")
        bank.run("replay", "replay", "check")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """One installation: a fact too early, readers first, the writer last, and then what reference data allow."""
    found = Story()
    with night(tmp_path_factory.mktemp("upgrade"), f"steered:{START}") as bank:
        found.too_early(bank)
        found.upgraded(bank)
        found.allowed(bank)
        found.said = bank.said
    return found


def test_old_processes_wait_with_a_case_they_cannot_read_and_tell(story: Story) -> None:
    """Nothing is decided on it, what is asked on it is refused at once, and other cases of its partition go on.

    The API is of the old version, too, and says the same as the worker.
    """
    refused = [(answer.status_code, answer.json()["code"]) for name, answer in story.answers.items() if "old" in name]

    assert 1 == story.said["status"].returncode
    assert len(WORKERS) == story.said["letters"].stdout.count(f"type_unknown  {TYPE}")
    assert [(409, "case_blocked")] * 3 == refused
    assert {"CommandRefused": 1, "ReceiptAdded": 1} == story.facts["meanwhile"]
    assert 200 == story.answers["other"].status_code


def test_the_old_console_and_the_old_tool_answer_without_what_they_cannot_read_and_say_so(story: Story) -> None:
    """Nobody takes the case for one that is well, and nothing ends because of it."""
    shown, said = story.answers["shown"].json(), story.said
    timeline = said["old timeline"].stdout

    assert (True, "routed") == (shown["blocked"], shown["state"])
    assert (0, 1) == (said["old timeline"].returncode, timeline.count("cannot be read")), timeline
    assert 4 == said["old doctor"].stdout.count("has 1 dead letters that wait"), said["old doctor"].stdout
    for name, unread in UNREAD.items():
        told = said[f"old {name}"]
        assert unread in " ".join(told.stdout.split()), told.stdout + told.stderr


def test_upgraded_in_order_they_go_on_with_the_case_by_themselves(story: Story) -> None:
    """A new act succeeds, the refused one stays refused, clocks and letters are answered, no dead letter waits."""
    facts = story.facts["case"]

    assert [0] * (len(READERS_FIRST) + 1) == story.restarted
    assert 200 == story.answers["new"].status_code, story.answers["new"].text
    assert story.answers["old"].json() == story.answers["old still"].json()
    assert 0 == story.said["letters after"].stdout.count(TYPE), story.said["letters after"].stdout
    assert (1, 1) == (facts["HandoverAccepted"], facts["ClockMet"])
    assert facts["MessageSendStarted"] == facts["MessageSent"] > story.facts["letters before"]
    assert "Flowers were sent to the customer." in story.said["timeline"].stdout


def test_a_new_version_of_an_event_is_written_once_reference_data_allow_it(story: Story) -> None:
    """Until then the new processes write what the old ones can read; the doctor says what waits for it."""
    at_last = story.facts["at last"]

    assert {"v1"} == set(story.facts["held back"])
    assert f"not allowed yet: {NAME}.v2" in story.said["doctor"].stdout
    assert 0 == story.said["published"].returncode, story.said["published"].stderr
    assert ({"v1", "v2"}, sorted(at_last)) == (set(at_last), at_last)


def test_no_fact_is_lost_or_doubled(story: Story) -> None:
    """The live folds are what the log says, and the log decided again is the same."""
    verified, replayed = story.said["verify"], story.said["replay"]

    assert [] == story.facts["doubled"]
    assert 0 == verified.returncode, verified.stdout
    assert 0 == replayed.returncode, replayed.stdout
