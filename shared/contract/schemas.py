"""JSON Schemas of the events: each names itself by an address, and says what every field holds. Pure."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import orjson
import yaml

from shared.contract.envelope import TYPE_PREFIX, name_and_version, type_of
from shared.contract.events import CATALOGUE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


@cache
def field_words() -> Mapping[str, str]:
    """What a field holds, by its name or by ``Class.name``."""
    text = resources.files("shared.contract").joinpath("field_words.yaml").read_text("utf-8")
    found: Mapping[str, str] = yaml.safe_load(text)
    return found


def types() -> dict[str, str]:
    """The name of each event by its type, in every version that was ever stored."""
    found = {type_of(name, shape.version): name for name, shape in CATALOGUE.items()}
    return dict(sorted((found | {type_: name_and_version(type_)[0] for type_ in _former()}).items()))


@cache
def _former() -> Mapping[str, bytes]:
    """The schemas of versions that are written no more, as they were when they were: the log holds them for ever."""
    files = resources.files("shared.contract.events").joinpath("former").iterdir()
    return {f"{TYPE_PREFIX}{file.name.removesuffix('.json')}": file.read_bytes() for file in files}


def address(schemas_at: str, type_: str) -> str:
    """Where the schema of a type is found: what ``dataschema`` says of an event."""
    return f"{schemas_at}/{type_}.json"


def schema_of(type_: str, schemas_at: str) -> Schema:
    """The JSON Schema of the data of a type. Raises KeyError: there is no such type."""
    name = types()[type_]
    former = _former().get(type_)
    shape: Schema = orjson.loads(former) if former else CATALOGUE[name].model_json_schema(mode="serialization")
    described(name, shape)
    for inner, part in shape.get("$defs", {}).items():
        described(inner, part)
    return {**shape, "$schema": DIALECT, "$id": address(schemas_at, type_)}


def described(name: str, shape: Schema) -> None:
    """Put a description at each field of a shape that has none of its own."""
    words = field_words()
    for field, held in shape.get("properties", {}).items():
        said = words.get(f"{name}.{field}") or words.get(field)
        if said is not None:
            held.setdefault("description", said)


def undescribed(name: str, shape: Schema) -> list[str]:
    """The fields of a shape of which nothing is said."""
    return [f"{name}.{field}" for field, held in shape.get("properties", {}).items() if not held.get("description")]
