"""Documents: sealed blobs named by the SHA-256 of what lies on the disk, durable before any event names them."""

import asyncio
import hashlib
import os
from pathlib import Path
from threading import get_ident

from shared import bombs
from shared.errors import RedressError
from shared.vault import Vault


class DocumentMissing(RedressError):
    """The document store has no blob of this name: restore it from a backup."""

    code = "document_missing"
    status = 500


class Documents:
    """A folder of blobs. A blob is sealed before it is written, so the folder tells nothing without the vault."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    async def put(self, case: str, label: str, content: bytes) -> str:
        """Store a document; its name (SHA-256 in hex of the sealed blob). Durable when this returns."""
        blob = await self._vault.seal_bytes(case, label, content)
        name = _name_of(blob)
        await asyncio.to_thread(self._write, name, blob)
        bombs.hit("document_write")
        return name

    async def name(self, case: str, label: str, content: bytes) -> str:
        """The name a document has or would have, without storing it: the same content has the same name."""
        return _name_of(await self._vault.seal_bytes(case, label, content))

    async def get(self, case: str, label: str, name: str) -> bytes:
        """A document's content.

        Raises:
            DocumentMissing: no blob of this name.
            KeyDestroyed: the case was erased.
        """
        try:
            blob = await asyncio.to_thread(self._place(name).read_bytes)
        except FileNotFoundError as error:
            raise DocumentMissing from error
        return await self._vault.open_bytes(case, label, blob)

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _write(self, name: str, blob: bytes) -> None:
        place = self._place(name)
        if place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{name}.{os.getpid()}.{get_ident()}")  # two threads may write the same content
        with draft.open("wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(place)
        for folder in (place.parent, self._folder):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _name_of(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()
