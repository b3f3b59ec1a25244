"""``redress rebuild verify --owed``: what this code would owe on this log, before it is deployed.

A type that a service reacts to from now on is owed for every case of the past, unless ``reacts_to`` says since when.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ops.local.reading import reading
from shared.contract.envelope import Event
from shared.contract.records import Record
from shared.kernel.fold import Fold
from shared.kernel.service import Service
from shared.process.settings import Settings


@dataclass(frozen=True, slots=True)
class Owed:
    """Reactions of one service to one event type that the log does not hold. ``oldest``: recorded first of them."""

    service: str
    type: str
    events: int
    cases: int
    oldest: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the code makes of the log: reactions owed, and cases blocked per service since it cannot read them."""

    events: int
    owed: list[Owed]
    blocked: dict[str, int]


async def outlook(settings: Settings, services: Sequence[Service[Any]]) -> Outlook:
    """Read the whole log once and fold it for each service; nothing is appended and no process is asked."""
    async with reading(settings) as records:
        return await outlook_of(records, services)


async def outlook_of(records: AsyncIterator[Record], services: Sequence[Service[Any]]) -> Outlook:
    """The same of any records, and of these services."""
    folds, events = [Fold(service, 0) for service in services], 0
    async for record in records:
        events += 1
        for fold in folds:
            fold.apply(record)
    owed = [one for fold in folds for one in _by_type(fold.service.name, [t.event for t in fold.owed.values()])]
    blocked = {fold.service.name: len(fold.blocked) for fold in folds if fold.blocked}
    return Outlook(events, owed, blocked)


def _by_type(service: str, events: Iterable[Event]) -> list[Owed]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        found[event.name].append(event)
    return [
        Owed(service, name, len(those), len({e.subject for e in those}), min(e.recordedtime for e in those))
        for name, those in sorted(found.items())
    ]
