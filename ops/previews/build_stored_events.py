"""Writes the types of stored events' data from the catalogue: ``python -m ops.previews.build_stored_events``.

Run by a developer after a change of an event; a test holds the files against what this writes. A fold reads an event's
data as plain JSON, and with these shapes the type checker knows what stands in it, at no cost when it runs.
"""

import subprocess
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import ModuleType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime

from ops.paths import SHARED
from shared.contract import message_kinds
from shared.contract.events import (
    agreements,
    approving,
    assignments,
    base,
    candidates,
    casework,
    corrections,
    ending,
    evidence,
    intake,
    notify,
    ownership,
    passing,
    routing,
    second_looks,
    settlement,
    sla,
    speakers,
)
from shared.contract.events.base import Closed, EventData

FOLDER = SHARED / "contract" / "events" / "stored"
SERVICES = (intake, routing, casework, sla, notify)
FAMILIES = (
    candidates, evidence, ownership, agreements, approving, passing, second_looks, speakers, corrections, assignments,
    ending,
)  # fmt: skip
"""Further facts of intake and casework, a module for each subject."""
MODULES = (base, settlement, *SERVICES, *FAMILIES)
SHARED_BASES: tuple[type[Closed], ...] = (base.CaseworkEvent, intake.IntakeEvent)
"""The bases of events that lie in several modules."""
HEAD = '''"""{what}, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Any, Literal, TypedDict, final
'''


def texts() -> dict[str, str]:
    """Per file name the text of every module: the codes, the parts that events are made of, each service's events."""
    shapes = [shape for module in MODULES for shape in _shapes(module)]
    parts = [shape for shape in shapes if not issubclass(shape, EventData) or shape in SHARED_BASES]
    codes = [f"{name} = {code}".replace("typing.", "") for code, name in CODES.items() if name not in NOT_COPIED]
    found = {
        "codes.py": _formatted("\n".join([HEAD.format(what="The codes of events"), *codes])),
        "parts.py": _text("What events are made of", parts, parts),
    }
    for service in (*SERVICES, *FAMILIES):
        own = [shape for shape in shapes if shape.__module__ == service.__name__ and shape not in parts]
        events = [shape for shape in own if issubclass(shape, EventData)]
        found[f"{_leaf(service)}.py"] = _text(f"The events of {_leaf(service)}", events, parts)
    return found


def _text(what: str, shapes: Sequence[type[Closed]], parts: Sequence[type[Closed]]) -> str:
    """One module of shapes, with what it uses of others."""
    used: set[str] = set()
    codes = {} if shapes is parts else CODES  # parts spell theirs out: all else stands on them
    bodies = [_shape(shape, used, codes) for shape in shapes]
    elsewhere = {"codes": sorted(used & set(codes.values()) - NOT_COPIED)}
    if shapes is not parts:
        elsewhere["parts"] = sorted(used & {f"{shape.__name__}Data" for shape in parts})
    imports = [
        f"from shared.contract.events.stored.{home} import {', '.join(names)}"
        for home, names in elsewhere.items()
        if names
    ]
    imports += [f"from {message_kinds.__name__} import MessageKind"] if "MessageKind" in used else []
    return _formatted("\n".join([HEAD.format(what=what), *imports, *bodies]))


def _leaf(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _shapes(module: ModuleType) -> Iterator[type[Closed]]:
    """The shapes that a module defines and that hold anything, in its order."""
    for shape in vars(module).values():
        defined = isinstance(shape, type) and shape.__module__ == module.__name__ and issubclass(shape, Closed)
        if defined and shape.model_fields:
            yield shape


def _shape(shape: type[Closed], used: set[str], codes: Mapping[Any, str]) -> str:
    """One shape. What it shares with others of its service comes from their base."""
    above = shape.__mro__[1]
    shared = above.model_fields.keys() if issubclass(above, EventData) else set()
    base_name = f"{above.__name__}Data" if shared else "TypedDict"
    used |= {base_name} if above in SHARED_BASES else set()
    own = [name for name in shape.model_fields if name not in shared]
    closed = [] if issubclass(shape, EventData) else ["@final"]  # so that a union is told apart by what is in it
    lines = [*closed, f"class {shape.__name__}Data({base_name}):", f'    """``{shape.__name__}``."""']
    return "\n".join(
        [*lines, *(f"    {name}: {_json(shape.model_fields[name].annotation, used, codes)}" for name in own)]
    )


def _json(annotation: Any, used: set[str], codes: Mapping[Any, str]) -> str:
    """What the JSON of a field is, as an annotation; ``codes``: the sets of codes that are called by their names.

    Raises:
        TypeError: a kind of field that no event had so far.
    """
    if annotation in codes:
        used.add(codes[annotation])
        return codes[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin is Annotated:
        return _json(arguments[0], used, codes)
    if origin in (Union, types.UnionType):
        return " | ".join(_json(argument, used, codes) for argument in arguments)
    if origin is tuple:
        return f"list[{_json(arguments[0], used, codes)}]"
    if annotation in (AwareDatetime, date):
        return "str"
    if annotation in (str, int, bool):
        return str(annotation.__name__)
    if annotation is type(None):
        return "None"
    if annotation == dict[str, Any]:
        return "dict[str, Any]"
    if isinstance(annotation, type) and issubclass(annotation, Closed):
        used.add(f"{annotation.__name__}Data")
        return f"{annotation.__name__}Data"
    raise TypeError(f"how is {annotation!r} stored? Say it in {__name__}")


def _formatted(text: str) -> str:
    """As the rest of the project is written, without what a module does not need."""
    for command in (["check", "--quiet", "--select", "F401,I", "--fix"], ["format", "--quiet"]):
        name = str(FOLDER / "some.py")
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", name, "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        text = done.stdout
    return text


CODES = {
    value: name for module in reversed(MODULES) for name, value in vars(module).items() if get_origin(value) is Literal
}
"""Per set of codes that has a name the name."""
NOT_COPIED = {"Hearer", "MessageKind"}
"""What stands in no event, and what a module says that knows no shape: whoever adds a kind names it there alone."""


def main() -> None:
    """Write every file."""
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
