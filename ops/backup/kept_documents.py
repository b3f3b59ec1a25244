"""The sealed documents of a backup: a file each, copied once, and a list by which one that is missing is known."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from ops.backup import manifest as manifests
from ops.backup.manifest import DocumentNames
from ops.backup.packed_files import Packing, blocks, fresh_name
from ops.local.reading import HowFarOfEach
from shared.sealing.documents import BlobStore
from shared.sealing.durable_files import is_draft, replace_file, sync_folders

AT_ONCE = 50
NAMES_AT_ONCE = 10_000


async def keep(store: BlobStore, folder: Path, told: HowFarOfEach) -> tuple[DocumentNames, int]:
    """Copy every document that is not there yet, and list all of the store; how many of them are new."""
    listed, new, waiting, names = Packing(), 0, list[str](), list[str]()
    async for name in store.names():
        names.append(name)
        if not _place(folder, name).exists():
            waiting.append(name)
        if len(waiting) == AT_ONCE:
            new += await _copy(store, folder, waiting)
            told("documents", new, 0)
            waiting.clear()
        if len(names) == NAMES_AT_ONCE:
            listed.add(names)
            names.clear()
    listed.add(names)
    new += await _copy(store, folder, waiting)
    file = await asyncio.to_thread(listed.store, folder, fresh_name(folder, "documents"))
    return DocumentNames(**file.model_dump(), documents=listed.rows), new


async def _copy(store: BlobStore, folder: Path, names: list[str]) -> int:
    blobs = await asyncio.gather(*(store.get(name) for name in names))

    def write() -> None:
        places = [_place(folder, name) for name in names]
        for place, blob in zip(places, blobs, strict=True):
            place.parent.mkdir(parents=True, exist_ok=True)
            replace_file(place, blob)
        if places:
            above = places[0].parent.parent
            sync_folders([*sorted({place.parent for place in places}), above, above.parent])

    await asyncio.to_thread(write)
    return len(names)


def there(folder: Path) -> Iterator[Path]:
    """The documents in a backup's folder, those too of a later one that was cut off, and no draft."""
    return (path for path in sorted((folder / "documents").glob("*/*")) if not is_draft(path))


def missing(folder: Path, kept: DocumentNames | None) -> list[Path]:
    """The places of those that a backup lists and has not. Raises BackupDamaged: the list is not what was written."""
    if kept is None:
        return []
    manifests.check(folder, kept)
    places = (_place(folder, name) for block in blocks(folder / kept.name, str) for name in block)
    return [place for place in places if not place.exists()]


def _place(folder: Path, name: str) -> Path:
    return folder / "documents" / name[:2] / name
