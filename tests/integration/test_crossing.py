"""Facts that cross on a real broker: casework appends what it decided before it saw another service's fact."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from services.casework.decisions import SERVICE as CASEWORK
from services.casework.http.outcome_folding import OUTCOMES
from services.routing.decisions import SERVICE as ROUTING
from shared.contract.commands import Command, record_of
from shared.contract.envelope import Event, outgoing
from shared.contract.events.ownership import PartyConcernedNamed
from shared.contract.records import Outgoing
from shared.contract.topics import COMMANDS, partition_of
from shared.kernel.fold import Fold
from shared.kernel.ports import Ports
from shared.kernel.session import Session
from shared.kernel.whole_log import WholeLog
from shared.log.kafka_log import KafkaLog
from shared.process.clock import SteeredClock
from tests.support.facts import CASE, NOW, SEALED, Given, event, receipt, reference
from tests.support.one_session import Letters

pytestmark = pytest.mark.kafka


class HeldWriter:
    """The real right to append; it says when it is about to, and waits until it may."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self.about_to, self.may = asyncio.Event(), asyncio.Event()

    async def start(self) -> None:
        """Take the right."""
        await self._writer.start()

    async def append(self, records: Sequence[Outgoing]) -> list[int]:
        """Append when it may."""
        self.about_to.set()
        await self.may.wait()
        offsets: list[int] = await self._writer.append(records)
        return offsets

    async def stop(self) -> None:
        """Let go of it."""
        await self._writer.stop()


def routed() -> list[Event]:
    """A received and routed case, and the routing that follows when its handler turns out to be concerned."""
    given = Given(ROUTING)
    received = event(receipt())
    first = event(given.when_event(received)[0], received.id)._replace(basisid=received.id)
    given.fold(first)
    named = event(PartyConcernedNamed(person="luo.tian", ground=SEALED), "named")
    again = event(given.when_event(named)[0], "rerouted")._replace(basisid=first.id)
    return [received, first, again]


async def test_an_acceptance_that_crosses_a_rerouting_on_the_broker_is_answered_overtaken(fresh_topics: Any) -> None:
    """The handler accepted, was told so in the log, and the case had changed hands: 409 and no effect."""
    settings = await fresh_topics()
    events, commands = KafkaLog(settings), KafkaLog(settings, COMMANDS)
    partition = partition_of(CASE, events.partitions)
    received, first, again = routed()
    await events.append([outgoing(received), outgoing(first)])
    clock = SteeredClock()
    clock.set(NOW)
    kernel = Ports(events, reference(), clock, Letters(), 500, 2**22, commands=commands)
    fold = Fold(CASEWORK, partition)
    session = Session(kernel, CASEWORK, fold)
    session.writer = writer = HeldWriter(session.writer)
    whole = WholeLog(events, OUTCOMES)
    reader = await events.read(partition)
    tasks = [asyncio.create_task(work) for work in (fold.follow(reader), session.run(), whole.run())]
    try:
        accept = Command("accept", "accept-handover", CASE, "person:luo.tian", None, 1, "f", {})
        await commands.append([record_of(accept)])
        async with asyncio.timeout(20):
            await writer.about_to.wait()
            await events.append([outgoing(again)])
            writer.may.set()
            answered = whole.of(CASE)
            await answered.progress.until(lambda: (state := answered.state(CASE)) is not None and bool(state.outcomes))
        state = answered.state(CASE)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await writer.stop()
        await reader.stop()
        await commands.stop()
        await events.stop()

    assert state is not None
    assert state.case is not None
    assert state.case.core.handler is not None
    assert "overtaken" == state.outcomes["accept"].code
    assert ("he.yun", "routed") == (state.case.core.handler.person, state.case.core.life)
