"""A bare consumer that appends each record of the inbox to another topic, durably: beside it the inbox is measured.

``python -m bench.bare_inbox``, configured by the environment like every process of Redress. It appends where nobody
folds: its records are no events.
"""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from fastapi import FastAPI

from shared.contract.topics import INBOX, INBOX_RESULTS, topic_name
from shared.log.kafka_client import client_options, start
from shared.process import logs, signals
from shared.process.process_end import watched
from shared.process.settings import Settings
from shared.web import serving

AT_ONCE = 200


async def copy(settings: Settings) -> None:
    """Copy for ever: each record acknowledged by the brokers before its place is kept."""
    consumer = AIOKafkaConsumer(
        topic_name(settings, INBOX), **client_options(settings), group_id="bare-inbox", enable_auto_commit=False,
        auto_offset_reset="earliest", isolation_level="read_committed", max_poll_records=AT_ONCE,
    )  # fmt: skip
    producer = AIOKafkaProducer(
        **client_options(settings), enable_idempotence=True, acks="all", compression_type="zstd"
    )
    await start(consumer, settings)
    await start(producer, settings)
    results = topic_name(settings, INBOX_RESULTS)
    while True:
        found = await consumer.getmany(timeout_ms=500)
        records = [one for several in found.values() for one in several]
        await asyncio.gather(*(producer.send_and_wait(results, one.value, key=one.key) for one in records))
        if records:
            await consumer.commit()


async def main() -> None:
    """Copy, and serve the health page of the inbox, until SIGTERM."""
    settings = Settings()
    logs.configure_logging("bare-inbox", "warning")
    app, stop = FastAPI(openapi_url=None), signals.stop_on_signals()
    app.include_router(serving.health_routes(lambda: True, dict))
    copying = watched(copy(settings), "copy")
    await serving.serve(app, settings, (settings.host, settings.ports + 15), lambda: True, stop)
    copying.cancel()


if __name__ == "__main__":
    asyncio.run(main())
