"""Logs of any length: a few hundred lives of cases as the services made them, in as many copies as are wanted.

A copy has ids, a number and a fingerprint of its own, so that no two cases share anything that tells cases apart.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count, zip_longest
from typing import Any, NamedTuple

import structlog

from ops.verify.services import SERVICES
from shared.case.numbers import number_for
from shared.contract.envelope import Event, outgoing
from shared.contract.records import Outgoing, Record
from shared.kernel.fold import Fold
from tests.support.exits import Helper
from tests.support.journey import answers, told

AT_ONCE = 200
"""Cases that go on side by side: their records lie mixed in the log."""
OWN = re.compile(
    rb"[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|\d{8}-\d{10}-\d|(?<=\"fingerprint\":\")[^\"]*"
)
"""What tells a case apart: the beginnings of ids, a case number, a fingerprint."""
ID_BYTES = 8
SPREAD = 2654435761
"""An odd factor: the ids of copies with different numbers differ, up to 2³² of them."""


class Template(NamedTuple):
    """One record with gaps: ``value`` and ``headers`` as formats, and what fills each of them by its place."""

    value: bytes
    fills_value: tuple[int, ...]
    headers: tuple[tuple[str, bytes, tuple[int, ...]], ...]


class Life:
    """A life is told again and again, each time of another case."""

    def __init__(self, records: Sequence[Outgoing]) -> None:
        self.case_id = records[0].key
        self._owned: dict[bytes, int] = {}
        self._templates = [
            Template(*self._gaps(one.value), tuple((name, *self._gaps(value)) for name, value in one.headers))
            for one in records
        ]

    def __len__(self) -> int:
        return len(self._templates)

    def _gaps(self, text: bytes) -> tuple[bytes, tuple[int, ...]]:
        found = tuple(self._owned.setdefault(one, len(self._owned)) for one in OWN.findall(text))
        return OWN.sub(b"%b", text.replace(b"%", b"%%")), found

    def case_of(self, number: int) -> str:
        """The id of the case whose life this copy is."""
        return f"{int(self.case_id[:ID_BYTES], 16) ^ _moved(number):08x}{self.case_id[ID_BYTES:]}"

    def copy(self, number: int) -> Iterator[Outgoing]:
        """The records of another case that lives like this one."""
        case_id, moved = self.case_of(number), _moved(number)
        own = [_fresh(one, case_id, moved) for one in self._owned]
        for one in self._templates:
            headers = [(name, value % tuple([own[at] for at in fills])) for name, value, fills in one.headers]
            yield Outgoing(case_id, one.value % tuple([own[at] for at in one.fills_value]), headers)


def _moved(number: int) -> int:
    """What tells the ids of this copy from those of the others."""
    return number * SPREAD & 0xFFFFFFFF


def _fresh(own: bytes, case_id: str, moved: int) -> bytes:
    """What a copy has in place of this id, number or fingerprint."""
    if len(own) == ID_BYTES:
        return b"%08x" % (int(own, 16) ^ moved)
    if own[8:9] == b"-":
        day = date(int(own[:4]), int(own[4:6]), int(own[6:8]))
        return number_for(case_id, day, lambda number: False).encode()
    return own + b"%08x" % moved


def archived(distinct: int) -> list[Life]:
    """So many lives from receipt to archive, of all channels and in several banks, each by its shortest way."""
    lives: list[Life] = []
    for seed in count():
        world = told(seed, ())
        world.settle()
        if Helper(world, answers(seed)).brings_it_home() and _can_be_copied(life := _life(world.log)):
            lives.append(life)
        if len(lives) == distinct:
            return lives
    raise AssertionError


def _life(events: Sequence[Event]) -> Life:
    return Life([outgoing(one) for one in events])


def _can_be_copied(life: Life) -> bool:
    """Whether all services read a copy, and owe nothing on it: some compute ids from others, which no copy does."""
    folds: list[Fold[Any]] = [Fold(service, 0) for service in SERVICES]
    with structlog.testing.capture_logs():
        for at, one in enumerate(life.copy(1)):
            for fold in folds:
                fold.apply(Record(0, at, one.key, one.value, dict(one.headers)))
    return not any(fold.unreadable or fold.open_work() for fold in folds)


def alive(records: Sequence[Outgoing]) -> list[Life]:
    """The lives in a log of open cases."""
    by_case: dict[str, list[Outgoing]] = {}
    for one in records:
        by_case.setdefault(one.key, []).append(one)
    return [life for life in map(Life, by_case.values()) if _can_be_copied(life)]


def copies(lives: Sequence[Life], cases: int, first: int) -> Iterator[Outgoing]:
    """The records of so many cases, each in its order, those of ``AT_ONCE`` cases mixed; ``first``: no number twice."""
    for begin in range(first, first + cases, AT_ONCE):
        numbers = range(begin, min(begin + AT_ONCE, first + cases))
        side_by_side = [lives[number % len(lives)].copy(number) for number in numbers]
        for row in zip_longest(*side_by_side):
            yield from (one for one in row if one is not None)
