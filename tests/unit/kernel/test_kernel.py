"""Fold and session over the log in memory: owed work is done once, in order, and a failure holds its case only."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from aiokafka.errors import ProducerFenced

from shared.contract.envelope import from_json, outgoing
from shared.contract.records import Record
from shared.kernel.fold import Fold
from shared.kernel.packed_ids import contains, packed
from shared.kernel.picking import Picking
from shared.kernel.service import LogTrigger
from shared.kernel.session import Session
from shared.process.metrics import ALARM_SECONDS
from tests.support.echo import receipt
from tests.support.one_session import START, Bench
from tests.support.waiting import until


@pytest.fixture
def bench() -> Bench:
    """A fresh bench."""
    return Bench()


async def test_every_owed_trigger_is_answered_once_in_log_order(bench: Bench) -> None:
    """Fifty receipts give fifty answers, in the order of the receipts."""
    cases = [bench.case() for _ in range(50)]
    await bench.log.append([outgoing(receipt(c)) for c in cases])

    async with bench.session() as (fold, _):
        await until(lambda: fold.position >= 51 and fold.open_work() == 0)

    assert cases == bench.answers()


async def test_a_second_receipt_of_a_case_owes_nothing(bench: Bench) -> None:
    """``owes`` sees the state before the event, so a case received twice is answered once."""
    case = bench.case()
    await bench.log.append([outgoing(receipt(case, 1)), outgoing(receipt(case, 2))])

    async with bench.session() as (fold, _):
        await until(lambda: bool(bench.answers()) and fold.open_work() == 0)
        state = fold.state(case)

    assert [case] == bench.answers()
    assert state is not None
    assert 2 == state.received


async def test_a_record_seen_before_changes_nothing(bench: Bench) -> None:
    """The same event appended twice is folded once."""
    case = bench.case()
    await bench.log.append([outgoing(receipt(case, 1)), outgoing(receipt(case, 1))])

    async with bench.session() as (fold, _):
        await until(lambda: bool(bench.answers()) and fold.open_work() == 0)
        state = fold.state(case)

    assert state is not None
    assert 1 == state.received


async def test_a_restart_answers_only_what_was_not_answered(bench: Bench) -> None:
    """A second session on the same log finds nothing owed that the first one answered."""
    first, second = bench.case(), bench.case()
    await bench.log.append([outgoing(receipt(first))])
    async with bench.session() as (fold, _):
        await until(lambda: bench.answers() == [first] and fold.open_work() == 0)
    await bench.log.append([outgoing(receipt(second))])
    async with bench.session() as (fold, _):
        await until(lambda: len(bench.answers()) == 2 and fold.open_work() == 0)

    assert [first, second] == bench.answers()


async def test_a_failing_decision_holds_its_case_only_and_is_answered_when_repaired(bench: Bench) -> None:
    """Poison: one dead letter, other cases go on, repaired code answers what was held."""
    bad, good = bench.case(), bench.case()
    bench.decide.poisoned.add(bad)
    await bench.log.append([outgoing(receipt(bad)), outgoing(receipt(good))])

    async with bench.session() as (fold, _):
        await until(lambda: bench.answers() == [good])
        await until(lambda: [bad] == [t.case for t in fold.owed.values()])
        bench.decide.poisoned.clear()
        await until(lambda: bench.answers() == [good, bad])

    assert {(bad, "poison")} == set(bench.letters.announced)


async def test_what_a_session_held_when_it_ended_is_answered_by_the_next_one(bench: Bench) -> None:
    """The partition comes back after every change in the group, and its fold with it: nobody brought back the rest."""
    case, fold = bench.case(), Fold(bench.service, bench.partition)
    bench.decide.poisoned.add(case)
    await bench.log.append([outgoing(receipt(case))])
    async with bench.working(Session(bench.ports, bench.service, fold)):
        await until(lambda: bool(bench.letters.announced))
        bench.decide.poisoned.add(other := bench.case())
        await bench.log.append([outgoing(receipt(other))])
        await until(lambda: bool(fold.owed.aside))
    bench.decide.poisoned.clear()
    async with bench.working(Session(bench.ports, bench.service, fold)):
        await until(lambda: fold.open_work() == 0)

    assert {case, other} == set(bench.answers())


async def test_a_case_on_which_nothing_is_to_be_decided_any_more_is_not_held(bench: Bench) -> None:
    """It was told as one that somebody has to look at until the next start."""
    case, fold = bench.case(), Fold(bench.service, bench.partition)
    session = Session(bench.ports, bench.service, fold)
    await bench.log.append([outgoing(receipt(case, due=timedelta(hours=1)))])
    async with bench.working(session):
        await until(lambda: bench.answers() == [case])
        bench.decide.poisoned.add(case)
        bench.clock.set(bench.clock.now() + timedelta(hours=2))
        await until(lambda: bool(bench.letters.announced))
        bench.decide.poisoned.clear()
        bench.decide.over.add(case)
        await until(lambda: not session.deciding.picking.held)

    assert (0, [case]) == (fold.open_work(), bench.answers())


async def test_a_case_whose_fact_is_discharged_while_it_is_held_is_not_held_either(bench: Bench) -> None:
    """Such as by a withdrawal: no decision succeeds on it, nor fails."""
    fold = Fold(bench.service, 0)
    trigger = LogTrigger(receipt("c1"), 0)
    fold.owed.add(trigger)
    picking = Picking(bench.service, fold)
    picking.hold("c1", "why")
    fold.owed.discard("c1", trigger.id)
    picking.try_now("c1")

    assert ([], {}) == (picking.pick(1), picking.held)


async def test_a_held_case_is_told_with_its_reason(bench: Bench) -> None:
    """And counts as an alarm once it has been held for a minute, however often it was tried again."""
    picking = Picking(bench.service, Fold(bench.service, 0))
    picking.hold("c1", "reference_missing: No pack is in force.")
    assert [("c1", "reference_missing: No pack is in force.")] == [(h.case, h.why) for h in picking.held_cases(9)]
    assert 0 == picking.held_long()

    picking.held["c1"].since -= ALARM_SECONDS
    picking.release_all()
    picking.hold("c1", "reference_missing: No pack is in force.")
    assert 1 == picking.held_long()


async def test_of_many_held_cases_those_that_wait_longest_are_told(bench: Bench) -> None:
    """However often each was tried again; whoever was released and fails again has waited since then."""
    picking = Picking(bench.service, Fold(bench.service, 0))
    for number in range(6):
        picking.hold(f"c{number}", "why")
        picking.held[f"c{number}"].since -= 2 * ALARM_SECONDS - number
    picking.hold("c0", "why")
    picking.release("c1")
    picking.hold("c1", "why")

    assert ["c0", "c2", "c3"] == [one.case for one in picking.held_cases(3)]
    assert 5 == picking.held_long()


async def test_an_unreadable_record_blocks_its_case_and_not_the_partition(bench: Bench) -> None:
    """What ``evolve`` cannot read blocks the case, announces it once, and leaves other cases alone."""
    bad, good = bench.case(), bench.case()
    await bench.log.append(
        [outgoing(receipt(bad, 1, channel="unreadable")), outgoing(receipt(good)), outgoing(receipt(bad, 2))]
    )

    async with bench.session() as (fold, _):
        await until(lambda: bench.answers() == [good])
        await until(lambda: bool(bench.letters.announced))
        assert fold.cases[bad].blocked

    assert [(bad, "unreadable")] == bench.letters.announced


async def test_a_record_without_headers_blocks_its_case(bench: Bench) -> None:
    """A foreign record is announced, never passed over in silence."""
    fold = Fold(bench.service, 0)
    fold.apply(Record(0, 0, "some-case", b"{}", {}))

    assert fold.cases["some-case"].blocked
    assert 1 == len(fold.unreadable)


def test_a_fold_keeps_where_events_lie_only_for_a_service_that_asks(bench: Bench) -> None:
    """Eight bytes per event of every open case: nothing for a service that never looks an event up."""
    case = bench.case()
    made = [outgoing(receipt(case, n)) for n in range(3)]
    for finds_events, expected in ((True, [5, 6, 7]), (False, [])):
        fold = Fold(replace(bench.service, finds_events=finds_events), 0)
        for n, one in enumerate(made):
            fold.apply(Record(0, 5 + n, case, one.value, dict(one.headers)))

        assert expected == list(fold.offsets_of(case))


def test_a_blocked_case_is_listed_once_however_often_it_comes(bench: Bench) -> None:
    """What ``redress status`` shows is not searched for among all cases."""
    fold = Fold(bench.service, 0)
    for offset in range(3):
        fold.apply(Record(0, offset, "some-case", b"{}", {}))

    assert ["some-case"] == list(fold.blocked)


async def test_an_event_type_nobody_listed_blocks_its_case(bench: Bench) -> None:
    """A type that is neither folded nor ignored is not passed over in silence."""
    case = bench.case()
    fold = Fold(bench.service, 0)
    event = receipt(case)
    record = outgoing(event)
    headers = dict(record.headers) | {"redress-type": b"redress.NeverHeardOf.v1"}
    fold.apply(Record(0, 0, case, record.value, headers))

    assert fold.cases[case].blocked


async def test_timers_fire_in_order_of_due_time_after_an_outage(bench: Bench) -> None:
    """Overdue timers of many cases are answered in due order, whatever the order of the receipts."""
    cases = [bench.case() for _ in range(30)]
    hours = [(n * 7) % 30 + 1 for n in range(30)]
    await bench.log.append([outgoing(receipt(c, due=timedelta(hours=h))) for c, h in zip(cases, hours, strict=True)])
    async with bench.session() as (fold, _):
        await until(lambda: len(bench.answers()) == 30 and fold.open_work() == 0)
        bench.clock.set(START + timedelta(days=3))
        await until(lambda: len(bench.answers()) == 60 and fold.open_work() == 0)

    in_due_order = [c for _, c in sorted(zip(hours, cases, strict=True))]
    assert in_due_order == bench.answers()[30:]


async def test_a_timer_is_not_fired_before_its_instant(bench: Bench) -> None:
    """A clock one second short of the due instant fires nothing."""
    await bench.log.append([outgoing(receipt(bench.case(), due=timedelta(hours=1)))])
    async with bench.session():
        await until(lambda: len(bench.answers()) == 1)
        bench.clock.set(START + timedelta(minutes=59, seconds=59))
        await asyncio.sleep(0.6)
        assert 1 == len(bench.answers())
        bench.clock.set(START + timedelta(hours=1))
        await until(lambda: len(bench.answers()) == 2)


async def test_a_timer_that_nothing_calls_for_any_more_is_let_go(bench: Bench) -> None:
    """No dead letter, no case that waits; what lies behind it in the queue is answered, batch by batch."""
    bench.ports = replace(bench.ports, batch_triggers=1)
    cases = [bench.case() for _ in range(4)]
    due = [timedelta(hours=n + 1) for n in range(4)]
    await bench.log.append([outgoing(receipt(c, due=d)) for c, d in zip(cases, due, strict=True)])
    async with bench.session() as (fold, _):
        await until(lambda: len(bench.answers()) == 4 and fold.open_work() == 0)
        bench.decide.over |= set(cases[:3])
        bench.clock.set(START + timedelta(days=1))
        await until(lambda: len(bench.answers()) == 5 and fold.open_work() == 0)

    assert cases[3] == bench.answers()[-1]
    assert [] == bench.letters.announced


async def test_an_event_that_is_owed_is_never_let_go(bench: Bench) -> None:
    """A decision that says so of an event is a mistake: the case waits, and somebody is told."""
    case = bench.case()
    bench.decide.over.add(case)
    await bench.log.append([outgoing(receipt(case))])
    async with bench.session() as (fold, _):
        await until(lambda: bool(bench.letters.announced))
        assert [case] == [trigger.case for trigger in fold.owed.values()]
        bench.decide.over.clear()
        await until(lambda: bench.answers() == [case])

    assert {(case, "poison")} == set(bench.letters.announced)


async def test_a_later_session_fences_the_former_one(bench: Bench) -> None:
    """The former session ends with an error and has appended nothing more."""
    async with bench.session() as (_, former):
        await asyncio.sleep(0.05)
        async with bench.session() as (later, _):
            await asyncio.sleep(0.05)
            case = bench.case()
            await bench.log.append([outgoing(receipt(case))])
            await until(former.done)
            await until(lambda: later.open_work() == 0 and bool(bench.answers()))
            with pytest.raises(BaseExceptionGroup) as caught:
                former.result()

    assert caught.group_contains(ProducerFenced)
    assert [case] == bench.answers()


def test_marks_are_found_only_at_their_places() -> None:
    """A mark that spans two others is not taken for one that was seen."""
    first, second = packed(str(uuid4())), packed(str(uuid4()))
    row = first + second

    assert contains(row, first)
    assert contains(row, second)
    assert not contains(row, row[4:12])


async def test_what_falls_due_waits_for_what_the_log_owes_on_its_case(bench: Bench) -> None:
    """After an outage both are there at once; however small the batches, no timer overtakes an event of its case."""
    cases = [bench.case() for _ in range(20)]
    last_due_first = [timedelta(hours=len(cases) - n) for n in range(len(cases))]
    await bench.log.append([outgoing(receipt(c, due=due)) for c, due in zip(cases, last_due_first, strict=True)])
    bench.clock.set(START + timedelta(days=3))
    bench.ports = replace(bench.ports, batch_triggers=4)
    async with bench.session() as (fold, _):
        await until(lambda: len(bench.answers()) == 2 * len(cases) and fold.open_work() == 0)
    records = [from_json(r.value) for r in bench.log._rows[0] if r is not None]
    answered = {c: [e.data["reason"] for e in records if e.subject == c and e.name == "DutiesAdded"] for c in cases}

    assert {case: ["receipt", "timer"] for case in cases} == answered
