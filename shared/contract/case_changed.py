"""The records of `complaints.cases`: the state of a case as it counts, for those who analyse. Pure.

No personal data, and no text that anybody typed. The topic is compacted: the last record of a key is the case.
"""

from typing import get_args

from pydantic import Field

from shared.contract.case_versions import FIRST, NAME, NEWEST
from shared.contract.channels import CHANNELS
from shared.contract.codes import Reason, RemedyKind, SatisfactionValue
from shared.contract.envelope import CONTENT_TYPE, type_of
from shared.contract.events.base import Closed
from shared.contract.events.casework import Level
from shared.contract.events.intake import OriginKind
from shared.contract.records import HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Outgoing

SOURCE = "/redress/console"


def _codes(*codes: str) -> str:
    """Codes as a description lists them: the shape leaves them open, so a new one is no new version."""
    return " ".join(f"`{code}`" for code in codes)


STATES = (
    "received", "routed", "accepted", "in_handling", "decided", "replied", "reported", "closed", "archived",
    "withdrawn", "not_accepted", "reopened", "erased",
)  # fmt: skip
"""The life of a case, as it is told (contract 1)."""


class CaseUnits(Closed):
    """Units of a case, by id; None where there is none yet."""

    receiving: str | None
    complained: str | None
    accepting: str | None
    handler: str | None


class GrantedRemedy(Closed):
    """Something that was granted to the customer. Money is in the currency's smallest unit."""

    kind: str = Field(description=f"what was granted: {_codes(*get_args(RemedyKind))}")
    amount_minor: int | None
    currency: str | None
    executed: bool


class LogPosition(Closed):
    """Where in `complaints.events` the last event lies that the case was folded from."""

    partition: int
    offset: int


class CaseAsItCounts(Closed):
    """A case as it counts, after some of its events: version 1."""

    case_id: str
    case_number: str
    received_on: str = Field(description="bank day of the receipt")
    channel: str = Field(description=f"channel on which it came in: {_codes(*CHANNELS)}; more may come")
    origin: str = Field(description=f"from where: {_codes(*get_args(OriginKind))}; `none` is inside")
    units: CaseUnits = Field(description="the units of the case, as far as they are known")
    handler: str | None = Field(description="`person:` and a hash, where `bi.pseudonyms` is on; else null")
    class_: str | None = Field(
        alias="class", description="as the policy pack calls it; null before the bank's own clock started"
    )
    reason: str | None = Field(description=f"main reason, once it was classified: {_codes(*get_args(Reason))}")
    level: str = Field(description=f"how hard the case is: {_codes(*get_args(Level))}")
    state: str = Field(description=f"how it stands: {_codes(*STATES)}")
    received_at: str
    due_on: str | None = Field(description="day by which the bank answers, once that is reckoned")
    answered_at: str | None = Field(description="when the customer had a reply or settlement")
    ended_at: str | None = Field(
        description="when the case was closed, withdrawn or not accepted; null while it is open"
    )
    in_time: bool | None = Field(description="whether the bank's own clocks were met in time; null meanwhile")
    breached: bool = Field(description="whether one of them was breached")
    clocks_judged: int = Field(description="how many of them were met or breached")
    clocks_kept: int = Field(description="how many of them were met in time")
    satisfaction: str | None = Field(
        description=f"what the customer thinks of the outcome: {_codes(*get_args(SatisfactionValue))}"
    )
    remedies: tuple[GrantedRemedy, ...] = Field(description="what was granted to the customer")
    relation: str | None = Field(description="how it is related to another case: `same_matter` `repeat` `review`")
    related_case: str | None = Field(description="the other case, by its id")
    not_accepted: bool = Field(description="it was not accepted, and counts nowhere")
    escalated: bool = Field(description="somebody took it up the ladder")
    escalated_from: str | None = Field(description="the rung from which it went up first")
    blocked: bool = Field(description="a record of it cannot be read: nothing counts since")
    events: int = Field(description="how many of its events count")
    log: LogPosition = Field(description="where its last event lies in complaints.events")
    version: int = Field(description="how many events it has: a record with a lower one than seen is older")


class EnteredState(Closed):
    """A state that the case came to, as the columns of the export's table `events` have it."""

    ordinal: int = Field(description="the event by which it did, among the case's events, from 0")
    entered: str = Field(description=f"the state: {_codes(*STATES)}")
    known_us: int = Field(description="when that was recorded, in microseconds since 1970")


class CountedFor(Closed):
    """How the case counted for a while, as the columns of the export's table `history` have it."""

    ordinal: int = Field(description="the event since which it counted so, among the case's events, from 0")
    known_from_us: int = Field(description="from when that was known, in microseconds since 1970")
    known_until_us: int | None = Field(description="until when, likewise; null where it still counts so")
    received_on: str = Field(description="bank day of the receipt, as it was known")
    not_accepted: bool = Field(description="whether it was not accepted, and counted nowhere")
    clocks_judged: int = Field(description="how many of the bank's own clocks were met or breached")
    clocks_kept: int = Field(description="how many of them were met in time")


class OwnClock(Closed):
    """A clock of the bank's own on the case, as the columns of the export's table `clocks` have it."""

    clock_id: str
    milestone: str = Field(description="what has to be done by then")
    state: str = Field(description="`running` `paused` `met` `breached` `stopped`; a breach stays")
    due_at: str = Field(description="the first instant that is too late")
    met_at: str | None = Field(description="when that happened which it waits for")
    in_time: bool | None = Field(description="whether that was in time")
    breached_at: str | None = Field(description="when it was breached")
    breach_known_late_seconds: int | None = Field(description="how long after `due_at` the breach was recorded")
    late_by_working_days: int | None = Field(description="how late the desk was, once it was met")
    late_by_seconds: int | None = Field(
        description="how long after its limit it was met; null where it was in time, not yet met or not breached"
    )
    late_whose: str | None = Field(
        description="whose doing that was: `desk`, or `system` where a letter was all that was missing"
    )
    stopped_at: str | None = Field(description="when it stopped counting, unmet")


class CaseChanged(CaseAsItCounts):
    """A case as it counts, and how it came to that: version 2."""

    states: tuple[EnteredState, ...] = Field(description="the states that it came to, one after the other")
    history: tuple[CountedFor, ...] = Field(
        description="how it counted for on-time figures, from when until when that was known; the last one holds"
    )
    clocks: tuple[OwnClock, ...] = Field(description="the bank's own clocks: one, and one more of each reopening")


SHAPES: dict[int, type[CaseAsItCounts]] = {FIRST: CaseAsItCounts, NEWEST: CaseChanged}
"""The shape of each version."""


def outgoing_case(event_id: str, time: str, data: bytes, case_id: str, version: int) -> Outgoing:
    """The record as it is appended: a structured CloudEvent.

    ``event_id`` is the same whenever the same is said of the same case; ``time`` is when its last event was recorded;
    ``data`` one of ``SHAPES`` as JSON, which was hashed for the id, and ``version`` which.
    """
    type_ = type_of(NAME, version)
    head = (
        f'{{"specversion":"1.0","id":"{event_id}","source":"{SOURCE}","type":"{type_}","subject":"{case_id}",'
        f'"time":"{time}","datacontenttype":"application/json","data":'
    )
    headers = [
        ("content-type", CONTENT_TYPE),
        (HEADER_ID, event_id.encode()),
        (HEADER_TYPE, type_.encode()),
        (HEADER_SOURCE, SOURCE.encode()),
    ]
    return Outgoing(case_id, head.encode() + data + b"}", headers)
