"""One case in a folder: its events as they lie, what they come to, its sealed letters and files, the rules it cites.

What is sealed stays sealed: whoever opens it does so through the console, where that is recorded. The same case
exported again makes the same bytes, as long as nothing happens on it.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from shared.bank.reference import ReferenceDocument
from shared.contract.envelope import Event
from shared.contract.records import Record
from shared.errors import BadReference
from shared.sealing.documents import NAME, BlobStore, DocumentMissing
from shared.sealing.durable_files import is_draft, replace_file, sweep_drafts, sync_folders

FIRST = "case.json"
"""Written before all others: it says whose folder it is."""
LIST = "files.sha256"
"""In the form of ``sha256sum``, which checks it."""
PLAIN = re.compile(r"[^A-Za-z0-9._-]")


class Exported(NamedTuple):
    """How much of a case was written."""

    events: int
    documents: int
    rules: int


class CaseFolder:
    """A folder that gets the files of one case."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[str, str] = {}

    def check(self, case: str) -> None:
        """See that it is empty, or holds the same case, perhaps only a part of it. Raises BadReference."""
        there = self._folder.is_dir() and any(not is_draft(one) for one in self._folder.iterdir())
        if there and self._case_in() != case:
            raise BadReference(f"{self._folder} holds something else: name a new folder.")

    def _case_in(self) -> str | None:
        try:
            return str(orjson.loads((self._folder / FIRST).read_bytes())["case_id"])
        except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError):
            return None

    def add(self, name: str, content: bytes) -> None:
        """Write a file."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, content)
        self._written[name] = hashlib.sha256(content).hexdigest()

    def close(self) -> None:
        """Write the list of all files: as long as it is missing, the export is not whole."""
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self._written.items())]
        sweep_drafts(self._folder)
        self.add(LIST, "".join(lines).encode())
        sync_folders([self._folder])


def lines(records: Iterable[Record]) -> bytes:
    """Records as JSON lines: value as it was written, headers with the proofs of who wrote it, and its place."""
    return b"".join(orjson.dumps(_line(one), option=orjson.OPT_APPEND_NEWLINE) for one in records)


def _line(one: Record) -> dict[str, Any]:
    headers = {name: b64encode(value).decode() for name, value in one.headers.items()}
    place = {"partition": one.partition, "offset": one.offset}
    return place | {"key": one.key, "headers": headers, "value": one.value.decode("utf-8", "backslashreplace")}


async def add_documents(folder: CaseFolder, store: BlobStore, events: Iterable[Event]) -> int:
    """The sealed letters and files that the events name. Raises DocumentsAway."""
    count = 0
    for name in sorted({text for event in events for text in _texts(event.data) if NAME.fullmatch(text)}):
        with suppress(DocumentMissing):  # it is the digest of something that is no document
            folder.add(f"documents/{name}", await store.get(name))
            count += 1
    return count


def add_rules(folder: CaseFolder, published: Iterable[ReferenceDocument], events: Iterable[Event]) -> int:
    """The rules, packs, calendars, templates and organisations whose versions the events cite."""
    cited = {text for event in events for text in _texts(event.data)}
    found = [one for one in published if one.version in cited]
    for one in found:
        name = f"{one.kind}-{one.id}-{one.version}"
        folder.add(f"rules/{PLAIN.sub('_', name)}.yaml", one.content.encode())
    return len(found)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value
