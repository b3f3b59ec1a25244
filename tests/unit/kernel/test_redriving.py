"""A worker tries again what operators ask for, in the way of each kind of dead letter, and says what came of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.notify.sending.outside import Pools
from services.notify.sending.pool import SendingPool
from services.notify.sending.print_tray import PrintTray
from shared.contract.commands import Command
from shared.contract.envelope import Event, outgoing
from shared.contract.letter_standings import Standing
from shared.contract.letters import Fault, sealed_under
from shared.contract.records import Outgoing
from shared.kernel import redriving as module
from shared.kernel.fold import Fold
from shared.kernel.redriving import Redriving
from shared.kernel.session import Session
from shared.log.dead_letters import Announcements
from shared.log.letter_steps import LetterSteps
from shared.process.settings import Settings
from tests.support.echo import receipt
from tests.support.letters import House, house
from tests.support.memory_log import MemoryLog
from tests.support.one_session import Bench
from tests.support.waiting import until

BROKEN = Outgoing("", b"{", [])


class World(Bench):
    """The echo service with the topics of dead letters and governance, and one session at work."""

    def __init__(self) -> None:
        self.commands = MemoryLog()
        super().__init__(commands=self.commands)
        self.unreadable = True
        self._evolve = self.service.evolve
        self.service = replace(self.service, evolve=self.evolve, reacts_to=self.service.reacts_to)
        self.house: House
        self.open: Session[Any]

    def evolve(self, state: Any, event: Event) -> Any:
        """As the echo service does; its later version can read what the channel says."""
        if not self.unreadable and event.data.get("channel") == "unreadable":
            event = event._replace(data=event.data | {"channel": "phone"})
        return self._evolve(state, event)

    def session_of(self, partition: int) -> Session[Any] | None:
        """See ``Partitions``."""
        return self.open if self.open.open and partition == self.partition else None

    async def told(self) -> Standing:
        """The one dead letter, once it is told."""
        await until(lambda: len(self.house.box.standings.by_id) == 1)
        return self.house.only()

    async def redriven(self, one: Standing) -> tuple[str, str | None, str | None]:
        """Ask for a redrive; the answer: how the letter stands then, outcome and reason."""
        number = one.count("redrive_answered")
        await self.house.ask(one)
        await until(lambda: one.count("redrive_answered") > number)
        answer = next(s for s in reversed(one.steps) if s.kind == "redrive_answered")
        return one.state, answer.outcome, answer.reason


class Partitions:
    """The partitions of a world."""

    def __init__(self, world: World) -> None:
        self.session = world.session_of


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A world at work."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(module, "TRY_SECONDS", 5.0)
    world, tasks = World(), list[asyncio.Task[Any]]()
    async with house(tmp_path, "routing", lambda work: tasks.append(asyncio.create_task(work))) as world.house:
        async with working(world):
            yield world
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@asynccontextmanager
async def working(world: World) -> AsyncIterator[None]:
    """Session, announcements and redriving at work, as in a process."""

    async def heard() -> None:
        """Nothing was told before."""

    announcements = Announcements(world.house.box, "routing", heard)
    world.ports = replace(world.ports, dead_letters=announcements)
    fold = Fold(world.service, world.partition)
    world.open = Session(world.ports, world.service, fold)
    redriving = Redriving(world.house.steps, Partitions(world), heard)
    async with world.working(world.open):
        tasks = [asyncio.create_task(announcements.run()), asyncio.create_task(redriving.run())]
        yield
        assert [] == [task for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_what_nobody_could_read_is_read_in_place_and_answered(world: World) -> None:
    """By code that can; nothing is appended for it, and what was owed meanwhile is answered."""
    case = world.case()
    await world.log.append([outgoing(receipt(case, 1, channel="unreadable")), outgoing(receipt(case, 2))])
    one = await world.told()
    assert ("unreadable", "KeyError", "0:0") == (one.letter.kind, one.letter.reason, one.letter.cause)

    assert ("open", "failed", "KeyError") == await world.redriven(one)
    assert world.open.fold.is_blocked(case)
    world.unreadable = False
    assert ("settled", "done", None) == await world.redriven(one)
    await until(lambda: world.answers() == [case])
    state = world.open.fold.state(case)
    assert state is not None
    assert (2, False) == (state.received, world.open.fold.is_blocked(case))


async def test_what_was_begun_behind_a_record_that_nobody_could_read_goes_on_once_it_is_read(world: World) -> None:
    """The pool had looked when the partition became ours: what it began was not known then."""
    case, sent = world.case(), list[str]()

    class Sender:
        away = False

        async def started(self, case: str, event_id: str) -> str:
            return event_id

        def lane(self, started: str) -> str:
            return "email"

        async def deliver(self, started: str) -> dict[str, Any]:
            sent.append(started)
            return {}

    pool = SendingPool(Sender(), 1, 0.0, opens=lambda state: ["letter"] if state.received == 2 else [])
    world.open.ports = replace(world.open.ports, outside=Pools(pool, tray=PrintTray(Settings())))
    await world.log.append([outgoing(receipt(case, 1, channel="unreadable")), outgoing(receipt(case, 2))])
    one = await world.told()
    world.unreadable = False
    await world.redriven(one)
    await until(lambda: bool(sent))
    await pool.closed(0)

    assert ["letter"] == sent


async def test_a_case_with_two_such_records_waits_at_the_second_which_is_told_of(world: World) -> None:
    """The first letter is settled, and the second one says where it waits now."""
    case = world.case()
    await world.log.append([outgoing(receipt(case, 1, channel="unreadable")), BROKEN._replace(key=case)])
    one = await world.told()
    world.unreadable = False

    assert ("settled", "done", None) == await world.redriven(one)
    await until(lambda: len(world.house.box.standings.by_id) == 2)
    second = next(o for o in world.house.box.standings.by_id.values() if o is not one)
    assert ("headers", "0:1", "open") == (second.letter.reason, second.letter.cause, second.state)
    assert world.open.fold.is_blocked(case)


async def test_what_failed_again_is_written_down_once_governance_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else waited, so nobody looked again: it was told of by the next start."""
    case, reopen = world.case(), LetterSteps.reopen
    world.decide.poisoned.add(case)
    await world.log.append([outgoing(receipt(case))])
    one = await world.told()
    world.decide.poisoned.clear()
    await until(lambda: one.state == "settled")

    async def away(steps: LetterSteps, one: Standing) -> None:
        monkeypatch.setattr(LetterSteps, "reopen", reopen)
        raise OSError("governance is away")

    monkeypatch.setattr(LetterSteps, "reopen", away)
    world.house.box.note(one.letter.id)
    await until(lambda: one.count("settled") == 2)

    assert ["settled", "reopened", "settled"] == [step.kind for step in one.steps]


async def test_a_held_case_is_decided_at_once_and_says_why_it_failed_again(world: World) -> None:
    """However long its next try by itself is away."""
    case = world.case()
    world.decide.poisoned.add(case)
    await world.log.append([outgoing(receipt(case))])
    one = await world.told()
    picking = world.open.deciding.picking
    picking.held[case].until = picking.held[case].until + 1000

    assert ("open", "failed", "RuntimeError") == await world.redriven(one)
    world.decide.poisoned.clear()
    picking.held[case].until = picking.held[case].until + 1000
    assert ("settled", "done", None) == await world.redriven(one)
    assert [case] == world.answers()


async def test_what_was_decided_by_itself_is_settled_without_anybody(world: World) -> None:
    """And a redrive of it changes nothing."""
    case = world.case()
    world.decide.poisoned.add(case)
    await world.log.append([outgoing(receipt(case))])
    one = await world.told()
    world.decide.poisoned.clear()
    await until(lambda: one.state == "settled")

    assert [("settled", None, None)] == world.house.all_steps()
    assert [case] == world.answers()


async def test_what_is_so_once_more_is_open_once_more(world: World) -> None:
    """Such as after an older version was started again."""
    case = world.case()
    world.decide.poisoned.add(case)
    await world.log.append([outgoing(receipt(case))])
    one = await world.told()
    world.decide.poisoned.clear()
    await until(lambda: one.state == "settled")
    world.ports.dead_letters.tell(case, one.letter.cause, "poison", Fault("code", "said"), b"")
    await until(lambda: "reopened" in [kind for kind, _, _ in world.house.all_steps()])

    assert 1 == len(world.house.box.standings.by_id)


async def test_a_command_that_was_given_up_is_decided_again_under_its_own_id(world: World) -> None:
    """From what the letter keeps: its topic may not have it any more; answered once however often it is asked for."""
    case = world.case()
    await world.log.append([outgoing(receipt(case))])
    await until(lambda: world.answers() == [case])
    command = Command(f"{case}/late", "late", case, "person:lin.fang", None, 0, "f", {})
    world.open.deciding._give_up(command, RuntimeError("Zhang San"))
    one = await world.told()
    assert ("command", "RuntimeError") == (one.letter.kind, one.letter.reason)

    assert ("settled", "done", None) == await world.redriven(one)
    assert ("settled", "done", "no_longer_owed") == await world.redriven(one)
    assert ["receipt", "late"] == [e.data["reason"] for e in world.events() if e.name == "DutiesAdded"]


@pytest.mark.parametrize(("raw", "reason"), [(b"no command", "unreadable"), (b"x" * 200_000, "record_not_kept")])
async def test_what_is_no_command_stays_one_until_code_can_read_it(world: World, raw: bytes, reason: str) -> None:
    """Also what is too large to be kept whole."""
    case = world.case()
    world.ports.dead_letters.tell(case, "command/0:7", "command", Fault("unreadable", "said"), raw)

    assert ("open", "failed", reason) == await world.redriven(await world.told())


async def test_a_command_whose_letter_is_kept_no_longer_fails_with_its_reason(world: World) -> None:
    """Its key was destroyed a year after it was resolved."""
    world.ports.dead_letters.tell(world.case(), "command/0:7", "command", Fault("unreadable", "said"), b"no command")
    one = await world.told()
    await world.house.vault.destroy(sealed_under(one.letter.id))

    assert ("open", "failed", "record_not_kept") == await world.redriven(one)


async def test_nothing_is_tried_on_a_blocked_case(world: World) -> None:
    """What blocks it comes first."""
    case = world.case()
    await world.log.append([BROKEN._replace(key=case)])
    await world.told()
    world.ports.dead_letters.tell(case, "command/0:7", "command", Fault("unreadable", "said"), b"")
    await until(lambda: len(world.house.box.standings.by_id) == 2)
    _, second = world.house.box.standings.by_id.values()

    assert ("open", "failed", "case_blocked") == await world.redriven(second)


async def test_a_redrive_that_was_asked_for_while_nobody_had_the_partition_is_done_later(world: World) -> None:
    """It stands in the topic until it is answered, and is answered once."""
    case = world.case()
    world.decide.poisoned.add(case)
    await world.log.append([outgoing(receipt(case))])
    one = await world.told()
    world.open.open = False
    await world.house.ask(one)
    await until(lambda: one.state == "asked")
    world.open.open = True
    await until(lambda: one.state == "open")

    assert [("redrive_asked", None, None), ("redrive_answered", "failed", "RuntimeError")] == world.house.all_steps()


async def test_what_nobody_of_ours_wrote_is_left_alone(world: World) -> None:
    """Whatever somebody asks for."""
    case = world.case()
    world.ports.dead_letters.tell(case, "complaints.events/0:7", "unproven", Fault("unproven", "said"), b"")
    one = await world.told()
    await world.house.ask(one)
    world.ports.dead_letters.tell(case, "command/0:8", "command", Fault("unreadable", "said"), b"")
    await until(lambda: len(world.house.box.standings.by_id) == 2)
    _, second = world.house.box.standings.by_id.values()
    await world.redriven(second)

    assert ("asked", []) == (one.state, one.failures)
