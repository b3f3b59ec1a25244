"""The manifest of a backup says what it holds, file by file, with digests; it is written last, so it is always whole.

``backup.json`` is of the last backup that came to its end; ``backup.next.json`` of one that is under way, which goes on
from there when it is started again.
"""

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.errors import RedressError
from shared.process.settings import Settings
from shared.sealing.durable_files import replace_file, sync_folders

WHOLE, NEXT = "backup.json", "backup.next.json"
READ_BYTES = 2**20


class NotABackup(RedressError):
    """This folder holds no whole backup: name the one that `redress backup` came to its end with."""

    code = "not_a_backup"
    status = 422


class OtherBackup(RedressError):
    """This folder holds a backup of another installation or another log: name an empty one."""

    code = "other_backup"
    status = 409


class BackupDamaged(RedressError):
    """A file of the backup is missing or is not what was written: use another backup."""

    code = "backup_damaged"
    status = 409


class Shape(BaseModel):
    """A part of a manifest: closed and unchangeable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class File(Shape):
    """A file of the backup: its name in the folder, and its SHA-256 in hex."""

    name: str
    sha256: str


class Part(File):
    """Records of a partition in order, from one offset up to another."""

    first: int
    next: int
    records: int


class Keys(File):
    """The wrapped keys: how many there are, and how many of them were destroyed."""

    keys: int
    destroyed: int


class DocumentNames(File):
    """The names of the sealed documents that were in the store, and how many."""

    documents: int


class Origin(Shape):
    """The installation that was backed up, as far as its restored log has to be started alike."""

    installation: str
    topic_prefix: str
    partitions: int
    clock: Literal["system", "steered"]
    inbox_systems: str

    @classmethod
    def of(cls, settings: Settings) -> "Origin":
        """The origin that these settings name."""
        return cls(**{name: getattr(settings, name) for name in cls.model_fields})


class Manifest(Shape):
    """What a backup holds. ``topics``: parts by topic (without the installation's prefix) and partition."""

    format: Literal[1] = 1
    origin: Origin
    taken_at: str
    topics: dict[str, dict[int, tuple[Part, ...]]] = {}
    documents: DocumentNames | None = None
    keys: Keys | None = None

    def parts(self, topic: str, partition: int) -> tuple[Part, ...]:
        """The parts of a partition, in their order."""
        return self.topics.get(topic, {}).get(partition, ())

    def adding(self, topic: str, partition: int, part: Part) -> "Manifest":
        """The same with one more part."""
        parts = {**self.topics.get(topic, {}), partition: (*self.parts(topic, partition), part)}
        return self.model_copy(update={"topics": {**self.topics, topic: parts}})

    @property
    def names(self) -> set[str]:
        """The files of log and keys, and the list of documents."""
        parts = {one.name for rows in self.topics.values() for row in rows.values() for one in row}
        return parts | {one.name for one in (self.keys, self.documents) if one is not None}

    @property
    def records(self) -> int:
        """How many records it holds."""
        return sum(one.records for parts in self.topics.values() for row in parts.values() for one in row)

    @property
    def id(self) -> str:
        """What tells this backup apart from any other."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def read(folder: Path, name: str = WHOLE) -> Manifest:
    """The manifest of a backup. Raises NotABackup."""
    try:
        return Manifest.model_validate_json((folder / name).read_bytes())
    except FileNotFoundError as error:
        raise NotABackup(f"{folder} holds no backup that came to its end: no {name} is there.") from error
    except ValidationError as error:
        fault: dict[str, Any] = dict(error.errors(include_input=False, include_url=False)[0])
        where = "/".join(map(str, fault["loc"]))
        raise NotABackup(f"{folder / name} is of another version, or was altered: {where} {fault['msg']}.") from error


def write(folder: Path, manifest: Manifest, name: str) -> None:
    """Put a manifest in its place, durably."""
    replace_file(folder / name, manifest.model_dump_json(indent=1).encode())
    sync_folders([folder])


def check(folder: Path, file: File) -> None:
    """See that a file is there and is what was written. Raises BackupDamaged."""
    digest = hashlib.sha256()
    try:
        with (folder / file.name).open("rb") as content:
            while block := content.read(READ_BYTES):
                digest.update(block)
    except FileNotFoundError as error:
        raise BackupDamaged(f"{file.name} is missing in {folder}: use another backup.") from error
    if digest.hexdigest() != file.sha256:
        raise BackupDamaged(f"{file.name} in {folder} is not what was written: use another backup.")
