"""Two grounds of non-acceptance name the other case of the same matter; a duplicate has to."""

from pydantic import ConfigDict, JsonValue

SAME_MATTER = ("duplicate", "same_without_new_facts")
"""Grounds that name the case of the same matter; a duplicate has to."""


def _on(*grounds: str) -> dict[str, JsonValue]:
    return {"properties": {"ground": {"enum": list(grounds)}}, "required": ["ground"]}


_OTHER: dict[str, JsonValue] = {
    "if": _on("duplicate"),
    "then": {"properties": {"of_case": {"not": {"type": "null"}}}, "required": ["of_case"]},
    "else": {"if": _on(*SAME_MATTER), "then": {}, "else": {"properties": {"of_case": {"type": "null"}}}},
}
NAMES_OTHER = ConfigDict(json_schema_extra=_OTHER)
"""What the schema says of the other case: a duplicate names it, and no ground but these two does."""
