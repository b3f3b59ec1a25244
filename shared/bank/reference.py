"""Reference data: organisation, routing rules, packs, calendars, templates; versioned by content.

Services read them from ``complaints.reference`` only. A document is in force from its
``effective_from`` until a later one of the same kind and id; every decision names the versions it used.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from shared.errors import NotYet

T = TypeVar("T")

ORGANISATION, BANK = "organisation", "bank"
"""The kind of the organisation file, and the one id it is published under."""
VERSION_LENGTH = 12
"""Hex digits of the SHA-256 that name a version: 48 bits, far from any collision within one kind and id."""


def version_of(content: str) -> str:
    """The version of a reference document: what it says, not when or by whom it was published."""
    return hashlib.sha256(content.encode()).hexdigest()[:VERSION_LENGTH]


@dataclass(frozen=True, slots=True)
class ReferenceDocument:
    """One published version of one piece of reference data. ``content`` is the file as published."""

    kind: str
    id: str
    version: str
    effective_from: datetime
    content: str
    published_at: datetime
    published_by: str
    why: str


class Reference:
    """All reference data published so far. Grows by ``add``; parsed forms are cached per version.

    ``parsed``: the cache of others of whose documents one version says the same as here.
    """

    def __init__(self, parsed: dict[tuple[Callable[..., Any], str, str], Any] | None = None) -> None:
        self._documents: dict[tuple[str, str], list[ReferenceDocument]] = {}
        self._ids: dict[str, list[str]] = {}
        self._parsed = {} if parsed is None else parsed
        self.revision = 0

    def add(self, document: ReferenceDocument) -> bool:
        """Take in a published document; False if this very version was published with this date already."""
        versions = self._documents.setdefault((document.kind, document.id), [])
        self._ids[document.kind] = sorted({*self._ids.get(document.kind, ()), document.id})
        if any((d.version, d.effective_from) == (document.version, document.effective_from) for d in versions):
            return False
        versions.append(document)
        versions.sort(key=lambda d: (d.effective_from, d.published_at))
        self.revision += 1
        return True

    def in_force(self, kind: str, id_: str, at: datetime) -> ReferenceDocument:
        """The version in force at ``at``.

        Raises:
            NotYet: none is; the decision has to wait.
        """
        found = self.latest(kind, id_, at)
        if found is None:
            raise NotYet(f"No {kind} {id_!r} is in force at {at.isoformat()}: publish one.")
        return found

    def in_force_or_first(self, kind: str, id_: str, at: datetime) -> ReferenceDocument:
        """The version in force at ``at``; before the first one came into force, that one.

        Raises:
            NotYet: nothing is published under this id.
        """
        return self.latest(kind, id_, at) or next(iter(self.versions(kind, id_)), None) or self.in_force(kind, id_, at)

    def latest(self, kind: str, id_: str, at: datetime) -> ReferenceDocument | None:
        """The version in force at ``at``; None where none is."""
        for document in reversed(self._documents.get((kind, id_), ())):
            if document.effective_from <= at:
                return document
        return None

    def versions(self, kind: str, id_: str) -> tuple[ReferenceDocument, ...]:
        """All published versions, oldest first."""
        return tuple(self._documents.get((kind, id_), ()))

    def all(self) -> Iterator[ReferenceDocument]:
        """Every version that was published."""
        for documents in self._documents.values():
            yield from documents

    def named(self, kind: str, id_: str, version: str) -> ReferenceDocument:
        """The very version that an event names.

        Raises:
            NotYet: it is not published here.
        """
        for document in self._documents.get((kind, id_), []):
            if document.version == version:
                return document
        raise NotYet(f"{kind} {id_!r} version {version} is not published here.")

    def all_in_force(self, kind: str, at: datetime) -> Iterator[ReferenceDocument]:
        """Of every id of a kind the version in force at ``at``; ids with none yet are left out."""
        for id_ in self._ids.get(kind, ()):
            if (document := self.latest(kind, id_, at)) is not None:
                yield document

    def ids(self, kind: str) -> tuple[str, ...]:
        """The ids of a kind that anything was published under."""
        return tuple(self._ids.get(kind, ()))

    def next_change(self, after: datetime) -> datetime | None:
        """When the next of the published documents comes into force; None if none does."""
        coming = (d.effective_from for versions in self._documents.values() for d in versions)
        return min((at for at in coming if at > after), default=None)

    def kinds(self) -> dict[str, int]:
        """How many documents there are of each kind."""
        counts: dict[str, int] = {}
        for (kind, _), versions in self._documents.items():
            counts[kind] = counts.get(kind, 0) + len(versions)
        return counts

    def parsed(self, document: ReferenceDocument, parse: Callable[[str], T]) -> T:
        """The document through ``parse``, computed once per kind, id and version."""
        key = (parse, f"{document.kind}/{document.id}", document.version)
        if key not in self._parsed:
            self._parsed[key] = parse(document.content)
        found: T = self._parsed[key]
        return found
