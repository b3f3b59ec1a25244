"""Whatever goes wrong with a command, it is answered at once, and those behind it go on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.casework.decisions import SERVICE as CASEWORK
from shared.bank.reference import Reference
from shared.contract.commands import Command, record_of
from shared.contract.envelope import Event, outgoing
from shared.contract.events.routing import DutiesAdded
from shared.errors import NotYet
from shared.kernel.answering import MAX_EVENT_BYTES
from shared.kernel.service import CommandTrigger, Context, Fact, Trigger
from tests.support import echo
from tests.support.memory_log import MemoryLog
from tests.support.one_session import Bench
from tests.support.waiting import until
from tests.unit.kernel.test_command_kernel import CommandBench

BAD = "bad"


def too_large(context: Context) -> list[Fact]:
    """A fact larger than the log takes."""
    return [Fact(DutiesAdded.model_construct(duties_opened=(), reason="x" * (MAX_EVENT_BYTES + 1)))]


def no_reference(context: Context) -> list[Fact]:
    """What it rests on is not published."""
    raise NotYet


def a_bug(context: Context) -> list[Fact]:
    """A decision that is wrong."""
    raise ZeroDivisionError


def not_written(context: Context) -> list[Fact]:
    """A shape that is wrong, found when it is written down."""
    unwritable: Any = object()
    return [Fact(DutiesAdded.model_construct(duties_opened=(), reason=unwritable))]


def not_folded(context: Context) -> list[Fact]:
    """A fact that this service cannot fold itself."""
    return [Fact(DutiesAdded(duties_opened=(), reason="cannot be folded"))]


def evolve(state: echo.EchoState | None, event: Event) -> echo.EchoState | None:
    """As the echo service, with a bug."""
    if event.data.get("reason") == "cannot be folded":
        raise IndexError("on purpose")
    return echo.evolve(state, event)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (too_large, "too_large"),
        (no_reference, "reference_missing"),
        (a_bug, "internal_error"),
        (not_written, "internal_error"),
        (not_folded, "internal_error"),
    ],
)
async def test_a_command_that_goes_wrong_is_refused_at_once_and_the_next_one_is_done(
    wrong: Callable[[Context], list[Fact]], code: str
) -> None:
    """A fact too large for the log held its case for ever; so did a bug outside the decision itself."""
    bench = CommandBench()

    def decide(state: Any, trigger: Trigger, context: Context) -> Sequence[Fact]:
        if isinstance(trigger, CommandTrigger) and trigger.command.name == BAD:
            return wrong(context)
        return echo.Decider()(state, trigger, context)

    bench.service = replace(bench.service, decide=decide, evolve=evolve)
    case = await bench.received()
    async with bench.session() as (fold, _):
        await bench.send(case, BAD, "good")
        await until(lambda: len(bench.reasons(case)) == 2 and fold.open_work() == 0)

    assert [code, "good"] == bench.reasons(case)
    assert [] == bench.letters.announced


async def test_a_command_that_cannot_even_be_refused_is_told_of_and_the_next_one_is_done() -> None:
    """Nothing is left of it but a dead letter; it holds nobody up."""
    bench = CommandBench()

    def refuse(command: Command, error: Exception) -> Fact:
        raise ValueError("on purpose")

    def decide(state: Any, trigger: Trigger, context: Context) -> Sequence[Fact]:
        if isinstance(trigger, CommandTrigger) and trigger.command.name == BAD:
            raise ZeroDivisionError
        return echo.Decider()(state, trigger, context)

    bench.service = replace(bench.service, decide=decide, refuse=refuse)
    case = await bench.received()
    async with bench.session() as (fold, _):
        await bench.send(case, BAD, "good")
        await until(lambda: bench.reasons(case) == ["good"] and fold.open_work() == 0)

    assert [(case, "command")] == bench.letters.announced


async def test_a_command_waits_for_another_service_only_so_long() -> None:
    """Then it is refused, with what to do; a case behind it that waits for nothing goes on."""
    bench = CommandBench()
    bench.service = replace(bench.service, waits_for_others=lambda state: True)
    bench.ports = replace(bench.ports, command_wait_seconds=0.2)
    case = await bench.received()
    async with bench.session() as (fold, _):
        await bench.send(case, "first", "second")
        await until(lambda: len(bench.reasons(case)) == 2 and fold.open_work() == 0)

    assert ["awaited_too_long"] * 2 == bench.reasons(case)


async def test_a_command_waits_for_a_place_in_the_log_only_so_long() -> None:
    """Such as one behind an open transaction that never ends."""
    bench = CommandBench()
    bench.ports = replace(bench.ports, command_wait_seconds=0.2)
    case = await bench.received()
    async with bench.session() as (fold, _):
        await until(lambda: fold.open_work() == 0 and fold.position > 2)
        place = fold.position
        fold.progress.position = place  # the reader stands still while the log goes on
        bench.log.end = _far_end  # type: ignore[method-assign]
        await bench.send(case, "ahead", after=place + 100)
        await until(lambda: bool(bench.reasons(case)))

    assert ["awaited_too_long"] == bench.reasons(case)


async def _far_end(partition: int) -> int:
    return 10_000


async def test_a_command_on_a_case_without_a_receipt_is_refused_and_the_case_can_still_be_received() -> None:
    """The refusal is the case's first event: casework held such a command for ever, since it could not fold it."""
    commands = MemoryLog()
    bench = Bench(CASEWORK, known=Reference(), commands=commands)
    case = bench.case()
    async with bench.session() as (fold, _):
        for name in ("accept-handover", "classify"):
            await commands.append([record_of(Command(f"{case}/{name}", name, case, "person:a.b", None, -1, "f", {}))])
        await until(lambda: len(bench.events()) == 2 and fold.open_work() == 0)
        await bench.log.append([outgoing(echo.receipt(case)._replace(data={}))])
        refused = [(one.name, one.data["code"]) for one in bench.events()[:2]]

    assert [("CommandRefused", "unknown_case")] * 2 == refused
    assert [] == bench.letters.announced
