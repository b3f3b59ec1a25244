"""What was published stays: a line for each shape, and one for each list of codes that may grow.

A line is only ever added. Whoever changes a shape gives its type a new version; the old line stays, and so does the old
schema (``shared/contract/events/former``).
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel

from ops.contracts import record_shapes as shapes
from ops.contracts.code_lists import GROWING
from ops.contracts.messages import Schema
from ops.contracts.record_messages import shape_of
from ops.paths import SHARED
from shared.contract import case_changed, schemas
from shared.contract.case_versions import NAME
from shared.contract.envelope import type_of

FILE = SHARED / "contract" / "events" / "shapes.lock"
HEAD = (
    "# Every published shape, by the SHA-256 of what it allows, and every list of codes that grows. `make docs` adds\n"
    "# lines; no shape's is ever changed or taken away: a shape that changes is a new version of its type.\n"
)
CODES = "codes/"
OF_WORDS = frozenset({"title", "description", "$id", "$schema"})
"""What a schema says and does not ask: it may be said better."""
LEAST_CODES = 8
"""An enumeration of so many codes of one growing list is that list, as it was at some time; others are shorter."""


def shapes_of_today() -> dict[str, Schema]:
    """The schema of every published shape by its type: events, cases as they count, answers to what is posted."""
    found = {type_: schemas.schema_of(type_, "") for type_ in schemas.types()}
    others: dict[str, type[BaseModel]] = {"redress.SubmissionAnswered.v1": shapes.SubmissionAnswered}
    others |= {type_of(NAME, version): shape for version, shape in case_changed.SHAPES.items()}
    return found | {type_: shape_of(model) for type_, model in others.items()}


def lines_of(found: Mapping[str, Schema], codes: Mapping[str, tuple[str, ...]] = GROWING) -> dict[str, str]:
    """What the file has to say of these shapes and lists."""
    digests = {
        type_: sha256(orjson.dumps(_asked(shape), option=orjson.OPT_SORT_KEYS)) for type_, shape in found.items()
    }
    lists = {f"{CODES}{name}": " ".join(sorted(held)) for name, held in codes.items()}
    return {type_: digest.hexdigest() for type_, digest in digests.items()} | lists


def _asked(part: Any, named: bool = False) -> Any:
    """A shape without its words; ``named``: its words are names of fields."""
    if isinstance(part, list):
        return [_asked(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "enum" in part:
        part = part | {"enum": _codes(part["enum"])}
    return {
        word: _asked(rule, word in ("properties", "$defs") and not named)
        for word, rule in part.items()
        if named or word not in OF_WORDS
    }


def _codes(enum: list[Any]) -> Any:
    """The name of the growing list that an enumeration is; else its codes."""
    for name, codes in GROWING.items():
        if len(enum) >= LEAST_CODES and set(enum) <= set(codes):
            return name
    return enum


def published(file: Path = FILE) -> dict[str, str]:
    """What the file says, by type or list."""
    lines = (line.split(" ", 1) for line in file.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {name: said for name, said in lines if said}


def broken(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """A sentence for everything that was published and is not so any more."""
    gone = [
        f"{name} was published, and the log holds it for ever: bring it back." for name in before.keys() - now.keys()
    ]
    moved = [
        f"{name}: its shape changed. Give the type a new version, with an upcaster and a golden file, and put the "
        "schema as it was into shared/contract/events/former."
        for name in before.keys() & now.keys()
        if not name.startswith(CODES) and before[name] != now[name]
    ]
    lost = [
        f"{name}: {', '.join(sorted(set(before[name].split()) - set(now[name].split())))} was published: bring it back."
        for name in before.keys() & now.keys()
        if name.startswith(CODES) and not set(before[name].split()) <= set(now[name].split())
    ]
    return sorted(gone + moved + lost)


def text(lines: Mapping[str, str]) -> str:
    """The file that says this."""
    return HEAD + "".join(f"{name} {said}\n" for name, said in sorted(lines.items()))
