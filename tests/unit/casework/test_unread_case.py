"""A command on a case that the API cannot read: refused at once and recorded, with nothing decided on what it knew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.casework.decisions import COMMANDS, SERVICE
from services.casework.http.command_intake import CommandIntake
from services.casework.http.door import Door
from services.casework.http.outcome_folding import OUTCOMES
from services.casework.http.sight import CaseSight
from shared.contract.commands import UNREAD
from shared.contract.envelope import Event, outgoing
from shared.contract.events.base import CaseworkEvent, CommandRef
from shared.contract.events.casework import InterimReplyGiven
from shared.contract.records import Record
from shared.contract.subjects import Subject
from shared.contract.topics import partition_of
from shared.kernel.refolding import refold
from shared.kernel.whole_log import WholeLog
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from shared.web.case_index import CaseIndex
from tests.support.casework import CONTACT, Case, known
from tests.support.facts import CASE, NOW, SEALED, event
from tests.support.memory_log import MemoryLog
from tests.support.one_session import Bench

HANDLER = Subject("person", "luo.tian")
PARTITION = partition_of(CASE, 4)
FLOWERS = CaseworkEvent(command=CommandRef(name="send-flowers", fingerprint="0")).model_dump(mode="json")


class Desk(Bench):
    """Casework's worker and its API over one log. ``old``: the API cannot read what an interim reply is."""

    def __init__(self) -> None:
        self.commands, self.old = MemoryLog(), True
        super().__init__(SERVICE, known=known(), partition=PARTITION, now=NOW, commands=self.commands)
        self.cases = WholeLog(self.log, replace(OUTCOMES, evolve=self.evolve))

    def evolve(self, state: Any, one: Event) -> Any:
        """As the API does, if it can read it."""
        if self.old and one.name == "InterimReplyGiven":
            raise KeyError(one.name)
        return OUTCOMES.evolve(state, one)

    async def happens(self, type_: str | None = None) -> None:
        """A case is received, routed, and something is said of it that the API cannot read."""
        case, reply = Case(), InterimReplyGiven(way="phone", words=SEALED)
        last = event(reply, "elsewhere")._replace(actor="person:luo.tian")
        if type_ is not None:
            last = last._replace(type=type_, data=FLOWERS)
        await self.log.append([outgoing(one) for one in (*case.events, last)])

    @asynccontextmanager
    async def open(self, data: Path) -> AsyncIterator[CommandIntake]:
        """Both at work, the API caught up."""
        index, reference = CaseIndex(self.log), self.ports.reference
        async with open_vault(Settings(data=data)) as vault, self.session() as (fold, _):
            await vault.ensure_key(CASE)
            tasks = [asyncio.create_task(index.run()), asyncio.create_task(self.cases.run())]
            await self.cases.progress.caught_up.wait()
            await index.progress.caught_up.wait()
            await fold.progress.past(len(self.log._rows[PARTITION]) - 1)
            door, sight = Door(reference, self.clock), CaseSight(reference, self.clock)
            log: Any = self.log
            yield CommandIntake(COMMANDS, index, self.cases, log, self.commands, vault, door, sight, {})
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def sent(self) -> list[dict[str, Any]]:
        """The commands that the API sent."""
        return [orjson.loads(row.value) for row in self.commands._rows[PARTITION] if row is not None]

    def last(self) -> Record:
        """The last record of the log."""
        return next(row for row in reversed(self.log._rows[PARTITION]) if row is not None)


@pytest.mark.parametrize("type_", [None, "redress.FlowersSent.v1", "redress.InterimReplyGiven.v9"])
async def test_it_is_refused_at_once_and_recorded_whoever_else_can_read_the_case(
    tmp_path: Path, type_: str | None
) -> None:
    """By a worker that can read the case and by one that cannot; a repetition gets the same, and sends nothing."""
    desk = Desk()
    await desk.happens(type_)
    async with desk.open(tmp_path) as intake:
        taken = [await intake.take(HANDLER, "key", CASE, "accept-handover", b"{}") for _ in range(2)]
        outcome = taken[0].outcome
        assert outcome is not None
        place = intake.position_of(CASE, outcome)

    assert [("case_blocked", "CommandRefused")] * 2 == [
        (one.outcome and one.outcome.code, desk.events()[-1].name) for one in taken
    ]
    assert (desk.last().partition, desk.last().offset) == place
    assert 1 == len(desk.sent())


async def test_nothing_that_was_typed_is_sent_and_no_worker_decides_on_it(tmp_path: Path) -> None:
    """What the API knew of the case ends before the record that it cannot read."""
    desk = Desk()
    await desk.happens()
    async with desk.open(tmp_path) as intake:
        await intake.take(HANDLER, "key", CASE, "record-contact", orjson.dumps(CONTACT))

    (sent,) = desk.sent()
    assert ({}, UNREAD) == (sent["body"], sent["after"])
    assert ["InterimReplyGiven", "CommandRefused"] == [one.name for one in desk.events()[-2:]]


async def test_once_it_can_be_read_the_refusal_stands_where_it_stood_and_a_new_key_acts(tmp_path: Path) -> None:
    """The case is folded anew in place, by code that reads it."""
    desk = Desk()
    await desk.happens()
    async with desk.open(tmp_path) as intake:
        first = (await intake.take(HANDLER, "key", CASE, "accept-handover", b"{}")).outcome
        assert first is not None
        places = [intake.position_of(CASE, first)]
        assert {"blocked": [CASE], "blocked_total": 1} == desk.cases.told()
        desk.old = False
        await refold(desk.log, desk.cases.of(CASE), [CASE])
        again = (await intake.take(HANDLER, "key", CASE, "accept-handover", b"{}")).outcome
        acted = (await intake.take(HANDLER, "another", CASE, "accept-handover", b"{}")).outcome
        assert again is not None
        assert acted is not None
        places.append(intake.position_of(CASE, again))

    assert places[0] == places[1]
    assert ("case_blocked", None) == (again.code, acted.code)
    assert {"blocked": [], "blocked_total": 0} == desk.cases.told()
