"""``make demo``: a sub-branch's year of telephone complaints, then one on each further channel, on a real Kafka.

Everything is done as people and channel systems do it: over HTTP, with tokens, on the steered clock. Ends with what a
bank would want to see, and with a non-zero exit code when any of it is not so.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from rich.progress import Progress

from ops.demo import inbox, mail
from ops.demo.channel_courses import course
from ops.demo.courses import CALLED_AGAIN, Step
from ops.demo.report import Story, out, report
from ops.local import installation, reference, steering
from ops.local.broker import answers
from ops.local.status import processes, status
from ops.local.tokens import TokenIssuer, issuer_for
from shared.contract.subjects import Subject
from shared.process.settings import Settings

DATA = Path("data-demo").resolve()
FIRST_PORTS = 18100
START = "2020-01-02T09:00:00+08:00"
NEW_BOX = "2026-09-01T09:00:00+08:00"
"""When the opinion box of 2026 is put up."""
END = "2026-10-20T18:00:00+08:00"
KILLED_AT_RECEIPT, KILLED_AT_COMMAND = {12: "routing"}, {19: "casework"}
"""After how many complaints which service is killed: with a complaint, or with a command, on its way."""
ASKED_TIMES = 20
"""A command's answer is waited for so many times, five seconds each."""
CASES_FILE, CHANNELS_FILE = (Path(__file__).parent / f"demo-{year}.yaml" for year in (2020, 2026))


def ports() -> int:
    """The first base whose ports nobody uses."""
    return next(base for base in range(FIRST_PORTS, 30000, 200) if not any(answers(base + n) for n in (1, 11, 26, 90)))


def redress(*arguments: str) -> None:
    """Run a ``redress`` command as a person would."""
    out.print(f"$ redress {' '.join(arguments)}", style="bold", markup=False, soft_wrap=True)
    subprocess.run([sys.executable, "-m", "ops.cli", *arguments], check=True)


def submission(row: dict[str, Any]) -> dict[str, Any]:
    """The body a call-centre system would post."""
    who = {key: row[key] for key in ("name", "phone", "language", "email", "address") if row.get(key)}
    matter = {key: row[key] for key in ("narrative", "reason", "request")} | {"complained_unit": row["unit"]}
    matter["complained_persons"] = row.get("persons", [])
    body: dict[str, Any] = {"received_at": row["at"], "complainant": who or None, "matter": matter}
    body["received_by"] = {"unit": row.get("received_at", "dongqiao"), "person": row.get("by", "lin.fang")}
    if "details" in row:
        body["details"] = row["details"]
    elif "origin" in row:
        body["origin"] = {"kind": row["origin"], "reference": row["key"]}
    return body


def second_call(row: dict[str, Any], case: str, at: datetime) -> dict[str, Any]:
    """The body that is posted when the customer calls again: more to tell, and another telephone number."""
    body = submission(row | {"at": at.isoformat(), "narrative": row["called_again"]})
    body["complainant"]["phone"] = row["new_phone"]
    return body | {"relates_to": {"case": case, "relation": "same_receipt"}}


class Player:
    """Plays the year: the clock moves to each call and each act, what falls due on the way happens."""

    def __init__(self, settings: Settings, story: Story, client: httpx.AsyncClient, clock: steering.Steering) -> None:
        self.settings = settings
        self.clock = clock
        self.story = story
        self.client = client
        self.tokens: TokenIssuer = issuer_for(settings)
        self.calendar = reference.shipped_calendar()
        self.approval: str | None = None

    async def play(self) -> None:
        """Every complaint from the call to the archive."""
        rows = self.story.rows
        with Progress(console=out, transient=True) as progress:
            task = progress.add_task("2020", total=len(rows) + 1)
            for number, row in enumerate(rows):
                if number == len(self.story.year["complaints"]):
                    await self._put_up_box()
                progress.update(task, description=f"{row['at'][:10]} {row.get('course', 'ordinary')}")
                await self._complaint(number, row)
                progress.advance(task)
            await self._write()
            await self._post_to_inbox()
            await self.clock.advance(datetime.fromisoformat(END))
            progress.advance(task)

    async def _write(self) -> None:
        """Complain by mail, add to it, and be away."""
        numbers, joined, cases = await mail.write(self.settings)
        self.story.expect(
            "cases by mail, answers that joined, cases that mail stands in", (1, 1, 1), (len(numbers), joined, cases)
        )
        out.print(f"{', '.join(numbers)} came by mail; an answer joined it, and what a machine answered is no case")

    async def _post_to_inbox(self) -> None:
        """Complain by way of Kafka, the same record twice."""
        answers = await inbox.post(self.settings, self.clock.now)
        self.story.expect("answers of the inbox", [201, 200], [answer["status"] for answer in answers])
        numbers = {answer["case_number"] for answer in answers}
        self.story.expect("cases that one record posted twice became", 1, len(numbers))
        out.print(f"{', '.join(sorted(numbers))} came by Kafka, posted twice: one case")

    async def _put_up_box(self) -> None:
        """Publish an organisation whose hall has an opinion box for three days; on the last nobody looks into it."""
        await self.clock.advance(datetime.fromisoformat(NEW_BOX))
        box = dict(self.story.channels["box"])
        line = f'opinion_box: {{since: {box["since"]}, until: {box["until"]}, closes_at: "{box["closes_at"]}"}}'
        text = reference.EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
        file = self.settings.data / "with-a-box.yaml"
        before = f"{{id: {box['unit']}, "
        file.write_text(text.replace(before, f"{before}{line}, "), encoding="utf-8")
        told = ("--who", "何昀", "--why", "营业厅设意见簿", "--data", str(self.settings.data))
        await asyncio.to_thread(redress, "reference", "publish", "organisation", str(file), *told)

    async def _review_box(self, day: str) -> None:
        """Look into the box before it closes, with a witness."""
        await self.clock.advance(datetime.fromisoformat(f"{day}T16:40:00+08:00"))
        said = {"date": day, "opened_at": f"{day}T16:40:00+08:00", "reviewer": "mo.ran", "witness": "he.yun"}
        headers = {"Authorization": self._bearer("person", "mo.ran"), "Idempotency-Key": f"box-{day}"}
        url = self._url(1, f"/v1/opinion-boxes/{self.story.channels['box']['unit']}/reviews")
        answer = await self.client.post(url, json=said | {"entries_found": 1}, headers=headers)
        self.story.expect(f"status of the review of {day}", 201, answer.status_code)

    async def _complaint(self, number: int, row: dict[str, Any]) -> None:
        called_at = datetime.fromisoformat(row["at"])
        await self.clock.advance(called_at)
        if number in KILLED_AT_RECEIPT:
            await self._killing(KILLED_AT_RECEIPT[number], self._post(row))
        else:
            await self._post(row)
        await self.clock.advance(called_at)
        if row.get("course") == "box":
            await self._review_box(row["at"][:10])
        for at, step in enumerate(course(row)):
            instant = self._instant(called_at, step)
            if instant > self.clock.now:
                await self.clock.advance(instant)
            if at == 0 and number in KILLED_AT_COMMAND:
                await self._killing(KILLED_AT_COMMAND[number], self._act(row, at, step))
            else:
                await self._act(row, at, step)

    def _instant(self, called_at: datetime, step: Step) -> datetime:
        if step.working_days == 0:
            return called_at + timedelta(hours=step.hour)
        day = self.calendar.nth_after(called_at.date(), step.working_days)
        return called_at.replace(year=day.year, month=day.month, day=day.day, hour=step.hour, minute=0)

    async def _post(self, row: dict[str, Any]) -> None:
        """Post a complaint, some of them twice: the second answer is the first one."""
        who = ("person", row["by"]) if "by" in row else ("channel", "hotline")
        headers = {"Authorization": self._bearer(*who), "Idempotency-Key": row["key"]}
        url = self._url(1, f"/v1/complaints/{row.get('channel', 'phone')}")
        for expected in (201, 200) if row.get("twice") else (201,):
            answer = await self.client.post(url, json=submission(row), headers=headers)
            self.story.expect(f"status of {row['key']}", expected, answer.status_code)
            number = answer.json().get("case_number")
            self.story.expect(f"number of {row['key']}", self.story.numbers.setdefault(row["key"], number), number)

    async def _act(self, row: dict[str, Any], at: int, step: Step) -> None:
        """Send a command as the person who owes it; one that takes long is asked for until it is answered."""
        number = self.story.numbers[row["key"]]
        if step.command == CALLED_AGAIN:
            await self._call_again(row, number)
            return
        person = await self._person(number, step.by)
        headers = {"Authorization": self._bearer("person", person), "Idempotency-Key": f"{row['key']}/{at}"}
        url = self._url(2, f"/v1/cases/{number}/commands/{step.command}")
        for _ in range(ASKED_TIMES):
            answer = await self.client.post(url, json=step.body_at(self.clock.now, self.approval), headers=headers)
            if answer.status_code != 202:
                break
        said = answer.json().get("code", "") if answer.status_code != 200 else ""
        self.story.expect(f"{step.command} on {row['key']} by {person}", "200", f"{answer.status_code} {said}".strip())
        self._tell_of_approval(answer.json(), number, step, person)
        if "log" in answer.json():
            place = answer.json()["log"]
            self.story.seen = f"{place['partition']}:{place['offset']}"

    async def _call_again(self, row: dict[str, Any], number: str) -> None:
        """Post a further receipt of the same complaint: it is added to the case that there is."""
        body = second_call(row, number, self.clock.now)
        headers = {"Authorization": self._bearer("channel", "hotline"), "Idempotency-Key": f"{row['key']}/again"}
        answer = await self.client.post(self._url(1, "/v1/complaints/phone"), json=body, headers=headers)
        self.story.expect(f"case of the second call on {row['key']}", number, answer.json().get("case_number"))
        out.print(f"the customer of {number} called again: added to the case, and told to who handles it")

    def _tell_of_approval(self, answer: dict[str, Any], number: str, step: Step, person: str) -> None:
        """Remember what waits for a second person, and say when he was asked and when he approved it."""
        if "pending" in answer:
            self.approval = answer["pending"]["approval"]
            asked = ", ".join(answer["pending"]["approvers"])
            out.print(f"{step.command} on {number} by {person} waits for a second person: {asked}")
        elif step.command == "approve":
            out.print(f"{person} approved it: it counts from now on")

    async def _person(self, number: str, by: str) -> str:
        """Who a role of the case is now, as the console shows it."""
        if by not in ("handler", "accepting", "archivist"):
            return by
        if by == "archivist":
            return "zhong.an"
        query = {"after": self.story.seen} if self.story.seen else {}
        headers = {"Authorization": self._bearer("person", "lin.fang")}
        found = (await self.client.get(self._url(0, f"/v1/cases/{number}"), params=query, headers=headers)).json()
        return str(found[by]["person"])

    async def _killing(self, name: str, work: Any) -> None:
        """Kill a service with -9, do something while it is away, and wait until it is back and has caught up."""
        pid = next(p["pid"] for p in processes(self.settings) if p["name"] == name)
        started = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        await work
        await self.clock.advance(self.clock.now)
        found = next(r for r in status(self.settings) if r["name"] == name)
        self.story.expect(f"restarts of {name}", 1, found["restarts"])
        out.print(
            f"{name} (pid {pid}) was killed with work on its way; pid {found['pid']} had done it "
            f"{time.monotonic() - started:.1f} s later"
        )

    def _bearer(self, kind: str, id_: str) -> str:
        return f"Bearer {self.tokens.issue(Subject('person' if kind == 'person' else 'channel', id_))}"

    def _url(self, offset: int, path: str) -> str:
        return f"http://127.0.0.1:{self.settings.ports + offset}{path}"


async def play_and_report(settings: Settings, story: Story) -> None:
    """The year, then what came of it."""
    async with httpx.AsyncClient(timeout=20) as client, steering.steering(settings) as clock:
        await Player(settings, story, client, clock).play()
        await report(settings, story, client)


def main() -> None:
    """Play the years from an empty log."""
    began = time.monotonic()
    if DATA.exists():
        shutil.rmtree(DATA)
    year, channels = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in (CASES_FILE, CHANNELS_FILE))
    story = Story(year, channels)
    redress("up", "--data", str(DATA), "--ports", str(ports()), "--clock", f"steered:{START}", "--detach")
    try:
        asyncio.run(play_and_report(installation.load(DATA), story))
    finally:
        redress("down", "--data", str(DATA))
    for fault in story.faults:
        out.print(f"NOT SO: {fault}", style="red", markup=False)
    verdict = "all as it has to be" if not story.faults else f"{len(story.faults)} things are not so"
    out.print(f"demo: {verdict}, after {time.monotonic() - began:.0f} s")
    raise SystemExit(1 if story.faults else 0)


if __name__ == "__main__":
    main()
