"""Reads a record of the inbox: a CloudEvent, structured or binary, that holds a submission and its channel. Pure."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from services.intake.refusals import BadSubmission, BodyTooLarge
from shared.contract.json_text import read_json
from shared.contract.refusal_words import fault
from shared.contract.submissions import BODY_LIMIT_BYTES, SUBMISSIONS
from shared.errors import RedressError

TYPE = "redress.ComplaintSubmitted.v1"
SYSTEMS = "/channel-systems/"
CONTENT_TYPE = "content-type"
STRUCTURED, JSON, PREFIX = "application/cloudevents+json", "application/json", "ce_"
ENVELOPE_LIMIT_BYTES = 16 * 1024
"""What may stand around the submission in a structured record."""
ID_LIMIT = 200
KEY_LIMIT_BYTES = 64 * 1024
"""A larger key leaves an answer no room in a batch of the brokers: a record of it could never be answered under it."""


class BadCloudEvent(RedressError):
    """This is no CloudEvent 1.0 of type redress.ComplaintSubmitted.v1 with specversion, id, source and data: correct
    what the pointers name, and post it again.
    """

    code = "bad_cloud_event"
    status = 400


class NotJsonEvent(RedressError):
    """The inbox takes application/cloudevents+json, or binary mode with application/json: post it as one of them."""

    code = "unsupported_media_type"
    status = 415


class KeyTooLarge(RedressError):
    """The record's key is larger than 64 KiB, so it is answered without one, in its own partition: post it under a
    shorter key.
    """

    code = "too_large"
    status = 413


class ForeignSource(RedressError):
    """A channel system with an inbox of its own posts there, and nobody else does: post it to the inbox of the source
    that it names.
    """

    code = "foreign_source"
    status = 403


class PostedRecord(NamedTuple):
    """A record as it lies in the inbox."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    taken_ms: int = 0
    """When the brokers took it."""

    @property
    def answer_key(self) -> bytes | None:
        """The key that its answer has: its own."""
        return self.key if len(self.key or b"") <= KEY_LIMIT_BYTES else None


class PostedEvent(NamedTuple):
    """What a record says: who posts it, under which id, and what."""

    source: str
    id: str
    data: Any

    @property
    def system(self) -> str:
        """The channel system that posts it."""
        return self.source.removeprefix(SYSTEMS)


class PostedComplaint(NamedTuple):
    """The submission of a record, as the body of a call would hold it, and the channel it names."""

    channel: str
    body: bytes


def read(record: PostedRecord) -> PostedEvent:
    """The event of a record.

    Raises:
        BadCloudEvent, NotJsonEvent, KeyTooLarge, BodyTooLarge, BadJson, DuplicateKey
    """
    if record.key != record.answer_key:
        raise KeyTooLarge
    if record.value is None:
        raise BadCloudEvent
    if len(record.value) > BODY_LIMIT_BYTES + ENVELOPE_LIMIT_BYTES:
        raise BodyTooLarge
    headers = _told(record.headers)
    said = headers.get(CONTENT_TYPE, "").partition(";")[0].strip().lower()
    attributes = {name.removeprefix(PREFIX): value for name, value in headers.items() if name.startswith(PREFIX)}
    if attributes and not said.startswith("application/cloudevents"):
        return _binary(attributes, said, record.value)
    if said not in ("", STRUCTURED, JSON):
        raise NotJsonEvent
    return _structured(read_json(record.value))


def _told(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """The headers that are about the event, by name; one that is null is not there. Others' headers are theirs."""
    found: dict[str, str] = {}
    for name, value in ((name.lower(), value) for name, value in headers):
        if value is None or not (name == CONTENT_TYPE or name.startswith(PREFIX)):
            continue
        try:
            said = value.decode()
        except UnicodeDecodeError as error:
            raise BadCloudEvent(pointers=(_pointer(name),)) from error
        if found.setdefault(name, said) != said:
            raise BadCloudEvent(pointers=(_pointer(name),))
    return found


def _pointer(header: str) -> str:
    return f"/{header.removeprefix(PREFIX)}"


def _binary(attributes: Mapping[str, str], said: str, value: bytes) -> PostedEvent:
    if said not in ("", JSON):
        raise NotJsonEvent
    return _event(attributes, read_json(value))


def _structured(raw: Any) -> PostedEvent:
    if not isinstance(raw, dict):
        raise BadCloudEvent
    if raw.get("datacontenttype", JSON) != JSON:
        raise NotJsonEvent(pointers=("/datacontenttype",))
    if "data_base64" not in raw:
        return _event(raw, raw.get("data"))
    try:
        return _event(raw, read_json(base64.b64decode(raw["data_base64"], validate=True)))
    except (binascii.Error, TypeError, ValueError) as error:
        raise BadCloudEvent(pointers=("/data_base64",)) from error


def _event(attributes: Mapping[str, Any], data: Any) -> PostedEvent:
    wanted = {"specversion": attributes.get("specversion") == "1.0", "type": attributes.get("type") == TYPE}
    for name in ("id", "source"):
        said = attributes.get(name)
        wanted[name] = isinstance(said, str) and 0 < len(said) <= ID_LIMIT
    if wrong := tuple(f"/{name}" for name, right in wanted.items() if not right):
        raise BadCloudEvent(pointers=wrong)
    return PostedEvent(attributes["source"], attributes["id"], data)


def complaint(event: PostedEvent) -> PostedComplaint:
    """The submission of an event and its channel. Raises BadSubmission: it is no object, or names no open channel."""
    if not isinstance(event.data, dict):
        raise BadCloudEvent(pointers=("/data",))
    said = dict(event.data)
    channel = said.pop("channel", None)
    if not isinstance(channel, str) or channel not in SUBMISSIONS:
        raise BadSubmission(fault("channels_open", channels=list(SUBMISSIONS)), pointers=("/channel",))
    return PostedComplaint(channel, orjson.dumps(said))
