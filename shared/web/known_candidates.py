"""The candidates that the log tells of: what became of each, and which receipts name one without its saying so. Pure.

Partitions are read side by side, so a receipt may be met before the candidate that it names, and two receipts of two
cases in either order: which case counts is what the candidate's own partition says first, the same for everybody.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from shared.contract.envelope import Event
from shared.contract.records import Record
from shared.store.stored_maps import KeptMap, StoredMap, StoredMaps


class Naming(NamedTuple):
    """A receipt that names a candidate: its case, the event, and who submitted it."""

    case_id: str
    case_number: str
    event_id: str
    actor: str


class IndexedCandidate(NamedTuple):
    """What is known of a candidate. ``digest`` tells it apart from another one under the same key.

    ``named_by``: the receipts that name it. ``told``: the cases that its own confirmations name, in the order of the
    log. ``last``: the offset of what was last said of it. ``dropped_by``: the cause of its dropping, ``drop_digest``
    what was said then.
    """

    id: str
    unit: str
    channel: str
    event_id: str
    digest: bytes
    partition: int
    last: int
    reported_at: str
    named_by: tuple[Naming, ...] = ()
    told: tuple[str, ...] = ()
    dropped_by: str | None = None
    drop_digest: bytes = b""

    @property
    def state(self) -> str:
        """Whether it is open, confirmed or dropped; where both crossed, the case counts."""
        return "confirmed" if self.named_by or self.told else "dropped" if self.dropped_by else "open"


class Waiting(NamedTuple):
    """How many candidates nobody has decided on, and when the first of them was reported."""

    candidates: int
    oldest: str | None


def digest_of(data: dict[str, Any]) -> bytes:
    """The digest of an event's data. Sealing is repeatable, so the same content has the same digest."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).digest()


class KnownCandidates:
    """Keeps them by id; which of them are open, and which have confirmations unsaid, is kept whole."""

    def __init__(self, maps: StoredMaps) -> None:
        self._known: StoredMap[IndexedCandidate] = maps.map("candidate", IndexedCandidate)
        self._naming: StoredMap[tuple[Naming, ...]] = maps.map("naming", tuple[Naming, ...])
        self._open: KeptMap[str] = maps.kept_map("open_candidate", str)
        self._unsaid: KeptMap[tuple[Naming, ...]] = maps.kept_map("unsaid", tuple[Naming, ...])

    def get(self, id_: str) -> IndexedCandidate | None:
        """The candidate of an id."""
        return self._known.get(id_)

    def apply(self, event: Event, record: Record) -> None:
        """A candidate, or what became of it; of a report and a dropping the first counts."""
        data, id_ = event.data, event.data["candidate"]
        known = self._known.get(id_)
        if event.name == "CandidateReported" and known is None:
            known = IndexedCandidate(
                id_, data["unit"], data["channel"], event.id, digest_of(data), record.partition, record.offset,
                event.recordedtime, self._naming.get(id_) or (),
            )  # fmt: skip
        elif event.name == "CandidateDropped" and known is not None and known.dropped_by is None:
            known = known._replace(dropped_by=event.causationid, drop_digest=digest_of(data), last=record.offset)
        elif event.name == "CandidateConfirmed" and known is not None and data["case_id"] not in known.told:
            known = known._replace(told=(*known.told, data["case_id"]), last=record.offset)
        else:
            return
        self._put(known)

    def named_in(self, event: Event, case_number: str) -> None:
        """The receipt that names a candidate confirms it."""
        named = (event.data.get("details") or {}).get("candidate")
        if named is None:
            return
        before = self._naming.get(named) or ()
        if event.subject in {one.case_id for one in before}:
            return
        after = (*before, Naming(event.subject, case_number, event.id, event.actor))
        self._naming[named] = after
        if (known := self._known.get(named)) is not None:
            self._put(known._replace(named_by=after))

    def _put(self, known: IndexedCandidate) -> None:
        self._known[known.id] = known
        if known.state == "open":
            self._open[known.id] = known.reported_at
        else:
            self._open.pop(known.id)
        if unsaid := tuple(one for one in known.named_by if one.case_id not in known.told):
            self._unsaid[known.id] = unsaid
        else:
            self._unsaid.pop(known.id)

    def unsaid(self) -> Iterator[tuple[IndexedCandidate, Naming]]:
        """The candidates that a receipt names and that do not say so themselves, each with the receipt."""
        for id_, naming in self._unsaid.items():
            if (known := self._known.get(id_)) is not None:
                yield from ((known, one) for one in naming)

    def waiting(self) -> Waiting:
        """What nobody has decided on."""
        reported = [at for _, at in self._open.items()]
        return Waiting(len(reported), min(reported, default=None))
