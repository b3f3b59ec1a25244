"""``redress backup --verify``: a backup is read back, every file of it; what is wrong with it is told, a line each."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ops.backup import folder_lock, kept_documents
from ops.backup import manifest as manifests
from ops.backup.manifest import BackupDamaged, Manifest, Part
from ops.backup.packed_files import blocks
from ops.local.reading import HowFarOfEach
from shared.contract.ids import is_case
from shared.contract.records import Record
from shared.contract.topics import EVENTS
from shared.log.posted_records import Raw
from shared.process.settings import Settings
from shared.sealing.documents import name_of
from shared.sealing.proofs import Proofs
from shared.sealing.vault import WrappedKey


class Verified(NamedTuple):
    """What was read back, and what is wrong with it."""

    records: int
    cases: int
    documents: int
    keys: int
    wrong: tuple[str, ...]


async def verify(settings: Settings, folder: Path, told: HowFarOfEach) -> Verified:
    """Read a backup back. Raises NotABackup, BackupUnderWay, SigningKeyMissing, BadKeyFile."""
    with folder_lock.reading(folder):
        return await asyncio.to_thread(_Reading(settings, folder, told).run)


class _Reading:
    def __init__(self, settings: Settings, folder: Path, told: HowFarOfEach) -> None:
        self._folder, self._told = folder, told
        self._manifest: Manifest = manifests.read(folder)
        self._proofs = Proofs(settings.model_copy(update={"topic_prefix": self._manifest.origin.topic_prefix}))
        self._wrong: list[str] = []
        self._cases: set[str] = set()

    def run(self) -> Verified:
        """Log, documents and keys, each to its end whatever is wrong with the others."""
        records, documents = self._log(), self._documents()
        keys = self._keys()
        return Verified(records, len(self._cases), documents, keys, tuple(self._wrong))

    def _log(self) -> int:
        read, total = 0, self._manifest.records
        for topic, rows in self._manifest.topics.items():
            for partition, parts in rows.items():
                for part in parts:
                    try:
                        read += self._part(topic, partition, part)
                    except BackupDamaged as error:
                        self._wrong.append(error.detail)
                    self._told("log", read, total)
        return read

    def _part(self, topic: str, partition: int, part: Part) -> int:
        """Read a part: its digest, the order of its records, their number, and that our own wrote the events."""
        manifests.check(self._folder, part)
        read, last, foreign = 0, part.first - 1, 0
        for one in records_of(self._folder, part):
            if not last < one.offset < part.next:
                raise BackupDamaged(f"{part.name} holds record {one.offset} after {last}: use another backup.")
            read, last = read + 1, one.offset
            if topic == EVENTS:
                foreign += self._event(partition, one)
        if read != part.records:
            raise BackupDamaged(f"{part.name} holds {read} records, not {part.records}: use another backup.")
        if foreign:
            self._wrong.append(f"{part.name}: {foreign} records prove to be of nobody who has these log keys")
        return read

    def _event(self, partition: int, one: Raw) -> bool:
        """Note whose event it is; whether it proves nothing."""
        record = record_of(partition, one)
        if is_case(record.key):
            self._cases.add(record.key)
        return self._proofs.fault(record) is not None

    def _documents(self) -> int:
        read, listed = 0, self._manifest.documents
        for path in kept_documents.there(self._folder):
            if name_of(path.read_bytes()) != path.name:
                self._wrong.append(f"{path}: it is not what was written")
            read += 1
            self._told("documents", read, listed.documents if listed else 0)
        try:
            self._wrong += [f"{path}: it is missing" for path in kept_documents.missing(self._folder, listed)]
        except BackupDamaged as error:
            self._wrong.append(error.detail)
        return read

    def _keys(self) -> int:
        keys, known = self._manifest.keys, set[str]()
        if keys is None:
            self._wrong.append("no keys are there: nothing could be opened")
            return 0
        try:
            manifests.check(self._folder, keys)
            for block in blocks(self._folder / keys.name, WrappedKey):
                known.update(one.key_id for one in block)
        except BackupDamaged as error:
            self._wrong.append(error.detail)
            return 0
        if without := len(self._cases - known):
            self._wrong.append(f"{without} of {len(self._cases)} cases have no key")
        return len(known)


def records_of(folder: Path, part: Part) -> Iterator[Raw]:
    """The records of a part, in their order. Raises BackupDamaged."""
    for block in blocks(folder / part.name, Raw):
        yield from block


def record_of(partition: int, one: Raw) -> Record:
    """A kept record, as a reader would bring it."""
    headers = {name: value or b"" for name, value in one.headers}
    return Record(partition, one.offset, (one.key or b"").decode("utf-8", "replace"), one.value or b"", headers)
