"""A durable file has its name only once it is whole and on the disk, and its name once its folder is synced."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4


@contextmanager
def draft_beside(path: Path, content: bytes, mode: int = 0o666) -> Iterator[Path]:
    """Write the content into a draft in the same folder, whole and on the disk; whoever asked gives it its name.

    Every attempt has a draft of its own, and none is left behind, also where the disk is full.
    """
    draft = path.with_name(f".{uuid4().hex}.draft")
    try:
        with _written(draft, mode) as file:
            file.write(content)
        yield draft
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write into part by part: it takes its place once it is whole and on the disk, or nothing is left of it.

    Its name is durable once its folder is synced.
    """
    draft = path.with_name(f".{uuid4().hex}.draft")
    try:
        with _written(draft, 0o666) as file:
            yield file
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in its place, whole or not at all. Its name is durable once its folder is synced."""
    with replacing(path) as file:
        file.write(content)


def sync_folders(folders: Iterable[Path]) -> None:
    """Make the names in these folders durable; of files their content."""
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_below(folder: Path) -> None:
    """Put a folder that something else has filled on the disk, with all that lies in it."""
    sync_folders([*folder.rglob("*"), folder])


@contextmanager
def _written(draft: Path, mode: int) -> Iterator[BinaryIO]:
    """A new file, which is on the disk once nothing more is written into it."""
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def is_draft(path: Path) -> bool:
    """Whether a file is a draft that somebody who was killed left behind, or that somebody is writing."""
    return path.name.startswith(".") and path.suffix == ".draft"


def sweep_drafts(folder: Path) -> None:
    """Take drafts out of a folder and what lies below it, in which nobody else writes."""
    for path in folder.rglob(".*.draft"):
        path.unlink(missing_ok=True)
