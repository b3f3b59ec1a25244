"""The records of `complaints.cases`: the state of a case as it counts, for those who analyse. Pure.

No personal data, and no text that anybody typed. The topic is compacted: the last record of a key is the case.
"""

from typing import get_args

from pydantic import Field

from shared.contract.channels import CHANNELS
from shared.contract.codes import Reason, RemedyKind, SatisfactionValue
from shared.contract.envelope import CONTENT_TYPE
from shared.contract.events.base import Closed
from shared.contract.events.casework import Level
from shared.contract.events.intake import OriginKind
from shared.contract.records import HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Outgoing

TYPE = "redress.CaseChanged.v1"
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


class CaseChanged(Closed):
    """A case as it counts, after some of its events."""

    case_id: str
    case_number: str
    received_on: str = Field(description="bank day of the receipt")
    channel: str = Field(description=f"channel on which it came in: {_codes(*CHANNELS)}; more may come")
    origin: str = Field(description=f"from where: {_codes(*get_args(OriginKind))}; `none` is inside")
    units: CaseUnits
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
    ended_at: str | None
    in_time: bool | None = Field(description="whether the bank's own clocks were met in time; null meanwhile")
    breached: bool = Field(description="whether one of them was breached")
    clocks_judged: int = Field(description="how many of them were met or breached")
    clocks_kept: int = Field(description="how many of them were met in time")
    satisfaction: str | None = Field(
        description=f"what the customer thinks of the outcome: {_codes(*get_args(SatisfactionValue))}"
    )
    remedies: tuple[GrantedRemedy, ...]
    relation: str | None = Field(description="how it is related to another case: `same_matter` `repeat` `review`")
    related_case: str | None
    not_accepted: bool = Field(description="it was not accepted, and counts nowhere")
    escalated: bool = Field(description="somebody took it up the ladder")
    escalated_from: str | None = Field(description="the rung from which it went up first")
    blocked: bool = Field(description="a record of it cannot be read: nothing counts since")
    events: int = Field(description="how many of its events count")
    log: LogPosition
    version: int = Field(description="how many events it has: a record with a lower one than seen is older")


def outgoing_case(event_id: str, time: str, data: bytes, case_id: str) -> Outgoing:
    """The record as it is appended: a structured CloudEvent.

    ``event_id`` is the same whenever the same is said of the same case; ``time`` is when its last event was recorded;
    ``data`` a ``CaseChanged`` as JSON, which was hashed for the id.
    """
    head = (
        f'{{"specversion":"1.0","id":"{event_id}","source":"{SOURCE}","type":"{TYPE}","subject":"{case_id}",'
        f'"time":"{time}","datacontenttype":"application/json","data":'
    )
    headers = [
        ("content-type", CONTENT_TYPE),
        (HEADER_ID, event_id.encode()),
        (HEADER_TYPE, TYPE.encode()),
        (HEADER_SOURCE, SOURCE.encode()),
    ]
    return Outgoing(case_id, head.encode() + data + b"}", headers)
