"""The AsyncAPI document as a consumer uses it: what does a record have that the document does not say."""

from functools import cache
from typing import Any

import jsonschema_rs

from ops.contracts.asyncapi import document
from ops.contracts.build import bank
from shared.contract import schemas

FOUND = document(bank())
MESSAGES = FOUND["components"]["messages"]
PLACE = "urn:redress:contract"


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(PLACE, {"$schema": schemas.DIALECT, "components": FOUND["components"]})])


@cache
def _checker(message: str) -> jsonschema_rs.Validator:
    place = f"{PLACE}#/components/messages/{message}/payload"
    shape = {"$schema": schemas.DIALECT, "$ref": place}
    return jsonschema_rs.validator_for(shape, registry=_registry(), validate_formats=True)


def fits(message: str, value: Any) -> list[str]:
    """Everything that the document has against the value of a record."""
    return [f"{error.instance_path}: {error.message}" for error in _checker(message).iter_errors(value)]


def message_of(topic: str, value: Any) -> str:
    """Which message of its topic a record is: by its type, where it has one."""
    of_topic = next(one["messages"] for one in FOUND["channels"].values() if one["address"] == topic)
    name = str(value.get("type", "")).removeprefix("redress.")
    return name if name in of_topic else next(iter(of_topic))


def unsaid(topic: str, value: Any, headers: set[str]) -> list[str]:
    """Everything of a record that the document does not say, its headers included."""
    name = message_of(topic, value)
    known = set(MESSAGES[name]["headers"]["properties"])
    return [*(f"{name}: {fault}" for fault in fits(name, value)), *(f"{name}: header {one}" for one in headers - known)]
