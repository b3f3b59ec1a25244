"""``redress restore``: a backup becomes an installation in a new place, before anybody reads it.

Keys first, and with them what was erased: a key that was destroyed, by the backup's own log or since, comes back as a
tombstone. Then the documents, then the log, so that at no moment anything is there that nobody could open or that
somebody could open who may not. Killed and started again it goes on; until it is done nothing starts on it.
"""

import asyncio
import hashlib
import os
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import orjson

from ops.backup import kept_documents
from ops.backup import manifest as manifests
from ops.backup.manifest import BackupDamaged, Manifest, Part
from ops.backup.packed_files import blocks
from ops.backup.verifying import record_of, records_of
from ops.local import broker as brokers
from ops.local import installation, topics
from ops.local.reading import HowFarOfEach
from shared.contract.records import HEADER_TYPE
from shared.contract.topics import EVENTS
from shared.errors import RedressError
from shared.log.posted_records import Raw
from shared.log.raw_topic import RawTopic
from shared.process import bombs
from shared.process.settings import Settings
from shared.sealing.documents import name_of
from shared.sealing.durable_files import replace_file, sync_folders
from shared.sealing.proofs import Proofs
from shared.sealing.stores import open_blobs, open_key_store
from shared.sealing.vault import MasterKeys, SealBroken, WrappedKey, master_keys

ERASED = b"redress.CaseErased.v"
APPENDED_AT_ONCE = 1000


class NotEmpty(RedressError):
    """There is an installation already, or another restore was begun here: name a new folder with --data."""

    code = "not_empty"
    status = 409


class KeysDoNotFit(RedressError):
    """The key files here are not those of the backup's installation: bring them first (docs/how-to/backup.md)."""

    code = "keys_do_not_fit"
    status = 409


class Restored(NamedTuple):
    """What is there again, and how many keys came back as tombstones."""

    records: int
    documents: int
    keys: int
    erased: int


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Have a data folder, in which nothing runs and nobody else restores, for one restore. Raises AlreadyRunning."""
    descriptor = installation.hold_folder(data)
    try:
        yield
    finally:
        os.close(descriptor)


async def restore(settings: Settings, folder: Path, erased: AbstractSet[str], told: HowFarOfEach) -> Restored:
    """Bring a backup back into the place that these settings name; ``erased``: ids whose keys must not come back.

    Raises:
        NotABackup, BackupDamaged, NotEmpty, KeysDoNotFit, TopicsDiffer, VaultAway, DocumentsAway
    """
    found = manifests.read(folder)
    work = Restoring(settings, folder, found, erased, told)
    await asyncio.to_thread(work.check)
    with brokers.running(settings):
        await work.check_place()
        work.mark()
        keys, gone = await work.keys()
        bombs.hit("restore_keys")
        documents = await work.documents()
        bombs.hit("restore_documents")
        await work.log()
        bombs.hit("restore_log")
    installation.remember(settings)
    installation.restoring_file(settings.data).unlink()
    return Restored(found.records, documents, keys, gone)


class Restoring:
    """One backup on its way back."""

    def __init__(
        self, settings: Settings, folder: Path, manifest: Manifest, erased: AbstractSet[str], told: HowFarOfEach
    ) -> None:
        self._settings, self._folder, self._manifest, self._told = settings, folder, manifest, told
        self._erased = set(erased)
        self._marker = installation.restoring_file(settings.data)
        self._said = orjson.dumps({"backup": manifest.id, "erased": _digest(erased)})
        self._files: list[tuple[str, int, Part]] = [
            (topic, partition, part)
            for topic, rows in manifest.topics.items()
            for partition, parts in rows.items()
            for part in parts
        ]

    @property
    def _goes_on(self) -> bool:
        """Whether this restore was begun here before, and cut off."""
        return self._marker.exists() and self._marker.read_bytes() == self._said

    def check(self) -> None:
        """See that all files are what was written and that the keys fit, before anything is done.

        What the log itself says was erased is found here, too. Raises BackupDamaged, KeysDoNotFit.
        """
        self._check_that_keys_are_there()
        proofs, read = Proofs(self._settings), 0
        for topic, partition, part in self._files:
            manifests.check(self._folder, part)
            for one in records_of(self._folder, part) if topic == EVENTS else ():
                record = record_of(partition, one)
                if read == 0 and proofs.fault(record) is not None:
                    raise KeysDoNotFit(f"The log key here is not the backup's: {proofs.fault(record)}.")
                if record.headers.get(HEADER_TYPE, b"").startswith(ERASED):
                    self._erased.add(record.key)
                read += 1
            self._told("checked", read, self._manifest.records)
        self._check_that_no_document_is_missing()
        if self._manifest.keys is None:
            raise BackupDamaged("The backup has no keys: use another one.")
        manifests.check(self._folder, self._manifest.keys)
        self._check_master_key()

    def _check_that_no_document_is_missing(self) -> None:
        if missing := kept_documents.missing(self._folder, self._manifest.documents):
            raise BackupDamaged(f"{len(missing)} documents are missing, such as {missing[0]}: use another backup.")

    def _check_that_keys_are_there(self) -> None:
        """Development makes keys where there are none, and with new ones nothing of a backup opens."""
        settings, folder = self._settings, self._settings.data / "keys"
        made = {"master.key": settings.master_key_file, "log.key": settings.log_key_file}
        missing = [name for name, file in made.items() if file is None and not (folder / name).exists()]
        if missing and settings.environment != "production":
            raise KeysDoNotFit(
                f"{' and '.join(missing)} of the backup's installation have to lie in {folder}: give their folder "
                "with --keys (it was data/keys, and is part of no backup)."
            )

    def _check_master_key(self) -> None:
        masters = MasterKeys(master_keys(self._settings))
        one = next((one for block in self._wrapped() for one in block if one.wrapped is not None), None)
        try:
            if one is not None:
                masters.unwrap(*one)
        except SealBroken as error:
            raise KeysDoNotFit("The master key here is not the one that the backup's keys are wrapped with.") from error

    async def check_place(self) -> None:
        """See that nothing is there, or what this same restore brought before. Raises NotEmpty, TopicsDiffer."""
        _, different = await topics.apply(self._settings)
        if different:
            raise NotEmpty("\n".join(different))
        if self._goes_on:
            return
        async with RawTopic(self._settings, EVENTS) as topic, open_key_store(self._settings) as store:
            taken = sum(span.end for span in (await topic.spans()).values())
            if self._marker.exists() or taken or await store.page("", 1):
                raise NotEmpty(f"{self._settings.data} (or its brokers or vault) holds something: name a new place.")

    def mark(self) -> None:
        """Say that something is begun here, on which nothing may start."""
        self._marker.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._marker, self._said)
        sync_folders([self._marker.parent])

    def _wrapped(self) -> Iterator[list[WrappedKey]]:
        assert self._manifest.keys is not None  # noqa: S101 - checked
        return blocks(self._folder / self._manifest.keys.name, WrappedKey)

    async def keys(self) -> tuple[int, int]:
        """Bring the keys back; how many there are, and how many of them are tombstones."""
        count = gone = 0
        async with open_key_store(self._settings) as store:
            await store.put_back([WrappedKey(one, None) for one in sorted(self._erased)])
            for block in self._wrapped():
                await store.put_back([one for one in block if one.key_id not in self._erased])
                count += len(block)
                gone += sum(one.wrapped is None or one.key_id in self._erased for one in block)
                self._told("keys", count, self._manifest.keys.keys if self._manifest.keys else 0)
        return count, gone

    async def documents(self) -> int:
        """Bring the sealed documents back. Raises BackupDamaged."""
        store, count = open_blobs(self._settings), 0
        for path in kept_documents.there(self._folder):
            blob = await asyncio.to_thread(path.read_bytes)
            if name_of(blob) != path.name:
                raise BackupDamaged(f"{path} is not what was written: use another backup.")
            await store.put(path.name, blob)
            count += 1
            self._told("documents", count, self._manifest.documents.documents if self._manifest.documents else 0)
        return count

    async def log(self) -> None:
        """Append every record in its place; what an earlier attempt appended stays. Raises NotEmpty."""
        done = 0
        for name, rows in self._manifest.topics.items():
            async with RawTopic(self._settings, name) as topic:
                spans = await topic.spans()
                for partition, parts in rows.items():
                    there = spans[partition].end
                    for part in parts:
                        await self._append(topic, partition, part, there)
                        there = max(0, there - part.records)
                        done += part.records
                        self._told("log", done, self._manifest.records)

    async def _append(self, topic: RawTopic, partition: int, part: Part, there: int) -> None:
        """Append the records of a part but for the first ones, which are there."""
        for block in blocks(self._folder / part.name, Raw):
            missing = block[there:]
            there = max(0, there - len(block))
            for rows in _pieces(missing):
                await topic.append(partition, rows)
                bombs.hit("restore_append")


def _pieces(rows: Sequence[Raw]) -> Iterator[Sequence[Raw]]:
    for at in range(0, len(rows), APPENDED_AT_ONCE):
        yield rows[at : at + APPENDED_AT_ONCE]


def _digest(ids: AbstractSet[str]) -> str:
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()
