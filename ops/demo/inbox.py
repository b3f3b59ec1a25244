"""One complaint by Kafka, as a channel system posts it to the inbox, and the answer that it reads there."""

import asyncio
import json
from datetime import datetime
from typing import Any

from ops.local.reading import read_topic
from shared.contract.records import Outgoing
from shared.contract.topics import INBOX, INBOX_RESULTS
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings

ID = "kafka-2026"
ASKED_TIMES, SECONDS_BETWEEN = 60, 0.5


def submission(at: datetime) -> dict[str, Any]:
    """The CloudEvent of one call at the hotline."""
    matter = {
        "narrative": "热线系统转来：信用卡账单重复计息。",
        "reason": "work_error",
        "complained_unit": "dongqiao.lending",
    }
    who = {"name": "癸某3", "phone": "0000-5552110", "email": "kafka@customer.example"}
    data = {"channel": "phone", "received_at": at.isoformat(), "complainant": who, "matter": matter}
    return {
        "specversion": "1.0", "id": ID, "source": "hotline", "type": "redress.ComplaintSubmitted.v1", "data": data,
    }  # fmt: skip


async def post(settings: Settings, at: datetime) -> list[dict[str, Any]]:
    """Post it twice, as a system does that heard no answer; the data of both answers.

    Raises:
        TimeoutError: the inbox did not answer.
    """
    body = json.dumps(submission(at)).encode()
    record = Outgoing(ID, body, [("content-type", b"application/cloudevents+json; charset=UTF-8")])
    log = KafkaLog(settings, INBOX)
    try:
        for _ in range(2):
            await log.append([record])
    finally:
        await log.stop()
    for _ in range(ASKED_TIMES):
        answers = [json.loads(one.value)["data"] for one in await read_topic(settings, INBOX_RESULTS, proven=False)]
        if len(answers) >= 2:
            return answers
        await asyncio.sleep(SECONDS_BETWEEN)
    raise TimeoutError("complaints.inbox was not answered: look into `redress status`, at intake-inbox")
