"""A mail server for one machine: it takes every letter and writes it as an ``.eml`` file. Nothing leaves the machine.

``python -m ops.smtp_sink``: listens at BASE+26, writes to ``data/outbox``. A letter that comes a second time gets a
further file of the same name with a number, so doubled letters can be seen.
"""

import asyncio
import os
import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.observability import configure_logging, stop_on_signals
from shared.settings import Settings

LARGEST_LETTER_BYTES = 2**20


class Outbox:
    """Writes letters. aiosmtpd calls ``handle_DATA``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter on the disk before it is confirmed."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        place = await asyncio.to_thread(self._write, raw)
        return f"250 kept as {place.name}"

    def _write(self, raw: bytes) -> Path:
        header = str(message_from_bytes(raw, policy=default).get("Message-ID", "no-id"))
        stem = re.sub(r"[^A-Za-z0-9.-]", "", header.partition("@")[0]) or "letter"
        number = 1
        while True:
            place = self._folder / (f"{stem}.eml" if number == 1 else f"{stem}.{number}.eml")
            try:
                descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                number += 1
                continue
            with os.fdopen(descriptor, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            return place


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    stop = stop_on_signals()
    outbox = Outbox(settings.data / "outbox")

    def protocol() -> Any:
        return SMTP(outbox, hostname="localhost", data_size_limit=LARGEST_LETTER_BYTES, enable_SMTPUTF8=True)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", settings.outbox_port)
    async with server:
        await stop.wait()


if __name__ == "__main__":
    configure_logging("smtp-sink")
    asyncio.run(run(Settings()))
