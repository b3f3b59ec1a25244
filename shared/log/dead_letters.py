"""A dead letter tells somebody, once, that a case waits because its record or its decision failed.

The record itself stays in the log and is never appended again: code that can read it folds it in place. What is
kept here may be somebody's words, so it is sealed under a key of its own.
"""

from datetime import UTC, datetime

import orjson

from shared.contract.ids import derived
from shared.contract.records import EventLog, Outgoing, Record
from shared.log.broadcast_topics import TopicFollower
from shared.sealing.vault import Vault


class DeadLetterBox:
    """The dead letters of one service. ``follower`` keeps it informed of what was announced before."""

    def __init__(self, log: EventLog, vault: Vault, service: str) -> None:
        self._log = log
        self._vault = vault
        self._service = service
        self._announced: set[str] = set()

    def take(self, record: Record) -> None:
        """Note a dead letter that is in the topic."""
        self._announced.add(record.key)

    async def announce(self, case: str, cause: str, kind: str, why: str, raw: bytes) -> None:
        """Publish a dead letter unless this cause has one already.

        Args:
            case: the case that waits.
            cause: the trigger, or the position in the log, that failed.
            kind: ``unreadable`` (the fold) or ``poison`` (a decision).
            why: the error, sealed like the record: it may quote it.
            raw: the record as it stands in the log; empty for a decision.
        """
        letter = derived("dead-letter", self._service, case, cause)
        if letter in self._announced:
            return
        self._announced.add(letter)
        sealed_under = f"dead-letter/{letter}"
        await self._vault.ensure_key(sealed_under)
        body = {
            "id": letter,
            "service": self._service,
            "case_id": case,
            "cause": cause,
            "kind": kind,
            "first_at": datetime.now(UTC).isoformat(),
            "why": (await self._vault.seal(sealed_under, "dead_letter.why", why)).model_dump(),
            "record": (await self._vault.seal(sealed_under, "dead_letter.record", raw.decode("latin-1"))).model_dump(),
        }
        await self._log.append([Outgoing(letter, orjson.dumps(body), [("redress-case", case.encode())])])


def followers(log: EventLog, box: DeadLetterBox) -> TopicFollower:
    """Keeps ``box`` informed of what was announced before this process started."""
    return TopicFollower(log, box.take)
