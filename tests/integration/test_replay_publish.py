"""Publishing records once more on a real broker: as they are, in order, each once, whoever is killed meanwhile."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from ops.local import installation
from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from ops.replay import publishing
from ops.replay.publishing import NotForReplays, Wish
from ops.replay.selection import Selection
from ops.replay.unit_cases import cases_of
from ops.verify import signatures
from shared.contract.envelope import type_of
from shared.contract.events.routing import CaseRouted
from shared.contract.records import HEADER_TYPE, Record
from shared.contract.replays import HEADER_REPLAYED
from shared.contract.topics import GOVERNANCE, partition_of
from shared.contract.upcasting import event_from
from shared.log.foreign_topic import ForeignTopic, GoesOnElsewhere
from shared.log.topic_admin import TopicNotMade
from shared.process.settings import Settings
from tests.support.broker import FreshTopics
from tests.support.facts import NOW
from tests.support.installation import redress
from tests.support.replays import appended, quiet
from tests.support.stored_journeys import journeys

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
CASES = 12
FEW = 3
"""Partitions of the consumers' topic: others than the log has."""


@pytest.fixture
async def log(fresh_topics: FreshTopics) -> Settings:
    """The log of a dozen cases, and a consumers' topic with another number of partitions."""
    settings = await fresh_topics()
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    await appended(settings, journeys(CASES))
    installation.remember(settings)
    made = settings.model_copy(update={"partitions": FEW})
    assert await publishing.found_topic(made, wish(settings)._replace(create=True)) is not None
    return settings


def wish(settings: Settings, why: str = "a consumer lost its state", **selection: Any) -> Wish:
    """What is wanted."""
    return Wish(f"{settings.installation}-bi", Selection(**selection), "lin.fang", "night", why)


async def published(settings: Settings) -> list[Record]:
    """What lies in the consumers' topic, as a committed reader gets it."""
    topic = ForeignTopic(settings, wish(settings).into, FEW)
    found: list[Record] = []
    for partition, end in (await topic.ends()).items():
        reader = await topic.read_unproven(partition)
        while await reader.position() < end:
            found += await reader.batch(0.05)
        await reader.stop()
    await topic.stop()
    return found


def by_case(records: list[Record]) -> dict[str, list[tuple[bytes, dict[str, bytes]]]]:
    """Values and headers of each case in order, without what the replay adds."""
    found: dict[str, list[tuple[bytes, dict[str, bytes]]]] = {}
    for one in records:
        headers = {name: value for name, value in one.headers.items() if name != HEADER_REPLAYED}
        found.setdefault(one.key, []).append((one.value, headers))
    return found


async def test_records_are_published_as_they_are_in_order_per_case(log: Settings) -> None:
    """Key, value and headers; and again nothing, since all of it is there."""
    first = await publishing.publish(log, wish(log), quiet)
    second = await publishing.publish(log, wish(log), quiet)

    source, target = await read_topic(log), await published(log)
    assert (len(source), 0) == (first.records, first.before)
    assert (0, len(source)) == (second.records, second.before)
    assert by_case(source) == by_case(target)
    assert all(partition_of(one.key, FEW) == one.partition for one in target)
    marks = [one.headers[HEADER_REPLAYED] for one in target]
    assert sorted(f"{first.replay}/{one.at}".encode() for one in source) == sorted(marks)


async def test_who_had_it_published_and_why_is_kept_once(log: Settings) -> None:
    """It begins, and comes to its end; a repetition adds nothing."""
    for _ in range(2):
        await publishing.publish(log, wish(log, types=("ClockMet",)), quiet)

    assert [] == [fault for fault in (await signatures.check(log)).faults if GOVERNANCE in fault]
    begun, ended = await publishing.steps(log)
    assert ("replay_begun", "lin.fang", "night", "a consumer lost its state") == (
        begun.kind, begun.who, begun.account, begun.why,
    )  # fmt: skip
    assert ("replay_ended", ("ClockMet",), len(await published(log))) == (ended.kind, ended.types, ended.records)


async def test_only_what_is_chosen_is_published(log: Settings) -> None:
    """By type, case and time; what is counted beforehand is what comes."""
    source = await read_topic(log)
    case = source[0].key
    wanted = wish(
        log,
        case=case,
        types=("ComplaintReceived", type_of("CaseRouted", CaseRouted.version)),
        until=NOW + timedelta(days=1),
    )

    counted = await publishing.count(log, wanted, quiet)
    assert [] == await published(log)
    await publishing.publish(log, wanted, quiet)

    chosen = [
        one
        for one in source
        if one.key == case
        and one.headers[HEADER_TYPE].rpartition(b".")[0] in (b"redress.ComplaintReceived", b"redress.CaseRouted")
        and event_from(one).recorded_at < NOW + timedelta(days=1)
    ]
    assert 2 <= len(chosen) == counted.records
    assert by_case(chosen) == by_case(await published(log))


async def test_a_units_cases_are_those_of_all_below_it(log: Settings) -> None:
    """Of the whole bank everything."""
    source = await read_topic(log)
    whole = await cases_of(log, "province", quiet)
    part = await cases_of(log, "dongqiao.lending", quiet)

    done = await publishing.publish(log, wish(log, unit="dongqiao.lending")._replace(cases=part), quiet)

    assert part < whole
    assert {one.key for one in source} >= whole
    assert done.records == sum(one.key in part for one in source)
    assert part == {one.key for one in await published(log)}


async def test_a_replay_that_was_killed_goes_on_and_nothing_is_there_twice(log: Settings) -> None:
    """Kill -9 in the middle, several times; a committed reader gets each record once, in order."""
    command = ["replay", "publish", "--data", str(log.data), "--into", wish(log).into, "--who", "lin.fang"]
    command += ["--why", wish(log).why]
    reached = 0
    for _ in range(3):
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ops.cli", *command, "--rate", "150", stdout=DEVNULL
        )
        async with asyncio.timeout(60):
            while len(await published(log)) < reached + 40:
                assert killed.returncode is None, "it came to its end before it was killed"
                await asyncio.sleep(0.05)
        killed.send_signal(signal.SIGKILL)
        await killed.wait()
        reached = len(await published(log))

    last = await asyncio.to_thread(redress, *command)

    source, target = await read_topic(log), await published(log)
    assert "were there before" in last.stdout
    assert {1} == set(Counter(one.headers[HEADER_REPLAYED] for one in target).values())
    assert by_case(source) == by_case(target)


async def test_one_at_a_time_goes_on_with_a_replay(log: Settings) -> None:
    """Whoever comes later takes the right; the former is refused, and what it began is taken back."""
    slow = asyncio.create_task(publishing.publish(log, wish(log)._replace(rate=100), quiet))
    while len(await published(log)) < 20:
        await asyncio.sleep(0.05)

    await publishing.publish(log, wish(log), quiet)

    with pytest.raises(GoesOnElsewhere):
        await slow
    assert by_case(await read_topic(log)) == by_case(await published(log))


@pytest.mark.parametrize("into", ["complaints.events", "other.complaints.commands", "__consumer_offsets", "a b", ".."])
async def test_what_is_not_the_consumers_is_refused(log: Settings, into: str) -> None:
    """Topics of Redress, whatever their prefix, those of the brokers, and what is no name."""
    with pytest.raises(NotForReplays):
        await publishing.publish(log, wish(log)._replace(into=into, create=True), quiet)


async def test_a_topic_that_is_not_there_is_not_made_by_itself(log: Settings) -> None:
    """A slip of the pen makes no topic; nothing is kept of it."""
    with pytest.raises(NotForReplays, match="--create"):
        await publishing.publish(log, wish(log)._replace(into="elsewhere"), quiet)
    assert [] == await publishing.steps(log)


async def test_a_topic_that_the_brokers_do_not_make_is_told_in_their_words(log: Settings) -> None:
    """Such as one whose name differs from another's by a dot alone; nothing is kept of it."""
    there = wish(log)._replace(into=f"{log.installation}_x", create=True)
    assert await publishing.found_topic(log, there) is not None

    with pytest.raises(TopicNotMade, match="collides"):
        await publishing.publish(log, there._replace(into=f"{log.installation}.x"), quiet)
    assert [] == await publishing.steps(log)
