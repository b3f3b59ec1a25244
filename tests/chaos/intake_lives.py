"""The processes of intake in lives that end at a bomb, each on the same ports as the one before."""

import asyncio
from typing import Final

from services.intake.http import process as http
from services.intake.inbox import process as inbox
from services.intake.mail import process as mail
from shared.process import bombs
from shared.process.settings import Settings

PROCESSES: Final = {"intake": http.run, "mail": mail.run, "inbox": inbox.run}


def run(settings: Settings, name: str) -> None:
    """One life of a process: until a bomb goes off, or SIGTERM."""
    bombs.arm(settings.bombs)
    asyncio.run(PROCESSES[name](settings))
