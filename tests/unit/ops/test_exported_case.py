"""A case in a folder: all that its events name, the same bytes again, and never among something else."""

import asyncio
import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from ops.verify.exported_case import LIST, CaseFolder, add_documents, add_rules, lines
from shared.bank.reference import ReferenceDocument
from shared.contract.envelope import outgoing
from shared.contract.records import Record
from shared.errors import BadReference
from shared.sealing.documents import FolderStore
from tests.support.facts import CASE, event, receipt

BLOB = b"sealed"
NAME = hashlib.sha256(BLOB).hexdigest()
NOW = datetime(2020, 3, 5, tzinfo=UTC)
EVENT = event(receipt())._replace(
    data={"sha256": NAME, "fingerprint": "ab" * 32, "pack": {"id": "p/1", "version": "v7"}}
)


def document(version: str) -> ReferenceDocument:
    """A version of a pack."""
    return ReferenceDocument("pack", "p/1", version, NOW, f"content of {version}\n", NOW, "lin.fang", "why")


async def exported(folder: Path, store: FolderStore) -> tuple[int, int]:
    """Export a case; how many documents and rules that were."""
    target = CaseFolder(folder)
    target.check(CASE)
    made = outgoing(event(receipt()))
    target.add("case.json", orjson.dumps({"case_id": CASE}))
    target.add("events.jsonl", lines([Record(2, 7, made.key, made.value, dict(made.headers))]))
    found = await add_documents(target, store, [EVENT]), add_rules(target, [document("v6"), document("v7")], [EVENT])
    target.close()
    return found


async def test_what_the_events_name_is_there_and_nothing_was_changed(tmp_path: Path) -> None:
    """A digest that names no document is none; of the rules those versions that are cited."""
    store, folder = FolderStore(tmp_path / "store"), tmp_path / "case"
    await store.put(NAME, BLOB)

    assert (1, 1) == await exported(folder, store)
    assert BLOB == (folder / "documents" / NAME).read_bytes()
    assert "content of v7\n" == (folder / "rules" / "pack-p_1-v7.yaml").read_text(encoding="utf-8")
    (record,) = map(orjson.loads, (folder / "events.jsonl").read_bytes().splitlines())
    assert (2, 7, CASE) == (record["partition"], record["offset"], record["key"])
    sums = ["sha256sum", "--check", "--strict", LIST]
    await asyncio.to_thread(subprocess.run, sums, cwd=folder, check=True, capture_output=True)


async def test_the_same_case_again_is_the_same_bytes_also_where_it_was_cut_off(tmp_path: Path) -> None:
    """And another case is not written among its files."""
    store, folder = FolderStore(tmp_path / "store"), tmp_path / "case"
    await exported(folder, store)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / LIST).unlink()
    await exported(folder, store)

    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(BadReference, match="something else"):
        CaseFolder(folder).check("another case")
    with pytest.raises(BadReference, match="something else"):
        CaseFolder(tmp_path).check(CASE)
