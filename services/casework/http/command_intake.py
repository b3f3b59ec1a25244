"""Takes a command in: checks its shape, seals what was typed, appends it, and waits for what casework answers."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from services.casework.bad_content import BadOfCase
from services.casework.commands.declaration import Declaration
from services.casework.http.door import Door
from services.casework.http.outcomes import CaseOutcomes, Outcome
from services.casework.http.refusals import CommandConflict, UnknownCommand
from services.casework.http.sealed_command import Content, content_of, sealed_command
from services.casework.http.sight import CaseSight
from services.casework.rights import SideName
from shared.case.numbers import BadCaseNumber, UnknownCase
from shared.contract.commands import Command, command_from, command_id, record_of
from shared.contract.positions import position_from
from shared.contract.records import EventLog, Position
from shared.contract.subjects import Subject
from shared.errors import Unreadable
from shared.kernel.whole_log import WholeLog
from shared.sealing.vault import Vault
from shared.web.case_index import CaseIndex, IndexedCase
from shared.web.incoming import beside, json_value

ANSWER_SECONDS = 5.0
"""A person waits so long for the answer; then the call says where to ask for it."""


class Sent(NamedTuple):
    """A command was sent by somebody and lies there in its topic."""

    actor: str
    at: Position


class Taken(NamedTuple):
    """A command that was taken in, with its outcome if there is one yet."""

    case: str
    id: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class CommandIntake:
    """Everything that taking a command in needs.

    ``declared``: the commands there are. ``index`` finds cases, ``cases`` knows what became of commands, ``door``
    who may send them. ``sent``: where what was sent here and is not answered yet lies.
    """

    declared: Mapping[str, Declaration[Any]]
    index: CaseIndex
    cases: WholeLog[CaseOutcomes]
    commands: EventLog
    vault: Vault
    door: Door
    sight: CaseSight
    sent: dict[str, Sent]

    async def take(self, subject: Subject, key: str, case: str, name: str, body: bytes) -> Taken:
        """Take a command in, and wait for its outcome unless that takes long.

        Raises:
            UnknownCommand, UnknownCase, NotSeen, BadCaseNumber, BadJson, DuplicateKey, pydantic.ValidationError,
            BadOfCase, KeyDestroyed, RefusedTooOften, NotYet, CommandConflict, OutcomeUnknown
        """
        declared = self.declared.get(name)
        if declared is None:
            raise UnknownCommand
        entry = self.index.find(case)
        said = await json_value(body or b"{}")
        actor = str(subject)
        answered = self.outcome_of(entry.case_id, command_id(actor, entry.case_id, key)) is not None
        if not answered:
            self.see(subject, entry, declared.who, said)  # before its shape: that would tell there is such a case
        content = content_of(declared.body, self._with_number(declared, entry, said, answered))
        may = answered or self._may(declared, entry.case_id, actor, content)
        fold = self.cases.of(entry.case_id)
        make = partial(
            sealed_command, name, content, actor=actor, case=entry.case_id, key=key,
            secret=await self.vault.key(entry.case_id), after=max(fold.position - 1, entry.offset),
            zone=self.door.zone(), with_body=may and not answered,
        )  # fmt: skip
        command = await beside(len(body), make)
        with nullcontext() if may else self.door.refusing(entry.case_id, actor):
            outcome = await self._outcome(command)
        if outcome is not None and (outcome.name, outcome.fingerprint) != (name, command.fingerprint):
            raise CommandConflict
        return Taken(command.case, command.id, outcome)

    def _with_number(self, declared: Declaration[Any], entry: IndexedCase, said: Any, answered: bool) -> Any:
        """The body with the number of the other case that it names by id or number. Raises BadOfCase."""
        field = declared.names_case
        named = said.get(field) if field is not None and isinstance(said, dict) else None
        if not isinstance(named, str):
            return said
        try:
            found = self.index.find(named)
        except (UnknownCase, BadCaseNumber) as error:
            raise BadOfCase(f"/{field}") from error
        state = self.cases.of(found.case_id).state(found.case_id)
        refused = found.case_id == entry.case_id or (state is not None and state.duplicate)
        if refused and not answered:  # a repetition gets the answer of then
            raise BadOfCase(f"/{field}")
        return said | {field: found.case_number}

    def see(self, subject: Subject, entry: IndexedCase, who: Iterable[SideName] = (), said: Any = None) -> None:
        """Go on only for whoever sees the case, or may send this command without. Raises NotSeen."""
        state = self.cases.of(entry.case_id).state(entry.case_id)
        self.sight.check(subject, entry, state.case.core if state and state.case else None, who, said)

    def _may(self, declared: Declaration[Any], case: str, actor: str, content: Content) -> bool:
        """Whether somebody has the right to a new command. Raises RefusedTooOften, NotYet."""
        state = self.cases.of(case).state(case)
        self.door.check_patience(case, state, actor)
        return self.door.lets_in(declared, state, actor, content)

    async def _outcome(self, command: Command) -> Outcome | None:
        if self.outcome_of(command.case, command.id) is None and command.id not in self.sent:
            at = (await self.commands.append([record_of(command)]))[0]
            self.sent[command.id] = Sent(command.actor, at)
        return await self._wait(command)

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

    async def pending(self, actor: str, case: str, id_: str, at: str | None) -> bool:
        """Whether somebody's unanswered command was sent: here, or at the position that the caller was given."""
        if id_ in self.sent:
            return self.sent[id_].actor == actor
        if at is None:
            return False
        partition, offset = position_from(at, self.commands.partitions, "/at")
        if not await self.commands.beginning(partition) <= offset < await self.commands.end(partition):
            return False
        try:
            found = command_from((await self.commands.records_at(partition, [offset]))[0])
        except Unreadable:
            return False
        return (found.id, found.case, found.actor) == (id_, case, actor)
