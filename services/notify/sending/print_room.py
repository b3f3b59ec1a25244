"""The print room takes letters from its in-tray: a folder of PDFs, each there whole or not at all."""

import asyncio
from pathlib import Path

from services.notify.sending.mail_server import Postponed
from services.notify.sending.print_tray import DONE
from shared.sealing.durable_files import replace_file, sync_folders

NEW_FOLDERS = 3
"""The tray, the outbox and the data folder: each may have got a new entry by the first letter."""


class PrintRoom:
    """Writes letters for printing. The folder holds them readable: only the print room may look into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def take(self, message_id: str, pdf: bytes) -> None:
        """Lay a letter into the tray; durable when this returns. The same letter again replaces itself.

        Raises:
            Postponed: the tray takes nothing, such as one that is full.
        """
        try:
            await asyncio.to_thread(self._write, self._folder / f"{message_id}.pdf", pdf)
        except OSError as error:
            raise Postponed(f"{self._folder}: {error.strerror}") from error

    def _write(self, path: Path, pdf: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path.parent / DONE).mkdir(mode=0o700, exist_ok=True)  # ours, since we remove what is moved there
        replace_file(path, pdf)
        sync_folders(path.parents[:NEW_FOLDERS])
