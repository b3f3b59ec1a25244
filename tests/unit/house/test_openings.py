"""Nothing sealed opens but through what records it first: no other code calls what opens."""

import ast
import re
from pathlib import Path

from tests.support.paths import ROOT

OPENS = {"decrypt", "open_all", "open_bytes"}
MAY_OPEN = {
    "shared/sealing/vault.py",  # where opening is
    "shared/sealing/documents.py",  # offers it; nothing calls it yet
    "shared/log/access_log.py",  # records first
}
READS_DOCUMENTS = {
    "services/intake/files/scanning.py",  # hands it to the scanner: no person sees it (docs/decisions, 72)
}
"""Whoever else reads a stored document back has to record it first, and is named here."""


def called(path: Path) -> set[str]:
    """What a module calls, by the last part of its name."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    names = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    return names | {call.id for call in calls if isinstance(call, ast.Name)}


def modules() -> dict[str, Path]:
    """All modules of the product."""
    folders = ("shared", "services", "ops")
    return {str(path.relative_to(ROOT)): path for folder in folders for path in (ROOT / folder).rglob("*.py")}


def test_only_the_recorded_opener_opens() -> None:
    """Whoever needs an opened text asks `RecordedOpener`."""
    assert set(MAY_OPEN) == {name for name, path in modules().items() if called(path) & OPENS}


def test_nobody_reads_a_stored_document_without_a_record() -> None:
    """`documents.get` opens a scan or a letter."""
    reading = re.compile(r"[^_]documents\.get\(")
    found = {name for name, path in modules().items() if reading.search(path.read_text(encoding="utf-8"))}

    assert READS_DOCUMENTS == found
