"""A bare loop answers every receipt with the same bytes: what a worker's throughput is measured against.

It reads and appends as a worker does, in transactions of the same size, but folds and decides nothing, and does not
read back what it appended. ``python -m bench.bare_loop``, configured by the environment like every process of Redress.
"""

import asyncio

from fastapi import FastAPI

from shared.contract.envelope import Event, outgoing, type_of
from shared.contract.events.routing import DutiesAdded
from shared.contract.records import HEADER_TYPE, SOURCE_PREFIX, EventLog, Outgoing
from shared.log.kafka_log import KafkaLog
from shared.process import event_loop, garbage, logs, signals
from shared.process.settings import Settings
from shared.web import serving
from tests.support.echo import receipt

WAIT_SECONDS = 1.0
RECEIVED = b"redress.ComplaintReceived.v"


def answer() -> Outgoing:
    """What echo answers, to nobody in particular."""
    asked = receipt("6b8c377f-9b40-5112-9b53-05e90e3c61d1")
    data = DutiesAdded(duties_opened=(), reason="receipt").model_dump(mode="json")
    type_ = type_of("DutiesAdded", DutiesAdded.version)
    made: Event = asked._replace(source=f"{SOURCE_PREFIX}routing", type=type_, basisid=asked.id, data=data)
    return outgoing(made)


async def follow(log: EventLog, partition: int, at_once: int) -> None:
    """Answer a partition for ever."""
    said, reader, writer = answer(), await log.read(partition), log.writer("bare", partition)
    await writer.start()
    while True:
        read = [one for one in await reader.batch(WAIT_SECONDS) if one.headers[HEADER_TYPE].startswith(RECEIVED)]
        for at in range(0, len(read), at_once):
            await writer.append([Outgoing(one.key, said.value, [*said.headers]) for one in read[at : at + at_once]])


async def main() -> None:
    """Answer all partitions until SIGTERM."""
    settings = Settings()
    logs.configure_logging("bare", "warning")
    log, stop = KafkaLog(settings), signals.stop_on_signals()
    app = FastAPI(openapi_url=None)
    with garbage.loading():  # from here on Python looks for garbage as seldom as in a worker
        app.include_router(serving.health_routes(lambda: True, dict))
    following = [asyncio.create_task(follow(log, one, settings.batch_triggers)) for one in range(log.partitions)]
    await serving.serve(app, settings, (settings.host, settings.health_port), lambda: True, stop)
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    await log.stop()


if __name__ == "__main__":
    event_loop.install()
    asyncio.run(main())
