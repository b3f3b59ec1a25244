"""Takes a command in: checks its shape, seals what was typed, appends it, and waits for what casework answers."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from services.casework.bad_content import BadOfCase
from services.casework.commands.declaration import Declaration
from services.casework.http.corrected_value import value_and_receipt
from services.casework.http.door import Door
from services.casework.http.outcomes import CaseOutcomes, Outcome
from services.casework.http.refusals import CommandConflict, UnknownCommand
from services.casework.http.sealed_command import Content, Speaking, checked, sealed_command
from services.casework.http.sight import CaseSight
from services.casework.sides import SideName
from shared.case.numbers import BadCaseNumber, UnknownCase
from shared.contract.commands import UNREAD, Command, command_from, command_id, record_of
from shared.contract.envelope import Event
from shared.contract.positions import position_from
from shared.contract.records import EventLog, Position
from shared.contract.subjects import Subject
from shared.contract.upcasting import event_from
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
    who may send them; in ``events`` receipts are looked up. ``sent``: where what was sent here and is not answered
    yet lies.
    """

    declared: Mapping[str, Declaration[Any]]
    index: CaseIndex
    cases: WholeLog[CaseOutcomes]
    events: EventLog
    commands: EventLog
    vault: Vault
    door: Door
    sight: CaseSight
    sent: dict[str, Sent]

    async def take(self, subject: Subject, key: str, case: str, name: str, body: bytes) -> Taken:
        """Take a command in, and wait for its outcome unless that takes long.

        Raises:
            UnknownCommand, UnknownCase, NotSeen, BadCaseNumber, BadJson, DuplicateKey, TooManyValues, InvalidCommand,
            BadOfCase, NotCorrectable, KeyDestroyed, RefusedTooOften, NotYet, CommandConflict, OutcomeUnknown
        """
        declared = self.declared.get(name)
        if declared is None:
            raise UnknownCommand
        await self.fresh()
        entry = self.index.find(case)
        said = await json_value(body or b"{}")
        actor = str(subject)
        answered = self.outcome_of(entry.case_id, command_id(actor, entry.case_id, key)) is not None
        if not answered:
            self.see(subject, entry, declared.who, said)  # before its shape: that would tell there is such a case
        numbered = self._with_number(declared, entry, said, None if answered else subject)
        content = await beside(len(body), partial(checked, declared.body, numbered))
        may = answered or self._may(declared, entry.case_id, actor, content)
        secret, seen = await self.vault.key(entry.case_id), self._seen(entry)
        whole = may and not answered and seen != UNREAD
        wanted = declared.reads_receipt and whole
        looked_up = value_and_receipt(content, await self._receipt(entry), secret, self.door.zone()) if wanted else None
        make = partial(
            sealed_command, name, content, actor=actor, case=entry.case_id, key=key,
            secret=secret, after=seen, zone=self.door.zone(), with_body=whole, looked_up=looked_up,
            speaking=self._speaking(declared, entry.case_id),
        )  # fmt: skip
        command = await beside(len(body), make)
        with nullcontext() if may else self.door.refusing(entry.case_id, actor):
            outcome = await self._outcome(command)
        if outcome is not None and (outcome.name, outcome.fingerprint) != (name, command.fingerprint):
            raise CommandConflict
        return Taken(command.case, command.id, outcome)

    async def fresh(self) -> None:
        """Know what is in the log before it is said who sees a case and what became of a command."""
        await self.index.progress.fresh()
        await self.cases.progress.fresh()

    def _seen(self, entry: IndexedCase) -> int:
        """The place in the log that a command on a case rests on.

        Where the case cannot be read here, only that somebody asked is sent: it is refused, whoever else can read it.
        """
        fold = self.cases.of(entry.case_id)
        return UNREAD if fold.is_blocked(entry.case_id) else max(fold.position - 1, entry.offset)

    async def _receipt(self, entry: IndexedCase) -> Event:
        """The first receipt of a case, out of the log: it never changes."""
        return event_from((await self.events.records_at(entry.partition, [entry.offset]))[0])

    def _with_number(self, declared: Declaration[Any], entry: IndexedCase, said: Any, asks: Subject | None) -> Any:
        """The body with the number of the other case that it names by id or number.

        ``asks``: who has to see that case; None where the command was answered before, and gets the answer of then.

        Raises:
            BadOfCase
        """
        field = declared.names_case
        named = said.get(field) if field is not None and isinstance(said, dict) else None
        if not isinstance(named, str):
            return said
        try:
            found = self.index.find(named)
            if asks is not None:
                self.see(asks, found)
        except (UnknownCase, BadCaseNumber) as error:
            raise BadOfCase(f"/{field}") from error
        state = self.cases.of(found.case_id).state(found.case_id)
        refused = found.case_id == entry.case_id or (state is not None and state.duplicate)
        if refused and asks is not None:
            raise BadOfCase(f"/{field}")
        return said | {field: found.case_number}

    def _speaking(self, declared: Declaration[Any], case: str) -> Speaking | None:
        """The names of who speaks on the case, for a command that names some of them."""
        state = self.cases.of(case).state(case)
        speakers = state.case.core.speakers if state and state.case else None
        if declared.names_speakers is None:
            return None
        return Speaking(declared.names_speakers, speakers.names if speakers is not None else ())

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
