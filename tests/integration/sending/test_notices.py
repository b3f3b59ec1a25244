"""Notices reach a channel system over real HTTP: the receiver of the documentation runs, and what is wrong waits."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.notify.decisions import SERVICE
from services.notify.sending.mail_server import Postponed
from services.notify.webhooks.posting import Poster
from services.notify.webhooks.sending import AWAY_SECONDS, NoticePool, NoticeSender
from shared.contract.events.ending import CaseClosed
from shared.kernel.fold import Fold
from shared.process.retrying import Pauses
from tests.support.broker import free_ports
from tests.support.facts import CASE, event
from tests.support.hooked_case import KEY, SECRET, HookedCase, receiver, with_webhook
from tests.support.letter_case import NEXT_DAY, ORGANISATION
from tests.support.paths import ROOT
from tests.support.sending_case import record
from tests.support.waiting import until

PAGE = ROOT / "docs" / "how-to" / "receive-webhooks.md"
QUICK = Pauses(0.02, 0.05)


def folded(case: HookedCase) -> Fold[Any]:
    """The partition's fold of a case."""
    fold: Fold[Any] = Fold(SERVICE, 0)
    for offset, one in enumerate(case.log):
        fold.apply(record(one, offset))
    return fold


def pool_for(case: HookedCase, fold: Fold[Any], *keys: bytes) -> NoticePool:
    """A pool that sends what this fold owes."""
    secrets = {"hotline": keys} if keys else {}
    sender = NoticeSender(fold.state, case.known, lambda: NEXT_DAY, secrets, Poster(False, seconds=0.5))
    return NoticePool(sender, QUICK)


@asynccontextmanager
async def the_documented_receiver(folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The receiver that the page shows, as a process of its own."""
    found = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    assert 10 == len([line for line in found[1].splitlines() if line and not line.startswith("import")])
    (folder / "receiver.py").write_text(found[1], encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(folder / "receiver.py"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | {"PORT": str(port), "WEBHOOK_SECRET": SECRET.partition("=")[2]},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def test_the_receiver_of_the_documentation_takes_what_is_signed_for_it(tmp_path: Path) -> None:
    """As the page shows it; and a notice that comes into being while the pool works is sent too."""
    port = free_ports(1)
    case = HookedCase(with_webhook(f"http://localhost:{port}/redress"))
    fold = folded(case)
    pool = pool_for(case, fold, b"another key of 32 bytes, as two..", KEY)
    async with the_documented_receiver(tmp_path, port) as process:
        await pool.opened(fold)
        assert process.stdout is not None
        first = orjson.loads(await process.stdout.readline())
        await until(lambda: len(fold.results) == 1)
        fold.apply(record(case.happens(CaseClosed(), case.log[-1].id), len(case.log) - 1))
        second = orjson.loads(await process.stdout.readline())
        await until(lambda: len(fold.results) == 2)
        await pool.closed(0)

    assert ["acknowledged", "ended"] == [one["data"]["state"] for one in (first, second)]
    assert (CASE, case.log[0].data["case_number"]) == (second["data"]["case_id"], second["data"]["case_number"])
    assert [{"outcome": "delivered", "status": 204}] * 2 == [one.result for one in fold.results.values()]


async def test_the_receiver_of_the_documentation_refuses_another_signature(tmp_path: Path) -> None:
    """Somebody else, or the wrong secret; it is tried again."""
    port = free_ports(1)
    case = HookedCase(with_webhook(f"http://127.0.0.1:{port}/"))
    fold = folded(case)
    pool = pool_for(case, fold, b"another key of 32 bytes, as two..")
    async with the_documented_receiver(tmp_path, port) as process:
        await pool.opened(fold)
        assert process.stdout is not None
        said = [await process.stdout.readline() for _ in range(2)]
        await pool.closed(0)

    assert ([b"refused\n"] * 2, 0) == (said, len(fold.results))


async def test_a_notice_comes_again_under_its_id_until_it_is_taken() -> None:
    """After errors, a redirect, which is not followed, and silence; the pool says meanwhile that it waits."""
    statuses = iter([500, 302, 404, 204])

    def answer(call: BaseHTTPRequestHandler) -> None:
        call.send_response(next(statuses))
        call.send_header("Location", "/elsewhere")

    async with receiver(answer) as (url, came):
        case = HookedCase(with_webhook(url))
        fold = folded(case)
        pool = pool_for(case, fold, KEY)
        await pool.opened(fold)
        await until(lambda: len(fold.results) == 1)
        await pool.closed(0)

    assert [case.hook.owed[0].id] * 4 == came


async def test_410_ends_it() -> None:
    """The system is gone."""
    async with receiver(lambda call: call.send_response(410)) as (url, came):
        case = HookedCase(with_webhook(url))
        fold = folded(case)
        pool = pool_for(case, fold, KEY)
        await pool.opened(fold)
        await until(lambda: len(fold.results) == 1)
        await pool.closed(0)

    assert 1 == len(came)
    assert [{"outcome": "given_up", "reason": "gone"}] == [one.result for one in fold.results.values()]


@pytest.mark.parametrize("leaves", ["the file", "by 410", "by taking it"])
async def test_a_system_is_away_from_its_first_failure_until_nothing_is_left_to_look_after(leaves: str) -> None:
    """It took the notice, said that it is gone, or left the organisation file."""
    statuses = iter([500, 410 if leaves == "by 410" else 204])
    async with receiver(lambda call: call.send_response(next(statuses))) as (url, _):
        case, seconds = HookedCase(with_webhook(url)), iter([0.0, AWAY_SECONDS, AWAY_SECONDS])
        state = folded(case).state
        sender = NoticeSender(
            state, case.known, lambda: NEXT_DAY, {"hotline": (KEY,)}, Poster(False), lambda: next(seconds)
        )
        owed = await sender.started(CASE, case.hook.owed[0].id)
        with pytest.raises(Postponed):
            await sender.deliver(owed)
        away = sender.systems_away()
        if leaves == "the file":
            sender._reference = HookedCase(ORGANISATION).known
        await sender.deliver(owed)

    assert (["hotline"], []) == (away, sender.systems_away())


async def test_a_notice_that_was_given_up_is_tried_no_more_and_nobody_waits_for_a_system_that_is_away() -> None:
    """Nobody listens there; the pool counts it as put off, not as under way."""
    case = HookedCase(with_webhook(f"http://127.0.0.1:{free_ports(1)}/"))
    fold = folded(case)
    pool = pool_for(case, fold, KEY)
    await pool.opened(fold)
    await until(lambda: pool.numbers()["notices_postponed"] == 1)
    assert 0 == pool.under_way()

    (timer,) = (one for one in SERVICE.timers(CASE, case.state) if one.kind == "not_taken")
    given_up = case.fold(event(case.given.when(timer, timer.due_at)[0].data, timer.id))
    fold.apply(record(given_up, len(case.log) - 1))
    pool.committed(fold, [given_up])
    await until(lambda: pool.numbers()["notices_postponed"] == 0)
    await pool.closed(0)

    assert 0 == len(fold.results)


async def test_without_a_secret_nothing_is_sent() -> None:
    """Unsigned it would be worth nothing."""
    async with receiver(lambda call: call.send_response(204)) as (url, came):
        case = HookedCase(with_webhook(url))
        fold = folded(case)
        pool = pool_for(case, fold)
        await pool.opened(fold)
        await until(lambda: pool.numbers()["notices_postponed"] == 1)
        await pool.closed(0)

    assert [] == came


async def test_a_webhook_that_left_the_organisation_file_ends_what_is_owed() -> None:
    """Nobody knows any more where it was."""
    case = HookedCase(with_webhook())
    case.known = HookedCase(with_webhook().replace(", webhook: {url: 'https://hotline.example/redress'}", "")).known
    fold = folded(case)
    pool = pool_for(case, fold, KEY)
    await pool.opened(fold)
    await until(lambda: len(fold.results) == 1)
    await pool.closed(0)

    assert [{"outcome": "given_up", "reason": "no_webhook"}] == [one.result for one in fold.results.values()]
