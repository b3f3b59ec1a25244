"""A document store keeps sealed blobs by the SHA-256 of what is stored, durable before any event names them."""

import asyncio
import base64
import hashlib
import os
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Protocol

from shared.contract.events.base import Sealed
from shared.errors import RedressError
from shared.process import bombs
from shared.process.rounds import Rounds
from shared.sealing.durable_files import replace_file, sync_folders
from shared.sealing.vault import Vault, encrypt

NAME = re.compile(r"[0-9a-f]{64}")


class DocumentMissing(RedressError):
    """The document store has no blob of this name: restore it from a backup."""

    code = "document_missing"
    status = 500


class DocumentsAway(RedressError):
    """The document store is away, full, or refuses us: look at its disk or REDRESS_DOCUMENTS_…, then try again."""

    code = "documents_away"
    status = 503


class BlobStore(Protocol):
    """Where blobs lie. One name only ever stands for one content, so storing it again changes nothing."""

    async def put(self, name: str, blob: bytes) -> None:
        """Store a blob; durable when this returns, also if it was there before. Raises DocumentsAway."""

    async def get(self, name: str) -> bytes:
        """A blob. Raises DocumentMissing, DocumentsAway."""

    def names(self) -> AsyncIterator[str]:
        """The names of all blobs, in no order. Raises DocumentsAway."""


class Documents:
    """Blobs in a folder or another store. A blob is sealed before it is stored: without the vault it tells nothing."""

    def __init__(self, place: Path | BlobStore, vault: Vault) -> None:
        self._store: BlobStore = FolderStore(place) if isinstance(place, Path) else place
        self._vault = vault

    async def begin(self, subject: str) -> None:
        """Make the key of a subject that is no case, and so was never received. Raises KeyDestroyed."""
        await self._vault.ensure_key(subject)

    async def put(self, case: str, label: str, content: bytes, key: bytes | None = None) -> str:
        """Store a document; its name (SHA-256 in hex of the sealed blob). Durable when this returns.

        ``key``: the case's, from whoever has just asked for it.
        """
        key = await self._vault.key(case) if key is None else key
        blob = encrypt(key, case, label, content)
        name = name_of(blob)
        await self._store.put(name, blob)
        bombs.hit("document_write")
        return name

    async def name(self, case: str, label: str, content: bytes) -> str:
        """The name a document has or would have, without storing it: the same content has the same name."""
        return name_of(await self._vault.seal_bytes(case, label, content))

    async def get(self, case: str, label: str, name: str) -> bytes:
        """A document's content.

        Raises:
            DocumentMissing: no blob of this name.
            KeyDestroyed: the case was erased.
        """
        return await self._vault.open_bytes(case, label, await self._store.get(name))

    async def sealed(self, label: str, name: str) -> Sealed:
        """A document as it lies there, for whoever records first that it is opened. Raises DocumentMissing, -Away."""
        return Sealed(label=label, box=base64.b64encode(await self._store.get(name)).decode())


class FolderStore:
    """Blobs as files, in sub-folders by the first two digits of their names. Those of one moment are written together.

    Nobody gives a blob its name before its content is fsynced. So a name that is there already, perhaps given by
    another process this instant, is whole and needs no second write; but its entry in the folder may not be on the
    disk yet. Therefore the folder is fsynced whoever gave the name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = Rounds[tuple[Path, bytes], None](self._write)
        self._entered: set[Path] = set()

    async def put(self, name: str, blob: bytes) -> None:
        """See ``BlobStore``."""
        try:
            await self._written.ask((self._place(name), blob))
        except OSError as error:
            raise DocumentsAway from error

    def _write(self, blobs: Sequence[tuple[Path, bytes]]) -> list[OSError | None]:
        """Each blob under its name, then one fsync per folder. What fails of one is its own, a folder everybody's."""
        failed = [_failure(place, blob) for place, blob in blobs]
        folders = {place.parent for (place, _), why in zip(blobs, failed, strict=True) if why is None}
        new = folders - self._entered
        sync_folders(sorted(folders | ({self._folder, self._folder.parent} if new else set())))
        self._entered |= new
        return failed

    async def get(self, name: str) -> bytes:
        """See ``BlobStore``."""
        try:
            return await asyncio.to_thread(self._place(name).read_bytes)
        except FileNotFoundError as error:
            raise DocumentMissing from error
        except OSError as error:
            raise DocumentsAway from error

    async def names(self) -> AsyncIterator[str]:
        """See ``BlobStore``."""
        try:
            folders = await asyncio.to_thread(lambda: [one for one in self._folder.iterdir() if one.is_dir()])
            for folder in folders:
                for name in await asyncio.to_thread(os.listdir, folder):
                    if NAME.fullmatch(name):
                        yield name
        except FileNotFoundError:
            return
        except OSError as error:
            raise DocumentsAway from error

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name


def name_of(blob: bytes) -> str:
    """The name of a sealed blob: its SHA-256 in hex."""
    return hashlib.sha256(blob).hexdigest()


def _failure(path: Path, blob: bytes) -> OSError | None:
    """Give a blob its name once it is whole and on the disk; why that cannot be."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, blob)
    except OSError as error:
        return error
    return None
