"""Commands through reader and session over the log in memory: answered once, in order, and at once when refused."""

from dataclasses import replace

import pytest

from shared.contract.commands import UNREAD, Command, record_of
from shared.contract.envelope import outgoing
from shared.contract.events.routing import DutiesAdded
from shared.contract.records import Outgoing
from shared.kernel.fold import Fold
from shared.kernel.session import Session
from tests.support.echo import receipt
from tests.support.facts import event
from tests.support.memory_log import MemoryLog
from tests.support.one_session import Bench
from tests.support.waiting import until


class CommandBench(Bench):
    """The bench with a log of commands beside the log of events."""

    def __init__(self) -> None:
        self.commands = MemoryLog()
        super().__init__(commands=self.commands)

    async def received(self) -> str:
        """A case that was received."""
        case = self.case()
        await self.log.append([outgoing(receipt(case))])
        return case

    async def send(self, case: str, *names: str, after: int = 0) -> None:
        """Send commands on a case, one after the other; equal names are the same command."""
        made = [Command(f"{case}/{n}", n, case, "person:lin.fang", None, after, "f", {}) for n in names]
        await self.commands.append([record_of(command) for command in made])

    def reasons(self, case: str) -> list[str]:
        """What was answered on a case, in log order; without the answer to the receipt."""
        events = [e for e in self.events() if e.subject == case and e.name == "DutiesAdded"]
        return [e.data["reason"] for e in events if e.data["reason"] != "receipt"]


@pytest.fixture
def bench() -> CommandBench:
    """A fresh bench."""
    return CommandBench()


async def test_commands_of_a_case_are_answered_once_and_in_order(bench: CommandBench) -> None:
    """A hundred commands, each sent twice, are a hundred answers in the order they came."""
    case = await bench.received()
    names = [f"command-{n}" for n in range(100)]
    async with bench.session() as (fold, _):
        await bench.send(case, *names, *names)
        await until(lambda: len(bench.reasons(case)) >= 100 and fold.open_work() == 0)

    assert names == bench.reasons(case)


async def test_a_restart_answers_only_the_commands_that_were_not_answered(bench: CommandBench) -> None:
    """What was answered before the restart is not offered again, whatever offset the group kept."""
    case = await bench.received()
    async with bench.session() as (fold, _):
        await bench.send(case, "first")
        await until(lambda: bench.reasons(case) == ["first"] and fold.open_work() == 0)
    await bench.send(case, "first", "second")
    bench.commands._kept.clear()
    async with bench.session() as (fold, _):
        await until(lambda: len(bench.reasons(case)) == 2 and fold.open_work() == 0)

    assert ["first", "second"] == bench.reasons(case)


async def test_a_command_waits_for_the_place_its_sender_had_seen_and_holds_its_case_only(bench: CommandBench) -> None:
    """Its case waits until the fold has got there, what comes after it too; another case goes on."""
    case, other = await bench.received(), await bench.received()
    async with bench.session() as (fold, _):
        await until(lambda: fold.open_work() == 0 and fold.position > 2)
        place = fold.position
        bench.log._rows[0].extend([None] * 5)  # records that this fold has not read yet
        await bench.send(case, "ahead", after=place + 2)
        await bench.send(case, "later")
        await bench.send(other, "elsewhere")
        await until(lambda: len(bench.reasons(case)) == 2 and fold.open_work() == 0)

    assert ["ahead", "later"] == bench.reasons(case)
    assert ["elsewhere"] == bench.reasons(other)


async def test_a_command_that_rests_on_a_place_beyond_the_end_is_refused(bench: CommandBench) -> None:
    """The log was restored to an older state: nothing can be decided on what is not there."""
    case = await bench.received()
    async with bench.session() as (fold, _):
        await bench.send(case, "too-far", after=10_000)
        await until(lambda: bool(bench.reasons(case)) and fold.open_work() == 0)

    assert ["after_unknown"] == bench.reasons(case)


async def test_a_command_that_cannot_be_decided_is_refused_at_once(bench: CommandBench) -> None:
    """A person waits: no retry, an answer."""
    case = await bench.received()
    async with bench.session() as (fold, _):
        await until(lambda: fold.open_work() == 0 and len(bench.answers()) == 1)
        bench.decide.poisoned.add(case)
        await bench.send(case, "bad")
        await until(lambda: bool(bench.reasons(case)) and fold.open_work() == 0)

    assert ["internal_error"] == bench.reasons(case)
    assert [] == bench.letters.announced


async def test_a_command_on_a_blocked_case_is_refused(bench: CommandBench) -> None:
    """Nothing is decided on a case that cannot be read."""
    case = bench.case()
    await bench.log.append([outgoing(receipt(case, 1, channel="unreadable"))])
    async with bench.session() as (fold, _):
        await bench.send(case, "accept-handover")
        await until(lambda: bool(bench.reasons(case)) and fold.open_work() == 0)

    assert ["case_blocked"] == bench.reasons(case)


async def test_a_command_whose_sender_could_not_read_the_case_is_refused(bench: CommandBench) -> None:
    """By a worker that can read it, too: its sender may have known less of the case than it does."""
    case = await bench.received()
    async with bench.session() as (fold, _):
        await bench.send(case, "accept-handover", after=UNREAD)
        await until(lambda: bool(bench.reasons(case)) and fold.open_work() == 0)

    assert ["case_blocked"] == bench.reasons(case)


@pytest.mark.parametrize("value", [b"{", b"{}", b'{"id": 1}'])
async def test_what_is_no_command_becomes_a_dead_letter_and_others_go_on(bench: CommandBench, value: bytes) -> None:
    """A foreign record holds nobody up."""
    case = await bench.received()
    async with bench.session() as (fold, _):
        await bench.commands.append([Outgoing(case, value, [])])
        await bench.send(case, "good")
        await until(lambda: bench.reasons(case) == ["good"] and fold.open_work() == 0)

    assert [(case, "command")] == bench.letters.announced


async def test_commands_wait_in_order_for_another_services_answer(bench: CommandBench) -> None:
    """Those of other cases go on; a command that makes the case wait holds up those behind it in its batch."""
    waiting, free = await bench.received(), await bench.received()
    bench.service = replace(bench.service, waits_for_others=lambda state: state.answers[-1:] == ("first",))
    async with bench.session() as (fold, _):
        await until(lambda: fold.open_work() == 0 and len(bench.answers()) == 2)
        await bench.send(waiting, "first", "second", "third")
        await bench.send(free, "other")
        await until(lambda: bench.reasons(free) == ["other"] and bench.reasons(waiting) == ["first"])
        assert ["second", "third"] == [t.command.name for t in fold.offered.values()]

        answer = event(DutiesAdded(duties_opened=(), reason="answer"), "elsewhere")
        await bench.log.append([outgoing(answer._replace(subject=waiting, source="/redress/another"))])
        await until(lambda: fold.open_work() == 0 and len(bench.reasons(waiting)) == 4)

    assert ["first", "answer", "second", "third"] == bench.reasons(waiting)


async def test_a_command_that_is_answered_leaves_a_held_case_held_and_its_fact_is_answered_later(
    bench: CommandBench,
) -> None:
    """It let go of the case: what lay aside of it was brought back by nobody before the next start."""
    case = bench.case()
    bench.decide.poisoned.add(case)
    await bench.log.append([outgoing(receipt(case))])
    async with bench.session() as (fold, _):
        await until(lambda: bool(bench.letters.announced))
        await bench.send(case, "meanwhile")
        await until(lambda: bool(bench.reasons(case)))
        bench.decide.poisoned.clear()
        await until(lambda: fold.open_work() == 0)

    assert 2 == len(bench.answers())


async def test_a_command_that_waited_when_a_session_ended_is_answered_by_the_next_one(bench: CommandBench) -> None:
    """The partition comes back after every change in the group, and its fold with it."""
    case = await bench.received()
    fold = Fold(bench.service, bench.partition)
    async with bench.working(Session(bench.ports, bench.service, fold)):
        await until(lambda: fold.open_work() == 0 and fold.position > 0)
        place = fold.position
        bench.log._rows[0].extend([None] * 5)  # records that this fold has not read yet
        await bench.send(case, "ahead", after=place + 2)
        await until(lambda: bool(fold.offered.aside))
    bench.log._rows[0].extend([None] * 5)
    async with bench.working(Session(bench.ports, bench.service, fold)):
        await until(lambda: fold.open_work() == 0)

    assert ["ahead"] == bench.reasons(case)
