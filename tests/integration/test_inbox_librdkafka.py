"""The inbox, posted to and read by librdkafka: another client than ours, with other defaults of its own."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import orjson
import pytest
from confluent_kafka import Consumer, Producer

from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.contract.envelope import from_json
from shared.contract.topics import INBOX, INBOX_RESULTS, partition_of, topic_name
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.support.broker import FreshTopics, free_ports
from tests.support.processes import start, stop, until_ready

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(120)]
ANSWER_SECONDS, FLUSH_SECONDS = 40.0, 20.0
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
Headers = list[tuple[str, str | bytes | None]]


class Answer(NamedTuple):
    """An answer as it is read."""

    key: bytes | None
    data: dict[str, Any]


class Posted(NamedTuple):
    """A record to be posted."""

    key: bytes | None
    value: bytes | None
    headers: Headers


@pytest.fixture
async def inbox(fresh_topics: FreshTopics, tmp_path: Path) -> AsyncIterator[Settings]:
    """An inbox that is read by its process."""
    settings = await fresh_topics(ports=free_ports(30))
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    process = await start(settings, "services.intake.inbox.process", tmp_path / "inbox.log")
    try:
        await until_ready(settings.ports + 15, process)
        yield settings
        assert process.returncode is None, "the inbox's process ended"
    finally:
        await stop(process)


def structured(key: str, id_: str) -> Posted:
    """A complaint by one value."""
    data = {"channel": "phone", "matter": {"narrative": f"来电第 {id_} 件。", "reason": "work_error"}}
    event = {"specversion": "1.0", "id": id_, "source": "hotline", "type": "redress.ComplaintSubmitted.v1"}
    headers: Headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
    return Posted(key.encode(), orjson.dumps(event | {"data": data}), headers)


def binary(key: str, id_: str) -> Posted:
    """The same kind of complaint, its attributes as headers."""
    event = orjson.loads(structured(key, id_).value or b"")
    told: Headers = [(f"ce_{name}", said) for name, said in event.items() if name != "data"]
    return Posted(key.encode(), orjson.dumps(event["data"]), [*told, ("content-type", "application/json")])


def producer(settings: Settings, **options: str | bool) -> Producer:
    """Librdkafka's producer; nothing is set that a test does not name."""
    named = {name.replace("_", "."): value for name, value in options.items()}
    return Producer({"bootstrap.servers": settings.bootstrap} | named)


def post(by: Producer, settings: Settings, *records: Posted) -> None:
    """Post records, and wait until the brokers have them."""
    failed: list[Any] = []
    for one in records:
        by.produce(
            topic_name(settings, INBOX), one.value, one.key, headers=one.headers,
            on_delivery=lambda error, _: failed.append(error) if error else None,
        )  # fmt: skip
    assert 0 == by.flush(FLUSH_SECONDS)
    assert [] == failed


def _answers(settings: Settings, how_many: int) -> list[Answer]:
    options = {"bootstrap.servers": settings.bootstrap, "group.id": str(uuid4()), "auto.offset.reset": "earliest"}
    found: list[Answer] = []
    reader, until = Consumer(options), time.monotonic() + ANSWER_SECONDS
    reader.subscribe([topic_name(settings, INBOX_RESULTS)])
    try:
        while len(found) < how_many and time.monotonic() < until:
            record = reader.poll(0.5)
            if record is not None and record.error() is None:
                found.append(Answer(record.key(), orjson.loads(record.value() or b"")["data"]))
    finally:
        reader.close()
    return found


async def answers(settings: Settings, how_many: int) -> list[Answer]:
    """So many answers, read by librdkafka's consumer in a group of its own."""
    return await asyncio.to_thread(_answers, settings, how_many)


async def received(settings: Settings) -> set[str]:
    """The cases in the log."""
    return {from_json(one.value).subject for one in await read_topic(settings)}


async def test_both_modes_are_answered_however_they_are_compressed(inbox: Settings) -> None:
    """Under each record's own key."""
    for codec in CODECS:
        by = producer(inbox, compression_type=codec)
        for mode in (structured, binary):
            post(by, inbox, *(mode(f"{codec}-{n}", f"{mode.__name__}-{codec}-{n}") for n in range(2)))
    found = await answers(inbox, 20)

    wanted = {f"{mode}-{codec}-{n}" for mode in ("structured", "binary") for codec in CODECS for n in range(2)}
    assert {(one, 201) for one in wanted} == {(one.data["id"], one.data["status"]) for one in found}
    assert all((one.key or b"").decode() == one.data["id"].partition("-")[2] for one in found)
    assert {one.data["case_id"] for one in found} == await received(inbox)


async def test_a_key_on_another_partition_than_ours_is_answered_in_its_order(inbox: Settings) -> None:
    """Its own hash puts a key elsewhere; the answers of one key lie in one partition, in the order of its records."""
    keys = [f"key-{n}" for n in range(6)]
    ids = {key: [f"{key}.{n}" for n in range(12)] for key in keys}
    post(producer(inbox), inbox, *(structured(key, ids[key][n]) for n in range(12) for key in keys))
    post(producer(inbox), inbox, structured("", "no key to speak of")._replace(key=None))
    found = await answers(inbox, 6 * 12 + 1)
    by_key: defaultdict[bytes | None, list[str]] = defaultdict(list)
    for one in found:
        by_key[one.key].append(one.data["id"])
    places = {one.key.decode(): one.data["inbox"]["partition"] for one in found if one.key is not None}

    assert ["no key to speak of"] == by_key.pop(None)
    assert {key.encode(): said for key, said in ids.items()} == by_key
    assert any(places[key] != partition_of(key, inbox.partitions) for key in keys)


async def test_what_was_aborted_is_never_read(inbox: Settings) -> None:
    """Of an idempotent and a transactional producer: what was confirmed is answered, once."""
    post(producer(inbox, enable_idempotence=True), inbox, structured("a", "idempotent"))
    by = producer(inbox, transactional_id=str(uuid4()))
    by.init_transactions(FLUSH_SECONDS)
    for name, end in (("dropped", by.abort_transaction), ("kept", by.commit_transaction), ("late", None)):
        by.begin_transaction()
        post(by, inbox, *(structured(f"{name}-{n}", f"{name}-{n}") for n in range(8)))
        if end is not None:
            end(FLUSH_SECONDS)
    found = await answers(inbox, 9)
    before = {one.data["id"] for one in found}
    by.abort_transaction(FLUSH_SECONDS)
    post(producer(inbox), inbox, structured("z", "afterwards"))
    then = await answers(inbox, 10)

    assert {"idempotent", *(f"kept-{n}" for n in range(8))} == before
    assert before | {"afterwards"} == {one.data["id"] for one in then}
    assert {one.data["case_id"] for one in then} == await received(inbox)
    await until_kept(inbox)


async def until_kept(settings: Settings) -> None:
    """Wait until the place that is kept is beyond everything, also what nobody is handed."""
    log = KafkaLog(settings, INBOX)
    try:
        ends = {str(partition): end for partition, end in (await log.ends()).items()}
    finally:
        await log.stop()
    async with asyncio.timeout(ANSWER_SECONDS), httpx.AsyncClient() as client:
        page = f"http://127.0.0.1:{settings.ports + 15}/internal/settled"
        while (await client.get(page)).json()["inbox"] != ends:
            await asyncio.sleep(0.1)


async def test_an_odd_record_is_answered_and_holds_up_nobody(inbox: Settings) -> None:
    """What a client may send and a JSON library never would: headers that are null, or no text, or there twice."""
    good, last = binary("no type", "odd"), binary("good", "good")
    odd = {
        "null": [(name, None if name == "ce_id" else said) for name, said in good.headers],
        "no text": [(name, b"\xff" if name == "ce_source" else said) for name, said in good.headers],
        "twice": [*good.headers, ("ce_id", "another")],
        "no type": [(name, None if name == "content-type" else said) for name, said in good.headers],
    }
    post(producer(inbox), inbox, *(good._replace(key=name.encode(), headers=said) for name, said in odd.items()))
    endless = Posted(b"k" * 1_047_900, None, [])  # its answer would be larger than the brokers take
    post(producer(inbox, message_max_bytes="2000000"), inbox, endless)
    post(producer(inbox), inbox, last)
    found = {one.key: one.data["status"] for one in await answers(inbox, 6)}

    assert {b"null": 400, b"no text": 400, b"twice": 400, None: 413, b"no type": 201, b"good": 201} == found
