"""Every course of a complaint, from the call to the archive, folded again from the log alone: no vault, no database."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from importlib import import_module
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import httpx
import pytest
import yaml

from ops.demo.channel_courses import course
from ops.demo.courses import CALLED_AGAIN, COURSES, Step
from ops.demo.play import CASES_FILE, second_call, submission
from ops.local import reference, steering
from ops.local.process_table import WORKERS
from ops.local.reading import event_of, read_topic
from ops.local.status import processes
from ops.verify.naive_fold import differences
from ops.verify.timeline import shown, told_of
from shared.contract.records import Record
from shared.contract.topics import partition_of
from shared.kernel.fold import Fold
from shared.process.settings import Settings
from tests.support.installation import authorization, installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.long]
CALLED_AT = datetime.fromisoformat("2020-03-05T10:00:00+08:00")
END = CALLED_AT + timedelta(days=20)
BREADTH = {
    "ComplaintReceived", "CaseRouted", "CaseRerouted", "HandoverAccepted", "HandoverRefused", "PartyConcernedNamed",
    "CustomerContacted", "InvestigationRecorded", "DecisionMade", "ResultReported", "ResultTracked",
    "OverrunExplained", "SettledOnTheSpot", "CaseClosed", "CaseArchived", "ClockStarted", "ClockWarned",
    "ClockBreached", "ClockMet", "MessageSendStarted", "MessageSent",
}  # fmt: skip
"""Facts of every service that the courses lead to."""


def rows() -> list[dict[str, Any]]:
    """The demo's first complaint of every course, all received in the same moment."""
    complaints = yaml.safe_load(CASES_FILE.read_text(encoding="utf-8"))["complaints"]
    first = {row.get("course", "ordinary"): row for row in reversed(complaints)}
    back_at = instant(Step(4, 9, "", "")).isoformat()
    promised_on = instant(Step(5, 0, "", "")).date().isoformat()
    changes = {"at": CALLED_AT.isoformat(), "back_at": back_at, "promised_on": promised_on}
    return [first[name] | changes for name in COURSES]


def instant(step: Step) -> datetime:
    """When a step is taken."""
    if step.working_days == 0:
        return CALLED_AT + timedelta(hours=step.hour)
    day = reference.shipped_calendar().nth_after(CALLED_AT.date(), step.working_days)
    return datetime.combine(day, time(step.hour), CALLED_AT.tzinfo)


@dataclass
class Played:
    """An installation in which every course was played; a refused command is a fact as well."""

    settings: Settings
    cases: dict[str, str] = field(default_factory=dict)
    asked: str | None = None
    clock: steering.Steering = field(init=False)

    async def play(self) -> None:
        """All complaints at once, step by step as the clock moves."""
        async with httpx.AsyncClient(timeout=20) as client, steering.steering(self.settings) as self.clock:
            played = rows()
            for row in played:
                await self._post(client, row)
            steps = ((instant(step), row, at, step) for row in played for at, step in enumerate(course(row)))
            for moment, taken in groupby(sorted(steps, key=itemgetter(0)), key=itemgetter(0)):
                await self.clock.advance(moment)
                for _, row, number, step in taken:
                    await self._act(client, row, number, step)
            await self.clock.advance(END)

    async def _post(self, client: httpx.AsyncClient, row: dict[str, Any]) -> None:
        headers = authorization(self.settings) | {"Idempotency-Key": row["key"]}
        url = f"http://127.0.0.1:{self.settings.ports + 1}/v1/complaints/phone"
        answer = await client.post(url, json=submission(row), headers=headers)
        self.cases[row["key"]] = answer.json()["case_id"]

    async def _call_again(self, client: httpx.AsyncClient, row: dict[str, Any]) -> None:
        headers = authorization(self.settings) | {"Idempotency-Key": f"{row['key']}/again"}
        url = f"http://127.0.0.1:{self.settings.ports + 1}/v1/complaints/phone"
        body = second_call(row, self.cases[row["key"]], self.clock.now)
        assert 201 == (await client.post(url, json=body, headers=headers)).status_code

    async def _act(self, client: httpx.AsyncClient, row: dict[str, Any], number: int, step: Step) -> None:
        if step.command == CALLED_AGAIN:
            await self._call_again(client, row)
            return
        case = self.cases[row["key"]]
        person = await self._person(case, step.by)
        headers = authorization(self.settings, person, "person") | {"Idempotency-Key": f"{row['key']}/{number}"}
        url = f"http://127.0.0.1:{self.settings.ports + 2}/v1/cases/{case}/commands/{step.command}"
        answer = await client.post(url, json=step.body_at(self.clock.now, self.asked), headers=headers)
        assert "log" in answer.json(), f"{step.command} by {person}: {answer.text}"
        self.asked = answer.json().get("pending", {}).get("approval", self.asked)

    async def _person(self, case: str, by: str) -> str:
        """Who a role of the case is now, read from the log."""
        if by == "archivist":
            return "zhong.an"
        if by not in ("handler", "accepting"):
            return by
        return str(shown((await told_of(self.settings, case, None)).events)[by][1])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Played once for all tests of this file."""
    with installed(tmp_path_factory.mktemp("courses"), f"steered:{CALLED_AT.isoformat()}") as settings:
        bank = Played(settings)
        asyncio.run(bank.play())
        yield bank


def folded_anew(records: list[Record], name: str) -> dict[str, Any]:
    """What a service's fold makes of the log. Given nothing but the records: it has no vault to open anything with."""
    service = import_module(f"services.{name}.decisions").SERVICE
    folds = [Fold(service, partition) for partition in range(4)]
    for record in records:
        folds[partition_of(record.key, 4)].apply(record)
    entries = chain.from_iterable(fold.cases.items() for fold in folds)
    return {case: service.dump(entry.state) for case, entry in entries if entry.state is not None}


def live(settings: Settings, name: str) -> dict[str, Any]:
    """What the running service holds."""
    address = next(row["internal"] for row in processes(settings) if row["name"] == name)
    found: dict[str, Any] = httpx.get(f"{address}/internal/cases", timeout=20).json()
    return found


def test_the_courses_lead_to_facts_of_every_service_with_sealed_words_in_them(played: Played) -> None:
    """What is folded below is no empty log."""
    records = asyncio.run(read_topic(played.settings))
    types = {event_of(record).name for record in records}

    assert set() == BREADTH - types
    assert 40 < sum(b'"box"' in record.value for record in records)


@pytest.mark.parametrize("name", WORKERS)
def test_a_fold_without_any_vault_gives_the_state_of_the_running_service(played: Played, name: str) -> None:
    """Decisions never rest on what is sealed: the log alone gives the state of every case, field by field."""
    records = asyncio.run(read_topic(played.settings))
    expected = folded_anew(records, name)

    assert len(COURSES) == len(expected)
    assert [] == differences(expected, live(played.settings, name), f"/{name}")


def test_nothing_would_be_owed_on_what_the_same_code_has_answered(played: Played) -> None:
    """Asked of the log alone, as before a deployment."""
    done = redress("rebuild", "verify", "--owed", "--data", str(played.settings.data), check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert "events folded by 4 services: nothing would be owed" in done.stdout
