"""Says of candidates what the receipts that name them said, where a process died between the two, without anybody."""

import asyncio
from dataclasses import dataclass

import structlog

from services.intake.candidate_intake import CandidateIntake
from shared.errors import RedressError
from shared.process import metrics

log = structlog.get_logger()
PAUSE_SECONDS = 60.0
"""Between two looks. What is found twice was not just being said by whoever takes the receipt in."""


@dataclass
class ConfirmedCandidates:
    """Has said what was left unsaid: at the start of the process, and whenever it stays so for a minute.

    Two processes that say it at once say it under one id, so once.
    """

    intake: CandidateIntake

    async def run(self) -> None:
        """Look at once, and then again and again."""
        metrics.CANDIDATES_WAITING.set_function(lambda: self.intake.index.candidates.waiting().candidates)
        await self.intake.index.progress.caught_up.wait()
        seen = self._unsaid()
        while True:
            await self.say(seen)
            before = self._unsaid()
            await asyncio.sleep(PAUSE_SECONDS)
            seen = before & self._unsaid()

    async def say(self, wanted: frozenset[tuple[str, str]]) -> None:
        """Say it of these: candidates and cases. What cannot be said now is said at the next look."""
        for known, naming in list(self.intake.index.candidates.unsaid()):
            if (known.id, naming.case_id) not in wanted:
                continue
            try:
                await self.intake.tell_confirmed(known.id, naming)
            except RedressError as error:
                log.warning("candidate.not_confirmed", candidate=known.id, case_id=naming.case_id, error=error.code)

    def told(self) -> dict[str, object]:
        """What the process says of the candidates that wait for somebody."""
        waiting = self.intake.index.candidates.waiting()
        return {"candidates_waiting": waiting.candidates, "candidates_oldest": waiting.oldest}

    def _unsaid(self) -> frozenset[tuple[str, str]]:
        return frozenset((known.id, one.case_id) for known, one in self.intake.index.candidates.unsaid())
