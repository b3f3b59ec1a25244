"""A whole case in one batch of commands, through reader, session and fold, over the log in memory."""

import json
from typing import Any

from ops.verify import naive_fold
from services.casework.decisions import SERVICE
from services.casework.shown_state import dump
from services.casework.state import CaseworkState
from services.routing.decisions import SERVICE as ROUTING
from shared.contract.commands import Command, record_of
from shared.contract.envelope import Event, outgoing
from shared.contract.records import Outgoing
from shared.contract.topics import partition_of
from tests.support.casework import CONTACT, DECISION, INVESTIGATION, REPLY, REPORT, Case, known
from tests.support.facts import CASE, NOW, Given, event
from tests.support.memory_log import MemoryLog
from tests.support.one_session import Bench
from tests.support.waiting import until

L, A = "luo.tian", "lin.fang"
AT = {"handled_at": NOW.isoformat()}
ROUND: list[tuple[str, str, dict[str, Any]]] = [
    (L, "record-contact", CONTACT),
    (L, "record-investigation", INVESTIGATION),
    (L, "decide", DECISION),
    (L, "reply-customer", REPLY),
    (A, "record-satisfaction", {"value": "satisfied"}),
    (L, "report-result", REPORT | AT),
    (A, "confirm-result", {"checked": "已核对。", "called_back": True}),
    (A, "close", {}),
]
REOPENED = (A, "reopen", {"ground": "再次出现。", "received_at": NOW.isoformat()})
COURSE = [(L, "accept-handover", {}), (A, "close", {}), *ROUND, REOPENED, *ROUND]
"""Two rounds; the first closing is refused, and the reopening lies in the batch of the round that it ends."""


class CaseworkBench(Bench):
    """The bench with casework itself and a log of commands; the clock stands at the receipt."""

    def __init__(self) -> None:
        self.commands = MemoryLog()
        partition = partition_of(CASE, 4)
        super().__init__(SERVICE, known=known(), partition=partition, now=NOW, commands=self.commands)


def rerouted(events: list[Event]) -> Outgoing:
    """Routing's answer to the reopening."""
    given = Given(ROUTING, *(event._replace(basisid=None) for event in events[:-1]), known=known())
    (fact,) = given.when_event(events[-1]._replace(basisid=None), NOW)
    return outgoing(event(fact, events[-1].id)._replace(basisid=events[-1].id))


async def played(course: list[tuple[str, str, dict[str, Any]]]) -> tuple[CaseworkBench, CaseworkState]:
    """All commands wait in the log before the worker opens: it decides them in one batch."""
    bench, case = CaseworkBench(), Case()
    first, routed = case.events
    await bench.log.append([outgoing(first), outgoing(routed._replace(basisid=first.id))])
    commands: list[Command] = [case.command(who, name, **body) for who, name, body in course]
    records: list[Outgoing] = [record_of(command) for command in commands]
    await bench.commands.append(records)
    async with bench.session() as (fold, _):
        if REOPENED in course:
            await until(lambda: bench.events()[-1].name == "CaseReopened")
            await bench.log.append([rerouted(bench.events())])
            course = [*course, REOPENED]  # one more event
        await until(lambda: len(bench.events()) == 2 + len(course) and fold.open_work() == 0)
        state = fold.state(CASE)
    assert state is not None
    return bench, state


async def test_two_rounds_in_two_batches_are_two_rounds() -> None:
    """Each command rests on those before it, though all of a round were decided on one basis.

    The second round waits until routing has said who has the case.
    """
    bench, state = await played(COURSE)
    events = bench.events()

    assert 2 == len({event.basisid for event in events[2:] if event.source == "/redress/casework"})
    assert ["CommandRefused"] == [event.name for event in events if event.name == "CommandRefused"]
    assert ("closed", ["archive"]) == (state.core.life, [d.terms.kind for d in state.core.open_duties()])


async def test_the_independent_reading_of_a_batch_comes_to_the_same_case() -> None:
    """From the log's JSON alone."""
    bench, state = await played(COURSE[:-3])
    bodies = [row.value for row in bench.log._rows[partition_of(CASE, 4)] if row is not None]

    assert naive_fold.fold(bodies)["casework"][CASE] == json.loads(json.dumps(dump(state)))


async def test_the_same_command_twice_is_one_fact() -> None:
    """A caller that lost the answer repeats with the same key."""
    bench, case = CaseworkBench(), Case()
    await bench.log.append([outgoing(event) for event in case.events])
    accept = record_of(case.command(L, "accept-handover"))
    again = record_of(case.command(L, "accept-handover"))
    await bench.commands.append([accept, accept, again])
    async with bench.session() as (fold, _):
        await until(lambda: len(bench.events()) >= 4 and fold.open_work() == 0)

    assert ["HandoverAccepted", "CommandRefused"] == [event.name for event in bench.events()[2:]]
