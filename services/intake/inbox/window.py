"""The window on the inbox: what was read of it and is not answered, in memory or passed over for now. Pure.

Each source has a line, and so has each key that is held up: a line holds so many records in memory, of those behind it
only places are kept, and they are read again when it is their turn. So the reader gets on to what others posted.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from services.intake.inbox.cloud_events import PostedRecord

MOST_IN_MEMORY = 200
"""Records in memory, of all lines: what is away for everybody fills it, and nothing more is read."""
MOST_OF_ONE_LINE = 50
"""Of one source: it fills a quarter of the memory however much it posts."""
MOST_AHEAD = 10_000
"""So far a partition is read beyond its first unanswered record: after a crash that many may be answered again, and
a place takes some 300 bytes.
"""


class RecordPlace(NamedTuple):
    """Where a record lies, and which records it goes behind."""

    partition: int
    offset: int
    key: bytes

    @classmethod
    def of(cls, record: PostedRecord) -> "RecordPlace":
        """Records of one key go one after the other; one without a key goes alone."""
        said = b"key " + record.key if record.key is not None else f"{record.partition}:{record.offset}".encode()
        return cls(record.partition, record.offset, sha256(said).digest()[:16])


@dataclass
class _Line:
    most: int = MOST_OF_ONE_LINE
    in_memory: int = 0
    coming: int = 0
    behind: deque[RecordPlace] = field(default_factory=deque)

    @property
    def full(self) -> bool:
        return self.in_memory + self.coming >= self.most


class Window:
    """Who reads asks it what to read, and tells it what was read and answered."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, _Line] = {}
        self._line_of: dict[bytes, Hashable] = {}
        self._of_key: Counter[bytes] = Counter()
        self._unanswered: dict[int, OrderedDict[int, int]] = {}
        self._read: dict[int, int] = {}

    @property
    def in_memory(self) -> int:
        """Records in memory, or about to be."""
        return sum(line.in_memory + line.coming for line in self._lines.values())

    @property
    def waiting(self) -> int:
        """Records that are read and not answered."""
        return sum(map(len, self._unanswered.values()))

    @property
    def oldest_ms(self) -> int | None:
        """When the brokers took the oldest of them, in milliseconds of the epoch."""
        return min((next(iter(found.values())) for found in self._unanswered.values() if found), default=None)

    def read_to(self, positions: Mapping[int, int]) -> None:
        """So far each partition was read, and told."""
        self._read |= positions

    def places(self) -> dict[int, int]:
        """Per partition the offset before which everything is answered."""
        found = {p: next(iter(rows), None) for p, rows in self._unanswered.items()}
        return {p: at if (first := found.get(p)) is None else first for p, at in self._read.items()}

    def room(self) -> int:
        """How many records may be read now."""
        return max(0, MOST_IN_MEMORY - self.in_memory)

    def open(self) -> list[int]:
        """The partitions that may be read now."""
        return [p for p, at in self.places().items() if self._read[p] - at < MOST_AHEAD]

    def take(self, record: PostedRecord, source: str) -> bool:
        """A record was read: whether it is to be worked on now. Else it is passed over."""
        place = RecordPlace.of(record)
        self._unanswered.setdefault(place.partition, OrderedDict())[place.offset] = record.taken_ms
        line = self._line(self._line_of.setdefault(place.key, source))
        self._of_key[place.key] += 1
        if line.full or line.behind or line.coming or not self.room():
            line.behind.append(place)
            return False
        line.in_memory += 1
        return True

    def hold(self, key: bytes, others: Iterable[PostedRecord]) -> None:
        """The first record of a key is held up: the key gets a line of its own, and gives up ``others`` in memory."""
        name, before = ("held", key), self._line(self._line_of[key])
        line, given_up = self._line(name), [RecordPlace.of(one) for one in others]
        moved = [place for place in before.behind if place.key == key]
        before.behind = deque(place for place in before.behind if place.key != key)
        before.in_memory -= 1 + len(given_up)
        line.in_memory += 1
        line.behind = deque(sorted((*line.behind, *given_up, *moved)))
        line.most, old, self._line_of[key] = 1, self._line_of[key], name
        self._tidy(old)

    def due(self) -> Iterator[tuple[Hashable, list[RecordPlace]]]:
        """By line the places that are to be read again now; each is to be told of, as ``back`` or as ``gone``."""
        for name, line in list(self._lines.items()):
            free = line.most - line.in_memory
            if line.coming or not line.behind or free < min(len(line.behind), (line.most + 1) // 2):
                continue
            if places := [line.behind.popleft() for _ in range(min(free, len(line.behind), self.room()))]:
                line.coming = len(places)
                yield name, places

    def back(self, name: Hashable, place: RecordPlace) -> bool:
        """A record that was due is read: whether it is to be worked on now. Its key may have been held up meanwhile.

        If its key has a line of its own already, those that came before it may have been given up meanwhile: it goes
        behind them.
        """
        self._lines[name].coming -= 1
        mine = self._line_of[place.key]
        line = self._line(mine)
        overtakes = bool(line.behind) and line.behind[0].key == place.key and line.behind[0] < place
        room = mine == name or not (line.full or line.behind or line.coming)
        now = room and not overtakes
        if now:
            line.in_memory += 1
        else:
            line.behind = deque(sorted((*line.behind, place)))
        self._tidy(name)
        return now

    def gone(self, name: Hashable, place: RecordPlace) -> None:
        """A record that was due is there no more: its topic keeps so long what nobody answered."""
        self._lines[name].coming -= 1
        self._forget(place)
        self._tidy(name)

    def answered(self, place: RecordPlace) -> None:
        """A record in memory was answered."""
        name = self._line_of[place.key]
        line = self._lines[name]
        line.in_memory -= 1
        line.most = MOST_OF_ONE_LINE
        self._forget(place)
        self._tidy(name)

    def _forget(self, place: RecordPlace) -> None:
        del self._unanswered[place.partition][place.offset]
        self._of_key[place.key] -= 1
        if not self._of_key[place.key]:
            del self._of_key[place.key], self._line_of[place.key]

    def _line(self, name: Hashable) -> _Line:
        return self._lines.setdefault(name, _Line())

    def _tidy(self, name: Hashable) -> None:
        line = self._lines[name]
        if not (line.in_memory or line.coming or line.behind):
            del self._lines[name]
