"""Mail while the log is away: the broker is frozen or killed with messages inside DATA, the listener lives."""

import asyncio
import signal
from collections import Counter

import pytest

from shared.process.settings import Settings
from tests.support.customer_mail import HalfSent, case_of, events, handed, message
from tests.support.own_broker import OwnBroker
from tests.support.processes import start, stop, until_ready

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
LISTENER, HEALTH_PORT = "services.intake.mail.process", 28
BEFORE, MEANWHILE, AWAY = range(10), range(10, 30), range(30, 50)
"""Messages that end before the broker goes away, in the very moment, and while it is away."""
ALL = (*BEFORE, *MEANWHILE, *AWAY)
AMONG = 5
"""So many of those in the very moment are answered first, and the broker goes away among the others."""


def go_away(broker: OwnBroker, way: str) -> None:
    """End the broker, or let it answer nobody."""
    broker.freeze() if way == "frozen" else broker.end(signal.SIGKILL)


def come_back(broker: OwnBroker, way: str) -> None:
    """Bring it back, with what it had."""
    broker.go_on() if way == "frozen" else broker.begin_again()


async def answers(broker: OwnBroker, settings: Settings, way: str) -> dict[int, str]:
    """What is answered to each message."""
    half = {number: await HalfSent.of(settings, message(number)) for number in ALL}
    found = {number: await half[number].ended() for number in BEFORE}
    under_way = {number: asyncio.create_task(half[number].ended()) for number in MEANWHILE}
    while sum(task.done() for task in under_way.values()) < AMONG:
        await asyncio.sleep(0.001)
    await asyncio.to_thread(go_away, broker, way)
    found |= {number: await task for number, task in under_way.items()}
    found |= dict(zip(AWAY, await asyncio.gather(*(half[number].ended() for number in AWAY)), strict=True))
    return found


@pytest.mark.parametrize("way", ["frozen", "killed"])
async def test_what_was_answered_250_is_there_once_and_the_rest_when_it_is_sent_again(
    own_broker: OwnBroker, on_own_broker: Settings, way: str
) -> None:
    """The same process goes on; each message is one case with its file, also where it is sent again for no reason."""
    broker, settings = own_broker, on_own_broker
    listener = await started(settings)
    try:
        found = await answers(broker, settings, way)
        await asyncio.to_thread(come_back, broker, way)
        kept = await facts(settings)
        await all_again(settings)
        assert listener.returncode is None
    finally:
        await stop(listener)

    check_answers(found, kept)
    assert {case_of(number): 1 for number in ALL} == await facts(settings)


async def test_what_was_answered_250_outlives_the_listener_that_said_so(
    own_broker: OwnBroker, on_own_broker: Settings
) -> None:
    """Both die, so nothing that only stood in memory reaches the log later; the next listener takes what lacks."""
    broker, settings = own_broker, on_own_broker
    listener = await started(settings)
    try:
        found = await answers(broker, settings, "killed")
        listener.kill()
        await listener.wait()
        await asyncio.to_thread(come_back, broker, "killed")
        kept = await facts(settings)
        listener = await started(settings)
        await all_again(settings)
    finally:
        await stop(listener)

    check_answers(found, kept)
    assert {case_of(number): 1 for number in ALL} == await facts(settings)


async def started(settings: Settings) -> asyncio.subprocess.Process:
    """A listener that takes mail."""
    listener = await start(settings, LISTENER, settings.data / "mail.log")
    await until_ready(settings.ports + HEALTH_PORT, listener)
    return listener


async def all_again(settings: Settings) -> None:
    """Hand every message over until it is taken, also those that were: a server that heard no answer does so."""
    for number in ALL:
        await asyncio.to_thread(handed, settings, message(number))


def check_answers(found: dict[int, str], kept: Counter[str]) -> None:
    """Whoever was answered 250 is among what the log kept, with the file; the others are told to come again."""
    assert {"250"} == {found[number] for number in BEFORE}
    assert {"250", "451"} >= {found[number] for number in MEANWHILE}
    assert {"451"} == {found[number] for number in AWAY}
    taken = {case_of(number) for number, code in found.items() if code == "250"}
    assert taken <= {case for case, files in kept.items() if files == 1}


async def facts(settings: Settings) -> Counter[str]:
    """How many files each case has; a case that is received twice fails."""
    found = {event.id: event for event in await events(settings, "ComplaintReceived", "EvidenceAdded")}.values()
    cases = Counter(event.subject for event in found if event.name == "ComplaintReceived")
    assert set(cases.values()) == {1}
    files = Counter(event.subject for event in found if event.name == "EvidenceAdded")
    return Counter({case: files[case] for case in cases})
