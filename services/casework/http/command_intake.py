"""Takes a command in: checks its shape, seals what was typed, appends it, and waits for what casework answers."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from services.casework.commands.declaration import Declaration
from services.casework.http.outcomes import CaseOutcomes, Outcome
from services.casework.http.refusals import BadCommandJson, CommandConflict, UnknownCommand
from services.casework.http.sealed_command import sealed_command
from shared.contract.commands import Command, command_from, record_of
from shared.contract.positions import position_from
from shared.contract.records import EventLog, Position
from shared.contract.subjects import Subject
from shared.errors import Unreadable
from shared.kernel.whole_log import WholeLog
from shared.sealing.vault import Vault
from shared.web.case_index import CaseIndex

ANSWER_SECONDS = 5.0
"""A person waits so long for the answer; then the call says where to ask for it."""


class Taken(NamedTuple):
    """A command that was taken in, with its outcome if there is one yet."""

    case: str
    id: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class CommandIntake:
    """Everything that taking a command in needs.

    ``declared``: the commands there are. ``index`` finds cases, ``cases`` knows what became of commands. ``sent``:
    where what was sent here and is not answered yet lies.
    """

    declared: Mapping[str, Declaration[Any]]
    index: CaseIndex
    cases: WholeLog[CaseOutcomes]
    commands: EventLog
    vault: Vault
    sent: dict[str, Position]

    async def take(self, subject: Subject, key: str, case: str, name: str, body: bytes) -> Taken:
        """Take a command in, and wait for its outcome unless that takes long.

        Raises:
            UnknownCommand, UnknownCase, BadCaseNumber, BadCommandJson, pydantic.ValidationError, KeyDestroyed,
            CommandConflict, OutcomeUnknown
        """
        declared = self.declared.get(name)
        if declared is None:
            raise UnknownCommand
        entry = self.index.find(case)
        try:
            said = orjson.loads(body or b"{}")
        except orjson.JSONDecodeError as error:
            raise BadCommandJson from error
        fold = self.cases.of(entry.case_id)
        command = sealed_command(
            name, declared.body, said, actor=str(subject), case=entry.case_id, key=key,
            secret=await self.vault.key(entry.case_id), after=max(fold.position - 1, entry.offset),
        )  # fmt: skip
        if self.outcome_of(command.case, command.id) is None and command.id not in self.sent:
            self.sent[command.id] = (await self.commands.append([record_of(command)]))[0]
        outcome = await self._wait(command)
        if outcome is not None and (outcome.name, outcome.fingerprint) != (name, command.fingerprint):
            raise CommandConflict
        return Taken(command.case, command.id, outcome)

    async def _wait(self, command: Command) -> Outcome | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                fold = self.cases.of(command.case)
                await fold.progress.until(lambda: self.outcome_of(command.case, command.id) is not None)
        except TimeoutError:
            return None
        self.sent.pop(command.id, None)
        return self.outcome_of(command.case, command.id)

    def outcome_of(self, case: str, id_: str) -> Outcome | None:
        """What became of a command, if it was answered."""
        state = self.cases.of(case).state(case)
        return state.outcomes.get(id_) if state else None

    def position_of(self, case: str, outcome: Outcome) -> Position:
        """Where an outcome's last event lies in the log."""
        fold = self.cases.of(case)
        return Position(fold.partition, list(fold.offsets_of(case))[outcome.ordinal])

    async def pending(self, case: str, id_: str, at: str | None) -> bool:
        """Whether an unanswered command was sent: here, or at the position that the caller was given."""
        if id_ in self.sent:
            return True
        if at is None:
            return False
        partition, offset = position_from(at, self.commands.partitions, "/at")
        if not await self.commands.beginning(partition) <= offset < await self.commands.end(partition):
            return False
        try:
            found = command_from((await self.commands.records_at(partition, [offset]))[0])
        except Unreadable:
            return False
        return (found.id, found.case) == (id_, case)
