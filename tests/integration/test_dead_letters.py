"""Dead letters on a whole installation, as operators deal with them: listed by case, redriven, set aside, verified."""

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from ops.local import dead_letters, installation
from ops.local.process_table import WORKERS
from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION
from shared.contract.governance import GovernanceStep
from shared.contract.letter_standings import Standing
from shared.contract.topics import GOVERNANCE, INBOX, INBOX_RESULTS, topic_name
from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY, START
from tests.acceptance.test_waiting_cases import (
    AT_OUTLET,
    EVERY_UNIT,
    ROUTING_RULES,
    SUB_BRANCHES_ONLY,
    Bank,
    until,
)
from tests.support.broker import free_ports
from tests.support.installation import installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.long]
HAO = "  - {id: jin.hao, name: 金昊,"
LATER = HAO.replace("jin.hao", "new.clerk").replace("金昊", "新员")
"""Somebody whom the organisation file names only later."""
WHO = ("--who", "luo.tian", "--why", "as the page says", "--ticket", "INC-7")
Done = subprocess.CompletedProcess[str]


@dataclass
class Story:
    """What was seen of an installation whose dead letters operators see to."""

    cases: dict[str, str] = field(default_factory=dict)
    listed: list[dict[str, Any]] = field(default_factory=list)
    ran: dict[str, "Done"] = field(default_factory=dict)
    steps: list[GovernanceStep] = field(default_factory=list)
    stood: dict[str, str] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    routed: bool = False


class Operators:
    """Who runs the commands on one installation."""

    def __init__(self, bank: Bank, story: Story) -> None:
        self.bank = bank
        self.story = story
        self.place = ("--data", str(bank.settings.data))

    def run(self, name: str, *arguments: str) -> "Done":
        """Run a command; what it said is kept under a name."""
        self.story.ran[name] = redress(*arguments, *self.place, check=False)
        return self.story.ran[name]

    def standings(self) -> list[Standing]:
        """Every dead letter."""
        return list(asyncio.run(dead_letters.standings(self.bank.settings)).by_id.values())

    def of(self, case: str) -> list[Standing]:
        """Those of a case."""
        return [one for one in self.standings() if one.letter.case_id == self.story.cases[case]]

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition, bounded."""
        until(condition)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """An installation of its own: what waits in it would disturb others."""
    folder = tmp_path_factory.mktemp("letters")
    with installed(folder / "data", f"steered:{START}") as settings:
        found = Story()
        operators = Operators(Bank(settings), found)
        break_things(operators, folder)
        see_to_the_held(operators, folder)
        see_to_the_inbox(operators, folder)
        see_to_the_unreadable(operators)
        found.steps = steps(settings)
        found.stood = {one.letter.id: one.state for one in operators.standings()}
        yield found


def break_things(operators: Operators, folder: Path) -> None:
    """A record that nobody can read, rules that forget the outlets, and a record of the inbox by an unknown person."""
    bank, cases = operators.bank, operators.story.cases
    cases["broken"] = bank.post()
    until(lambda: bank.answered(cases["broken"]))
    bank.append(cases["broken"], "redress.ComplaintReceived.v1", b'{"specversion": "1.0", "id":')
    rules = ROUTING_RULES.read_text(encoding="utf-8")
    bank.publish_rules(folder, rules.replace(EVERY_UNIT, SUB_BRANCHES_ONLY), "an outlet takes no calls")
    cases["held"] = bank.post(AT_OUTLET)
    cases["inbox"] = asyncio.run(posted(bank.settings))
    until(lambda: len(operators.standings()) == len(WORKERS) + 2)
    operators.story.listed = json.loads(operators.run("list", "dead-letters", "list", "--json").stdout)["dead_letters"]
    operators.run("only sla", "dead-letters", "list", "--service", "sla", "--reason", "unreadable")
    operators.run("show", "dead-letters", "show", operators.of("held")[0].letter.id)


async def posted(settings: Settings) -> str:
    """Post to the inbox what names somebody whom the organisation does not know; the name of its place."""
    received_by: Any = BODY["received_by"]
    body = BODY | {"received_by": received_by | {"person": "new.clerk"}}
    event: dict[str, Any] = {"specversion": "1.0", "id": "call-9", "type": "redress.ComplaintSubmitted.v1"}
    event |= {"source": "/channel-systems/hotline", "data": {"channel": "phone"} | body}
    async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap, acks="all") as producer:
        at = await producer.send_and_wait(topic_name(settings, INBOX), orjson.dumps(event), key=b"key")
    return f"inbox/{at.partition}:{at.offset}"


def see_to_the_held(operators: Operators, folder: Path) -> None:
    """Redriven in vain; once the rules are corrected it is decided by itself, and its letter is settled."""
    case = operators.story.cases["held"]
    operators.run("held in vain", "dead-letters", "redrive", "--case", case, *WHO)
    operators.run("the same decision", "dead-letters", "redrive", "--case", case, *WHO)
    operators.bank.publish_rules(folder, ROUTING_RULES.read_text(encoding="utf-8"), "outlets do take calls")
    until(lambda: [one.state for one in operators.of("held")] == ["settled"])
    operators.story.routed = operators.bank.answered(case)


def see_to_the_inbox(operators: Operators, folder: Path) -> None:
    """A dry run, then in vain, then once the organisation names the person."""
    place = operators.story.cases["inbox"]
    operators.run("dry run", "dead-letters", "redrive", "--case", place, *WHO, "--dry-run")
    operators.run("inbox in vain", "dead-letters", "redrive", "--case", place, *WHO)
    file = folder / "organisation.yaml"
    text = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
    (line,) = [one for one in text.splitlines() if one.startswith(HAO)]
    clerk = line.replace("unit: dongqiao.hall", "unit: dongqiao").replace(HAO, LATER)
    file.write_text(text.replace(line, f"{line}\n{clerk}"), encoding="utf-8")
    operators.run("organisation", "reference", "publish", "organisation", str(file), "--who", "t", "--why", "a clerk")
    operators.run("inbox again", "dead-letters", "redrive", operators.of("inbox")[0].letter.id, *WHO, "--again")
    operators.run("inbox once more", "dead-letters", "redrive", operators.of("inbox")[0].letter.id, *WHO, "--again")
    results = asyncio.run(read_topic(operators.bank.settings, INBOX_RESULTS, proven=False))
    operators.story.answers = [orjson.loads(one.value)["data"]["status"] for one in results]


def see_to_the_unreadable(operators: Operators) -> None:
    """No code reads it, so two people set it aside; the rest of its case is told, and verified is all but it."""
    case = operators.story.cases["broken"]
    operators.run("unreadable", "dead-letters", "redrive", "--case", case, *WHO)
    operators.run("verified before", "rebuild", "verify")
    for one in operators.of("broken"):
        operators.run("alone", "dead-letters", "discard", one.letter.id, *WHO)
        operators.run("discarded", "dead-letters", "discard", one.letter.id, *WHO, "--approved-by", "jin.hao")
        operators.run("discarded twice", "dead-letters", "discard", one.letter.id, *WHO, "--approved-by", "jin.hao")
    operators.run("verified after", "rebuild", "verify", "--json")
    operators.run("timeline", "case", "timeline", case)
    operators.run("case", "case", "show", case, "--json")
    operators.run("nothing waits", "dead-letters", "list")


def steps(settings: Settings) -> list[GovernanceStep]:
    """What stands in the topic of governance."""
    records = asyncio.run(read_topic(settings, GOVERNANCE))
    return [GovernanceStep.model_validate_json(record.value) for record in records]


def test_dead_letters_are_listed_by_case_with_a_reason_that_needs_no_key(story: Story) -> None:
    """One per service that needs the record."""
    cases = story.cases
    broken = [row for row in story.listed if row["case_id"] == cases["broken"]]
    others = {row["case_id"]: (row["service"], row["kind"], row["reason"]) for row in story.listed if row not in broken}

    assert sorted(WORKERS) == sorted(row["service"] for row in broken)
    assert {("JSONDecodeError", "redress.ComplaintReceived.v1", "open")} == {
        (row["reason"], row["type"], row["state"]) for row in broken
    }
    assert ("routing", "poison", "bad_reference") == others[cases["held"]]
    assert ("intake-inbox", "inbox", "invalid_submission") == others[cases["inbox"]]
    assert [f"case {cases['broken']}"] == [
        line for line in story.ran["only sla"].stdout.splitlines() if not line.startswith(" ")
    ]
    assert "redrive       the service decides it again at once" in story.ran["show"].stdout


def test_a_held_case_fails_again_with_its_reason_and_one_decision_tries_once(story: Story) -> None:
    """Corrected rules are all that it takes; nobody has to touch it then."""
    again = story.ran["the same decision"]

    assert 1 == story.ran["held in vain"].returncode
    assert "0 of 1 letters done" in story.ran["held in vain"].stdout
    assert (1, True) == (again.returncode, "failed by this very decision" in again.stdout)
    assert story.routed


def test_a_record_of_the_inbox_is_taken_in_under_its_own_key(story: Story) -> None:
    """Once, however often it is asked for; its sender is answered once more."""
    assert (0, True) == (story.ran["dry run"].returncode, "would be redriven" in story.ran["dry run"].stdout)
    assert (1, 0, 0) == tuple(story.ran[f"inbox {n}"].returncode for n in ("in vain", "again", "once more"))
    assert "nothing waits any more" in story.ran["inbox once more"].stdout
    assert [422, 422, 201] == story.answers


def test_what_no_code_reads_is_set_aside_by_two_people_and_verified_is_all_but_it(story: Story) -> None:
    """Not before: as long as somebody has to look, a verification is not well. The rest of the case stays visible."""
    before, after = story.ran["verified before"], json.loads(story.ran["verified after"].stdout)
    shown = json.loads(story.ran["case"].stdout)

    assert (1, True) == (before.returncode, "all as the log says, but for 1 cases" in before.stdout)
    assert (0, [], True) == (story.ran["verified after"].returncode, after["differences"], after["well"])
    assert [(story.cases["broken"], sorted(WORKERS), True)] == [
        (one["case"], sorted(one["services"]), one["set_aside"]) for one in after["but"]
    ]
    assert (2, 0, 0) == tuple(story.ran[name].returncode for name in ("alone", "discarded", "discarded twice"))
    assert (0, 1) == (story.ran["timeline"].returncode, story.ran["timeline"].stdout.count("cannot be read"))
    assert ["redress.ComplaintReceived.v1"] == [one["type"] for one in shown["unreadable"]]
    assert shown["handler"]
    assert "no dead letters\n" == story.ran["nothing waits"].stdout


def test_every_step_is_a_record_of_who_and_why(story: Story) -> None:
    """Who decided, for which ticket, who agreed; what came of it is said by the service, and nothing stands twice."""
    decided = [one for one in story.steps if one.kind in ("redrive_asked", "discarded")]

    assert len(story.steps) == len({one.id for one in story.steps})
    assert {("person:luo.tian", "as the page says", "INC-7")} == {(one.who, one.why, one.ticket) for one in decided}
    assert {"person:jin.hao"} == {one.approved_by for one in decided if one.kind == "discarded"}
    assert 3 + len(WORKERS) == sum(one.kind == "redrive_asked" for one in decided)
    assert 3 + len(WORKERS) == sum(one.kind == "redrive_answered" for one in story.steps)
    assert {"settled", "discarded"} == set(story.stood.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["redrive", *WHO], "either by their ids or by --case"),
        (["redrive", "0", "--service", "sla", *WHO], "either by their ids or by --case"),
        (["list", "--since", "yesterday"], "is no instant"),
        (["list", "--case", "20260305-1"], "no case number"),
    ],
)
def test_wrong_use_is_one_line_before_anything_is_asked(tmp_path: Path, arguments: list[str], said: str) -> None:
    """With exit code 2, whether a broker runs or not, for what can be known without one."""
    settings = Settings(data=tmp_path, ports=free_ports(100))
    installation.remember(settings)
    done = redress("dead-letters", *arguments, "--data", str(tmp_path), check=False)

    assert (2, "") == (done.returncode, done.stdout)
    assert (1, True) == (len(done.stderr.splitlines()), said in done.stderr)


@pytest.mark.parametrize("arguments", [["list"], ["redrive", "--service", "sla", *WHO], ["discard", "0", *WHO]])
def test_without_a_broker_it_says_so_and_ends_with_3(tmp_path: Path, arguments: list[str]) -> None:
    """Nothing was done."""
    installation.remember(Settings(data=tmp_path, ports=free_ports(100)))
    done = redress("dead-letters", *arguments, "--data", str(tmp_path), check=False)

    assert (3, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
