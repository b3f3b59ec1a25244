"""The envelope of every event: CloudEvents 1.0, structured JSON, keyed by case id."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from shared.contract.records import HEADER_CAUSATION, HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Outgoing
from shared.errors import Unreadable

CONTENT_TYPE = b"application/cloudevents+json; charset=UTF-8"
SOURCE_PREFIX = "/redress/"
TYPE_PREFIX = "redress."
SCHEMAS = "/schemas"
"""Where the console serves the schemas of the events, below its own address."""


Step = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes of the data of one version of a type that of the next one, or of the one before."""


class Event(NamedTuple):
    """One fact about one case, as it stands in the log.

    ``time`` is when it happened, ``recordedtime`` when it was appended: both ISO 8601 with offset.
    ``causationid`` names what it answers; ``basisid`` the case's last event its decider had folded.
    ``actor`` is ``person:…``, ``channel:…`` or ``service:…``. ``data`` follows the type's schema and is
    plain JSON here: folds read it as it is, typed by where they read it (``data: CaseRoutedData = event.data``, from
    ``shared.contract.events.stored``); decisions may validate what they act on (``shared.contract.events.parse``).
    A tuple, since a fold makes one of every record it parses. ``ordinal`` and ``basis_ordinal`` are not stored: a fold
    says where among its case's events it and its basis lie, counted from 0; -1 is before them all.
    """

    id: str
    source: str
    type: str
    subject: str
    time: str
    recordedtime: str
    causationid: str
    correlationid: str
    basisid: str | None
    actor: str
    data: Any
    traceparent: str | None = None
    ordinal: int = 0
    basis_ordinal: int = -1

    @property
    def name(self) -> str:
        """The type without prefix and version, such as ``CaseRouted``."""
        return name_and_version(self.type)[0]

    @property
    def version(self) -> int:
        """The version of the type."""
        return name_and_version(self.type)[1]

    @property
    def service(self) -> str:
        """The producing service's name, such as ``routing``."""
        return self.source.removeprefix(SOURCE_PREFIX)

    @property
    def happened_at(self) -> datetime:
        """``time`` as an aware datetime."""
        return datetime.fromisoformat(self.time)

    @property
    def recorded_at(self) -> datetime:
        """``recordedtime`` as an aware datetime."""
        return datetime.fromisoformat(self.recordedtime)

    def at(self, ordinal: int, basis_ordinal: int) -> "Event":
        """This event with its ordinal and its basis's among the events of its case."""
        return Event._make((*self[:-2], ordinal, basis_ordinal))


@lru_cache(maxsize=1024)
def name_and_version(type_: str) -> tuple[str, int]:
    """What a CloudEvents type says; there are few, and every event that is folded is asked for it.

    Raises:
        Unreadable: it is no type of Redress.
    """
    name, mark, version = type_.removeprefix(TYPE_PREFIX).rpartition(".v")
    if not (mark and version.isdecimal() and type_.startswith(TYPE_PREFIX)):
        raise Unreadable(f"{type_!r} is no type of an event of Redress.")
    return name, int(version)


def type_of(name: str, version: int) -> str:
    """The CloudEvents type of an event class."""
    return f"{TYPE_PREFIX}{name}.v{version}"


def to_json(event: Event, schemas_at: str = SCHEMAS) -> bytes:
    """The structured CloudEvents body. ``schemas_at``: where the schemas of the events are found."""
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": event.time,
        "recordedtime": event.recordedtime,
        "datacontenttype": "application/json",
        "dataschema": f"{schemas_at}/{event.type}.json",
        "partitionkey": event.subject,
        "causationid": event.causationid,
        "correlationid": event.correlationid,
        "actor": event.actor,
    }
    if event.basisid is not None:
        body["basisid"] = event.basisid
    if event.traceparent is not None:
        body["traceparent"] = event.traceparent
    body["data"] = event.data
    return orjson.dumps(body)


def headers_of(event: Event) -> list[tuple[str, bytes]]:
    """Record headers, so that a reader can pass over what it does not need without parsing the body.

    Not ``ce_…``: CloudEvents SDKs take a record with such headers for one in binary mode.
    """
    return [
        ("content-type", CONTENT_TYPE),
        (HEADER_ID, event.id.encode()),
        (HEADER_TYPE, event.type.encode()),
        (HEADER_SOURCE, event.source.encode()),
        (HEADER_CAUSATION, event.causationid.encode()),
    ]


def outgoing(event: Event, schemas_at: str = SCHEMAS) -> Outgoing:
    """The record of an event. ``schemas_at``: where the schemas of the events are found."""
    return Outgoing(event.subject, to_json(event, schemas_at), headers_of(event))


def from_json(body: bytes) -> Event:
    """Read a structured body.

    Raises:
        Unreadable: it is not JSON, or an attribute of the envelope is missing.
    """
    try:
        raw = orjson.loads(body)
        return Event(
            raw["id"], raw["source"], raw["type"], raw["subject"], raw["time"], raw["recordedtime"],
            raw["causationid"], raw["correlationid"], raw.get("basisid"), raw["actor"], raw["data"],
            raw.get("traceparent"),
        )  # fmt: skip
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"This record is no event of Redress: {error!r}.") from error
