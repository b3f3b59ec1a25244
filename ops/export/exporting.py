"""``redress export``: the tables for analysts as Parquet files in a folder, one per table and day.

A file says of what it was made: one that was made of the same is left as it is, so an export that was killed goes on,
and the next one writes what changed since. A file has its name only once it is whole.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import orjson

from ops.export import dictionary, parquet
from ops.export.source import Source, source
from ops.local.reading import HowFar
from services.console.analysis.declared import Declared
from services.console.analysis.views import DECLARED
from services.console.projection.as_known_then import Anew
from shared.errors import BadReference, RedressError
from shared.process.settings import Settings
from shared.sealing.durable_files import is_draft, replace_file, sweep_drafts, sync_folders

ABOUT, DICTIONARY, WORK, LOCK = "export.json", "data-dictionary.md", ".work", ".lock"


class ExportRunning(RedressError):
    """Another export writes into this folder: wait until it is done, or name another folder."""

    code = "export_running"
    status = 409


class Wanted(NamedTuple):
    """What is asked for: the folder, the first and last day of all that is parted by days, as known at an instant."""

    to: Path
    first: str | None
    last: str | None
    as_of: datetime | None

    def includes(self, day: str) -> bool:
        """Whether a day is asked for; what is not parted by days always is."""
        return not day or ((self.first is None or self.first <= day) and (self.last is None or day <= self.last))


@dataclass
class Exported:
    """What an export did."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    rows: int = 0


async def export(settings: Settings, wanted: Wanted, told: HowFar, anew: Anew) -> Exported:
    """Bring a folder up to date. ``anew`` writes what was known at an instant into a database of its own.

    Raises:
        BadReference: the folder is of another export.
        ExportRunning, NothingToExport, ConsoleDatabaseAway
    """
    if wanted.to.is_dir():
        _check(settings, wanted)  # before anything is made there
    with _folder(wanted.to):
        _check(settings, wanted)
        sweep_drafts(wanted.to)
        async with source(settings, wanted.as_of, wanted.to / WORK, anew) as found:
            _about(settings, wanted)
            return await _all(found, wanted, told)


async def _all(found: Source, wanted: Wanted, told: HowFar) -> Exported:
    days = {table: await found.days(table) for table in DECLARED}
    steps = [(table, day, of) for table in DECLARED for day, of in sorted(days[table].items()) if wanted.includes(day)]
    done = Exported()
    for at, (table, day, of) in enumerate(steps):
        told(at, len(steps))
        await _one(found, table, day, of, place_of(wanted.to, table, day), done)
    for table in DECLARED:
        done.removed += _remove_others(wanted, table, set(days[table]))
    replace_file(wanted.to / DICTIONARY, dictionary.document().encode())
    told(len(steps), len(steps))
    return done


async def _one(found: Source, table: Declared, day: str, of: str, place: Path, done: Exported) -> None:
    if parquet.made_of(place) == of:
        done.unchanged += 1
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    done.rows += await parquet.write(table, found.rows(table, day), place, of)
    sync_folders([place.parent])
    done.written += 1


def place_of(to: Path, table: Declared, day: str) -> Path:
    """Where the rows of a day lie."""
    return to / table.name / (f"day={day}" if day else "") / f"{table.name}.parquet"


def _remove_others(wanted: Wanted, table: Declared, days: set[str]) -> int:
    """Remove the files of days, of those that are asked for, of which there are no rows any more."""
    removed = 0
    for folder in sorted((wanted.to / table.name).glob("day=*")):
        day = folder.name.removeprefix("day=")
        if day not in days and wanted.includes(day):
            (folder / f"{table.name}.parquet").unlink(missing_ok=True)
            removed += 1
            folder.rmdir()
    return removed


@contextmanager
def _folder(to: Path) -> Iterator[None]:
    """The right to write into the folder, which is made where it is missing."""
    if to.exists() and not to.is_dir():
        raise BadReference(f"{to} is no folder: name one with --to.")
    to.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(to / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise ExportRunning from error
    finally:
        os.close(descriptor)


def _said(settings: Settings, wanted: Wanted) -> dict[str, str | None]:
    return {"installation": settings.installation, "as_of": wanted.as_of.isoformat() if wanted.as_of else None}


def _check(settings: Settings, wanted: Wanted) -> None:
    """Refuse a folder that holds what another installation knew, or this one at another time, or no export at all."""
    about = wanted.to / ABOUT
    if not about.exists():
        others = [one.name for one in wanted.to.iterdir() if one.name not in (LOCK, WORK) and not is_draft(one)]
        if others:
            raise BadReference(f"{wanted.to} holds {others[0]} and no export: name an empty folder with --to.")
        return
    before = orjson.loads(about.read_bytes())
    if before != _said(settings, wanted):
        known = f"what {before['installation']} knew at {before['as_of'] or 'its last export'}"
        raise BadReference(f"{wanted.to} holds {known}: name another folder with --to.")


def _about(settings: Settings, wanted: Wanted) -> None:
    replace_file(wanted.to / ABOUT, orjson.dumps(_said(settings, wanted)))
