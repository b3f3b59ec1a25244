"""Nothing on a session's path looks at all cases, or again and again at what waits; long work lets others work."""

import asyncio
import time
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.bank.reference import Reference
from shared.contract.envelope import Event, outgoing
from shared.contract.ids import event_id
from shared.contract.records import Record
from shared.kernel.deciding import Deciding
from shared.kernel.fold import Fold
from shared.kernel.picking import WOKEN_AT_ONCE, Picking
from shared.kernel.service import LogTrigger, Service
from tests.support.echo import Decider, EchoState, receipt
from tests.support.facts import NOW, Given, document, event, reference
from tests.support.facts import receipt as complaint
from tests.support.one_session import Bench
from tests.support.waiting import until
from tests.unit.kernel.test_changed_reference import CALENDAR, without
from tests.unit.kernel.test_command_kernel import CommandBench

HOLIDAYS = ("2020-03-06", "2020-03-09", "2020-12-31")
PEOPLE = ("luo.tian", "lin.fang", "fan.yi")


class Counted:
    """Counts whose decisions are looked at for changed reference data."""

    def __init__(self, service: Service[Any]) -> None:
        self.looked_at: Counter[str] = Counter()
        self._service = service
        self.service: Service[Any] = replace(service, stale=self._stale)

    def _stale(self, case: str, state: Any, known: Reference, now: Any) -> Any:
        self.looked_at[case] += 1
        return self._service.stale(case, state, known, now)


async def test_a_session_that_opens_looks_at_no_case_and_a_publication_only_at_those_it_touches() -> None:
    """25,000 open cases made sla miss its heartbeats at every rebalance."""
    counted = Counted(ROUTING)
    bench = Bench(counted.service, known=reference(), now=NOW)
    cases = [bench.case() for _ in range(20)]
    units = ["dongqiao.hall" if n % 2 else "dongqiao.lending" for n in range(20)]
    for case, unit in zip(cases, units, strict=True):
        made = event(complaint(matter={"complained_unit": unit}))
        await bench.log.append([outgoing(made._replace(subject=case, id=event_id("intake", case, "c", 0)))])
    async with bench.session() as (fold, _):
        await until(lambda: len(bench.facts()) == 40 and fold.open_work() == 0)
    async with bench.session() as (fold, _):
        await until(lambda: fold.position > 40 and fold.open_work() == 0)
        opened = counted.looked_at.total()
        bench.ports.reference.add(document("organisation", "bank", without("luo.tian"), NOW))
        await until(lambda: any(name == "CaseRerouted" for _, name in bench.facts()) and fold.open_work() == 0)
        rerouted = {case for case, name in bench.facts() if name == "CaseRerouted"}

    assert 0 == opened
    assert rerouted == set(counted.looked_at)
    assert 0 < len(rerouted) < 20


@settings(max_examples=25)
@for_all(st.lists(st.sampled_from(HOLIDAYS), max_size=2, unique=True), st.sampled_from(PEOPLE), st.booleans())
def test_whatever_would_differ_is_found_by_its_keys(days: list[str], gone: str, routed_first: bool) -> None:
    """Held against a walk over all cases: too much may be looked at, nothing may be missed."""
    received = event(complaint())
    routed = event(Given(ROUTING).when_event(received)[0], "routed")
    calendar = CALENDAR
    for day in days:
        calendar = calendar.replace("days_off:\n", f"days_off:\n  - {{date: {day}, name: invented}}\n", 1)
    known = reference(organisation=without(gone))
    known.add(document("calendar", "cn-2020", calendar, NOW))
    clocks = [event(one, received.id, n) for n, one in enumerate(Given(SLA).when_event(received))]
    services: tuple[Service[Any], ...] = (ROUTING, SLA)
    for service in services:
        fold: Fold[Any] = Fold(service, 0)
        for offset, one in enumerate([received, *([routed] if routed_first else []), *clocks]):
            made = outgoing(one)
            fold.apply(Record(0, offset, made.key, made.value, dict(made.headers)))
        walked = {case for case, one in fold.cases.items() if list(service.stale(case, one.state, known, NOW))}

        assert walked <= asyncio.run(_touched(fold, known))


async def _touched(fold: Fold[Any], known: Reference) -> set[str]:
    return {case async for case, _ in fold.touched(known, NOW)}


async def test_commands_that_wait_are_not_looked_at_whenever_another_case_is_answered() -> None:
    """Each pick looked at every command that waits."""
    bench = CommandBench()
    asked: Counter[int] = Counter()

    def waits(state: EchoState) -> bool:
        asked[state.received] += 1
        return state.received == 2

    bench.service = replace(bench.service, waits_for_others=waits)
    waiting = [await bench.received() for _ in range(100)]
    await bench.log.append([outgoing(receipt(case, 1)) for case in waiting])
    free = await bench.received()
    async with bench.session() as (fold, _):
        await until(lambda: len(bench.answers()) == 101 and fold.open_work() == 0)
        for case in waiting:
            await bench.send(case, "later")
        await until(lambda: len(fold.offered) == 100 and asked[2] >= 100)
        before = asked[2]
        for number in range(20):
            await bench.send(free, f"now-{number}")
            await until(lambda: len(bench.reasons(free)) == number + 1)  # noqa: B023 - awaited in the same turn

        assert 100 == len(fold.offered)
        assert asked[2] - before < 20 * 100 / 4  # what waits is looked at again after a while, however busy others are


async def test_what_is_owed_on_held_cases_is_not_looked_at_for_every_batch() -> None:
    """A thousand cases that wait for reference data stood in front of every batch."""
    bench = Bench()
    looks = 0

    class Counting(Decider):
        def __call__(self, state: Any, trigger: Any, context: Any) -> Any:
            nonlocal looks
            looks += trigger.case in self.poisoned
            return super().__call__(state, trigger, context)

    decide = Counting()
    bench.service = replace(bench.service, decide=decide)
    held = [bench.case() for _ in range(50)]
    decide.poisoned |= set(held)
    await bench.log.append([outgoing(receipt(case)) for case in held])
    async with bench.session() as (fold, _):
        await until(lambda: looks >= 50)
        await bench.log.append([outgoing(receipt(bench.case()))])
        await until(lambda: len(fold.owed.aside) == 50)
        await until(lambda: len(bench.answers()) == 1)
        decide.poisoned.clear()
        await until(lambda: len(bench.answers()) == 51)


async def test_cases_that_a_publication_releases_come_back_some_at_a_time() -> None:
    """A calendar that was missing held a hundred thousand."""
    bench, many = Bench(), 3 * WOKEN_AT_ONCE
    fold: Fold[Any] = Fold(bench.service, 0)
    picking = Picking(bench.service, fold)
    for number in range(many):
        trigger = LogTrigger(receipt(f"case-{number}"), number)
        fold.owed.add(trigger)
        fold.owed.lay_aside(trigger.case)
        picking.hold(trigger.case, "NotYet")
    picking.release_all()
    back, pauses = [], []
    for _ in range(4):
        pauses.append(picking.pause() <= 0)
        picking.pick(1)
        back.append(many - len(fold.owed.aside))

    assert [WOKEN_AT_ONCE, 2 * WOKEN_AT_ONCE, many, many] == back
    assert [True, True, True, False] == pauses


async def test_others_have_their_turn_while_a_large_batch_is_decided_and_a_large_log_is_folded() -> None:
    """Heartbeats share the loop with the work: five hundred decisions in one go kept them waiting."""

    class Slow(Decider):
        def __call__(self, state: Any, trigger: Any, context: Any) -> Any:
            until_then = time.perf_counter() + 0.002
            while time.perf_counter() < until_then:
                pass
            return super().__call__(state, trigger, context)

    bench, turns = Bench(), 0
    bench.service = replace(bench.service, decide=Slow())

    async def heartbeat() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    await bench.log.append([outgoing(receipt(bench.case())) for _ in range(200)])
    fold: Fold[Any] = Fold(bench.service, 0)
    reader = await bench.log.read(0)
    following = asyncio.create_task(fold.follow(reader))
    await until(lambda: len(fold.owed) == 200)
    following.cancel()

    beating = asyncio.create_task(heartbeat())
    answer = await Deciding(bench.ports, bench.service, fold).batch()
    beating.cancel()

    assert 200 == len(answer.events)
    assert 20 < turns


def test_an_event_that_comes_in_while_a_batch_is_decided_is_no_basis_of_it() -> None:
    """A draft rests on what was folded when the batch came to its case; else a fact would name a basis it never saw."""
    bench = Bench()
    case = bench.case()
    records = [outgoing(receipt(case, number)) for number in range(2)]
    fold: Fold[Any] = Fold(bench.service, 0)

    def fold_in(number: int) -> None:
        fold.apply(Record(0, number, case, records[number].value, dict(records[number].headers)))

    class Interrupted(Decider):
        def __call__(self, state: Any, trigger: Any, context: Any) -> Any:
            fold_in(1)
            return super().__call__(state, trigger, context)

    fold_in(0)
    bench.service = replace(bench.service, decide=Interrupted())

    async def decided() -> Event:

        return (await Deciding(bench.ports, bench.service, fold).batch()).events[0]

    made = asyncio.run(decided())

    assert receipt(case, 0).id == made.basisid
    assert (1, 0) == (made.ordinal, made.basis_ordinal)
