"""Counts the acknowledgements that one address gets in a day: whoever submits gives it, so it may be anybody's.

The count lies here and not in a decision: only the sender knows the address, and no decision reads another case. It is
a bound and no fact: if it is lost, it begins anew. An address is kept as a keyed hash for two days; the key never
leaves this file.
"""

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

PLACE = Path("notify") / "acknowledgements.sqlite"
KEPT = timedelta(days=2)
TABLES = """
CREATE TABLE IF NOT EXISTS secret (key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sent (message_id TEXT PRIMARY KEY, day TEXT NOT NULL, address BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS by_address ON sent (address, day);
"""


class TooManyToAddress(Exception):
    """This address got as many acknowledgements today as one address gets. The address is not part of the message."""


@dataclass(frozen=True, slots=True)
class AddressLimit:
    """At most ``per_day`` acknowledgements for one address, in all processes of one data folder."""

    data: Path
    per_day: int

    def admit(self, address: str, message_id: str, day: date) -> None:
        """Count a message, once whatever is repeated; durable before it returns. Raises TooManyToAddress."""
        with self._open() as kept:
            if kept.execute("SELECT 1 FROM sent WHERE message_id = ?", (message_id,)).fetchone():
                return
            kept.execute("DELETE FROM sent WHERE day < ?", ((day - KEPT).isoformat(),))
            hashed = hmac.new(_key(kept), _mailbox(address).encode(), hashlib.sha256).digest()
            counted = "SELECT count(*) FROM sent WHERE address = ? AND day = ?"
            if kept.execute(counted, (hashed, day.isoformat())).fetchone()[0] >= self.per_day:
                raise TooManyToAddress
            kept.execute("INSERT INTO sent VALUES (?, ?, ?)", (message_id, day.isoformat(), hashed))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        place = self.data / PLACE
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(place, timeout=10, isolation_level=None)) as kept:
            place.chmod(0o600)
            kept.executescript(TABLES)
            kept.execute("BEGIN IMMEDIATE")
            try:
                yield kept
            finally:
                kept.execute("COMMIT")


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
