"""The mail intake takes a message in: a case, a further receipt, a counted reason, or a letter that came back."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import structlog

from services.intake.evidence_intake import EvidenceIntake
from services.intake.files.checked import CheckedFile
from services.intake.incoming_receipt import Incoming
from services.intake.mail.drafting import CHANNEL, UNANSWERED, UNREADABLE, Delivery, drafted
from services.intake.mail.echoes import Echoes
from services.intake.mail.handed import Handed
from services.intake.mail.mailboxes import Mailboxes
from services.intake.mail.reading.machines import Bounce, bounce_in, is_unanswered, no_case
from services.intake.mail.reading.message import ReadMessage, read_message
from services.intake.mail.threads import Threads
from services.intake.refusals import TooManyFiles
from services.intake.submission_intake import SubmissionIntake
from services.intake.waiting import answered_in_time
from shared.contract.envelope import SOURCE_PREFIX, Event, type_of
from shared.contract.events.intake import LetterReturned
from shared.contract.ids import derived, event_id
from shared.contract.letter_ids import case_in, letter_in
from shared.contract.subjects import Subject
from shared.process import bombs, metrics
from shared.web.case_index import IndexedCase

log = structlog.get_logger()
LARGE_AT_ONCE: Final = 2
"""Large messages that are read and stored at once: that needs a few times their size, and time on the disk."""
LARGE_BYTES: Final = 2**20
READ_AT_ONCE_BYTES: Final = 8 * 2**10
"""Up to here a thread costs more than reading does; the most hostile message of this size takes a tenth of a second."""
MESSAGE_TYPE: Final = "message/rfc822"


@dataclass(slots=True)
class MailIntake:
    """Takes messages in. The same again changes nothing, so a mail server that heard no answer just sends it again."""

    submissions: SubmissionIntake
    evidence: EvidenceIntake
    threads: Threads
    echoes: Echoes = field(default_factory=Echoes)
    _large: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LARGE_AT_ONCE))
    _boxes: Mailboxes | None = None

    def mailboxes(self) -> Mailboxes:
        """The bank's mailboxes as they are now. Raises NothingToCheckAgainst."""
        organisation = self.submissions.organisation()
        if self._boxes is None or self._boxes.organisation is not organisation:
            self._boxes = Mailboxes(organisation)
        return self._boxes

    async def take(self, handed: Handed) -> str:
        """Take a message in; what became of it.

        Raises:
            CaseErased, NotYet, OutcomeUnknown, DocumentsAway, VaultAway
        """
        async with self._large if len(handed.raw) > LARGE_BYTES else nullcontext():
            return await self._read(handed)

    async def _read(self, handed: Handed) -> str:
        beside = len(handed.raw) > READ_AT_ONCE_BYTES
        message = await asyncio.to_thread(read_message, handed.raw) if beside else read_message(handed.raw)
        mailboxes = self.mailboxes()
        async with answered_in_time():
            await self.submissions.index.progress.fresh()
        bounce = bounce_in(message.tree)
        if bounce is not None and bounce.failed and (returned := self._returned(bounce, mailboxes)) is not None:
            async with answered_in_time():
                await self.submissions.log.append([self.submissions.recording.of(returned).record])
            log.info("mail.taken", outcome="bounce", case_id=returned.subject)
            return "bounce"
        reason = no_case(message, handed.return_path, mailboxes.is_own)
        if reason is not None:
            metrics.MAIL_IGNORED.labels(reason).inc()
            log.info("mail.taken", outcome="ignored", reason=reason)
            return "ignored"
        return await self._taken(message, handed, mailboxes)

    def _returned(self, bounce: Bounce, mailboxes: Mailboxes) -> Event | None:
        """The fact that a letter came back; None where no letter of ours is meant."""
        bank, index = mailboxes.organisation.bank.id, self.submissions.index
        letter = letter_in(bounce.message_id or "", bank)
        named = case_in(bounce.message_id or "", bank)
        entry = index.get(named) if named else None
        for number in bounce.numbers if entry is None else ():
            entry = entry or index.by_number(number)
        if letter is None or entry is None:
            return None
        now, cause = self.submissions.clock.now().isoformat(), derived("returned", letter)
        data, case = LetterReturned(message_id=letter), entry.case_id
        id_, type_ = event_id("intake", case, cause, 0), type_of("LetterReturned", data.version)
        return Event(
            id_, SOURCE_PREFIX + "intake", type_, case, now, now, cause, case, None, "service:intake",
            data.model_dump(mode="json"),
        )  # fmt: skip

    async def _taken(self, message: ReadMessage, handed: Handed, mailboxes: Mailboxes) -> str:
        async with answered_in_time():
            incoming, fits = await self._incoming(message, handed, mailboxes)
            admission = self.submissions.admission()
            status, known = await self.submissions.take(incoming, admission, len(handed.raw))
        bombs.hit("mail_receipt")
        case = self.submissions.index.get(known.case_id)
        assert case is not None  # noqa: S101 - its receipt is in the log
        await self._keep(message, handed, incoming, case, conflict=status == 409, fits=fits)
        self.echoes.remember(message)
        made = "further" if incoming.submission.further_receipt else "case"
        outcome = {200: "known", 201: made}.get(status, "conflict")
        log.info("mail.taken", outcome=outcome, case_id=case.case_id, subject=str(incoming.subject))
        return outcome

    async def _incoming(self, message: ReadMessage, handed: Handed, mailboxes: Mailboxes) -> tuple[Incoming, bool]:
        """The submission of a message, of the unit that has it already, else of the first; and whether it fits."""
        subjects = {unit: Subject("smtp", mailboxes.submitter(unit)) for unit in handed.units}
        there = (unit for unit in handed.units if self._has(subjects[unit], message))
        unit = next(there, handed.units[0])
        joined, names_case = await self.threads.joined(message, mailboxes)
        before = None if joined else await self.threads.sent_before(message, mailboxes, unit)
        delivery = Delivery(
            unit, tuple(one for one in handed.units if one != unit), handed.return_path, handed.peer_name,
            joined.case_id if joined else None, before.case_id if before else None,
        )  # fmt: skip
        alone = is_unanswered(message.headers) or (names_case and joined is None) or self.echoes.heard(message)
        marks = ((UNREADABLE,) if message.unreadable else ()) + ((UNANSWERED,) if alone else ())
        submission, fits = drafted(message, delivery)
        return Incoming(subjects[unit], message.key, CHANNEL, submission, message.digest, marks), fits

    def _has(self, subject: Subject, message: ReadMessage) -> bool:
        probe = self.submissions.index.receipt
        return probe(Incoming.id_of(subject, message.key)) is not None

    async def _keep(
        self, message: ReadMessage, handed: Handed, incoming: Incoming, case: IndexedCase, *, conflict: bool, fits: bool
    ) -> None:
        """Keep the files of a message, and the message itself where they and the narrative do not hold all of it."""
        add = partial(self.evidence.add, incoming.subject)
        mark = f"{message.key}#{message.digest.hex()}" if conflict else message.key
        whole = conflict or message.keep_whole or not fits
        for number, file in enumerate(() if conflict else message.files.kept):
            note = f"原文件名：{file.sent_as}"[:2000] if file.sent_as else None
            upload = CheckedFile.of(file.name, file.media_type, file.content, file.kind, note)
            try:
                await add(f"{mark}#file-{number}", case, upload)
            except TooManyFiles:
                whole = True
            bombs.hit("mail_file")
        if whole:
            upload = CheckedFile.of("message.eml", MESSAGE_TYPE, handed.raw, "message")
            await add(f"{mark}#message", case, upload, beyond=True)
