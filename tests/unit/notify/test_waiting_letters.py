"""Letters and notices that wait are data, however many: in order, each once, and only what is tried is a task."""

import asyncio
from typing import Any

import pytest

from bench.waiting import MOST_BYTES, bytes_of_a_waiting_letter
from services.notify.decisions import SERVICE
from services.notify.sending import pool as pools
from services.notify.sending.mail_server import Postponed
from services.notify.sending.pool import FAILED, STARTED, SendingPool
from shared.contract.envelope import TYPE_PREFIX, Event
from shared.kernel.fold import Fold
from shared.kernel.folded_case import FoldedCase
from shared.process.retrying import Pauses
from tests.support.facts import event, receipt
from tests.support.waiting import until

AT_ONCE = 2
QUICK = Pauses(0.01, 0.02)
CASES = [f"case-{number}" for number in range(20)]
LETTERS = [f"letter-{number}" for number in range(20)]


class Server:
    """Takes letters while it is open, and says of each in what order it came; ``refuses``: so often it puts one off."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.refuses: dict[str, int] = {}
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0

    @property
    def away(self) -> bool:
        """It is never away."""
        return False

    async def started(self, case: str, event_id: str) -> str:
        """A letter is known by its id."""
        return event_id

    def lane(self, started: Any) -> str:
        """All go the same way."""
        return "email"

    async def deliver(self, started: str) -> dict[str, Any]:
        """Take it, or put it off."""
        self.asked.append(started)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
        finally:
            self.at_once -= 1
        if self.refuses.get(started, 0) > 0:
            self.refuses[started] -= 1
            raise Postponed("later")
        return {"outcome": "sent"}


class Desk:
    """A partition on whose cases a letter each is open, and the pool that sends them."""

    def __init__(self, pauses: Pauses = QUICK) -> None:
        self.server = Server()
        self.fold: Fold[Any] = Fold(SERVICE, 0)
        for case, letter in zip(CASES, LETTERS, strict=True):
            self.fold.cases[case] = FoldedCase((letter,), b"", b"", b"")
        self.pool = SendingPool(self.server, AT_ONCE, 0.0, pauses, lambda state: state)

    def begin(self) -> None:
        """All letters are started."""
        self.pool.committed(self.fold, [_fact(STARTED, *names) for names in zip(CASES, LETTERS, strict=True)])

    def ends(self, place: int) -> None:
        """A letter is given up."""
        self.fold.cases[CASES[place]].state = ()
        self.pool.committed(self.fold, [_fact(FAILED, CASES[place], "the end")])

    def sent(self) -> list[str]:
        """The letters that came back, in order."""
        return [one.id for one in self.fold.results.ready()]


def _fact(name: str, case: str, id_: str) -> Event:
    return event(receipt())._replace(type=f"{TYPE_PREFIX}{name}.v1", subject=case, id=id_)


async def test_a_letter_that_waits_takes_less_than_a_kibibyte() -> None:
    """A task of its own takes ten; after a day without a mail server a hundred thousand may wait."""
    assert 0 < await bytes_of_a_waiting_letter(2_000) <= MOST_BYTES


async def test_only_what_is_tried_is_a_task_and_letters_leave_in_the_order_of_their_starts() -> None:
    """However many wait."""
    desk = Desk()
    before = len(asyncio.all_tasks())
    desk.begin()
    await until(lambda: len(desk.server.asked) == AT_ONCE)
    tasks, waiting = len(asyncio.all_tasks()) - before, desk.pool.under_way()
    desk.server.open.set()
    await until(lambda: not desk.pool.under_way())

    assert (AT_ONCE, len(LETTERS)) == (tasks, waiting)
    assert AT_ONCE == desk.server.most_at_once
    assert LETTERS == desk.server.asked == desk.sent()


async def test_one_that_is_put_off_lets_others_go_first_and_leaves_later_once() -> None:
    """It is counted while it waits, and not any more once it has left."""
    desk = Desk()
    desk.server.refuses[LETTERS[0]] = 3
    desk.server.open.set()
    desk.begin()
    await until(lambda: desk.pool.numbers()["sendings_postponed"] == 1)
    await until(lambda: not desk.pool.under_way())

    assert [*LETTERS[1:], LETTERS[0]] == desk.sent()
    assert 4 == desk.server.asked.count(LETTERS[0])
    assert 0 == desk.pool.numbers()["sendings_postponed"]


@pytest.mark.parametrize("place", [0, 5], ids=["which is tried", "which waits"])
async def test_what_is_given_up_is_never_tried_again_and_holds_up_nobody(place: int) -> None:
    """Not at its turn either; its place goes to the next."""
    desk = Desk()
    desk.begin()
    await until(lambda: len(desk.server.asked) == AT_ONCE)
    desk.ends(place)
    counted = desk.pool.under_way()
    desk.server.open.set()
    await until(lambda: not desk.pool.under_way())

    assert len(LETTERS) - 1 == counted
    assert [one for one in LETTERS if one != LETTERS[place]] == desk.sent()


async def test_one_that_is_given_up_while_it_is_put_off_is_counted_no_more() -> None:
    """Nobody looks after hours whether a notice still waits."""
    desk = Desk(Pauses(60.0, 60.0))
    desk.server.refuses[LETTERS[3]] = 99
    desk.server.open.set()
    desk.begin()
    await until(lambda: desk.pool.under_way() == 1)
    desk.ends(3)

    assert (0, 0) == (desk.pool.under_way(), desk.pool.numbers()["sendings_postponed"])


async def test_of_a_partition_that_went_away_nothing_is_sent_any_more_and_it_may_come_back() -> None:
    """What is tried ends with it; the other partition's letters take their turn."""
    desk, other = Desk(), Fold[Any](SERVICE, 1)
    other.cases["elsewhere"] = FoldedCase(("theirs",), b"", b"", b"")
    desk.begin()
    desk.pool.committed(other, [_fact(STARTED, "elsewhere", "theirs")])
    await until(lambda: len(desk.server.asked) == AT_ONCE)
    await desk.pool.closed(0)
    left = desk.pool.under_way()
    desk.server.open.set()
    await until(lambda: len(other.results) == 1)
    assert (1, [*LETTERS[:AT_ONCE], "theirs"], []) == (left, desk.server.asked, desk.sent())

    desk.begin()
    await until(lambda: not desk.pool.under_way())

    assert LETTERS == desk.sent()


async def test_a_process_that_ends_begins_nothing_and_ends_what_it_has_at_hand() -> None:
    """The next owner sends the others."""
    desk = Desk()
    desk.begin()
    await until(lambda: desk.pool.at_hand() == AT_ONCE)
    desk.pool.begin_no_more()
    desk.server.open.set()
    await until(lambda: desk.pool.at_hand() == 0)
    await asyncio.sleep(0.05)

    assert LETTERS[:AT_ONCE] == desk.server.asked == desk.sent()


async def test_a_letter_of_a_blocked_case_rests_and_leaves_once_the_case_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a restart; until then nobody waits for it, and it is not tried."""
    monkeypatch.setattr(pools, "RESTING_SECONDS", 0.01)
    desk = Desk()
    desk.fold.cases[CASES[0]].blocked = True
    desk.server.open.set()
    desk.begin()
    await until(lambda: not desk.pool.under_way())
    await asyncio.sleep(0.05)
    assert LETTERS[1:] == desk.sent()
    desk.fold.cases[CASES[0]].blocked = False
    await until(lambda: len(desk.sent()) == len(LETTERS))

    assert 1 == desk.server.asked.count(LETTERS[0])


async def test_a_letter_that_was_begun_on_a_case_nobody_could_read_leaves_once_it_can() -> None:
    """Its start came after what nobody could read, so it was not known: it waited for the next assignment."""
    desk = Desk()
    entry = desk.fold.cases[CASES[0]]
    entry.blocked, entry.state = True, ()
    desk.server.open.set()
    await desk.pool.opened(desk.fold)
    desk.begin()
    await until(lambda: not desk.pool.under_way())
    assert LETTERS[1:] == desk.sent()
    entry.blocked, entry.state = False, (LETTERS[0],)
    for _ in range(2):
        desk.pool.read_anew(desk.fold, [CASES[0]])
    await until(lambda: not desk.pool.under_way())

    assert [*LETTERS[1:], LETTERS[0]] == desk.sent() == desk.server.asked


async def test_a_letter_whose_case_is_blocked_while_it_leaves_is_recorded_once_the_case_can_be_read() -> None:
    """It has left: sent again after the redrive, the customer would have it twice."""
    desk = Desk()
    desk.begin()
    await until(lambda: len(desk.server.asked) == AT_ONCE)
    desk.fold.cases[CASES[0]].blocked = True
    desk.server.open.set()
    await until(lambda: not desk.pool.under_way())

    assert LETTERS[0] in desk.sent()


def test_a_pause_without_a_task_is_as_long_as_one_with() -> None:
    """One rule: twice as long each time, up to the longest."""
    pauses = Pauses(0.5, 30.0, 0.5)
    told = [pauses.after(failures) for failures in (1, 2, 3, 7, 5_000)]

    assert all(least <= pause <= least + 0.5 for least, pause in zip([0.5, 1, 2, 30, 30], told, strict=True))
    assert [30.0, 30.0] == told[3:]


async def test_a_pause_without_a_task_follows_the_rule_of_the_retries() -> None:
    """What stamina says of its next attempt is what is waited here."""
    pauses, said = Pauses(0.001, 0.004), []
    async for attempt in pauses.attempts(Postponed):
        if attempt.num == 5:
            break
        with attempt:
            said.append(attempt.next_wait)
            raise Postponed("again")

    assert said == [pauses.after(failures) for failures in range(1, 5)]
