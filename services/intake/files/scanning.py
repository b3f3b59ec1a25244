"""Scanning goes through the files that wait for a verdict: one after the other, for ever, whoever is away meanwhile.

What waits stands in the log: an EvidenceAdded that says so, without an EvidenceScanned yet. So nothing is lost where
this process dies at any point. Dies it between the scanner's answer and the event, the file is scanned again; the
event's id is that of the file, so the first verdict counts, also where two processes scan at once.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from services.intake.files.clamd import Clamd
from shared.bank.event_versions import Recording
from shared.contract.envelope import SOURCE_PREFIX, Event, type_of
from shared.contract.events.evidence import EvidenceScanned
from shared.contract.ids import derived, event_id
from shared.contract.records import EventLog
from shared.errors import RedressError
from shared.process import bombs, metrics
from shared.process.clock import DomainClock
from shared.sealing.documents import Documents
from shared.sealing.vault import KeyDestroyed
from shared.web.case_index import CaseIndex
from shared.web.waiting_files import WaitingFile

log = structlog.get_logger()
PAUSE_SECONDS = 2.0
"""Between two rounds in which something could not be scanned: nobody is in a hurry who has to mend a scanner."""


@dataclass
class Scanning:
    """Has waiting files scanned; without a scanner they wait. ``why``: what keeps the last one waiting, if anything."""

    scanner: Clamd | None
    log: EventLog
    index: CaseIndex
    documents: Documents
    clock: DomainClock
    recording: Recording
    why: str | None = field(default=None, init=False)

    async def run(self) -> None:
        """Scan, for ever."""
        metrics.FILES_WAITING.set_function(lambda: len(self.index.waiting_files.now()))
        metrics.SCANNER_AWAY.set_function(lambda: self.why is not None)
        while True:
            await self.index.waiting_files.some()
            await self.index.progress.caught_up.wait()
            if not await self.round():
                await asyncio.sleep(PAUSE_SECONDS)

    async def round(self) -> bool:
        """Try each file that waits now; whether all were answered. One that cannot be scanned holds up no other."""
        whys = [await self._try(one) for one in self.index.waiting_files.now()]
        self.why = next((why for why in whys if why is not None), None)
        return self.why is None

    def told(self) -> dict[str, object]:
        """What the process says of itself."""
        return {"files_waiting": len(self.index.waiting_files.now()), "files_wait_for": self.why}

    async def _try(self, one: WaitingFile) -> str | None:
        """Scan one file; why that was not possible, if it was not."""
        if self.scanner is None:
            return "no scanner is set any more (REDRESS_SCANNER)"
        try:
            await self._scan(self.scanner, one)
        except KeyDestroyed:
            self.index.waiting_files.drop(one.event_id)  # the case was erased: nobody can open it, nor scan it
        except RedressError as error:
            log.warning("evidence.not_scanned", case_id=one.case_id, document=one.event_id, error=error.code)
            return error.detail
        return None

    async def _scan(self, scanner: Clamd, one: WaitingFile) -> None:
        content = await self.documents.get(one.case_id, f"evidence.{one.event_id}", one.sha256)
        found = await scanner.scan(content)
        bombs.hit("scanned")
        cause, now = derived("scanned", one.event_id), self.clock.now().isoformat()
        data = EvidenceScanned(document=one.event_id, infected=found is not None, found=found)
        event = Event(
            event_id("intake", one.case_id, cause, 0), SOURCE_PREFIX + "intake",
            type_of("EvidenceScanned", data.version), one.case_id, now, now, cause, one.case_id, None,
            "service:intake", data.model_dump(mode="json"),
        )  # fmt: skip
        position = (await self.log.append([self.recording.of(event).record]))[0]
        await self.index.progress.partitions[position.partition].past(position.offset)
