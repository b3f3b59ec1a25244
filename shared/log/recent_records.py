"""The records that came by last are kept for a while, so that nobody fetches again what was just read."""

from collections import OrderedDict
from collections.abc import Sequence

from shared.contract.records import Position, Record

RECENT_BYTES = 8 * 2**20
"""Some thousands of records: what a case's first letters tell of lies among them."""
BESIDES_BYTES = 1024
"""What a record takes in memory besides its body: key, headers, proofs, its place here."""


class RecentRecords:
    """Keeps records up to so many bytes; the oldest leave first."""

    def __init__(self, most_bytes: int = RECENT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Position, Record] = OrderedDict()

    def add(self, records: Sequence[Record]) -> None:
        """Keep what was read."""
        for record in records:
            if record.at not in self._kept:
                self._kept[record.at] = record
                self._bytes += BESIDES_BYTES + len(record.value)
        while self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= BESIDES_BYTES + len(oldest.value)

    def pick(self, partition: int, offsets: Sequence[int]) -> dict[int, Record]:
        """Those of these records that are still there, by offset."""
        places = [Position(partition, offset) for offset in offsets]
        return {place.offset: self._kept[place] for place in places if place in self._kept}
