"""Writes docs/reference/articles.md: every sentence of the articles, every practice, and the tests that hold it.

A test says so itself, by ``@pytest.mark.holds("article-2.1.1")``; what there is to hold stands in ``held.yaml``.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ops.paths import ROOT
from ops.tables.markdown import table

HELD_FILE = Path(__file__).with_name("held.yaml")
MARKER = "holds"
NOTHING = "missing"
Row = dict[str, str]


@cache
def declared() -> dict[str, dict[str, Row]]:
    """The sentences and the practices by their ids, in order."""
    found: dict[str, dict[str, Row]] = yaml.safe_load(HELD_FILE.read_text(encoding="utf-8"))
    return found


@cache
def held_by() -> Mapping[str, list[str]]:
    """The tests that hold something, by its id: each as ``path::name``."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if f"mark.{MARKER}(" in text:
            for name, held in _marked(ast.parse(text)):
                found[held].append(f"{path.relative_to(ROOT).as_posix()}::{name}")
    return found


def _marked(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Name of every test of a module with an id that it holds."""
    for one in ast.walk(module):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in one.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == f"pytest.mark.{MARKER}":
                    yield from ((one.name, ast.literal_eval(argument)) for argument in mark.args)


def articles() -> str:
    """Every sentence with the tests that hold it."""
    rows = ((_anchor(id_), row["zh"], row["en"], _held(id_, row)) for id_, row in declared()["sentences"].items())
    return table(("article", "sentence", "in short", "held by"), rows)


def practices() -> str:
    """Every practice: what of it is there, and the tests that hold it."""
    rows = (
        (_anchor(id_), f"{row['zh']}: {row['en']}", row.get("here", "–"), _held(id_, row))
        for id_, row in declared()["practices"].items()
    )
    return table(("practice", "what it asks", "what is there", "held by"), rows)


def _anchor(id_: str) -> str:
    return f'<a id="{id_}"></a>{id_.partition("-")[2]}'


def _held(id_: str, row: Mapping[str, Any]) -> str:
    named = [f"`{test}`" for test in held_by().get(id_, ())]
    said = [f"not there: {row[NOTHING]}"] if NOTHING in row else []
    return "<br>".join(named + said) or "**nothing**"
