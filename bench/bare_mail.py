"""A bare aiosmtpd that appends the message it is sent, durably, and answers: beside it the listener is measured.

``python -m bench.bare_mail``, configured by the environment like every process of Redress. It appends where nobody
folds: its records are no events.
"""

import asyncio
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI

from shared.contract.records import EventLog, Outgoing
from shared.contract.topics import INBOX
from shared.log.kafka_log import KafkaLog
from shared.process import logs, signals
from shared.process.settings import Settings
from shared.web import serving


class Appending:
    """What aiosmtpd calls."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Append the message before it is confirmed."""
        content: Any = envelope.content
        await self._log.append([Outgoing(str(uuid4()), content, [])])
        return "250 taken"


async def main() -> None:
    """Serve at the listener's ports until SIGTERM."""
    settings = Settings()
    logs.configure_logging("bare-mail", "warning")
    log, stop = KafkaLog(settings, INBOX), signals.stop_on_signals()
    app = FastAPI(openapi_url=None)
    app.include_router(serving.health_routes(lambda: True, dict))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Appending(log), hostname="bare", loop=loop), settings.host, settings.ports + 25
    )
    async with server:
        await serving.serve(app, settings, (settings.host, settings.ports + 28), lambda: True, stop)
    await log.stop()


if __name__ == "__main__":
    asyncio.run(main())
