"""Echoes are messages that say the same again: a machine that answers letters and does not say that it is one."""

import re
from collections import OrderedDict
from hashlib import sha256

from services.intake.mail.reading.message import ReadMessage

MOST = 20_000
"""Messages that are remembered, by a hash: what a busy bank gets within a day."""
CHANGES = re.compile(r"[\d\s]+")


class Echoes:
    """Remembers who wrote what; numbers and blanks do not count, since a machine counts and dates its answers."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def heard(self, message: ReadMessage) -> bool:
        """Whether the same sender has said the same before."""
        return self._of(message) in self._known

    def remember(self, message: ReadMessage) -> None:
        """Take note of a message that was taken in."""
        self._known[self._of(message)] = None
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    @staticmethod
    def _of(message: ReadMessage) -> bytes:
        sender = message.sender.address.lower() if message.sender is not None else ""
        return sha256(f"{sender}\0{CHANGES.sub('', message.narrative)}".encode("utf-8", "replace")).digest()
