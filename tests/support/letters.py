"""Dead letters and what is decided about them, over logs in memory, for whoever tests what comes of them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from shared.contract.events.base import Sealed
from shared.contract.governance import GovernanceStep, StepKind, outgoing_step, step_id
from shared.contract.letter_standings import Standing, Standings
from shared.contract.letters import Fault, LetterKind, LetterRecord
from shared.contract.records import HEADER_SOURCE, SOURCE_PREFIX, Outgoing, Record
from shared.log.dead_letters import DeadLetterBox, follower, follower_of_steps
from shared.log.letter_steps import LetterSteps
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from shared.sealing.vault import Vault
from tests.support.memory_log import MemoryLog

BOX = Sealed(label="l", box="Ym94")
WHY = Fault("code", "what it says")
NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


def letter(at: int, case: str = "case-1", service: str = "sla", kind: LetterKind = "poison", **more: Any) -> Standing:
    """A letter that was told as the ``at``-th one, and nothing was decided about it."""
    said = {"id": f"letter-{at}", "cause": f"cause-{at}", "first_at": NOW.isoformat(), "reason": "code"} | more
    sealed = {"record_sha256": "", "record_bytes": 0, "record_whole": True}
    found = LetterRecord(service=service, case_id=case, kind=kind, at=at, **sealed | said)
    return Standing(found)


def step(one: Standing, kind: StepKind, number: int = 1, **more: Any) -> GovernanceStep:
    """A step about a letter."""
    about = {"letter": one.letter.id, "service": one.letter.service, "case": one.letter.case_id}
    said = {"id": step_id(one.letter.id, kind, number), "kind": kind, "number": number, "at": NOW}
    return GovernanceStep.model_validate(said | about | more)


def failed(one: Standing, times: int, **decision: Any) -> Standing:
    """The same letter, redriven so often in vain."""
    for number in range(1, times + 1):
        one.steps.append(step(one, "redrive_asked", number, **decision))
        one.steps.append(step(one, "redrive_answered", number, outcome="failed", reason="still_so"))
    return one


def as_record(one: LetterRecord, source: str | None = None) -> Record:
    """A letter as it lies in its topic."""
    headers = {HEADER_SOURCE: f"{SOURCE_PREFIX}{source or one.service}".encode()}
    value = one.model_dump(exclude={"at"}) | {"why": BOX.model_dump(), "record": BOX.model_dump()}
    return Record(0, one.at, one.id, orjson.dumps(value), headers)


class House:
    """The topics of dead letters and of governance, with the box and the steps of one service."""

    def __init__(
        self, box: DeadLetterBox, steps: LetterSteps, letters: MemoryLog, governance: MemoryLog, vault: Vault
    ) -> None:
        self.box = box
        self.steps = steps
        self.letters = letters
        self.governance = governance
        self.vault = vault

    async def ask(self, one: Standing) -> None:
        """Operators ask for a redrive."""
        number = one.count("redrive_asked") + 1
        await self.governance.append([outgoing_step(step(one, "redrive_asked", number, who="person:luo.tian"))])

    def all_steps(self) -> list[tuple[str, str | None, str | None]]:
        """What stands in the topic of governance: kind, outcome, reason."""
        read = Standings()
        found: list[tuple[str, str | None, str | None]] = []
        for rows in self.governance._rows:
            for row in rows:
                assert row is not None
                one = GovernanceStep.model_validate_json(row.value)
                read.add(one)
                found.append((one.kind, one.outcome, one.reason))
        return found

    def only(self) -> Standing:
        """The one letter there is."""
        (found,) = self.box.standings.by_id.values()
        return found


@asynccontextmanager
async def house(folder: Path, service: str, tasks: Callable[[Any], None], partitions: int = 4) -> AsyncIterator[House]:
    """A house at work: what is told and decided is followed by ``tasks``, which takes coroutines to be run."""
    async with open_vault(Settings(data=folder)) as vault:
        letters, governance = MemoryLog(1), MemoryLog(1)
        box = DeadLetterBox(letters, vault, service)
        for one in (follower(letters, box), follower_of_steps(governance, box)):
            tasks(one.run())
        yield House(box, LetterSteps(box, governance, letters, vault.open, partitions), letters, governance, vault)


def raw(outgoing: Outgoing, offset: int = 0) -> Record:
    """What is appended, as it is read."""
    return Record(0, offset, outgoing.key, outgoing.value, dict(outgoing.headers))
