"""Reads the access log of an installation."""

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from ops.local.reading import reading
from shared.contract.access import AccessRecord, access_from
from shared.contract.topics import ACCESS
from shared.errors import Unreadable
from shared.process.settings import Settings


class Wanted(NamedTuple):
    """The accesses that are asked for; None means all."""

    case: str | None = None
    person: str | None = None
    since: datetime | None = None
    kind: str | None = None

    def fits(self, one: AccessRecord) -> bool:
        """Whether an access is one of them."""
        named = self.person is None or one.who == f"person:{self.person}"
        lately = self.since is None or one.at >= self.since
        return named and lately and self.case in (None, one.case) and self.kind in (None, one.kind)


async def recorded(settings: Settings, wanted: Wanted) -> list[AccessRecord]:
    """The accesses, oldest first. What somebody else wrote into the topic counts for nothing."""
    found: dict[str, AccessRecord] = {}
    async with reading(settings, ACCESS) as records:
        async for record in records:
            with suppress(Unreadable):
                one = access_from(record)
                if wanted.fits(one):
                    found.setdefault(one.id, one)  # a copy of a record of ours is no second access
    return list(found.values())
