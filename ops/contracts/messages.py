"""A message: one kind of record in one topic, with its shape, its headers and an example."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from shared.contract.ids import derived
from shared.contract.records import Outgoing

Schema = dict[str, Any]
HEADER_WORDS = {
    "content-type": "media type of the value",
    "redress-id": "the id once more, so that a reader can drop what it has seen without parsing the value",
    "redress-type": "the type once more, so that a reader can pass over what it does not need",
    "redress-source": "the service that wrote it",
    "redress-causation": "what it answers, once more",
    "redress-access": "the kind of access once more",
    "redress-case": "the case once more",
    "redress-step": "the kind of step once more",
    "redress-mac": "proof for the services of the installation; of no use to others",
    "redress-signature": "proof that anybody can check, by the keys at /.well-known/jwks.json",
}
MEDIA_TYPE = "application/cloudevents+json; charset=UTF-8"
CASE = derived("example", "case")
AT = "2026-03-05T10:00:00+08:00"
"""The case of the examples, and when what they say happened."""
PROOFS = ("redress-mac", "redress-signature")


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of record. ``shape`` is the JSON Schema of its data, ``envelope`` names what stands around them.

    ``example``: the value of such a record. ``tags``: by what one may look for it.
    """

    topic: str
    name: str
    summary: str
    shape: Schema
    key: str
    headers: tuple[str, ...]
    example: Any
    example_headers: dict[str, str] = field(default_factory=dict)
    example_key: str = ""
    media_type: str = "application/json"
    envelope: str | None = None
    tags: tuple[str, ...] = ()


def header_schema(names: tuple[str, ...]) -> Schema:
    """The headers of a record, each described. Others may be added."""
    said = {name: {"type": "string", "description": HEADER_WORDS[name]} for name in names}
    return {"type": "object", "properties": said}


def written(record: Outgoing) -> tuple[Any, dict[str, str], str]:
    """What a record says that our own code writes: its value, its headers and its key."""
    return orjson.loads(record.value), {name: value.decode() for name, value in record.headers}, record.key
