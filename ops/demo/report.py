"""What the demo shows at its end, and what has to be so: register, statistics, a timeline, letters, the rebuild."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from ops.demo import figure
from ops.local.published_reference import published_reference
from ops.local.reading import event_of, read_topic
from ops.local.tokens import issuer_for
from ops.verify import rebuild, timeline
from shared.bank.bank_day import BankDay
from shared.bank.in_force import bank_day
from shared.contract.envelope import Event
from shared.contract.subjects import Subject
from shared.process.settings import Settings

out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
AUDITOR = "lin.fang"
GOLDEN = {
    "complaints": 25,
    "inside": 21,
    "outside": 4,
    "per_10k_customers": "3.205",
    "per_10k_transactions": "4.386",
    "resolved_in_place_rate": "100.000",
    "escalated": 0,
    "repeat": 0,
}
"""The published figures of the year (rules: figures-2020), as the services have to compute them."""


@dataclass
class Story:
    """What was posted, and what turned out otherwise than it has to. ``seen``: the last answer's place in the log."""

    year: dict[str, Any]
    channels: dict[str, Any]
    numbers: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    seen: str | None = None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every complaint, in the order of its receipt."""
        return [*self.year["complaints"], *self.channels["complaints"]]

    def expect(self, what: str, expected: object, found: object) -> None:
        """Note a fault unless both are equal."""
        if expected != found:
            self.faults.append(f"{what}: expected {expected}, found {found}")


async def report(settings: Settings, story: Story, client: httpx.AsyncClient) -> None:
    """Register, statistics, one timeline, letters, rebuild."""
    token = issuer_for(settings).issue(Subject("person", AUDITOR))
    console = httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{settings.ports}", headers={"Authorization": f"Bearer {token}"}, timeout=20
    )
    events = [event_of(record) for record in await read_topic(settings)]
    async with console:
        await show_register(console, story)
        await show_statistics(console, story, settings)
        await show_timeline(console, story, bank_day(await published_reference(settings), events[-1].recorded_at))
    show_silence(events, story)
    show_moved_date(events, story, bank_day(await published_reference(settings), events[-1].recorded_at))
    check_letters(events, settings, story)
    found = await rebuild.verify(settings)
    story.expect("differences between the services and the log", [], found.differences)
    out.print(
        f"rebuild: {found.events} events of {found.cases} cases folded independently, {found.fields} fields "
        f"compared with the live services, {len(found.differences)} differ"
    )


async def show_register(console: httpx.AsyncClient, story: Story) -> None:
    """Number, owner, class, clock and state of every case, as the console has them."""
    table = Table("case", "complained unit", "handler", "class", "limit", "clock", "state", box=None)
    for key, number in story.numbers.items():
        case = (await console.get(f"/v1/cases/{number}")).json()
        clocks = (await console.get(f"/v1/cases/{number}/clocks")).json()
        own = [clock for clock in clocks if clock["milestone"] == "reply"]
        handler = (case["handler"] or {}).get("person") or "-"
        table.add_row(
            number, _complained(story, key), handler, case["class"], own[-1]["due_on"],
            ", ".join(clock["state"] for clock in own), case["state"],
        )  # fmt: skip
        story.expect(f"state of {key}", "archived", case["state"])
    out.print(table)


def _complained(story: Story, key: str) -> str:
    return str(next(row["unit"] for row in story.rows if row["key"] == key))


async def show_statistics(console: httpx.AsyncClient, story: Story, settings: Settings) -> None:
    """The year's figures as the console computes them, against the published ones."""
    query = {"unit": "dongqiao", "from": "2020-01-01", "to": "2020-12-31"}
    query |= {what: str(story.year[what]) for what in ("customers", "transactions")}
    found = (await console.get("/v1/statistics", params=query)).json()
    out.print(f"\nstatistics of 2020 ({query['customers']} customers, {query['transactions']} transactions):")
    for what in (*GOLDEN, "on_time_rate", "satisfaction", "by_reason", "by_unit"):
        out.print(f"  {what}: {found.get(what)}", markup=False, soft_wrap=True)
    for what, expected in GOLDEN.items():
        story.expect(what, expected, found.get(what))
    figure.show(out, found, 2020, settings.data / "complaints-2020.svg")


async def show_timeline(console: httpx.AsyncClient, story: Story, day: BankDay) -> None:
    """One case from beginning to end: the one whose limit passed."""
    row = next(r for r in story.year["complaints"] if r.get("course") == "late")
    found = (await console.get(f"/v1/cases/{story.numbers[row['key']]}/timeline")).json()
    out.print(f"\ntimeline of {found['case_number']}, whose limit passed:")
    for entry in found["entries"]:
        out.print(f"  {timeline.local(entry['time'], day)}  {entry['sentence']['zh']}", markup=False, soft_wrap=True)
        out.print(f"                    {entry['sentence']['en']}", markup=False, soft_wrap=True)
    breached = sum(entry["type"].startswith("redress.ClockBreached") for entry in found["entries"])
    story.expect("breaches of the late case", True, breached >= 1)


def of_course(events: list[Event], story: Story, course: str) -> tuple[str, list[Event]]:
    """The number of the case that takes a course, and its events."""
    row = next(r for r in story.year["complaints"] if r.get("course") == course)
    number = story.numbers[row["key"]]
    case = next(e for e in events if e.data.get("case_number") == number).subject
    return number, [event for event in events if event.subject == case]


def show_silence(events: list[Event], story: Story) -> None:
    """The case that nobody worked on: who was told, and to whom it went up before its limit."""
    number, own = of_course(events, story, "silent")
    went_up = [e.data["to"]["person"] for e in own if e.name == "CaseEscalated" and e.data["ground"] == "silence"]
    missed = [e.data["milestone"] for e in own if e.name == "ClockBreached"]
    told = sum(e.data["kind"] == "silence_notice" for e in own if e.name == "MessageSent")
    story.expect("times that the silent case went up", 1, len(went_up))
    story.expect("limits that passed on it", ["accept_handover", "contact_customer"], missed)
    out.print(
        f"\nsilence: nobody took {number} on or called the customer; {told} notices told so, it went up to "
        f"{', '.join(went_up)} by itself and was answered within its limit",
        soft_wrap=True,
    )


def show_moved_date(events: list[Event], story: Story, day: BankDay) -> None:
    """The second call, the date that it moved, and who was told so."""
    number, own = of_course(events, story, "called_again")
    sent = [e.data["kind"] for e in own if e.name == "MessageSent"]
    story.expect("further receipts of that case", 1, sum(e.name == "ReceiptAdded" for e in own))
    story.expect("notices of the further receipt", True, "further_receipt_notice" in sent)
    story.expect("notices of the moved date, to customer and handler", 2, sent.count("limit_notice"))
    for moved in (e for e in own if e.name == "ClockRecomputed"):
        until, at = moved.data["deadline"]["due_on"], timeline.local(moved.time, day)
        out.print(
            f"\na date that moved: {number} was classified anew on {at}; "
            f"the answer is due on {until} now, told by {sent.count('limit_notice')} letters",
            soft_wrap=True,
        )


def check_letters(events: list[Event], settings: Settings, story: Story) -> None:
    """Every letter that the log says was sent or printed lies in the outbox, once."""
    folder = settings.data / "outbox"
    sent = {e.data["message_id"] for e in events if e.name == "MessageSent"}
    names = [path.stem.partition(".")[0] for path in folder.rglob("*") if path.suffix in (".eml", ".pdf")]
    story.expect("letters in the outbox that the log does not know", set(), set(names) - sent)
    story.expect("letters the log says were sent and that are missing", set(), sent - set(names))
    story.expect("letters that failed", [], [e.data["kind"] for e in events if e.name == "MessageFailed"])
    kinds = Counter(e.data["kind"] for e in events if e.name == "MessageSent")
    asked = kinds["approval_request"], kinds["review_request"]
    story.expect("letters that asked for an approval and for a review", (1, 1), asked)
    printed = sum(e.data["way"] == "print" for e in events if e.name == "MessageSent")
    out.print(f"\nletters: {len(names)} in {folder}, {printed} of them printed (PDF)")
    out.print("  " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
