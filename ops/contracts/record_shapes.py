"""The shapes of records around the events and beside them, as those who read or write a topic see them."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contract.events.base import Sealed
from shared.contract.letters import LetterKind
from shared.web.problems import Problem


class Open(BaseModel):
    """What stands around data: attributes may be added to it, so a reader passes over those it does not know."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Shut(BaseModel):
    """Data: what is not named here is not there."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EventEnvelope(Open):
    """The attributes of an event, CloudEvents 1.0 in structured JSON. Extensions may be added, none is taken away."""

    specversion: Literal["1.0"] = Field(description="version of CloudEvents")
    id: str = Field(description="id of the event, for ever: drop one that you have seen under this subject")
    source: str = Field(description="`/redress/` and the service that alone publishes this type")
    type: str = Field(description="`redress.`, the name and `.v` with the version of the shape of `data`")
    subject: str = Field(description="the case by its id, or the box or candidate; it is the record's key too")
    time: AwareDatetime = Field(description="when it happened, with offset")
    recordedtime: AwareDatetime = Field(description="when it was appended, with offset")
    datacontenttype: Literal["application/json"] = Field(description="what `data` is")
    dataschema: str = Field(description="where the JSON Schema of `data` is found")
    partitionkey: str = Field(description="the record's key: the subject")
    causationid: str = Field(description="the event, command or due instant that it answers")
    correlationid: str = Field(description="the first cause of all that follows from it")
    actor: str = Field(description="who acted: `person:`, `channel:`, `smtp:` or `service:` and an id")
    basisid: str = Field(
        default="", description="the last event of the case that its decider had folded: crossings rest on it"
    )
    traceparent: str = Field(default="", description="W3C Trace Context, where a trace is followed")


class CaseEnvelope(Open):
    """The attributes of a case as it counts, CloudEvents 1.0 in structured JSON."""

    specversion: Literal["1.0"] = Field(description="version of CloudEvents")
    id: str = Field(description="id of what is said: the same whenever the same is said of the same case")
    source: Literal["/redress/console"] = Field(description="who folds the log and says it")
    type: Literal["redress.CaseChanged.v1", "redress.CaseChanged.v2"] = Field(
        description="what it is: the version that reference data allow"
    )
    subject: str = Field(description="the case by its id; it is the record's key too")
    time: AwareDatetime = Field(description="when the last event of the case was recorded")
    datacontenttype: Literal["application/json"] = Field(description="what `data` is")


class SubmittedEnvelope(Open):
    """The attributes of a complaint that a channel system posts; `source` and `id` together are its key."""

    specversion: Literal["1.0"] = Field(description="version of CloudEvents")
    id: str = Field(
        min_length=1,
        max_length=200,
        description="the sender's own id of the complaint: the same again is the same case",
    )
    source: str = Field(
        min_length=1, max_length=200, description="the channel system's id, or `/channel-systems/` and the id"
    )
    type: Literal["redress.ComplaintSubmitted.v1"] = Field(description="what it is")
    datacontenttype: Literal["application/json"] = Field(default="application/json", description="what `data` is")


class InboxPlace(Shut):
    """Where the record lies that is answered."""

    topic: str = Field(default="", description="the inbox of a system's own; left out for the inbox of all")
    partition: int = Field(description="the record's partition")
    offset: int = Field(description="the record's offset")


class SubmissionAnswered(Shut):
    """What became of a record of the inbox, as HTTP would have answered it."""

    source: str | None = Field(description="that of the record; null where it cannot be read")
    id: str | None = Field(description="that of the record; null where it cannot be read")
    status: int = Field(description="as over HTTP: 201 a new case, 200 the same again, 4xx what is wrong")
    case_id: str | None = Field(description="the case, where there is one")
    case_number: str | None = Field(description="its number, where there is one")
    problem: Problem | None = Field(description="what is wrong: branch on `code`")
    inbox: InboxPlace = Field(description="which record it answers")


class AnswerEnvelope(Open):
    """The attributes of an answer, CloudEvents 1.0 in structured JSON."""

    specversion: Literal["1.0"] = Field(description="version of CloudEvents")
    id: str = Field(description="id of the answer; after a crash the same answer may come twice")
    source: Literal["/redress/intake"] = Field(description="who answers")
    type: Literal["redress.SubmissionAnswered.v1"] = Field(description="what it is")
    time: AwareDatetime = Field(description="when it was answered")
    datacontenttype: Literal["application/json"] = Field(description="what `data` is")


class PublishedDocument(Shut):
    """One version of one piece of reference data: a file of its kind, as it was published."""

    kind: str = Field(description="organisation, routing, pack, calendar, template, figures or versions")
    id: str = Field(description="which one of its kind")
    version: str = Field(description="the first twelve hex digits of the SHA-256 of `content`")
    effective_from: AwareDatetime = Field(
        description="in force from this instant until a later one of this kind and id"
    )
    content: str = Field(description="the file as it was published")
    published_at: AwareDatetime = Field(description="when it was published")
    published_by: str = Field(description="who published it, and the account that ran the command")
    why: str = Field(description="why, in a line")


class DeadLetterRecord(Shut):
    """A record or a decision failed, and its case waits. The record itself stays where it is."""

    id: str = Field(description="id of the dead letter")
    service: str = Field(description="the service that could not go on")
    case_id: str = Field(description="the case that waits")
    cause: str = Field(description="the trigger, or the place in the log")
    kind: LetterKind = Field(description="what failed")
    reason: str = Field(description="why it failed, as a code that says nothing of anybody")
    type: str | None = Field(description="the type of the record, if it names one of ours")
    first_at: AwareDatetime = Field(description="when it was announced, by the machine's clock")
    why: Sealed = Field(description="why it failed, sealed: it may hold somebody's words")
    record: Sealed = Field(description="the record, or the head of a large one, sealed")
    record_sha256: str = Field(description="SHA-256 of the whole record")
    record_bytes: int = Field(description="how large the whole record is")
    record_whole: bool = Field(description="whether `record` is all of it")


class ClockMoved(Shut):
    """The steered clock of a rehearsal was moved. In production there is none."""

    now: AwareDatetime = Field(description="where it stands from now on")
