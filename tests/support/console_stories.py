"""Cases for the console's tests: what people, clocks and letters did on them, as records of a log."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from services.console.http.unsealing import replaced
from shared.case.duty_kinds import TO_BODY
from shared.case.numbers import check_digit
from shared.case.second_looks import REVIEW
from shared.contract.envelope import Event, from_json, headers_of, to_json
from shared.contract.events import EventData
from shared.contract.events.base import Sealed, Unsealed
from shared.contract.events.notify import MessageSendStarted, MessageSent
from shared.contract.events.sla import ClockBreached, ClockMet, ClockStarted, ClockStopped
from shared.contract.ids import case_id
from shared.contract.records import Outgoing
from shared.sealing.vault import SealBroken, decrypt, seal_with
from tests.support.casework import CONTACT, DECISION, INVESTIGATION, KEY, REPLY, REPORT, SETTLEMENT, Case
from tests.support.facts import CASE, NOW, SEALED, Body

DUE_AT = "2020-03-11T00:00:00+08:00"
CLOCK = "cccccccc-0000-5000-8000-000000000001"
VERSIONED = {"id": "x", "version": "v"}
LETTER = {
    "message_id": "dddddddd-0000-5000-8000-000000000001", "kind": "decision_notice", "duty_id": None,
    "recipient": {"address": SEALED}, "way": "email", "template": VERSIONED, "smtp_message_id": None,
}  # fmt: skip
LEAVES = {"language": "zh", "organisation": VERSIONED}
ARRIVED = {"content_sha256": "00", "smtp_reply": "250"}
"""A letter to the customer, and what is said of it when it leaves and once it was taken."""


@dataclass
class Story:
    """One case. ``number`` makes it another one than its fellows; ``at`` is when it was received."""

    number: int = 1
    at: datetime = NOW
    changes: dict[str, Any] = field(default_factory=dict)
    routed: bool = True

    def __post_init__(self) -> None:
        """Receive and route it."""
        day = self.at.strftime("%Y%m%d")
        first = {"at": self.at, "unit": "dongqiao"}
        base: Body = {"case_number": numbered(day, self.number), "received_at": self.at, "first_received": first}
        self.case = Case(routed=self.routed, **(base | self.changes))
        moment = self.at.isoformat()
        self.case.events[:] = [one._replace(time=moment, recordedtime=moment) for one in self.case.events]
        self.extra: dict[int, dict[str, Any]] = {}

    @property
    def id(self) -> str:
        """Its case id."""
        return case_id("channel:hotline", f"story-{self.number}")

    @property
    def case_number(self) -> str:
        """Its number."""
        return str(self.case.events[0].data["case_number"])

    def relates(self, other: "Story", relation: str) -> "Story":
        """Its receipt names another case."""
        self.extra[0] = {"relates_to": {"case_id": other.id, "relation": relation}}
        return self

    def happens(self, data: EventData, cause: str = "elsewhere", at: datetime | None = None) -> "Story":
        """A fact of another service."""
        self.case.happens(data, f"{cause}-{len(self.case.events)}", at=at)
        return self

    def clock(self, due_at: str = DUE_AT) -> "Story":
        """The bank's own clock starts."""
        return self.happens(ClockStarted.model_validate({"clock_id": CLOCK, "milestone": "reply", **deadline(due_at)}))

    def breached(self) -> "Story":
        """It is missed."""
        named = {"clock_id": CLOCK, "milestone": "reply", "due_on": "2020-03-10", "due_at": DUE_AT}
        return self.happens(ClockBreached.model_validate({**named, "duties_opened": []}))

    def met(self, in_time: bool = True) -> "Story":
        """What it waited for happened."""
        late = 0 if in_time else 1
        verdict = {"met_at": self.case.now, "in_time": in_time, "backdated": False, "late_by_working_days": late}
        return self.happens(ClockMet.model_validate({"clock_id": CLOCK, "milestone": "reply", **verdict}))

    def answered_by_letter(self, left_at: str) -> "Story":
        """The clock is missed, and met by a letter that left then; what called for it is the last fact before."""
        called_for, at = self.case.events[-1], datetime.fromisoformat(left_at)
        self.breached()
        self._follows(MessageSendStarted.model_validate(LETTER | {"about": called_for.id} | LEAVES), called_for, at)
        self._follows(MessageSent.model_validate(LETTER | ARRIVED), self.case.events[-1], at)
        verdict = {"met_at": at, "in_time": False, "backdated": False, "late_by_working_days": 1}
        met = ClockMet.model_validate({"clock_id": CLOCK, "milestone": "reply", **verdict})
        return self._follows(met, self.case.events[-1], at)

    def _follows(self, data: EventData, cause: Event, at: datetime) -> "Story":
        self.case.happens(data, cause.id, at=at)
        return self

    def stopped(self) -> "Story":
        """It does not apply any more."""
        return self.happens(
            ClockStopped.model_validate({"clock_id": CLOCK, "milestone": "reply", "ground": "withdrawn"})
        )

    def does(self, actor: str, name: str, **body: Any) -> "Story":
        """Somebody acts."""
        self.case.does(actor, name, **body)
        return self

    def handled(self, satisfaction: str | None = "satisfied", investigation: Body = INVESTIGATION) -> "Story":
        """Accepted, investigated, decided, replied, reported and tracked."""
        who = self.case.handler
        self.does(who, "accept-handover").does(who, "record-contact", **CONTACT)
        self.does(who, "record-investigation", **investigation).does(who, "decide", **DECISION)
        self.does(who, "reply-customer", **REPLY)
        if satisfaction is not None:
            self.does(who, "record-satisfaction", value=satisfaction, **attempts(satisfaction))
        for duty in self.case.core.open_duties(REVIEW):
            reviewer = str(duty.terms.debtor.person)
            self.does(reviewer, "review-dissatisfaction", outcome="stands", words="维持处理决定。")
        reported = REPORT | {"handled_at": self.case.now.isoformat()}
        self.does(who, "report-result", **reported)
        return self.body_told().does("lin.fang", "confirm-result", checked="已核对。", called_back=False)

    def body_told(self) -> "Story":
        """Whoever passed the complaint on hears what came of it; nobody where the customer came himself."""
        for duty in self.case.core.open_duties(TO_BODY):
            told = {"words": "已办结。", "way": "letter", "body": duty.terms.creditor}
            self.does("lin.fang", "answer-transferring-body", **told)
        return self

    def settled(self) -> "Story":
        """Settled on the spot by who was asked first, the notice handed over, the result looked at."""
        paid = SETTLEMENT["remedy"] | {"done": True}
        self.does("wu.qing", "settle-on-the-spot", **SETTLEMENT | {"remedy": paid})
        self.does("lin.fang", "record-delivery", document="written_notice", proof="签收单")
        return self.body_told().does("lin.fang", "confirm-result", checked="已核对。", called_back=False)

    def events(self) -> list[Event]:
        """Its events in log order, each decided on all before it."""
        found, last = [], None
        for place, one in enumerate(self.case.events):
            data = one.data | self.extra.get(place, {})
            data = replaced(data, self._resealed)
            moved = from_json(to_json(one._replace(data=data)).replace(CASE.encode(), self.id.encode()))
            basis = one.basisid or last
            found.append(moved._replace(basisid=basis if place else None))
            last = one.id
        return found

    def _resealed(self, value: Sealed | Unsealed) -> Any:
        """The same text, sealed for this case. What was sealed as nothing in particular says its label."""
        if isinstance(value, Unsealed):
            return value.model_dump()
        try:
            text = decrypt(KEY, CASE, value.label, base64.b64decode(value.box)).decode()
        except SealBroken:
            text = f"text of {value.label}"
        return seal_with(KEY, self.id, value.label, text).model_dump()

    def records(self) -> list[Outgoing]:
        """Its events as they are appended."""
        return [record_of(event) for event in self.events()]


def record_of(event: Event) -> Outgoing:
    """An event as it is appended."""
    return Outgoing(event.subject, to_json(event), headers_of(event))


def numbered(day: str, number: int) -> str:
    """A case number with its check digit."""
    return f"{day}-{number:010d}-{check_digit(f'{day}{number:010d}')}"


def attempts(value: str) -> dict[str, Any]:
    """Where the customer was not reached, somebody tried."""
    tried = {"at": (NOW + timedelta(minutes=1)).isoformat(), "way": "phone"}
    return {"attempts": [tried]} if value == "not_reached" else {}


def deadline(due_at: str) -> dict[str, Any]:
    """An ordinary limit."""
    due_on = (datetime.fromisoformat(due_at) - timedelta(hours=1)).date()
    return {
        "deadline": {
            "pack": {"id": "cn-bank-internal", "version": "p1"},
            "calendar": {"id": "cn", "version": "c1"},
            "complaint_class": "ordinary",
            "reasons": ["work_error"],
            "length": {"amount": 3, "unit": "working_days"},
            "received_at": NOW,
            "target_on": None,
            "target_at": None,
            "due_on": due_on,
            "due_at": due_at,
            "warnings": [],
            "provisional": False,
        }
    }


def plain(value: Any) -> Any:
    """As it stands in the log."""
    return orjson.loads(orjson.dumps(value))


def shuffled(stories: Iterable[Story]) -> list[Outgoing]:
    """The records of several cases, taken in turn."""
    rows = [story.records() for story in stories]
    found: list[Outgoing] = []
    for place in range(max(map(len, rows), default=0)):
        found += [row[place] for row in rows if place < len(row)]
    return found
