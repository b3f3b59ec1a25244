"""Every line that a process may write of itself is explained, and no line is that none writes."""

import ast
import re
from collections.abc import Iterator

from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "reference" / "log-lines.md"
EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
LOGGERS = frozenset({"log", "level"})
"""What a line is written by: a logger, or one of its methods under a name of its own."""


def written() -> Iterator[str]:
    """The events of all lines in the code."""
    for folder in ("shared", "services", "ops"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and _writes(node.func):
                    yield from _events(node.args[0])


def _writes(function: ast.expr) -> bool:
    """Whether a call of it writes a line: of a logger, or of what the supervisor writes down."""
    if getattr(function, "id", "") == "Incident":
        return True
    base = function.value if isinstance(function, ast.Attribute) else function
    return isinstance(base, ast.Name) and base.id in LOGGERS


def _events(name: ast.expr) -> Iterator[str]:
    """The texts of which one is the event's name."""
    for node in ast.walk(name):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and EVENT.fullmatch(node.value):
            yield node.value


def test_every_line_is_explained() -> None:
    """With its level, what it says and what to do."""
    rows = re.findall(r"^\| `([a-z_.]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(rows) == rows
    assert sorted(set(written())) == rows
