"""``make demo``: a sub-branch's year of telephone complaints, on a real Kafka and the steered clock.

Ends with what a bank would want to see, and with a non-zero exit code when any of it is not so.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import yaml
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ops import installation, rebuild, steering, timeline
from ops.broker import answers
from ops.reading import read_topic
from ops.status import processes, status
from shared.auth import Subject, tokens_for
from shared.envelope import Event, from_json
from shared.settings import Settings

DATA = Path("data-demo").resolve()
FIRST_PORTS = 18100
START = "2020-01-02T09:00:00+08:00"
END = "2020-12-23T18:00:00+08:00"
KILL_AFTER = 12
KILLED = "routing"
CASES_FILE = Path(__file__).parent / "demo-2020.yaml"
RATES = {"customers": "3.205", "transactions": "4.386"}
"""Complaints per 10,000 that the year's figures have to give."""
out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


@dataclass
class Story:
    """What was posted, and what turned out otherwise than it has to."""

    year: dict[str, Any]
    answers: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def expect(self, what: str, expected: object, found: object) -> None:
        """Note a fault unless both are equal."""
        if expected != found:
            self.faults.append(f"{what}: expected {expected}, found {found}")


def ports() -> int:
    """The first base whose ports nobody uses."""
    return next(base for base in range(FIRST_PORTS, 30000, 200) if not any(answers(base + n) for n in (1, 11, 26, 90)))


def redress(*arguments: str) -> None:
    """Run a ``redress`` command as a person would."""
    out.print(f"$ redress {' '.join(arguments)}", style="bold", markup=False)
    subprocess.run([sys.executable, "-m", "ops.cli", *arguments], check=True)


def submission(row: dict[str, Any]) -> dict[str, Any]:
    """The body a call-centre system would post."""
    who = {"name": row["name"], "phone": row["phone"], "language": row["language"]}
    if row["email"]:
        who["email"] = row["email"]
    matter = {key: row[key] for key in ("narrative", "reason", "request")} | {"complained_unit": row["unit"]}
    matter["complained_persons"] = row.get("persons", [])
    body: dict[str, Any] = {"received_at": row["at"], "complainant": who, "matter": matter}
    body["received_by"] = {"unit": "dongqiao", "person": "lin.fang"}
    if "origin" in row:
        body["origin"] = {"kind": row["origin"], "reference": row["key"]}
    return body


async def post(client: httpx.AsyncClient, row: dict[str, Any], story: Story) -> None:
    """Post a complaint, some of them twice: the second answer is the first one."""
    for expected in (201, 200) if row.get("twice") else (201,):
        answer = await client.post(
            "/v1/complaints/phone", json=submission(row), headers={"Idempotency-Key": row["key"]}
        )
        story.expect(f"status of {row['key']}", expected, answer.status_code)
        number = answer.json().get("case_number")
        story.expect(f"number of {row['key']}", story.answers.setdefault(row["key"], number), number)


async def play(settings: Settings, story: Story) -> None:
    """The year: the clock moves to each call, everything that falls due on the way happens."""
    token = tokens_for(settings).issue(Subject("channel", "hotline"))
    url = f"http://127.0.0.1:{settings.ports + 1}"
    rows = story.year["complaints"]
    with Progress(console=out, transient=True) as progress:
        task = progress.add_task("2020", total=len(rows) + 1)
        async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=10) as client:
            for number, row in enumerate(rows):
                await steering.advance(settings, datetime.fromisoformat(row["at"]), lambda _: None)
                if number == KILL_AFTER:
                    await kill_and_post(settings, client, row, story)
                else:
                    await post(client, row, story)
                progress.update(task, advance=1, description=row["at"][:10])
        await steering.advance(settings, datetime.fromisoformat(END), lambda _: None)
        progress.update(task, advance=1)


async def kill_and_post(settings: Settings, client: httpx.AsyncClient, row: dict[str, Any], story: Story) -> None:
    """kill -9 a service, post while it is away, and wait until it is back and has caught up."""
    pid = next(p["pid"] for p in processes(settings) if p["name"] == KILLED)
    started = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    await post(client, row, story)
    await steering.advance(settings, datetime.fromisoformat(row["at"]), lambda _: None)
    found = next(r for r in status(settings) if r["name"] == KILLED)
    story.expect(f"restarts of {KILLED}", 1, found["restarts"])
    out.print(
        f"{KILLED} (pid {pid}) was killed with complaint {KILL_AFTER + 1} on its way; pid {found['pid']} "
        f"routed it {time.monotonic() - started:.1f} s later"
    )


async def report(settings: Settings, story: Story) -> None:
    """The table, one timeline, the rates, what breached, the letters, the rebuild."""
    events = [from_json(r.value) for r in await read_topic(settings)]
    cases: dict[str, list[Event]] = {}
    for event in events:
        cases.setdefault(event.subject, []).append(event)
    ordered = sorted(cases.values(), key=lambda found: str(found[0].data["received_at"]))
    show_table(ordered)
    show_timeline(next(c for c in ordered if c[0].data["matter"]["complained_persons"]))
    show_rates(ordered, story)
    show_breaches(ordered)
    check_letters(events, settings, story)
    found = await rebuild.verify(settings)
    story.expect("differences between the services and the log", [], found.differences)
    out.print(
        f"rebuild: {found.events} events of {found.cases} cases folded independently, {found.fields} fields "
        f"compared with the live services, {len(found.differences)} differ"
    )


def _last(events: list[Event], name: str) -> Event | None:
    return next((e for e in reversed(events) if e.name == name), None)


def show_table(cases: list[list[Event]]) -> None:
    """Number, owner, clock and letters of every case."""
    table = Table("case", "complained unit", "handler", "class", "limit", "clock", "letters", box=None)
    for events in cases:
        routed, started = _last(events, "CaseRouted"), _last(events, "ClockStarted")
        if routed is None or started is None:
            table.add_row(events[0].data["case_number"], "-", "-", "-", "-", "not started", "0")
            continue
        handler = routed.data["decision"]["handler"] or {"person": "-"}
        deadline = started.data["deadline"]
        clock = "breached" if _last(events, "ClockBreached") else "running"
        letters = sum(e.name == "MessageSent" for e in events)
        table.add_row(
            events[0].data["case_number"], events[0].data["matter"]["complained_unit"], handler["person"],
            deadline["complaint_class"], deadline["due_on"], clock, str(letters),
        )  # fmt: skip
    out.print(table)


def show_timeline(events: list[Event]) -> None:
    """One case from beginning to end: the one whose unit head was complained about."""
    out.print(f"\ntimeline of {events[0].data['case_number']}, whose complaint names the head of the unit:")
    for row in timeline.entries(events):
        out.print(f"  {timeline.local(row['time'])}  {row['sentence']['zh']}", markup=False, soft_wrap=True)
        out.print(f"                    {row['sentence']['en']}", markup=False, soft_wrap=True)


def show_rates(cases: list[list[Event]], story: Story) -> None:
    """Count and rates per 10,000, inside and outside."""
    outside = sum(events[0].data["origin"]["kind"] != "none" for events in cases)
    story.expect("complaints", 25, len(cases))
    story.expect("from outside", 4, outside)
    out.print(f"\ncomplaints: {len(cases)} ({len(cases) - outside} inside, {outside} outside)")
    for what, expected in RATES.items():
        rate = (Decimal(len(cases)) * 10_000 / story.year[what]).quantize(Decimal("0.001"))
        story.expect(f"rate per 10,000 {what}", expected, str(rate))
        out.print(f"per 10,000 {what}: {rate} ({story.year[what]:,} {what})")


def show_breaches(cases: list[list[Event]]) -> None:
    """What breached and why."""
    breached = [events for events in cases if _last(events, "ClockBreached")]
    reasons = Counter(events[0].data["matter"]["reason"] or "unclassified" for events in breached)
    counts = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    out.print(
        f"breached: {len(breached)} of {len(cases)} ({counts}), because no reply to the customer and no result was "
        "recorded by the limit: each opened the duty to report the reason and to explain it to the customer"
    )


def check_letters(events: list[Event], settings: Settings, story: Story) -> None:
    """Every letter that the log says was sent lies in the outbox, once."""
    folder = settings.data / "outbox"
    sent = {e.data["message_id"] for e in events if e.name == "MessageSent"}
    names = [path.stem for path in folder.glob("*.eml")]
    story.expect("letters in the outbox that the log does not know", set(), set(names) - sent)
    story.expect("letters the log says were sent and that are missing", set(), sent - set(names))
    kinds = Counter(e.data["kind"] for e in events if e.name == "MessageSent")
    out.print(f"letters: {len(names)} in {folder}")
    out.print("  " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))


def main() -> None:
    """Play the year from an empty log."""
    began = time.monotonic()
    if DATA.exists():
        shutil.rmtree(DATA)
    story = Story(yaml.safe_load(CASES_FILE.read_text(encoding="utf-8")))
    redress("up", "--data", str(DATA), "--ports", str(ports()), "--clock", f"steered:{START}", "--detach")
    try:
        settings = installation.load(DATA)
        asyncio.run(play(settings, story))
        asyncio.run(report(settings, story))
    finally:
        redress("down", "--data", str(DATA))
    for fault in story.faults:
        out.print(f"NOT SO: {fault}", style="red", markup=False)
    verdict = "all as it has to be" if not story.faults else f"{len(story.faults)} things are not so"
    out.print(f"demo: {verdict}, after {time.monotonic() - began:.0f} s")
    raise SystemExit(1 if story.faults else 0)


if __name__ == "__main__":
    main()
