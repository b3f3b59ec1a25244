"""A bare FastAPI endpoint that appends the body it is sent, durably, and answers: what intake is measured against.

``python -m bench.bare``, configured by the environment like every process of Redress. It appends where nobody folds:
its records are no events.
"""

import asyncio
from uuid import uuid4

from fastapi import FastAPI, Request

from shared.contract.records import EventLog, Outgoing
from shared.contract.topics import INBOX
from shared.log.kafka_log import KafkaLog
from shared.process import event_loop, logs, signals
from shared.process.settings import Settings
from shared.web import serving


def bare(log: EventLog) -> FastAPI:
    """The endpoint, at intake's own path."""
    app = FastAPI(openapi_url=None)
    app.include_router(serving.health_routes(lambda: True, dict))

    @app.post("/v1/complaints/phone", status_code=201)
    async def append(request: Request) -> dict[str, int]:
        position = (await log.append([Outgoing(str(uuid4()), await request.body(), [])]))[0]
        return {"offset": position.offset}

    return app


async def main() -> None:
    """Serve at intake's port until SIGTERM."""
    settings = Settings()
    logs.configure_logging("bare", "warning")
    log = KafkaLog(settings, INBOX)
    stop = signals.stop_on_signals()
    await serving.serve(bare(log), settings, (settings.host, settings.ports + 1), lambda: True, stop)
    await log.stop()


if __name__ == "__main__":
    event_loop.install()
    asyncio.run(main())
