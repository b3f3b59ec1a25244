"""Answers one record of the inbox: taken in as a call would be, buried where it is refused for ever, and told."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
import structlog

from services.intake.inbox.answers import TRIES, NotNow, Outcome, answer
from services.intake.inbox.cloud_events import ForeignSource, PostedEvent, PostedRecord, complaint, read
from services.intake.refusals import NothingToCheckAgainst
from services.intake.submission_intake import SubmissionIntake
from shared.contract.envelope import CONTENT_TYPE
from shared.contract.letters import Fault
from shared.contract.subjects import Subject
from shared.contract.topics import INBOX, inbox_of
from shared.errors import RedressError
from shared.log.dead_letters import DeadLetter, DeadLetterBox
from shared.log.kafka_client import BrokerError
from shared.log.posted_records import PostedRecords
from shared.process import bombs
from shared.process.logs import places_in

log = structlog.get_logger()
PASSING = frozenset({429, 503, 504})


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers records, each as often as it is asked to.

    ``own``: the channel system whose inbox it is, empty for that of all others; ``elsewhere``: those that have one.
    """

    records: PostedRecords
    submissions: SubmissionIntake
    dead_letters: DeadLetterBox
    own: str = ""
    elsewhere: AbstractSet[str] = frozenset()

    @property
    def topic(self) -> str | None:
        """The inbox of a system's own."""
        return inbox_of(self.own) if self.own else None

    def check_source(self, event: PostedEvent) -> None:
        """The broker let a system write to its own inbox, and nobody else. Raises ForeignSource."""
        if (event.system != self.own) if self.own else (event.system in self.elsewhere):
            raise ForeignSource(pointers=("/source",))

    async def ready(self) -> None:
        """Wait until the index of all cases is read."""
        await self.submissions.index.progress.caught_up.wait()

    def systems(self) -> AbstractSet[str]:
        """The channel systems there are: whatever else calls itself a source shares one line."""
        try:
            return self.submissions.admission().organisation.channel_systems.keys()
        except NothingToCheckAgainst:
            return frozenset()

    async def attempt(self, record: PostedRecord, tried: int) -> Outcome:
        """Answer a record, for the ``tried``-th time. Raises NotNow: it is to be tried again."""
        outcome = await self._outcome(record, tried)
        try:
            if outcome.dead:
                await self._bury(record, outcome)
            value = answer(record, outcome, self.submissions.clock.now(), self.topic)
            await self.records.answer(record.partition, record.answer_key, value, [("content-type", CONTENT_TYPE)])
            bombs.hit("inbox_answered")
            self._tell(record, outcome)
        except (RedressError, BrokerError, OSError) as error:
            raise NotNow from error
        return outcome

    def _tell(self, record: PostedRecord, outcome: Outcome) -> None:
        """Tell of the record in the log, as of a call; a source that nobody knows may be anything."""
        system = outcome.event.system if outcome.event else None
        said: dict[str, Any] = {"call": self.topic or INBOX, "partition": record.partition, "offset": record.offset}
        said["status"] = outcome.status
        said["subject"] = f"inbox:{system}" if system in self.systems() else None
        if outcome.problem:
            log.info("call.refused", code=outcome.problem["code"], **said)
        else:
            log.info("call.accepted", case_id=outcome.case_id, **said)

    async def _outcome(self, record: PostedRecord, tried: int) -> Outcome:
        """What becomes of a record. Raises NotNow: it is to be tried again."""
        event: PostedEvent | None = None
        try:
            event = read(record)
            self.check_source(event)
            said = complaint(event)
            subject = Subject("channel", event.system, way="inbox")
            status, taken = await self.submissions.submit(subject, event.id, said.channel, said.body)
            return Outcome(status, event, taken.case_id, taken.case_number)
        except RedressError as error:
            if error.status in PASSING:
                raise NotNow from error
            return Outcome.refused(event, error)
        except Exception as error:
            log.error(
                "inbox.failed", partition=record.partition, offset=record.offset, tried=tried,
                error=type(error).__name__, at=places_in(error),
            )  # fmt: skip
            if tried < TRIES:
                raise NotNow from error
            return Outcome.refused(event, RedressError())

    async def _bury(self, record: PostedRecord, outcome: Outcome) -> None:
        place = f"inbox{self.own and '.'}{self.own}/{record.partition}:{record.offset}"
        raw = orjson.dumps({
            "key": _latin(record.key), "value": _latin(record.value),
            "headers": [(name, _latin(value)) for name, value in record.headers],
        })  # fmt: skip
        code = str((outcome.problem or {}).get("code"))
        cause = sha256(raw).hexdigest()
        await self.dead_letters.publish(DeadLetter.of(place, cause, "inbox", Fault(code, code), raw))


def _latin(value: bytes | None) -> Any:
    return value.decode("latin-1") if value is not None else None
