"""Room for messages in memory: so many bytes of all of them together, and of one no more than may be."""

from dataclasses import dataclass, field

from shared.process import metrics

MESSAGE_LIMIT_BYTES = 30 * 2**20


class Full(Exception):
    """All room is taken: the message comes again."""


@dataclass(slots=True)
class Room:
    """Counts the bytes that are held."""

    most: int
    held: int = 0

    def take(self, size: int) -> None:
        """Count so many bytes more. Raises Full."""
        if self.held + size > self.most:
            raise Full
        self.held += size
        metrics.MAIL_BYTES_HELD.set(self.held)

    def give_back(self, size: int) -> None:
        """They are held no more."""
        self.held -= size
        metrics.MAIL_BYTES_HELD.set(self.held)


@dataclass(slots=True)
class Draft:
    """A message that is coming in. Once it is refused, the rest of it is read and dropped."""

    room: Room
    limit: int = MESSAGE_LIMIT_BYTES
    refusal: str | None = None
    content: bytearray = field(default_factory=bytearray)
    _counted: int = 0
    _dropped: int = 0

    def add(self, piece: bytes) -> None:
        """Take the next piece in."""
        if self.refusal is None and len(self.content) + len(piece) > self.limit + 2:
            self._refuse("552")
        if self.refusal is None:
            try:
                self.room.take(len(piece))
            except Full:
                self._refuse("452")
            else:
                self._counted += len(piece)
                self.content += piece
        if self.refusal is not None:
            self._dropped += len(piece)

    @property
    def endless(self) -> bool:
        """Whether so much was dropped that nobody means it."""
        return self._dropped > 2 * self.limit

    def _refuse(self, code: str) -> None:
        self.refusal = code
        self.end()

    def end(self) -> None:
        """Give back what was counted."""
        self.content = bytearray()
        self.room.give_back(self._counted)
        self._counted = 0
