"""Counts the acknowledgements that one address gets in a day: whoever submits gives it, so it may be anybody's.

The count lies here and not in a decision: only the sender knows the address, and no decision reads another case. It is
a bound and no fact: if it is lost, it begins anew. An address is kept as a keyed hash for two days; the key never
leaves this file.
"""

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from shared.process.rounds import Rounds

PLACE = Path("notify") / "acknowledgements.sqlite"
KEPT = timedelta(days=2)
BUSY_SECONDS = 10
"""Two processes may share the file: one waits for the other at most this long."""
TABLES = """
CREATE TABLE IF NOT EXISTS secret (key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sent (message_id TEXT PRIMARY KEY, day TEXT NOT NULL, address BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS by_address ON sent (address, day);
"""


class TooManyToAddress(Exception):
    """This address got as many acknowledgements today as one address gets. The address is not part of the message."""


class Letter(NamedTuple):
    """An acknowledgement that is about to leave for an address on a day of the bank."""

    address: str
    message_id: str
    day: date


class AddressLimit:
    """At most ``per_day`` acknowledgements for one address, in all processes of one data folder.

    Those that leave at the same time are counted in one commit.
    """

    def __init__(self, data: Path, per_day: int) -> None:
        self._place = data / PLACE
        self._per_day = per_day
        self._kept: sqlite3.Connection | None = None
        self._counted = Rounds[Letter, None](self._count)

    async def admit(self, address: str, message_id: str, day: date) -> None:
        """Count a message, once whatever is repeated; durable before it returns. Raises TooManyToAddress."""
        await self._counted.ask(Letter(address, message_id, day))

    def _count(self, letters: Sequence[Letter]) -> list[TooManyToAddress | None]:
        kept = self._kept = self._kept or self._opened()
        kept.execute("BEGIN IMMEDIATE")
        try:
            answers = [self._admitted(kept, letter) for letter in letters]
            kept.execute("COMMIT")
        except BaseException:
            if kept.in_transaction:  # of a full disk SQLite has rolled back by itself
                kept.execute("ROLLBACK")
            raise
        return answers

    def _admitted(self, kept: sqlite3.Connection, letter: Letter) -> TooManyToAddress | None:
        if kept.execute("SELECT 1 FROM sent WHERE message_id = ?", (letter.message_id,)).fetchone():
            return None
        kept.execute("DELETE FROM sent WHERE day < ?", ((letter.day - KEPT).isoformat(),))
        hashed = hmac.new(_key(kept), _mailbox(letter.address).encode(), hashlib.sha256).digest()
        counted = "SELECT count(*) FROM sent WHERE address = ? AND day = ?"
        if kept.execute(counted, (hashed, letter.day.isoformat())).fetchone()[0] >= self._per_day:
            return TooManyToAddress()
        kept.execute("INSERT INTO sent VALUES (?, ?, ?)", (letter.message_id, letter.day.isoformat(), hashed))
        return None

    def _opened(self) -> sqlite3.Connection:
        """The file, on whichever thread a round runs: no two do at once."""
        self._place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = sqlite3.connect(self._place, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._place.chmod(0o600)
        kept.execute("PRAGMA journal_mode=WAL")
        kept.execute("PRAGMA synchronous=FULL")  # a commit is on the disk before a letter leaves
        kept.executescript(TABLES)
        return kept


def _key(kept: sqlite3.Connection) -> bytes:
    found = kept.execute("SELECT key FROM secret").fetchone()
    if found is None:
        found = (secrets.token_bytes(32),)
        kept.execute("INSERT INTO secret VALUES (?)", found)
    return bytes(found[0])


def _mailbox(address: str) -> str:
    """The mailbox behind an address: letter case and what follows a ``+`` lead to the same one."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
