"""The messages of the other topics, each with an example that our own code writes, where it writes it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from pydantic import BaseModel

from ops.contracts import record_shapes as shapes
from ops.contracts.messages import AT, CASE, MEDIA_TYPE, PROOFS, Message, Schema, written
from services.intake.inbox.answers import Outcome, answer
from services.intake.inbox.cloud_events import PostedEvent, PostedRecord
from shared.bank.reference import ReferenceDocument, version_of
from shared.contract import replays
from shared.contract.access import AccessRecord, outgoing_access
from shared.contract.case_changed import SHAPES, outgoing_case
from shared.contract.case_versions import NAME, NEWEST
from shared.contract.commands import Command, CommandRecord, record_of
from shared.contract.governance import GovernanceStep, outgoing_step, step_id
from shared.contract.ids import derived
from shared.contract.schemas import described
from shared.contract.submissions import SUBMISSIONS
from shared.contract.topics import (
    ACCESS,
    CASES,
    CLOCK,
    COMMANDS,
    DEAD_LETTERS,
    GOVERNANCE,
    INBOX,
    INBOX_RESULTS,
    REFERENCE,
)
from shared.log.broadcast_topics import clock_record, document_record

NOW = datetime.fromisoformat(AT)
NUMBER = "20260305-0000000017-0"
SEALED = {"label": "decide.findings", "box": "AAAA"}


def record_messages() -> Iterator[Message]:
    """One or more for each topic besides the events'; ``complaints.ownership`` is always empty."""
    yield from map(_case, SHAPES)
    yield _submitted()
    yield _answered()
    yield _command()
    yield _document()
    yield _dead_letter()
    yield _letter_step()
    yield _replay_step()
    yield _access()
    value, headers, key = written(clock_record(NOW))
    yield Message(
        CLOCK,
        "ClockMoved",
        "The steered clock was moved.",
        shape_of(shapes.ClockMoved),
        "always `now`",
        PROOFS,
        value,
        headers,
        key,
    )


def _case(version: int) -> Message:
    shape = SHAPES[version]
    data = shape.model_validate(EXAMPLE | (PAST if version == NEWEST else {})).model_dump_json(by_alias=True).encode()
    id_ = derived("example", f"case changed {version}")
    value, headers, key = written(outgoing_case(id_, AT, data, CASE, version))
    return Message(
        CASES, f"{NAME}.v{version}", CASE_SAYS[version], shape_of(shape), "the case",
        ("content-type", "redress-id", "redress-type", "redress-source", *PROOFS), value, headers, key, MEDIA_TYPE,
        "CaseEnvelope",
    )  # fmt: skip


CASE_SAYS = {
    1: "A case as it counts now: the last record of a key is the case.",
    2: "A case as it counts now, and how it came to that: its states, its clocks, and how it counted until when.",
}
EXAMPLE: dict[str, Any] = {
    "case_id": CASE, "case_number": NUMBER, "received_on": "2026-03-05", "channel": "phone", "origin": "none",
    "units": {"receiving": "dongqiao", "complained": None, "accepting": "dongqiao", "handler": "dongqiao.lending"},
    "handler": None, "class": "standard", "reason": "work_error", "level": "normal", "state": "decided",
    "received_at": AT, "due_on": "2026-03-12", "answered_at": None, "ended_at": None, "in_time": None,
    "breached": False, "clocks_judged": 0, "clocks_kept": 0, "satisfaction": None,
    "remedies": [{"kind": "refund", "amount_minor": 5000, "currency": "CNY", "executed": False}],
    "relation": None,
    "related_case": None, "not_accepted": False, "escalated": False, "escalated_from": None, "blocked": False,
    "events": 14, "log": {"partition": 2, "offset": 41}, "version": 14,
}  # fmt: skip
RECEIVED_US = 1_772_676_000_000_000
"""``AT`` in microseconds since 1970."""
PAST: dict[str, Any] = {
    "states": [
        {"ordinal": 0, "entered": "received", "known_us": RECEIVED_US},
        {"ordinal": 1, "entered": "routed", "known_us": RECEIVED_US + 2_000_000},
        {"ordinal": 13, "entered": "decided", "known_us": RECEIVED_US + 3_600_000_000},
    ],
    "history": [
        {"ordinal": 0, "known_from_us": RECEIVED_US, "known_until_us": None, "received_on": "2026-03-05",
         "not_accepted": False, "clocks_judged": 0, "clocks_kept": 0},
    ],
    "clocks": [
        {"clock_id": derived("example", "clock"), "milestone": "reply", "state": "running",
         "due_at": "2026-03-13T00:00:00+08:00", "met_at": None, "in_time": None, "breached_at": None,
         "breach_known_late_seconds": None, "late_by_working_days": None, "late_by_seconds": None, "late_whose": None,
         "stopped_at": None},
    ],
}  # fmt: skip
"""What only version 2 says of the case of the example."""


def shape_of(model: type[BaseModel]) -> Schema:
    """The JSON Schema of a model as its records are written, every field described."""
    found: Schema = model.model_json_schema(mode="serialization")
    described(model.__name__, found)
    for name, part in found.get("$defs", {}).items():
        described(name, part)
    return found


def _submitted() -> Message:
    data = {"channel": "phone", "received_at": AT, "matter": {"narrative": "在柜台等了一个小时，没有人理会。"}}
    value = {"specversion": "1.0", "id": "call-17", "source": "hotline", "type": "redress.ComplaintSubmitted.v1"}
    return Message(
        INBOX, "ComplaintSubmitted.v1", "A channel system posts a complaint.", _submission(),
        "any: its answer has the same", ("content-type",), value | {"data": data},
        {"content-type": MEDIA_TYPE}, "call-17", MEDIA_TYPE, "SubmittedEnvelope",
    )  # fmt: skip


def _submission() -> Schema:
    """The body of a submission and beside it its channel, for each channel."""
    parts: Schema = {}
    for channel, model in SUBMISSIONS.items():
        shape = model.model_json_schema(mode="validation")
        described(model.__name__, shape)
        parts |= shape.pop("$defs", {})
        said = {"type": "string", "const": channel, "description": "the channel by which it came"}
        properties = {"channel": said, **shape["properties"]}
        parts[model.__name__] = shape | {"properties": properties, "required": ["channel", *shape.get("required", ())]}
    for name, part in parts.items():
        described(name, part)
    each = [{"$ref": f"#/$defs/{model.__name__}"} for model in SUBMISSIONS.values()]
    return {"description": "A submission, by its channel.", "oneOf": each, "$defs": parts}


def _answered() -> Message:
    record = PostedRecord(2, 7, b"call-17", b"{}", ())
    outcome = Outcome(201, PostedEvent("hotline", "call-17", {}), CASE, NUMBER)
    return Message(
        INBOX_RESULTS, "SubmissionAnswered.v1", "What became of a record of the inbox.",
        shape_of(shapes.SubmissionAnswered), "as the record's that is answered", ("content-type",),
        orjson.loads(answer(record, outcome, NOW)), {"content-type": MEDIA_TYPE}, "call-17", MEDIA_TYPE,
        "AnswerEnvelope",
    )  # fmt: skip


def _command() -> Message:
    command = Command(
        derived("example", "command"), "record-investigation", CASE, "person:luo.tian", None, 41, "3a7f",
        {"findings": SEALED, "measures": []},
    )  # fmt: skip
    value, headers, key = written(record_of(command))
    return Message(
        COMMANDS, "CommandRecord", "Somebody asks for an act on a case.", shape_of(CommandRecord), "the case",
        ("redress-id", "redress-type", *PROOFS), value, headers, key,
    )  # fmt: skip


def _document() -> Message:
    content = "year: 2026\n"
    document = ReferenceDocument(
        "calendar",
        "cn-2026",
        version_of(content),
        NOW,
        content,
        NOW,
        "lin.fang (account ops)",
        "the State Council's notice",
    )
    value, headers, key = written(document_record(document))
    return Message(
        REFERENCE, "PublishedDocument", "A version of reference data was published.",
        shape_of(shapes.PublishedDocument), "kind, slash, id", PROOFS, value, headers, key,
    )  # fmt: skip


def _dead_letter() -> Message:
    value: dict[str, Any] = {
        "id": derived("example", "dead letter"),
        "service": "routing",
        "case_id": CASE,
        "cause": "complaints.events/2/41",
        "kind": "unreadable",
        "reason": "type_unknown",
        "type": "redress.CaseRouted.v9",
        "first_at": AT,
        "why": SEALED | {"label": "dead_letter.why"},
        "record": SEALED | {"label": "dead_letter.record"},
        "record_sha256": "3a7f" * 16,
        "record_bytes": 917,
        "record_whole": True,
    }
    headers = {"redress-case": CASE, "redress-source": "/redress/routing"}
    return Message(
        DEAD_LETTERS, "DeadLetterRecord", "A case waits, since something failed on it.",
        shape_of(shapes.DeadLetterRecord), "the id", ("redress-case", "redress-source", *PROOFS), value, headers,
        value["id"],
    )  # fmt: skip


def _letter_step() -> Message:
    letter = derived("example", "dead letter")
    step = GovernanceStep(
        id=step_id(letter, "redrive_asked", 1), kind="redrive_asked", at=NOW, letter=letter, service="routing",
        case=CASE, number=1, who="person:luo.tian", account="ops", why="a version reads it now", ticket="OPS-17",
    )  # fmt: skip
    value, headers, key = written(outgoing_step(step))
    return Message(
        GOVERNANCE, "GovernanceStep", "Somebody decided about a dead letter, or a service did as it was asked.",
        shape_of(GovernanceStep), "the dead letter", ("redress-step", "redress-source", *PROOFS), value, headers, key,
    )  # fmt: skip


def _replay_step() -> Message:
    replay = derived("example", "replay")
    step = replays.ReplayStep(
        id=replays.step_id(replay, "replay_begun", None), kind="replay_begun", at=NOW, replay=replay,
        who="person:luo.tian", account="ops", why="the warehouse lost its tables", into="warehouse.redress",
        types=("CaseRouted",),
    )  # fmt: skip
    value, headers, key = written(replays.outgoing_step(step))
    return Message(
        GOVERNANCE, "ReplayStep", "Records of the log are published again for a consumer, or have been.",
        shape_of(replays.ReplayStep), "`replay/` and the replay", ("redress-step", "redress-source", *PROOFS), value,
        headers, key,
    )  # fmt: skip


def _access() -> Message:
    record = AccessRecord(
        id=derived("example", "access"), kind="opened", at=NOW, who="person:luo.tian", service="console",
        call="GET /v1/cases/{case}", case=CASE, role="handler", fields=("complainant.phone",),
    )  # fmt: skip
    value, headers, key = written(outgoing_access(record))
    return Message(
        ACCESS, "AccessRecord", "Somebody opened what is sealed, was refused, or asked to open much.",
        shape_of(AccessRecord), "the case, else the opening, else who", ("redress-access", "redress-source", *PROOFS),
        value, headers, key,
    )  # fmt: skip
