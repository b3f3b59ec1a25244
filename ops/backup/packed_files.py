"""Files of a backup: rows in blocks, MessagePack under gzip, written whole and durably, read block by block."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ops.backup.manifest import BackupDamaged, File
from shared.sealing.durable_files import replace_file, sync_folders

R = TypeVar("R")
LENGTH_BYTES = 4
FAST = 1
"""Compression of logs gains little from more."""


class Packing:
    """A file that is being filled in memory, block by block."""

    def __init__(self) -> None:
        self._content = BytesIO()
        self._packed = gzip.GzipFile(fileobj=self._content, mode="wb", compresslevel=FAST, mtime=0)
        self.rows = 0
        self.size_bytes = 0

    def add(self, rows: Sequence[Any]) -> None:
        """Add a block."""
        block = msgspec.msgpack.encode(rows)
        self._packed.write(len(block).to_bytes(LENGTH_BYTES, "big") + block)
        self.rows += len(rows)
        self.size_bytes += len(block)

    def store(self, folder: Path, name: str) -> File:
        """Put the file in its place below a folder; nothing is added afterwards."""
        self._packed.close()
        content, path = self._content.getvalue(), folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)
        sync_folders([path.parent])
        return File(name=name, sha256=hashlib.sha256(content).hexdigest())


def fresh_name(folder: Path, kind: str) -> str:
    """A name that no file of a kind has in a folder, the last whole backup's or not."""
    numbers = (path.name.removeprefix(f"{kind}-").removesuffix(".gz") for path in folder.glob(f"{kind}-*.gz"))
    return f"{kind}-{max(map(int, numbers), default=0) + 1}.gz"


def blocks(path: Path, row: type[R]) -> Iterator[list[R]]:
    """The rows of a file, block by block. Raises BackupDamaged."""
    decoder = msgspec.msgpack.Decoder(list[row])  # type: ignore[valid-type] # a type that is given
    try:
        with gzip.open(path, "rb") as content:
            while head := content.read(LENGTH_BYTES):
                yield decoder.decode(content.read(int.from_bytes(head, "big")))
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise BackupDamaged(f"{path} cannot be read: use another backup ({error}).") from error
