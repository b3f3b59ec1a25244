"""Records of the inbox: read in both modes alike, or refused with what is wrong, and always answered."""

import base64
from typing import Any

import orjson
import pytest

from services.intake.inbox.answers import Outcome, answer
from services.intake.inbox.cloud_events import (
    TYPE,
    BadCloudEvent,
    KeyTooLarge,
    NotJsonEvent,
    PostedComplaint,
    PostedEvent,
    PostedRecord,
    complaint,
    read,
)
from services.intake.refusals import BadSubmission, BodyTooLarge, IdempotencyConflict, UnknownSubmitter
from shared.contract.json_text import BadJson, DuplicateKey
from shared.errors import RedressError
from tests.support.facts import NOW

DATA = {"channel": "phone", "matter": {"narrative": "在柜台等了一个小时。"}}
EVENT = {"specversion": "1.0", "id": "a-1", "source": "hotline", "type": TYPE, "data": DATA}
CE = {f"ce_{name}": str(value) for name, value in EVENT.items() if name != "data"}
STRUCTURED = {"content-type": "application/cloudevents+json; charset=UTF-8"}


def record(value: Any, headers: dict[str, str] | None = None, *more: tuple[str, bytes | None]) -> PostedRecord:
    """A record with this value, as JSON unless it is bytes or null; ``more``: headers as they are."""
    raw = value if value is None or isinstance(value, bytes) else orjson.dumps(value)
    told = tuple((name, said.encode()) for name, said in (headers or {}).items())
    return PostedRecord(2, 7, b"key", raw, (*told, *more))


READ = {
    "structured": record(EVENT, STRUCTURED),
    "structured, nothing said of it": record(EVENT),
    "structured, said to be JSON": record(EVENT, {"content-type": "application/json"}),
    "structured, with headers of its attributes": record(EVENT, STRUCTURED | CE),
    "binary": record(DATA, CE | {"content-type": "application/json"}),
    "binary, nothing said of it": record(DATA, CE),
    "binary, with headers of others": record(DATA, CE, ("trace", None), ("trace", b"\xff"), ("content-type", None)),
    "in base64": record({name: said for name, said in EVENT.items() if name != "data"} | {
        "data_base64": base64.b64encode(orjson.dumps(DATA)).decode()
    }),
}  # fmt: skip


@pytest.mark.parametrize("posted", READ.values(), ids=READ)
def test_both_modes_say_the_same(posted: PostedRecord) -> None:
    """Whatever a client library makes of it."""
    found = read(posted)

    assert PostedEvent("hotline", "a-1", DATA) == found
    assert PostedComplaint("phone", orjson.dumps({"matter": DATA["matter"]})) == complaint(found)


def test_a_source_is_a_system_by_its_id_or_its_address() -> None:
    """One submitter both."""
    named = (EVENT | {"source": source} for source in ("hotline", "/channel-systems/hotline"))

    assert ["hotline"] * 2 == [read(record(one)).system for one in named]


def _other(name: str) -> dict[str, str]:
    return {key: said for key, said in CE.items() if key != name}


without = {name: {key: said for key, said in EVENT.items() if key != name} for name in EVENT}
REFUSED: dict[str, tuple[PostedRecord, type[RedressError], tuple[str, ...]]] = {
    "null": (record(None), BadCloudEvent, ()),
    "no JSON": (record(b"{poison"), BadJson, ()),
    "a key twice": (record(b'{"id":"a","id":"b"}'), DuplicateKey, ()),
    "no object": (record([EVENT]), BadCloudEvent, ()),
    "no id": (record(without["id"]), BadCloudEvent, ("/id",)),
    "no source": (record(without["source"]), BadCloudEvent, ("/source",)),
    "no specversion": (record(without["specversion"]), BadCloudEvent, ("/specversion",)),
    "another version": (record(EVENT | {"specversion": "0.3"}), BadCloudEvent, ("/specversion",)),
    "another type": (record(EVENT | {"type": "other.v1"}), BadCloudEvent, ("/type",)),
    "an id that is none": (record(EVENT | {"id": 7}), BadCloudEvent, ("/id",)),
    "an endless id": (record(EVENT | {"id": "i" * 201}), BadCloudEvent, ("/id",)),
    "another format": (record(EVENT, {"content-type": "application/cloudevents+avro"}), NotJsonEvent, ()),
    "a batch": (record([EVENT], {"content-type": "application/cloudevents-batch+json"}), NotJsonEvent, ()),
    "data that are no JSON": (record(b"<a/>", CE | {"content-type": "application/xml"}), NotJsonEvent, ()),
    "a key that no answer could bear": (record(EVENT)._replace(key=b"k" * 65_537), KeyTooLarge, ()),
    "too large": (record(b" " * 300_000), BodyTooLarge, ()),
    "an id that is null": (record(DATA, _other("ce_id"), ("ce_id", None)), BadCloudEvent, ("/id",)),
    "an id that is no text": (record(DATA, _other("ce_id"), ("ce_id", b"\xff")), BadCloudEvent, ("/id",)),
    "an id twice": (record(DATA, CE, ("CE_id", b"a-2")), BadCloudEvent, ("/id",)),
    "two types of content": (record(EVENT, STRUCTURED, ("Content-Type", b"a/b")), BadCloudEvent, ("/content-type",)),
    "bad base64": (record(without["data"] | {"data_base64": "*"}), BadCloudEvent, ("/data_base64",)),
}


@pytest.mark.parametrize(("posted", "kind", "pointers"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_event_of_ours_is_refused(
    posted: PostedRecord, kind: type[RedressError], pointers: tuple[str, ...]
) -> None:
    """Each with what is wrong with it."""
    with pytest.raises(kind) as caught:
        read(posted)

    assert (kind, pointers) == (type(caught.value), caught.value.pointers)


@pytest.mark.parametrize("channel", [None, "fax", 7, ["phone"], {}])
def test_a_complaint_names_an_open_channel(channel: Any) -> None:
    """Whatever stands there instead, nothing breaks."""
    with pytest.raises(BadSubmission) as caught:
        complaint(PostedEvent("hotline", "a-1", DATA | {"channel": channel}))

    assert ("/channel",) == caught.value.pointers


def test_an_answer_says_what_http_would_have_said() -> None:
    """Also of what could not be read; what is refused for ever is a dead letter too, a conflict is none."""
    posted, event = record(EVENT), PostedEvent("hotline", "a-1", DATA)
    taken = orjson.loads(answer(posted, Outcome(201, event, "c", "n"), NOW))
    outcomes = [Outcome.refused(None, BadCloudEvent()), Outcome.refused(event, UnknownSubmitter()),
                Outcome.refused(event, IdempotencyConflict())]  # fmt: skip
    unread, unknown, conflict = (orjson.loads(answer(posted, one, NOW))["data"] for one in outcomes)

    assert ("1.0", "redress.SubmissionAnswered.v1") == (taken["specversion"], taken["type"])
    assert {
        "source": "hotline", "id": "a-1", "status": 201, "case_id": "c", "case_number": "n", "problem": None,
        "inbox": {"partition": 2, "offset": 7},
    } == taken["data"]  # fmt: skip
    assert (None, None, 400, "bad_cloud_event") == (
        unread["source"], unread["id"], unread["status"], unread["problem"]["code"]
    )  # fmt: skip
    assert [(403, "unknown_submitter"), (409, "idempotency_conflict")] == [
        (one["status"], one["problem"]["code"]) for one in (unknown, conflict)
    ]
    assert [True, True, False] == [one.dead for one in outcomes]
