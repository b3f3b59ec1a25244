"""The pool of senders: what a new owner finds open, what waits, and what is told of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from services.notify.decisions import SERVICE
from services.notify.sending import pool as pools
from services.notify.sending.pool import SendingPool
from shared.contract.access import access_from
from shared.contract.envelope import Event
from shared.contract.records import Outgoing, Position
from shared.errors import OutcomeUnknown
from shared.kernel.service import ResultTrigger
from shared.sealing.vault import VaultAway
from tests.support.facts import CASE, Given, event
from tests.support.mail_server import running
from tests.support.sending_case import ACKNOWLEDGEMENT, CUSTOMER, NOTICE, QUICK, SLOW, Desk, record, results, server_for
from tests.support.waiting import until


async def test_a_new_owner_waits_and_then_sends_what_it_finds_open(desk: Desk) -> None:
    """The former owner may still be at it until the limit is over."""
    fold = desk.fold()
    pool = SendingPool(desk.sender(), 8, 0.2)
    async with running(server_for(desk)) as server:
        await pool.opened(fold)
        await asyncio.sleep(0.1)
        assert [] == server.asked
        await until(lambda: len(fold.results) == 2)
        await pool.closed(0)

    assert {one.id for one in desk.started} == {one.id for one in fold.results.values()}


async def test_what_was_recorded_while_the_new_owner_waited_is_not_sent_again(desk: Desk) -> None:
    """A result that lay ready when the partition was lost is answered first, once."""
    fold = desk.fold()
    async with running(server_for(desk)) as server:
        (before,) = await results(desk, 1, [NOTICE])
        pool = SendingPool(desk.sender(), 8, 0.1)
        await pool.opened(fold)
        given = Given(SERVICE, *desk.events)
        started = desk.started[NOTICE]
        answer = event(given.when(ResultTrigger(started.id, CASE, before))[0].data, started.id)
        fold.apply(record(answer, len(desk.events)))
        await until(lambda: not pool.under_way())

    assert [desk.started[ACKNOWLEDGEMENT].id] == [one.id for one in fold.results.values()]
    assert 2 == len(server.taken)


async def test_a_letter_whose_case_cannot_be_read_yet_is_sent_when_it_can(desk: Desk) -> None:
    """The log may be away just when a new owner looks for what was begun."""
    sender = desk.sender()
    looks = 0

    async def unsteady(case: str) -> list[Event]:
        nonlocal looks
        looks += 1
        if looks < 3:
            raise OSError("the broker is away")
        return desk.events

    fold = desk.fold()
    pool = SendingPool(replace(sender, read_case=unsteady), 1, 0, QUICK)
    async with running(server_for(desk)):
        await pool.opened(fold)
        await until(lambda: len(fold.results) == 2)
        await pool.closed(0)

    assert looks > 3


async def test_a_letter_that_waits_for_something_that_is_away_says_for_what(desk: Desk) -> None:
    """It is no fault of ours, which somebody would report: it is tried again until that is back."""
    sender = desk.sender()

    async def away(case: str) -> list[Event]:
        raise VaultAway

    pool = SendingPool(replace(sender, read_case=away), 1, 0, SLOW)
    with capture_logs() as lines:
        await pool.opened(desk.fold())
        await until(lambda: pool.numbers()["sendings_postponed"] == 2)
        await pool.closed(0)

    assert {("notify.sending_postponed", "vault_away")} == {(one["event"], one["why"]) for one in lines}


async def test_a_blocked_case_gets_no_letter_until_it_can_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its result could not be recorded, so every restart would send it once more. Redriven, it gets it at once."""
    monkeypatch.setattr(pools, "RESTING_SECONDS", 0.01)
    fold = desk.fold()
    fold.cases[CASE].blocked = True
    pool = SendingPool(desk.sender(), 8, 0)
    async with running(server_for(desk)) as server:
        await pool.opened(fold)
        await asyncio.sleep(0.05)
        assert (0, []) == (pool.under_way(), server.asked)
        fold.cases[CASE].blocked = False
        await until(lambda: len(fold.results) == 2)
        await pool.closed(0)

    assert {one.id for one in desk.started} == {one.id for one in fold.results.values()}


async def test_the_pool_tells_what_waits_and_whether_the_server_is_away(desk: Desk) -> None:
    """Numbers for the operator: away while nobody's letters are taken, postponed for each that waits its turn."""
    fold = desk.fold()
    pool = SendingPool(desk.sender(), 1, 0, SLOW)
    pool.committed(fold, desk.started)
    await until(lambda: pool.numbers()["mail_server_away"] == 1)
    while_away = pool.under_way(), pool.numbers()
    server = server_for(desk)
    server.replies[CUSTOMER] = ["452 full"]
    async with running(server):
        await until(lambda: len(fold.results) == 1)
        await until(lambda: pool.under_way() == 1)
        afterwards = pool.under_way(), pool.numbers()
        await pool.closed(0)

    assert (2, {"sendings_postponed": 0, "mail_server_away": 1}) == while_away
    assert (1, {"sendings_postponed": 1, "mail_server_away": 0}) == afterwards
    assert {"sendings_postponed": 0, "mail_server_away": 0} == pool.numbers()


async def test_a_pool_without_letters_does_not_call_the_server_away(desk: Desk) -> None:
    """Its partition went to another process, which knows better by now."""
    pool = SendingPool(desk.sender(), 1, 0)
    pool.committed(desk.fold(), desk.started)
    await until(lambda: pool.numbers()["mail_server_away"] == 1)
    await pool.closed(0)

    assert {"sendings_postponed": 0, "mail_server_away": 0} == pool.numbers()


async def test_no_letter_leaves_while_it_cannot_be_recorded_what_it_opens(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The access log is away: nothing is opened and nothing sent; once it is back the letters leave, each recorded."""
    append = desk.topic.append
    asked = 0

    async def away(records: Sequence[Outgoing]) -> list[Position]:
        nonlocal asked
        asked += 1
        raise OutcomeUnknown

    monkeypatch.setattr(desk.topic, "append", away)
    fold = desk.fold()
    pool = SendingPool(desk.sender(), 8, 0, QUICK)
    async with running(server_for(desk)) as server:
        await pool.opened(fold)
        await until(lambda: asked > 3)
        assert [] == server.taken
        monkeypatch.setattr(desk.topic, "append", append)
        await until(lambda: len(fold.results) == 2)
        await pool.closed(0)
    told = [access_from(one) for one in await (await desk.topic.read(0)).batch(0)]

    assert {("service:notify", "sender", CASE)} == {(one.who, one.role, one.case) for one in told}
    assert {one.data["message_id"] for one in desk.started} >= {one.why for one in told}


async def test_paper_does_not_wait_while_the_mail_server_is_away(desk: Desk) -> None:
    """A letter that is mailed keeps its only slot, and the print room gets its own all the same."""
    fold = desk.fold()
    mailed, notice = desk.started[ACKNOWLEDGEMENT], desk.started[NOTICE]
    printed = notice._replace(data=notice.data | {"way": "print"})
    done: list[str] = []

    class Sender:
        away = True

        async def started(self, case: str, event_id: str) -> Event:
            return mailed if event_id == mailed.id else printed

        def lane(self, started: Event) -> str:
            return str(started.data["way"])

        async def deliver(self, started: Event) -> dict[str, str]:
            if started.data["way"] == "email":
                await asyncio.Event().wait()
            done.append(started.id)
            return {"outcome": "sent"}

    pool = SendingPool(Sender(), 1, 0, QUICK)
    pool.committed(fold, [mailed, printed])
    await until(lambda: bool(done))
    await pool.closed(0)

    assert [printed.id] == done
