"""The access log: what is sealed opens only once it is durable there who opens it, on which case, and why."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from shared.contract.access import AccessKind, AccessRecord, outgoing_access
from shared.contract.events.base import Sealed, Unsealed
from shared.contract.records import EventLog, Position
from shared.errors import OutcomeUnknown, RedressError
from shared.process import metrics
from shared.process.pace import Pace, each
from shared.sealing.vault import PADDING, KeyDestroyed, Vault


class AccessNotRecorded(RedressError):
    """Nothing was opened: the access log took no record of it. Repeat in a moment, or ask for what is in the clear
    (`open=false`); if it stays so, somebody has to look at the brokers and the topic complaints.access.
    """

    code = "access_not_recorded"
    status = 503


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody opens sealed values of a case, or of what is sealed under another key. ``why``: the letter it is for."""

    who: str
    role: str
    call: str
    case: str
    sealed: tuple[Sealed | Unsealed, ...]
    why: str | None = None


class AccessLog:
    """Appends to the topic for one service; every append waits until all replicas have it."""

    def __init__(self, log: EventLog, service: str) -> None:
        self._log = log
        self.service = service

    def told(self, kind: AccessKind, who: str, call: str, **more: object) -> AccessRecord:
        """A record of now, with an id of its own."""
        said = {"kind": kind, "who": who, "call": call, "service": self.service, **more}
        return AccessRecord.model_validate({"id": str(uuid4()), "at": datetime.now(UTC), **said})

    async def record(self, records: Sequence[AccessRecord]) -> list[Position]:
        """Append, all in one go. Raises AccessNotRecorded."""
        if not records:
            return []
        try:
            return await self._log.append(await each(records, outgoing_access))
        except OutcomeUnknown as error:
            raise AccessNotRecorded from error

    async def stop(self) -> None:
        """Let go of the log."""
        await self._log.stop()


class RecordedOpener:
    """The only way to sealed texts: all openings of a call are recorded, then opened."""

    def __init__(self, vault: Vault, log: AccessLog) -> None:
        self._vault = vault
        self._access = log

    async def open(self, asked: Sequence[Opening]) -> list[list[str] | None]:
        """The texts of each opening in order; None where the case was erased.

        Raises:
            AccessNotRecorded: nothing is opened.
            KeyMissing, SealBroken: this vault is not the one that the values were sealed with.
        """
        keys = [await self._key(one.case) for one in asked]
        await self._tell([one for one, key in zip(asked, keys, strict=True) if key is not None and one.sealed])
        pace, found = Pace(), list[list[str] | None]()
        for one, key in zip(asked, keys, strict=True):
            found.append(self._texts(key, one) if key is not None else None)
            await pace.step()
        return found

    async def key(self, case: str) -> bytes:
        """The key of a case, for everything that one letter opens and seals. Raises KeyDestroyed, KeyMissing."""
        return await self._vault.key(case)

    async def open_with(self, key: bytes, one: Opening) -> list[str]:
        """The texts of one opening, with the case's key that was just asked for.

        Raises:
            AccessNotRecorded: nothing is opened.
            SealBroken: this vault is not the one that the values were sealed with.
        """
        await self._tell([one] if one.sealed else [])
        return self._texts(key, one)

    async def open_document(self, one: Opening) -> bytes | None:
        """The document that an opening names by its only sealed value; None where the case was erased.

        Raises:
            AccessNotRecorded: nothing is opened.
            KeyMissing, SealBroken: this vault is not the one that it was sealed with.
        """
        if await self._key(one.case) is None:
            return None
        (box,) = (value for value in one.sealed if isinstance(value, Sealed))
        await self._tell([one])
        return await self._vault.open_bytes(one.case, box.label, base64.b64decode(box.box))

    async def _tell(self, opened: Sequence[Opening]) -> None:
        """Record what is about to be opened. Raises AccessNotRecorded."""
        await self._access.record(await each(opened, self._told))
        metrics.OPENINGS.labels(self._access.service).inc(len(opened))

    def _texts(self, key: bytes, one: Opening) -> list[str]:
        """The texts in order; what a former version left in the clear is there already."""
        boxes = [value for value in one.sealed if isinstance(value, Sealed)]
        opened = iter(self._vault.open_all(key, one.case, boxes))
        texts = (next(opened) if isinstance(value, Sealed) else value.text for value in one.sealed)
        return [text.rstrip(PADDING) for text in texts]

    async def _key(self, case: str) -> bytes | None:
        """The key of a case; None where it was erased."""
        try:
            return await self._vault.key(case)
        except KeyDestroyed:
            return None

    def _told(self, one: Opening) -> AccessRecord:
        fields = tuple(sorted({value.label for value in one.sealed}))
        told = {"case": one.case, "role": one.role, "fields": fields, "why": one.why}
        return self._access.told("opened", one.who, one.call, **told)
