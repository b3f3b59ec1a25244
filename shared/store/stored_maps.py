"""Stored maps look up what was made of the log by key: in a file, but for what is not written down yet.

Values are tuples with types that nobody changes, so what is taken to be written down needs no copy. Without a file all
of it stays in memory.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from shared.contract.records import HEADER_ID, Record
from shared.process.pace import Pace
from shared.store.store_file import Change, Kept, StoreFile, UpTo
from shared.store.typed_rows import StoreDamaged, reader, shape_of, write

V = TypeVar("V")
Ruined = Callable[[StoreFile, StoreDamaged], NoReturn]
MANY = 5_000
"""Records after which it is time to write down what was made of them."""


class Taken(NamedTuple):
    """What is not written down: up to where, rows by id, and kept values by kind and id, None for what is gone."""

    places: Mapping[int, UpTo]
    rows: dict[str, Any]
    kept: dict[tuple[str, str], Any]
    records: int


class StoredMaps:
    """The maps of one process, in one file: see ``Content``.

    ``version`` is raised when the same events make others. ``ruined`` hears of what cannot be read, and ends it.
    """

    missing = False

    def __init__(self, version: int, ruined: Ruined, *, committed: bool) -> None:
        self.file: StoreFile | None = None
        self.some, self.many = asyncio.Event(), asyncio.Event()
        self.unwritten = 0
        self.committed = committed
        self.places: dict[int, UpTo] = {}
        self.changed: dict[str, Any] = {}
        self.kept_changes: dict[tuple[str, str], Any] = {}
        self.ruined = ruined
        self._version = version
        self._taken: Mapping[str, Any] = {}
        self._types: list[Any] = []
        self._kept: dict[str, KeptMap[Any]] = {}

    def map(self, name: str, type_: Any) -> "StoredMap[Any]":
        """A map with values of a type that are looked up one by one."""
        self._types.append(type_)
        return StoredMap(self, name, type_)

    def kept_map(self, name: str, type_: Any) -> "KeptMap[Any]":
        """A map with few values of a type, all of them in memory."""
        self._types.append(type_)
        self._kept[name] = found = KeptMap[Any](self, name, type_)
        return found

    @property
    def shape(self) -> str:
        """What its rows mean."""
        return shape_of(self._version, self._types)

    def took(self, record: Record) -> None:
        """A record was taken in: what was made of it is in the maps."""
        self.places[record.partition] = UpTo(record.offset + 1, record.offset, record.headers.get(HEADER_ID) or b"")
        self.unwritten += 1
        if self.unwritten == 1:
            self.some.set()
        elif self.unwritten == MANY:
            self.many.set()

    def look_up(self, id_: str) -> Any:
        """The value of an id, if it is not written down yet; else None."""
        return self.changed.get(id_) or self._taken.get(id_)

    def decoded(self, kept: Kept) -> Mapping[str, Mapping[str, Any]]:
        """See ``Content``."""
        self.places = dict(kept.places)
        return {name: {id_: one.read(row) for id_, row in kept.of(name)} for name, one in self._kept.items()}

    async def go_on(self, known: Mapping[str, Mapping[str, Any]]) -> None:
        """See ``Content``."""
        for name, values in known.items():
            self._kept[name].go_on(values)

    def take(self) -> Taken:
        """See ``Content``."""
        taken = Taken(dict(self.places), self.changed, self.kept_changes, self.unwritten)
        self._taken, self.changed, self.kept_changes, self.unwritten = self.changed, {}, {}, 0
        self.some.clear()
        self.many.clear()
        return taken

    async def change(self, taken: Taken) -> Change:
        """See ``Content``."""
        pace, rows = Pace(), []
        kept: list[tuple[str, str, bytes | None]] = []
        for id_, value in taken.rows.items():
            await pace.step()
            rows.append((id_, write(value)))
        for (kind, id_), value in taken.kept.items():
            await pace.step()
            kept.append((kind, id_, None if value is None else write(value)))
        return Change(taken.places, rows, kept)

    async def written(self, taken: Taken) -> None:
        """See ``Content``."""
        pace = Pace()
        while taken.rows:
            await pace.step()
            taken.rows.popitem()

    def not_written(self, taken: Taken) -> None:
        """See ``Content``."""
        self.changed, self._taken = {**taken.rows, **self.changed}, {}
        self.kept_changes = {**taken.kept, **self.kept_changes}
        self.unwritten += taken.records
        self.some.set()


class StoredMap(Generic[V]):
    """A map by key, whose rows are read one by one. Nothing ever leaves it. Values are tuples that are not empty."""

    def __init__(self, maps: StoredMaps, name: str, type_: Any) -> None:
        self._maps = maps
        self._before = f"{name}/"
        self._read = reader(type_)

    def get(self, key: str) -> V | None:
        """The value of a key."""
        id_, file = self._before + key, self._maps.file
        found: V | None = self._maps.look_up(id_)
        if found is not None or file is None:
            return found
        try:
            row = file.row(id_)
            return None if row is None else self._read(row)
        except StoreDamaged as error:
            self._maps.ruined(file, error)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __setitem__(self, key: str, value: V) -> None:
        self._maps.changed[self._before + key] = value


class KeptMap(Generic[V]):
    """A map by key of which all is in memory, in the order in which it came."""

    def __init__(self, maps: StoredMaps, name: str, type_: Any) -> None:
        self._maps = maps
        self._name = name
        self._values: dict[str, V] = {}
        self.read = reader(type_)

    def go_on(self, values: Mapping[str, V]) -> None:
        """Know what is written down."""
        self._values = dict(values)

    def items(self) -> Iterator[tuple[str, V]]:
        """All keys with their values."""
        return iter(self._values.items())

    def __len__(self) -> int:
        return len(self._values)

    def __setitem__(self, key: str, value: V) -> None:
        self._values[key] = self._maps.kept_changes[self._name, key] = value

    def pop(self, key: str) -> None:
        """Let go of a key, if it is there."""
        if self._values.pop(key, None) is not None:
            self._maps.kept_changes[self._name, key] = None
