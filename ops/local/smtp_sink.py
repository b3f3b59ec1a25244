"""A mail server and gateway for one machine: it writes every letter as an ``.eml`` file. Nothing leaves the machine.

``python -m ops.smtp_sink``: listens at BASE+26, writes to ``data/outbox``. A letter that comes a second time gets a
further file of the same name with a number, so doubled letters can be seen; what is older than REDRESS_OUTBOX_DAYS is
removed. Health and metrics are served on loopback where REDRESS_HEALTH_PORT says; what is posted there to ``/sms`` and
``/messenger`` becomes a ``.json`` file in a folder of that name.
"""

import asyncio
import contextlib
import json
import os
import re
from collections.abc import Callable, Sequence
from email.parser import BytesHeaderParser
from itertools import count
from pathlib import Path
from typing import Any, Literal

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from prometheus_client import Counter

from shared.process.logs import configure_logging
from shared.process.process_end import watched
from shared.process.retention import Kept, remove_in_time
from shared.process.rounds import Rounds
from shared.process.settings import Settings
from shared.process.signals import stop_on_signals
from shared.sealing import process_start
from shared.sealing.durable_files import draft_beside, sync_folders
from shared.web.serving import health_routes, serve

log = structlog.get_logger()
LARGEST_LETTER_BYTES = 2**20
KINDS = (("", "*.eml"), ("sms", "*.json"), ("messenger", "*.json"))
"""In which folders of the outbox letters lie, and how they are called."""
LETTERS = Counter("redress_sink_letters_total", "Letters that came to the mail server of this machine", ["outcome"])


class Outbox:
    """Writes letters. aiosmtpd calls ``handle_DATA``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = Rounds[tuple[bytes, str, str], Path](self._write)
        folder.mkdir(parents=True, exist_ok=True)

    def ready(self) -> bool:
        """Whether a letter could be written now."""
        return os.access(self._folder, os.W_OK | os.X_OK)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter on the disk before it is confirmed."""
        content = envelope.content
        return await self.keep(content if isinstance(content, bytes) else str(content).encode())

    async def keep(self, letter: bytes) -> str:
        """Write a letter; the answer to its sender. A full disk is no refusal: the letter comes again."""
        header = str(BytesHeaderParser().parsebytes(letter).get("Message-ID", "no-id"))
        place = await self.write(letter, header.partition("@")[0], "eml")
        return f"250 kept as {place.name}" if place else "451 the letter cannot be kept now"

    async def write(self, raw: bytes, id_: str, ending: str) -> Path | None:
        """Where it is kept, durably; None where it cannot be kept now."""
        try:
            place = await self._written.ask((raw, re.sub(r"[^A-Za-z0-9.-]", "", id_) or "letter", ending))
        except OSError as error:
            log.error("sink.not_kept", error=type(error).__name__)
            LETTERS.labels("put_off").inc()
            return None
        LETTERS.labels("kept").inc()
        return place

    def _write(self, letters: Sequence[tuple[bytes, str, str]]) -> list[Path | Exception]:
        """Letters that came at the same time, then one fsync of the folder that names them."""
        places = [self._place(*letter) for letter in letters]
        sync_folders([self._folder])
        return places

    def _place(self, raw: bytes, stem: str, ending: str) -> Path | Exception:
        """Under its own name only when it is whole: whoever looks into the folder never finds half a letter."""
        try:
            with draft_beside(self._folder / "letter", raw, mode=0o600) as draft:
                return self._name(draft, stem, ending)
        except OSError as error:
            return error

    def _name(self, draft: Path, stem: str, ending: str) -> Path:
        for number in count(1):
            place = self._folder / (f"{stem}.{ending}" if number == 1 else f"{stem}.{number}.{ending}")
            with contextlib.suppress(FileExistsError):
                os.link(draft, place)
                return place
        raise AssertionError("there is always a next number")


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    stop = stop_on_signals()
    outbox = Outbox(settings.data / "outbox")

    def protocol() -> Any:
        return SMTP(outbox, hostname="localhost", data_size_limit=LARGEST_LETTER_BYTES, enable_SMTPUTF8=True)

    server = await asyncio.get_running_loop().create_server(protocol, settings.host, settings.outbox_port)
    kept = [Kept(settings.data / "outbox" / folder, pattern) for folder, pattern in KINDS]
    removing = watched(remove_in_time(kept, settings.outbox_days), "old letters")
    async with server:
        if settings.health_port:
            await _serve_pages(lambda: server.is_serving() and outbox.ready(), settings, stop)
        await stop.wait()
    removing.cancel()


async def _serve_pages(ready: Callable[[], bool], settings: Settings, stop: asyncio.Event) -> None:
    """How it goes, and the gateways."""
    app = FastAPI(openapi_url=None)
    app.include_router(health_routes(ready, lambda: {"ready": ready()}))

    @app.post("/{gateway}")
    async def take(request: Request, gateway: Literal["sms", "messenger"]) -> JSONResponse:
        """Keep a message before it is confirmed."""
        raw = await request.body()
        place = await Outbox(settings.data / "outbox" / gateway).write(raw, str(json.loads(raw)["id"]), "json")
        return JSONResponse({"kept_as": place.name} if place else {}, 202 if place else 503)

    await serve(app, settings, (settings.host, settings.health_port), ready, stop)


if __name__ == "__main__":
    own_settings = process_start.begin()
    configure_logging("smtp-sink", own_settings.log_level, own_settings.log_file)
    asyncio.run(run(own_settings))
