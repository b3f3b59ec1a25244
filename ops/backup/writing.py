"""``redress backup``: what is new since the last backup in this folder is added to it, beside what runs.

The log first, then documents, then keys: a key is durable before its case's first event and a document before the event
that names it, so whatever the log names is there. Killed and started again it goes on.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ops.backup import folder_lock, kept_documents
from ops.backup import manifest as manifests
from ops.backup.manifest import NEXT, WHOLE, Keys, Manifest, NotABackup, Origin, OtherBackup, Part
from ops.backup.packed_files import Packing, fresh_name
from ops.local import topics
from ops.local.reading import HowFarOfEach
from shared.contract.topics import CASES, OWNERSHIP
from shared.log.raw_topic import RawTopic, Span
from shared.process import bombs
from shared.process.settings import Settings
from shared.sealing.durable_files import is_draft, sweep_drafts
from shared.sealing.stores import open_blobs, open_key_store
from shared.sealing.vault import WholeKeyStore

LEFT_OUT = {OWNERSHIP: "nothing ever lies in it", CASES: "the console publishes it anew from the log"}
"""Topics that no backup holds, and why."""
PART_BYTES = 16 * 2**20
KEYS_AT_ONCE = 10_000


class BackedUp(NamedTuple):
    """What a backup holds now, and how much of it is new."""

    records: int
    new_records: int
    documents: int
    new_documents: int
    keys: int


async def back_up(settings: Settings, folder: Path, told: HowFarOfEach) -> BackedUp:
    """Bring the backup in a folder up to now.

    Raises:
        BackupUnderWay, OtherBackup, VaultAway, DocumentsAway, and what Kafka clients raise
    """
    with folder_lock.writing(folder):
        begun = _begun(folder, Origin.of(settings))
        sweep_drafts(folder)
        manifests.write(folder, begun, NEXT)  # from here on the folder is known for a backup's
        bombs.hit("backup_begun")
        found = await _log(settings, folder, begun, told)
        bombs.hit("backup_log")
        documents, new = await kept_documents.keep(open_blobs(settings), folder, told)
        bombs.hit("backup_documents")
        async with open_key_store(settings) as store:
            keys = await _keys(store, folder, told)
        _check_that_none_is_gone(begun, keys)
        whole = found.model_copy(update={"keys": keys, "documents": documents})
        manifests.write(folder, whole, WHOLE)
        bombs.hit("backup_whole")
        _sweep(folder, whole)
    return BackedUp(whole.records, whole.records - begun.records, documents.documents, new, keys.keys)


def _check_that_none_is_gone(before: Manifest, keys: Keys) -> None:
    """See that the vault is the one of before: of a key that is destroyed its tombstone stays. Raises OtherBackup."""
    if before.keys is not None and keys.keys < before.keys.keys:
        raise OtherBackup(
            f"The vault has {keys.keys:,} keys and the backup {before.keys.keys:,}, which stays as it is: give this "
            "command with the settings of what runs, or name an empty folder."
        )


def _sweep(folder: Path, whole: Manifest) -> None:
    """Take away what a whole backup does not need any more: older keys and lists, and parts that were cut off."""
    (folder / NEXT).unlink(missing_ok=True)
    for path in (*folder.glob("keys-*.gz"), *folder.glob("documents-*.gz"), *folder.glob("log/*/*/*.gz")):
        if str(path.relative_to(folder)) not in whole.names:
            path.unlink()


def _begun(folder: Path, origin: Origin) -> Manifest:
    """The backup that goes on: one that was cut off, the last whole one, or none yet. Raises OtherBackup."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for name in (NEXT, WHOLE):
        if (folder / name).exists():
            found = manifests.read(folder, name)
            if found.origin != origin:
                was = f"{found.origin.installation} with {found.origin.partitions} partitions"
                raise OtherBackup(f"{folder} holds a backup of {was}: name an empty folder.")
            return found.model_copy(update={"taken_at": now})
    if any(one.name != folder_lock.LOCK and not is_draft(one) for one in folder.iterdir()):
        raise NotABackup(f"{folder} holds something else: name an empty folder, or one with a backup.")
    return Manifest(origin=origin, taken_at=now)


# -- the log ---------------------------------------------------------------------------------------------


async def _log(settings: Settings, folder: Path, known: Manifest, told: HowFarOfEach) -> Manifest:
    """Keep what is new of every topic, up to where each ends as its turn comes."""
    for spec in topics.wanted(settings):
        if spec.base in LEFT_OUT:
            continue
        async with RawTopic(settings, spec.base) as topic:
            for partition, span in (await topic.spans()).items():
                known = await _partition(topic, spec.base, folder, partition, span, known, told)
    return known


async def _partition(
    topic: RawTopic, base: str, folder: Path, partition: int, span: Span, known: Manifest, told: HowFarOfEach
) -> Manifest:
    parts = known.parts(base, partition)
    at = parts[-1].next if parts else 0
    if span.end < at:
        raise OtherBackup(
            f"{topic.topic}, partition {partition}, ends at {span.end}, the backup in {folder} at {at}: it is of "
            "another log, or this one lost its end. Name an empty folder."
        )
    at = max(at, span.begin)
    told(base, at, span.end)
    async for part in _parts(topic, base, folder, partition, Span(at, span.end)):
        known = known.adding(base, partition, part)
        manifests.write(folder, known, NEXT)
        bombs.hit("backup_part")
        told(base, part.next, span.end)
    return known


async def _parts(topic: RawTopic, base: str, folder: Path, partition: int, span: Span) -> AsyncIterator[Part]:
    """The records of a span, stored part by part."""
    packing, first = Packing(), span.begin
    async for records, at in topic.read(partition, span):
        if records:
            await asyncio.to_thread(packing.add, records)
        if packing.rows and (packing.size_bytes >= PART_BYTES or at == span.end):
            name = f"log/{base}/{partition}/{first:012}-{at:012}.gz"
            file = await asyncio.to_thread(packing.store, folder, name)
            yield Part(**file.model_dump(), first=first, next=at, records=packing.rows)
            packing, first = Packing(), at


# -- the keys ----------------------------------------------------------------------------------


async def _keys(store: WholeKeyStore, folder: Path, told: HowFarOfEach) -> Keys:
    """Keep all wrapped keys and tombstones, in a file of its own beside those that are there.

    One of them is that of the last whole backup, which counts until this one is whole; where a backup was killed just
    then, what goes on does not know which.
    """
    packing, after, destroyed = Packing(), "", 0
    while page := await store.page(after, KEYS_AT_ONCE):
        packing.add(page)
        after = page[-1].key_id
        destroyed += sum(one.wrapped is None for one in page)
        told("keys", packing.rows, 0)
    file = await asyncio.to_thread(packing.store, folder, fresh_name(folder, "keys"))
    return Keys(**file.model_dump(), keys=packing.rows, destroyed=destroyed)
