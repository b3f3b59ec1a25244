"""Under which licence each locked package comes, and which of them may be used beside Apache-2.0."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from ops.paths import DEPLOY
from ops.supply.locks import Package

FILE = DEPLOY / "supply" / "licences.yaml"


def licences(file: Path = FILE) -> dict[str, str]:
    """Read the licence (an SPDX expression) of each package, by its key such as ``pypi/aiohttp``.

    Raises:
        ValueError: a package stands under two licences.
    """
    found: dict[str, str] = {}
    for expression, keys in _read(file)["packages"].items():
        for key in keys:
            if key in found:
                raise ValueError(f"{file}: {key} stands under {found[key]} and {expression}.")
            found[key] = expression
    return found


def allowed(file: Path = FILE) -> frozenset[str]:
    """Name the licences that may be used."""
    return frozenset(_read(file)["allowed"])


def faults(locked: Iterable[Package], file: Path = FILE) -> list[str]:
    """Say of each locked package without a licence, or with one that is not allowed, what to do."""
    named, may = licences(file), allowed(file)
    missing = [p for p in locked if p.key not in named]
    refused = sorted({(p.key, named[p.key]) for p in locked if p.key in named and not permits(named[p.key], may)})
    return [
        *[f"{p.key}: look its licence up and write it into {FILE.name}" for p in missing],
        *[f"{key}: {expression} is not allowed; do without this package" for key, expression in refused],
    ]


def permits(expression: str, may: frozenset[str]) -> bool:
    """Whether an SPDX expression can be kept with the allowed licences: all of AND, one of OR."""
    inner = re.search(r"\(([^()]*)\)", expression)
    if inner:
        stands_for = "allowed" if permits(inner[1], may) else "refused"
        return permits(expression.replace(inner[0], stands_for, 1), may | {"allowed"})
    return any(all(part.strip() in may for part in way.split(" AND ")) for way in expression.split(" OR "))


def _read(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return read
