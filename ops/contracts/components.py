"""Shapes that many messages have in common stand in the document once, under a name of their own."""

import json
from typing import Any

from ops.contracts.messages import Schema

AT = "#/components/schemas/"
INNER = "#/$defs/"


class Components:
    """The schemas of a document by name. A shape that changed has a name for each of its versions."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self._by_text: dict[str, str] = {}

    def take(self, name: str, shape: Schema) -> Schema:
        """Put a shape and all that is in it into the document; a reference to it."""
        inner = shape.get("$defs", {})
        names = {one: self._name_of(one, name, inner) for one in inner}
        for one, part in inner.items():
            self.schemas[names[one]] = _pointing(part, names)
        self.schemas[name] = _pointing({word: rule for word, rule in shape.items() if word not in OF_A_FILE}, names)
        return {"$ref": AT + name}

    def _name_of(self, part: str, owner: str, inner: dict[str, Schema]) -> str:
        """Its own name; where another shape has that already, beside it the first message that has this one."""
        text = json.dumps([part, _whole(inner[part], inner)], sort_keys=True)
        if text not in self._by_text:
            taken = part in self._by_text.values() or part in self.schemas
            self._by_text[text] = f"{part}-{owner}" if taken else part
        return self._by_text[text]


OF_A_FILE = frozenset({"$defs", "$schema", "$id"})
"""What a schema says of itself as a file of its own."""


def _whole(part: Any, inner: dict[str, Schema]) -> Any:
    """A shape with what it refers to in its place: two are the same if these are."""
    if isinstance(part, list):
        return [_whole(one, inner) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return [_whole(inner[part["$ref"].removeprefix(INNER)], inner), part.get("description")]
    return {word: _whole(rule, inner) for word, rule in part.items()}


def _pointing(part: Any, names: dict[str, str]) -> Any:
    """The shape with its references as the document needs them; what is said beside one stands around it."""
    if isinstance(part, list):
        return [_pointing(one, names) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        ref = {"$ref": AT + names[part["$ref"].removeprefix(INNER)]}
        beside = {word: rule for word, rule in part.items() if word != "$ref"}
        return {"allOf": [ref], **beside} if beside else ref
    return {
        word: _pointing(rule, names) for word, rule in part.items() if not (word == "title" and isinstance(rule, str))
    }
