"""The AsyncAPI 3 document: every topic, every record in it, every version of every event."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from ops.contracts import record_shapes as shapes
from ops.contracts.code_lists import code_lists
from ops.contracts.components import Components
from ops.contracts.event_messages import event_messages
from ops.contracts.messages import Message, Schema, header_schema
from ops.contracts.record_messages import record_messages, shape_of
from ops.local import topics
from ops.local.topics import TopicSpec
from shared.contract.topics import INBOX
from shared.process.settings import Settings

TITLE = "Redress"
INTRODUCTION = """\
Every fact about a complaint is an event in one log. A reader drops an `id` that it has seen under a key, takes the
records of a key in order, and passes over types and codes that it does not know. Of two services' facts that crossed
one may be without effect (docs/explanation/crossings.md). `data` is closed: a change of its shape is a new version of
the type, and every version that was ever appended stays readable. Attributes and headers may be added.
How to consume: docs/how-to/consume.md."""
ENVELOPES = {
    model.__name__: model
    for model in (shapes.EventEnvelope, shapes.CaseEnvelope, shapes.SubmittedEnvelope, shapes.AnswerEnvelope)
}
KAFKA_BINDING = "0.5.0"
CHANNEL_CONFIGS = ("cleanup.policy", "retention.ms", "retention.bytes")
"""The settings of a topic of which the binding knows."""


def document(settings: Settings) -> Schema:
    """The document of an installation."""
    found = [*event_messages(settings.schemas_at), *record_messages()]
    components = Components()
    for name, model in ENVELOPES.items():
        components.take(name, _around(model))
    messages = {message.name: _message(message, components) for message in found}
    specs = topics.wanted(settings)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": TITLE, "version": "1", "description": INTRODUCTION, "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "servers": {"brokers": _server()},
        "channels": {_short(spec.base): _channel(spec, found) for spec in specs},
        "operations": dict(_operation(spec, found) for spec in specs if _in(spec, found)),
        "components": {"securitySchemes": SECURITY, "messages": messages, "schemas": components.schemas},
        "x-code-lists": code_lists(),
    }


SECURITY = {"scram": {"type": "scramSha512", "description": "A user for each service account: docs/how-to/consume.md."}}


def _server() -> Schema:
    said = {"description": "What REDRESS_KAFKA_BOOTSTRAP names.", "default": "brokers.bank.example:9093"}
    security = [{"$ref": "#/components/securitySchemes/scram"}]
    return {"host": "{bootstrap}", "protocol": "kafka-secure", "variables": {"bootstrap": said}, "security": security}


def _around(model: type[BaseModel]) -> Schema:
    """The shape of what stands around data. What is not there is left out, so nothing has a default."""
    shape = shape_of(model)
    held = {name: {w: r for w, r in one.items() if w != "default"} for name, one in shape["properties"].items()}
    return shape | {"properties": held}


def _message(message: Message, components: Components) -> Schema:
    data = components.take(_schema_name(message), message.shape)
    payload: Any = data
    if message.envelope is not None:
        around = {"$ref": f"#/components/schemas/{message.envelope}"}
        type_ = {"type": "string", "const": message.example["type"]}
        inside = {"type": "object", "required": ["type", "data"], "properties": {"type": type_, "data": data}}
        payload = {"allOf": [around, inside]}
    return {
        "name": message.name,
        "title": message.name,
        "summary": message.summary,
        "contentType": message.media_type,
        "tags": [{"name": tag} for tag in message.tags],
        "headers": header_schema(message.headers),
        "payload": payload,
        "bindings": {"kafka": {"key": {"type": "string", "description": message.key}, "bindingVersion": KAFKA_BINDING}},
        "examples": [{"name": "example", "headers": message.example_headers, "payload": message.example}],
    }


def _schema_name(message: Message) -> str:
    """What the document calls the shape of a message's data."""
    return f"{message.name}.data" if message.envelope else message.name


def _short(topic: str) -> str:
    return topic.removeprefix("complaints.")


def _in(spec: TopicSpec, messages: Iterable[Message]) -> list[Message]:
    """The messages of a topic; an inbox of a channel system's own is as the inbox of all."""
    base = INBOX if spec.base.startswith(f"{INBOX}.") else spec.base
    return [message for message in messages if message.topic == base]


def _channel(spec: TopicSpec, messages: Iterable[Message]) -> Schema:
    configs: dict[str, Any] = {key: spec.configs[key] for key in CHANNEL_CONFIGS if key in spec.configs}
    configs = {key: int(value) if value.lstrip("-").isdigit() else value for key, value in configs.items()}
    configs["cleanup.policy"] = [configs["cleanup.policy"]]
    kafka = {
        "topic": spec.name, "partitions": spec.partitions, "replicas": spec.replication, "topicConfiguration": configs,
        "bindingVersion": KAFKA_BINDING,
    }  # fmt: skip
    return {
        "address": spec.name,
        "description": spec.holds,
        "messages": {m.name: {"$ref": f"#/components/messages/{m.name}"} for m in _in(spec, messages)},
        "bindings": {"kafka": kafka},
    }


def _operation(spec: TopicSpec, messages: Iterable[Message]) -> tuple[str, Schema]:
    """What Redress does with a topic: it takes what lies in an inbox, and writes all else."""
    short, takes = _short(spec.base), spec.base.startswith(INBOX) and "results" not in spec.base
    channel = {"$ref": f"#/channels/{short}"}
    said = [{"$ref": f"#/channels/{short}/messages/{m.name}"} for m in _in(spec, messages)]
    action = {"action": "receive" if takes else "send", "channel": channel, "messages": said}
    return f"{'take' if takes else 'write'} {short}", action
