"""Requests to open many cases at once are taken in and answered by a second person; which may be used is said here."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.console.http.rights import Reader
from services.console.openings.fold import BulkOpening, BulkOpenings
from services.console.openings.refusals import (
    NobodyToApprove,
    OpeningAnswered,
    OpeningConflict,
    OpeningNeeded,
    OpeningNotApproved,
    OtherQuery,
    OwnOpening,
    UnknownOpening,
)
from services.console.openings.rules import allowing
from shared.contract.access import KEY, AccessKind
from shared.contract.ids import derived
from shared.log.access_log import AccessLog, Opening, RecordedOpener
from shared.log.following import BEHIND_SECONDS, ProjectionBehind
from shared.log.progress import Progress
from shared.sealing.vault import Vault


@dataclass(frozen=True, slots=True)
class OpeningRequests:
    """Requests for bulk openings.

    ``heard``: how far ``openings`` has read the access log. ``holds``: how long an approved one may be used.
    """

    openings: BulkOpenings
    heard: Progress
    log: AccessLog
    vault: Vault
    opener: RecordedOpener
    holds: timedelta

    def now(self) -> datetime:
        """The machine's time: what is allowed for an hour is not prolonged by a steered clock."""
        return datetime.now(UTC)

    async def ask(self, reader: Reader, key: str, ground: str, query: Mapping[str, str]) -> tuple[bool, BulkOpening]:
        """Ask for one: whether it is new, and the opening.

        Raises:
            NobodyToApprove, OpeningConflict, AccessNotRecorded, ProjectionBehind
        """
        id_ = derived("register-opening", reader.subject, key)
        await self.vault.ensure_key(KEY)
        sealed = await self.vault.seal(KEY, "access.ground", ground)
        known = self.openings.get(id_)
        if known is None:
            if not allowing(reader.organisation, reader.person, reader.on):
                raise NobodyToApprove
            await self._record("opening_requested", reader, id_, ground=sealed, query=dict(query))
        found = self.openings.get(id_)
        if found is None or (found.query, found.ground) != (query, sealed):
            raise OpeningConflict
        return known is None, found

    async def answer(self, reader: Reader, id_: str, kind: AccessKind, ground: str | None) -> BulkOpening:
        """Approve or refuse one. The same answer of the same person again changes nothing.

        Raises:
            UnknownOpening, OwnOpening, OpeningAnswered, AccessNotRecorded, ProjectionBehind
        """
        found = self.known_to(reader, id_)
        if found.asked_by == reader.subject:
            raise OwnOpening
        if reader.person not in self.allowed_by(reader, found):
            raise UnknownOpening
        if found.state(self.now(), self.holds) == "pending":
            sealed = await self.vault.seal(KEY, "access.ground", ground) if ground is not None else None
            await self._record(kind, reader, id_, ground=sealed)
            found = self.known_to(reader, id_)
        if found.answer is None or (found.answer.who, found.answer.kind) != (reader.subject, kind):
            raise OpeningAnswered
        return found

    def usable(self, reader: Reader, id_: str | None, query: Mapping[str, str]) -> BulkOpening:
        """The approved opening by which somebody opens what he asks for now.

        Raises:
            OpeningNeeded, UnknownOpening, OpeningNotApproved, OtherQuery
        """
        if id_ is None:
            raise OpeningNeeded
        found = self.openings.get(id_)
        if found is None or found.asked_by != reader.subject:
            raise UnknownOpening
        if found.state(self.now(), self.holds) != "approved":
            raise OpeningNotApproved
        if found.query != query:
            raise OtherQuery(pointers=("/opening",))
        return found

    def known_to(self, reader: Reader, id_: str) -> BulkOpening:
        """An opening that somebody asked for, may answer, or audits. Raises UnknownOpening."""
        found = self.openings.get(id_)
        if found is None or not self._concerns(reader, found):
            raise UnknownOpening
        return found

    def of(self, reader: Reader) -> list[BulkOpening]:
        """All that somebody asked for, may answer, or audits."""
        return [one for one in self.openings.all() if self._concerns(reader, one)]

    def _concerns(self, reader: Reader, one: BulkOpening) -> bool:
        own = one.asked_by == reader.subject
        return own or reader.sight.everything or reader.person in self.allowed_by(reader, one)

    def allowed_by(self, reader: Reader, one: BulkOpening) -> tuple[str, ...]:
        """Who may answer; nobody where the one who asked has left the bank."""
        asker = one.asked_by.removeprefix("person:")
        return allowing(reader.organisation, asker, reader.on) if asker in reader.organisation.people else ()

    async def ground_of(self, reader: Reader, one: BulkOpening) -> str | None:
        """Why it was asked for, opened and recorded like everything sealed."""
        if one.ground is None:
            return None
        role = "asker" if one.asked_by == reader.subject else "second_person"
        opened = await self.opener.open([Opening(reader.subject, role, "register opening", KEY, (one.ground,), one.id)])
        return opened[0][0] if opened[0] else None

    async def _record(self, kind: AccessKind, reader: Reader, id_: str, **said: object) -> None:
        """Record it, and wait until it was read back: what counts is what stands first in the log."""
        record = self.log.told(kind, reader.subject, "register opening", opening=id_, **said)
        (at,) = await self.log.record([record])
        try:
            async with asyncio.timeout(BEHIND_SECONDS):
                await self.heard.past(at.offset)
        except TimeoutError as error:
            raise ProjectionBehind from error
