"""What is there in the end: read from the log, the mail server and the callers, by nothing of the product."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contract.topics import EVENTS, topic_name
from shared.log.kafka_client import client_options
from shared.process.settings import Settings
from tests.oracle.log import faults

ACKNOWLEDGEMENT = "acknowledgement"


class Written(NamedTuple):
    """One record of the log as a committed reader gets it, and when the broker took it, in seconds of the epoch."""

    at: float
    partition: int
    body: dict[str, Any]

    @property
    def type(self) -> str:
        """The event's name."""
        return str(self.body["type"]).split(".")[1]


async def read_log(settings: Settings) -> list[Written]:
    """Every committed record of every partition of the log."""
    consumer = AIOKafkaConsumer(
        **client_options(settings),
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="none",
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic_name(settings, EVENTS), p) for p in range(settings.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        found: list[Written] = []
        while any([await consumer.position(p) < ends[p] for p in partitions]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [
                    Written(record.timestamp / 1000, record.partition, json.loads(record.value)) for record in records
                ]
        return found
    finally:
        await consumer.stop()


def lost_or_twice(log: Sequence[Written], cases: Mapping[str, str]) -> list[str]:
    """Every complaint that was answered is exactly one case, every event id is there once, every case is answered."""
    bodies = [json.dumps(one.body).encode() for one in log]
    found = faults(bodies, len(cases), ("ComplaintReceived", "CaseRouted"))
    found += [f"event {id_} is there {n} times" for id_, n in Counter(w.body["id"] for w in log).items() if n > 1]
    received = {one.body["subject"] for one in log if one.type == "ComplaintReceived"}
    found += [f"complaint {key} was taken, and is in no log" for key, case in cases.items() if case not in received]
    if len(set(cases.values())) != len(cases):
        found.append("two complaints share a case")
    acknowledged = Counter(one.body["subject"] for one in log if acknowledges(one))
    found += [
        f"case {case} was acknowledged {acknowledged[case]} times" for case in received if acknowledged[case] != 1
    ]
    return found


def acknowledges(one: Written) -> bool:
    """Whether it says that an acknowledgement went out."""
    return one.type == "MessageSent" and one.body["data"]["kind"] == ACKNOWLEDGEMENT


def unsent(log: Sequence[Written], taken: Counter[str]) -> list[str]:
    """Every sending that began has ended, and what was sent lies at the mail server."""
    started = {one.body["data"]["message_id"] for one in log if one.type == "MessageSendStarted"}
    sent = Counter(one.body["data"]["message_id"] for one in log if one.type == "MessageSent")
    ended = {one.body["data"]["message_id"] for one in log if one.type in ("MessageFailed", "MessageSuppressed")}
    at_server = {plain(id_) for id_ in taken}
    found = [f"sending {m} never ended" for m in started - set(sent) - ended]
    found += [f"letter {m} was recorded {n} times" for m, n in sent.items() if n > 1]
    found += [f"letter {m} is not at the mail server" for m in set(sent) - at_server]
    return found + [f"letter {m} is not in the log" for m in at_server - set(sent)]


def sent_again(log: Sequence[Written], taken: Counter[str]) -> dict[str, float]:
    """Letters that the mail server took more than once; how long each sending was open, in seconds."""
    doubled = {plain(id_) for id_, n in taken.items() if n > 1}
    began, ended = ({one.body["data"]["message_id"]: one.at for one in log if one.type == type_}
                    for type_ in ("MessageSendStarted", "MessageSent"))  # fmt: skip
    return {id_: ended.get(id_, 0.0) - began.get(id_, 0.0) for id_ in doubled}


def plain(message_id: str) -> str:
    """The id of a letter in a Message-ID, which names its case too."""
    return message_id.strip("<>").split("@")[0].split(".")[0]
