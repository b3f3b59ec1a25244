"""A dead letter tells somebody, once, that a case waits because its record or its decision failed.

The record itself stays in the log and is never appended again: code that can read it folds it in place. What is
kept here may be somebody's words, so it is sealed under a key of its own; the reason is a code, in the clear.
What is decided about a letter stands in ``complaints.governance``.

Telling never holds up the work: what is to be told is kept, in bounds, until it can be, whoever is away meanwhile.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

import orjson
import structlog

from shared.contract.attributed import source_of
from shared.contract.ids import derived
from shared.contract.letter_standings import Standings
from shared.contract.letters import Fault, LetterKind, sealed_under
from shared.contract.records import HEADER_SOURCE, EventLog, Outgoing, Record
from shared.log.broadcast_topics import TopicFollower
from shared.process import metrics
from shared.process.retrying import Pauses
from shared.sealing.vault import Vault

log = structlog.get_logger()

LARGEST_RECORD_BYTES = 128 * 1024
"""Sealed and in base64 it takes three times as much, and the topic takes 1 MiB."""
HEAD_BYTES = 4 * 1024
LONGEST_WHY = 4 * 1024
MOST_KEPT = 500
"""Announcements that wait; of more only the number is kept. What they are about is found again at the next start."""
MOST_KEPT_BYTES = 16 * 2**20
PAUSES = Pauses(first_seconds=1.0, longest_seconds=60.0)
"""For ever: a fault that nobody is told of would wait for ever."""


class DeadLetter(NamedTuple):
    """What is to be told: which case waits, what failed (a trigger, or a place in the log), how, why, and the record.

    ``raw`` is the record as it stands in its topic, or the head of a large one; ``sha256`` and ``size_bytes`` are those
    of the whole. ``type``: the event's, where the record names one.
    """

    case: str
    cause: str
    kind: LetterKind
    fault: Fault
    raw: bytes
    sha256: str
    size_bytes: int
    type: str | None

    @classmethod
    def of(
        cls, case: str, cause: str, kind: LetterKind, fault: Fault, raw: bytes, type_: str | None = None
    ) -> "DeadLetter":
        """The letter about a record of any size; of one too large for the topic its head, its hash and where it is."""
        kept = raw if len(raw) <= LARGEST_RECORD_BYTES else raw[:HEAD_BYTES]
        fault = fault._replace(said=fault.said[:LONGEST_WHY])
        return cls(case, cause, kind, fault, kept, sha256(raw).hexdigest(), len(raw), type_)


class DeadLetterBox:
    """The dead letters of one service. ``take`` and ``take_step`` keep it informed of what was told and decided before.

    ``standings``: how they stand; ``told_again``: those whose cause failed once more, by id; ``news`` of either.
    """

    def __init__(self, log: EventLog, vault: Vault, service: str) -> None:
        self._log = log
        self._vault = vault
        self._service = service
        self._source = source_of(service)
        self._announced: set[str] = set()
        self.standings = Standings(service)
        self.told_again: set[str] = set()
        self.news = asyncio.Event()

    def take(self, record: Record) -> None:
        """Note a dead letter of this service, or of before they named theirs: another's makes nothing of ours told."""
        if record.headers.get(HEADER_SOURCE, self._source) == self._source:
            self._announced.add(record.key)
            self.standings.take_letter(record)
            self.news.set()

    def take_step(self, record: Record) -> None:
        """Note what was decided about a dead letter."""
        self.standings.take_step(record)
        self.news.set()

    def note(self, id_: str) -> None:
        """What this dead letter told of is so again; of one that stands as open there is nothing to say."""
        known = self.standings.by_id.get(id_)
        if known is not None and known.state == "settled":
            self.told_again.add(id_)
            self.news.set()

    def id_of(self, case: str, cause: str) -> str:
        """The id of the dead letter about a cause."""
        return derived("dead-letter", self._service, case, cause)

    def has(self, id_: str) -> bool:
        """Whether this dead letter is in the topic."""
        return id_ in self._announced

    async def publish(self, letter: DeadLetter) -> None:
        """Publish a dead letter unless its cause has one already. Raises whatever keeps it from the topic."""
        id_ = self.id_of(letter.case, letter.cause)
        if self.has(id_):
            self.note(id_)
            return
        key = sealed_under(id_)
        await self._vault.ensure_key(key)
        record = await self._vault.seal(key, "dead_letter.record", letter.raw.decode("latin-1"))
        body = {
            "id": id_,
            "service": self._service,
            "case_id": letter.case,
            "cause": letter.cause,
            "kind": letter.kind,
            "first_at": datetime.now(UTC).isoformat(),
            "reason": letter.fault.reason,
            "type": letter.type,
            "why": (await self._vault.seal(key, "dead_letter.why", letter.fault.said)).model_dump(),
            "record": record.model_dump(),
            "record_sha256": letter.sha256,
            "record_bytes": letter.size_bytes,
            "record_whole": len(letter.raw) == letter.size_bytes,
        }
        headers = [("redress-case", letter.case.encode()), (HEADER_SOURCE, self._source)]
        await self._log.append([Outgoing(id_, orjson.dumps(body), headers)])
        self._announced.add(id_)


class Announcements:
    """What one process has to tell: taken in at once, published as soon as vault and topic allow."""

    def __init__(
        self, box: DeadLetterBox, service: str, heard: Callable[[], Awaitable[object]], pauses: Pauses = PAUSES
    ) -> None:
        self._box = box
        self._pauses = pauses
        self._heard = heard
        self._kept: OrderedDict[str, DeadLetter] = OrderedDict()
        self._bytes = 0
        self._more = asyncio.Event()
        self.not_kept = 0
        metrics.ANNOUNCEMENTS_WAITING.labels(service).set_function(lambda: len(self._kept))
        self._counted = metrics.ANNOUNCEMENTS_NOT_KEPT.labels(service)

    @property
    def waiting(self) -> int:
        """How many are not published yet."""
        return len(self._kept)

    def tell(self, case: str, cause: str, kind: LetterKind, fault: Fault, raw: bytes, type_: str | None = None) -> None:
        """See ``DeadLetters``."""
        id_ = self._box.id_of(case, cause)
        if self._box.has(id_):
            self._box.note(id_)
            return
        if id_ in self._kept:
            return
        letter = DeadLetter.of(case, cause, kind, fault, raw, type_)
        if len(self._kept) >= MOST_KEPT or self._bytes + len(letter.raw) > MOST_KEPT_BYTES:
            self.not_kept += 1
            self._counted.inc()
            return
        self._kept[id_] = letter
        self._bytes += len(letter.raw)
        self._more.set()

    async def run(self) -> None:
        """Publish, for ever; what was announced before this process started is known first."""
        await self._heard()
        async for attempt in self._pauses.attempts(NotTold):
            with attempt:
                while True:
                    await self._more.wait()
                    await self._tell_first()

    async def _tell_first(self) -> None:
        """Publish the first; one that fails goes behind the others. Raises NotTold."""
        id_, letter = next(iter(self._kept.items()))
        try:
            await self._box.publish(letter)
        except Exception as error:
            self._kept.move_to_end(id_)
            log.warning("dead_letter.waiting", case_id=letter.case, waiting=len(self._kept), error=type(error).__name__)
            raise NotTold from error
        del self._kept[id_]
        self._bytes -= len(letter.raw)
        if not self._kept:
            self._more.clear()


class NotTold(Exception):
    """Vault, brokers or topic do not take an announcement now; it is kept."""


async def follow_patiently(follower: TopicFollower) -> None:
    """Follow a topic that the work does not rest on: whatever is wrong with it, it is tried again later."""
    async for attempt in PAUSES.attempts(Exception):
        with attempt:
            try:
                await follower.run()
            except Exception as error:
                log.warning("dead_letters.away", topic=follower.log.topic, error=repr(error))
                raise


def follower(log: EventLog, box: DeadLetterBox) -> TopicFollower:
    """Keeps ``box`` informed of what was announced before this process started."""
    return TopicFollower(log, box.take)


def follower_of_steps(log: EventLog, box: DeadLetterBox) -> TopicFollower:
    """Keeps ``box`` informed of what was decided about its letters."""
    return TopicFollower(log, box.take_step)
