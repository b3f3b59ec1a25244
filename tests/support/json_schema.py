"""The part of JSON Schema and OpenAPI that our own documents use: whatever it does not know, it refuses to pass."""

import re
from collections.abc import Callable
from typing import Any

import httpx

Schema = dict[str, Any]
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
SILENT = {"title", "description", "default", "examples", "format", "then", "else"}


def at(document: Schema, ref: str) -> Schema:
    """What a local reference points to."""
    found: Any = document
    for part in ref.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def faults(document: Schema, schema: Schema, value: Any, where: str = "") -> list[str]:
    """Everything about ``value`` that ``schema`` does not allow."""
    found: list[str] = []
    for keyword, rule in schema.items():
        if keyword in SILENT or keyword == "additionalProperties":
            continue
        if keyword not in CHECKS:
            raise AssertionError(f"the checker does not know {keyword}")
        found += CHECKS[keyword](document, schema, rule, value, where)
    return found


def _is(schema_type: str, value: Any) -> bool:
    return isinstance(value, TYPES[schema_type]) and not (schema_type == "integer" and isinstance(value, bool))


def _properties(document: Schema, schema: Schema, rule: Schema, value: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return []
    found = [
        f for name, one in rule.items() if name in value for f in faults(document, one, value[name], f"{where}/{name}")
    ]
    closed = schema.get("additionalProperties") is False
    return found + [f"{where}/{name}: not allowed" for name in value if closed and name not in rule]


def _items(document: Schema, schema: Schema, rule: Schema, value: Any, where: str) -> list[str]:
    entries = value if isinstance(value, list) else []
    return [f for n, one in enumerate(entries) for f in faults(document, rule, one, f"{where}/{n}")]


def _any_of(document: Schema, schema: Schema, rule: list[Schema], value: Any, where: str) -> list[str]:
    each = [faults(document, one, value, where) for one in rule]
    return [] if [] in each else [f for one in each for f in one]


def _one_of(document: Schema, schema: Schema, rule: list[Schema], value: Any, where: str) -> list[str]:
    each = [faults(document, one, value, where) for one in rule]
    return (
        [] if each.count([]) == 1 else [f"{where}: fits {each.count([])} of {rule}", *(f for one in each for f in one)]
    )


def _if(document: Schema, schema: Schema, rule: Schema, value: Any, where: str) -> list[str]:
    branch = "else" if faults(document, rule, value, where) else "then"
    return faults(document, schema.get(branch, {}), value, where)


def _limit(holds: Callable[[Any, Any], bool], kind: type) -> Callable[..., list[str]]:
    def check(document: Schema, schema: Schema, rule: Any, value: Any, where: str) -> list[str]:
        return [f"{where}: against {rule!r}"] if isinstance(value, kind) and not holds(value, rule) else []

    return check


CHECKS: dict[str, Callable[..., list[str]]] = {
    "$ref": lambda document, schema, rule, value, where: faults(document, at(document, rule), value, where),
    "type": lambda d, s, rule, value, where: [] if _is(rule, value) else [f"{where}: no {rule}"],
    "required": lambda d, s, rule, value, where: (
        [f"{where}/{n}: missing" for n in rule if n not in value] if isinstance(value, dict) else []
    ),
    "properties": _properties,
    "items": _items,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "allOf": lambda d, s, rule, value, where: [f for one in rule for f in faults(d, one, value, where)],
    "enum": lambda d, s, rule, value, where: [] if value in rule else [f"{where}: none of {rule}"],
    "if": _if,
    "not": lambda d, s, rule, value, where: [] if faults(d, rule, value, where) else [f"{where}: is {rule}"],
    "const": lambda d, s, rule, value, where: [] if value == rule else [f"{where}: not {rule!r}"],
    "pattern": _limit(lambda value, rule: re.search(rule, value) is not None, str),
    "minLength": _limit(lambda value, rule: len(value) >= rule, str),
    "maxLength": _limit(lambda value, rule: len(value) <= rule, str),
    "minItems": _limit(lambda value, rule: len(value) >= rule, list),
    "maxItems": _limit(lambda value, rule: len(value) <= rule, list),
    "minimum": _limit(lambda value, rule: value >= rule, int),
    "maximum": _limit(lambda value, rule: value <= rule, int),
    "exclusiveMinimum": _limit(lambda value, rule: value > rule, int),
}


def undocumented(document: Schema, path: str, answer: httpx.Response) -> list[str]:
    """Everything about a real answer to a POST that the document does not say."""
    described = document["paths"][path]["post"]["responses"].get(str(answer.status_code))
    if described is None:
        return [f"status {answer.status_code}"]
    media_type = answer.headers["content-type"]
    if media_type not in described["content"]:
        return [f"media type {media_type}"]
    wrong = [
        name
        for name, rule in described.get("headers", {}).items()
        if answer.headers.get(name) != rule["schema"]["const"]
    ]
    return wrong + faults(document, described["content"][media_type]["schema"], answer.json())
