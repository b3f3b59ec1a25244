"""What services may not do, whatever reaches them: run programs, evaluate texts, unpickle, call out, draw weakly."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FILES = sorted(p for room in ("services", "shared") for p in (ROOT / room).rglob("*.py"))
PROGRAMS = {"subprocess", "pty", "commands"}
OBJECTS = {"pickle", "marshal", "shelve", "dill", "xml", "lxml", "xmltodict"}
CALLERS = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "ftplib", "telnetlib"}
WEAK = {"random", "hashlib.md5", "hashlib.new", "Crypto"}
EVALUATED = {"eval", "exec", "__import__", "yaml.load", "yaml.unsafe_load", "os.system", "os.popen", "ctypes.CDLL"}
NAMING = {"shared/contract/ids.py"}
"""Ids are derived by UUIDv5, whose SHA-1 names and does not protect."""
SQL_OF_OURS = {"services/console/projection/generations.py", "services/console/projection/database.py"}
"""Names of schemas cannot be parameters of SQL: here they come from the settings and are quoted. The other explains a
statement of ours to a test."""
CALLING_OUT = {
    "services/notify/sending/webhook.py": {"httpx", "httpx.AsyncClient"},
    "services/notify/webhooks/posting.py": {"httpx"},
    "services/notify/sending/trusted.py": {"httpx"},
}
"""They post to addresses of the settings, and of the organisation file as far as they are public ones, and follow no
redirect: nobody else says where a request goes. The last one takes from there which authorities are public."""
SAFE_LOADERS = {"shared/bank/reference_file.py"}
"""Its loader is the safe one, and refuses a key that stands twice."""


def _imported(tree: ast.AST) -> Iterator[str]:
    """Each module that is imported, and each name from it, with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    yield from ((ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def wrong(source: str, name: str = "") -> list[str]:
    """Say what a source imports or calls that it may not."""
    tree = ast.parse(source)
    forbidden = (
        PROGRAMS | OBJECTS | CALLERS | WEAK | ({"hashlib.sha1"} - ({"hashlib.sha1"} if name in NAMING else set()))
    ) - CALLING_OUT.get(name, set())
    found = [i for i in _imported(tree) for f in forbidden if i == f or i.startswith(f"{f}.")]
    for called, node in _calls(tree):
        if called == "yaml.load" and name in SAFE_LOADERS:
            continue
        if called in EVALUATED | forbidden:
            found.append(called)
        elif called == "text" and name not in SQL_OF_OURS and not _plain(node):
            found.append("SQL that is put together")
        elif _logs(called) and not _plain(node):
            found.append("a log line that is put together")
    return found


def _plain(call: ast.Call) -> bool:
    """Whether the first argument is a literal text."""
    return bool(call.args) and isinstance(call.args[0], ast.Constant)


def _logs(called: str) -> bool:
    owner, _, method = called.rpartition(".")
    return owner.lower().strip("_") in {"log", "logger"} and method in {
        "debug",
        "info",
        "warning",
        "error",
        "exception",
    }


@pytest.mark.parametrize("file", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_service_does_nothing_dangerous(file: Path) -> None:
    """No file of services and what they share."""
    assert [] == wrong(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT)))


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess", "from pickle import loads", "import xml.etree.ElementTree", "from urllib import request",
        "from urllib.request import urlopen", "import httpx", "import random", "from hashlib import md5, sha1",
        "import hashlib\nhashlib.sha1(b'')", "eval('1')", "import yaml\nyaml.load(f)", "import os\nos.system('x')",
        "text(f'SELECT {given}')", "text('SELECT ' + given)", "log.info(given)", "_LOG.warning(f'no {given}')",
    ],
)  # fmt: skip
def test_what_is_dangerous_is_found(source: str) -> None:
    """Each way once."""
    assert [] != wrong(source)
