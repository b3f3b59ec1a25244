"""Every case as it counts, on the topic for those who analyse: on both databases, from any start, the same."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from shutil import rmtree
from typing import Any

import orjson

from services.console.analysis.for_analysts import WRITER
from services.console.projection.building import build
from shared.bank.reference import BANK, ORGANISATION, Reference
from shared.contract.case_changed import SOURCE, CaseChanged
from shared.contract.case_versions import NAME, NEWEST
from shared.contract.envelope import from_json, type_of
from shared.contract.records import HEADER_SOURCE
from shared.process.settings import Settings
from tests.integration.console.test_projection import journeys
from tests.support.casework import ORGANISATION as FILE
from tests.support.casework import known
from tests.support.console_in_process import Console, all_told, running
from tests.support.console_stories import Story, record_of, shuffled
from tests.support.facts import document, reference
from tests.support.memory_log import MemoryLog

PSEUDONYMS = "\nbi: {pseudonyms: true}\n"


def last(told: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What a reader keeps: of every case the record with the highest version."""
    found: dict[str, dict[str, Any]] = {}
    for one in told:
        before = found.get(one["subject"])
        if before is None or one["data"]["version"] >= before["data"]["version"]:
            found[one["subject"]] = one
    return found


async def test_every_case_is_told_as_the_console_shows_it(console: Console) -> None:
    """State, owners and answers, in the shape that is published; and nothing is a tombstone."""
    stories = journeys()
    await console.append(shuffled(stories))
    found = last(await console.told())
    shown = {story.id: await console.json(f"/v1/cases/{story.id}") for story in stories}

    assert {story.id for story in stories} == found.keys()
    for case_id, one in found.items():
        CaseChanged.model_validate(one["data"])
        assert (case_id, SOURCE, type_of(NAME, NEWEST)) == (one["subject"], one["source"], one["type"])
        told, case = one["data"], shown[case_id]
        same = ("case_number", "channel", "state", "class", "reason", "received_at", "log")
        assert {name: case[name] for name in same} == {name: told[name] for name in same}
        assert (case["handler"] or {}).get("unit") == told["units"]["handler"]


async def test_what_crossed_and_was_overtaken_counts_neither_here_nor_there(console: Console) -> None:
    """The acceptance came on a basis before the routing: the case is not accepted, and one event counts less."""
    story = Story(1)
    received, *rest = story.does("luo.tian", "accept-handover").records()
    accepted = from_json(rest[-1].value)._replace(basisid=from_json(received.value).id)
    await console.append([received, *rest[:-1], record_of(accepted)])
    told = last(await console.told())[story.id]["data"]

    assert ("routed", 3, 2) == (told["state"], told["version"], told["events"])


async def test_a_batch_tells_a_case_once_and_a_change_tells_it_again(console: Console) -> None:
    """Two cases in one batch are two records; what changes one of them later is one more."""
    stories = [Story(1).clock(), Story(2).clock()]
    await console.append(shuffled(stories))
    before = await console.told()
    await console.append(stories[0].does("luo.tian", "accept-handover").records()[-1:])
    after = await console.told()

    assert [story.id for story in sorted(stories, key=lambda s: s.id)] == sorted(one["subject"] for one in before)
    assert [stories[0].id] == [one["subject"] for one in after if one not in before]
    assert len({one["id"] for one in after}) == len(after)


async def test_built_again_from_the_log_it_says_the_same_to_the_byte(console: Console, tmp_path: Any) -> None:
    """A second installation on the same log, in other batches, ends with the same records."""
    stories = journeys()
    await console.append(shuffled(stories[:3]))
    await console.told()
    await console.append(shuffled(stories[3:]))
    first = last(await console.told())
    async with running(Settings(data=tmp_path / "second"), console.log) as other:
        second = last(await other.told())

    assert first == second


async def test_a_rebuilt_database_publishes_all_of_it_again(console: Console) -> None:
    """What a former version of this code said of a case is put right by a rebuild; what was right stays the same."""
    await console.append(shuffled(journeys()))
    before = await console.told()
    await build(console.log.partitions, console.generations, console.follow)
    async with asyncio.timeout(30):
        while len(after := await console.told()) < len(before) + len(last(before)):
            await asyncio.sleep(0.01)
    times = Counter(one["id"] for one in after)

    assert last(before) == last(after)
    assert {2} == {times[one["id"]] for one in last(before).values()}


async def test_a_process_that_was_stopped_goes_on_where_it_was(console_places: Settings) -> None:
    """What came meanwhile is told; what was told is not told again."""
    log = MemoryLog()
    async with running(console_places, log) as console:
        await console.append(Story(1).records())
        first = await console.told()
    await log.append(Story(2).records())
    async with running(console_places, log) as console:
        second = await console.told()

    assert [Story(1).id] == [one["subject"] for one in first]
    assert [Story(2).id] == [one["subject"] for one in second]


async def test_who_lost_the_right_to_publish_publishes_nothing_old(desk: Console) -> None:
    """Another process took the right: the former one takes it anew before it reads what it is to say."""
    await desk.append(Story(1).records())
    await desk.told()
    for partition in range(desk.log.partitions):
        stranger = desk.cases.writer(WRITER, partition)
        await stranger.start()
    await desk.append(Story(1).clock().records()[-1:])
    found = last(await desk.told())

    assert 3 == found[Story(1).id]["data"]["version"]
    assert 2 == len(await all_told(desk.cases))


async def test_people_stand_nowhere_unless_pseudonyms_are_asked_for(desk: Console) -> None:
    """Neither the id nor the name of anybody, nor a word that somebody typed."""
    await desk.append(shuffled(journeys()))
    told = await desk.told()
    text = orjson.dumps(told).decode()

    assert {None} == {one["data"]["handler"] for one in told}
    assert [] == [word for word in ("luo.tian", "lin.fang", "wu.qing", "box", "label", "名") if word in text]


async def test_under_pseudonyms_one_person_is_one_hash_on_every_case(console_places: Settings) -> None:
    """The same handler is told as the same, and nobody reads who it is."""
    async with running(console_places, MemoryLog(), known(FILE + PSEUDONYMS)) as console:
        await console.append(shuffled([Story(1), Story(2)]))
        told = await console.told()
    handlers = {one["data"]["handler"] for one in told}

    assert 1 == len(handlers)
    assert all(str(one).startswith("person:") and "luo" not in str(one) for one in handlers)


async def test_pseudonyms_that_are_switched_on_tell_every_case_again(tmp_path: Path) -> None:
    """A published organisation file is heard within seconds."""
    async with running(Settings(data=tmp_path), MemoryLog(), reference(organisation=FILE)) as console:
        await console.append(shuffled([Story(1), Story(2)]))
        await console.told()
        _publish(console.reference, FILE + PSEUDONYMS)
        async with asyncio.timeout(30):
            while not all(one["data"]["handler"] for one in last(await console.told()).values()):
                await asyncio.sleep(0.05)
        told = await all_told(console.cases)

    assert 4 == len(told)


def _publish(published: Reference, content: str) -> None:
    published.add(document(ORGANISATION, BANK, content))


async def test_a_case_that_cannot_be_read_on_is_told_as_blocked(console: Console) -> None:
    """Its last state that counts stands, with a version that grew; one without a receipt is not told at all."""
    story = Story(1)
    broken = record_of(from_json(Story(1).clock().records()[-1].value))._replace(value=b"{")
    unread = story.records()[0]._replace(key=Story(2).id, value=b"{")
    await console.append([*story.records(), broken, unread])
    found = last(await console.told())

    assert {story.id} == found.keys()
    assert (True, "routed", 3) == tuple(found[story.id]["data"][name] for name in ("blocked", "state", "version"))


async def test_every_record_says_who_wrote_it(desk: Console) -> None:
    """Its source is the console's, by which it is signed; its key is the case."""
    await desk.append(Story(1).records())
    await desk.told()
    records = [r for p in range(desk.cases.partitions) for r in await (await desk.cases.read(p)).batch(0)]

    assert [(Story(1).id, b"/redress/console")] == [(one.key, one.headers[HEADER_SOURCE]) for one in records]


async def test_a_case_whose_key_is_destroyed_is_told_as_before_and_never_as_nothing(console: Console) -> None:
    """What was said of it holds nothing of the customer, so it may stay; a reader is never given a tombstone."""
    await console.append(shuffled(journeys()))
    before = await console.told()
    for case_id in last(before):
        await console.keys.destroy(case_id)
    await build(console.log.partitions, console.generations, console.follow)
    async with asyncio.timeout(30):
        while len(await console.told()) < len(before) + len(last(before)):
            await asyncio.sleep(0.01)
    readers = [await console.cases.read(partition) for partition in range(console.cases.partitions)]
    values = [record.value for reader in readers for record in await reader.batch(0)]

    assert last(before) == last(await console.told())
    assert [] == [value for value in values if not value]


async def test_a_database_that_is_deleted_is_built_again_and_says_the_same(tmp_path: Path) -> None:
    """All of it again, under the ids that readers know, and nothing else."""
    settings, log = Settings(data=tmp_path / "data"), MemoryLog()
    async with running(settings, log) as console:
        await console.append(shuffled(journeys()))
        before = last(await console.told())
    rmtree(settings.data / "console")
    async with running(settings, log) as console:
        after = await console.told()

    assert before == last(after)
    assert len(before) == len(after)


async def test_names_without_measure_are_told_whole(tmp_path: Path) -> None:
    """Units and people of ids and names as long as they may be: one record a case, and its shape holds."""
    unit, name = "u" * 64, "很长的名字" * 40
    file, renamed = re.subn("(?<=id: dongqiao.lending, name: )[^,]+", name, FILE)
    file = file.replace("dongqiao.lending", unit)
    async with running(Settings(data=tmp_path), MemoryLog(), known(file + PSEUDONYMS)) as console:
        story = Story(1, changes={"matter": {"complained_unit": unit, "reason": "work_error"}})
        await console.append(story.records())
        (told,) = await console.told()

    CaseChanged.model_validate(told["data"])
    assert (1, unit) == (renamed, told["data"]["units"]["complained"])
    assert name not in orjson.dumps(told).decode()
