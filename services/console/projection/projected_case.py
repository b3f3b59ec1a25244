"""One case while records of it are projected: its folded state, what it has seen, and the rows that came of it."""

from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from services.console.projection.case_rows import FOREVER, Fact, Row, fact_of
from services.console.projection.state import FOLDS, TIMELINE_ONLY, Case, fold, micros
from shared.contract.envelope import HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Event, from_json, name_and_version
from shared.contract.records import Record
from shared.contract.upcasting import upcast
from shared.errors import Unreadable
from shared.kernel.packed_ids import PACKED_BYTES, contains, ordinal_of, packed

NO_TYPE = ""
"""Type of a record whose headers are not those of an event: nothing will ever be able to read it."""


class Arrived(NamedTuple):
    """A record as it came in: what the headers say, and the event if its body can be read."""

    id: str
    type: str
    offset: int
    event: Event | None
    why_not: str | None


def arrived(record: Record) -> Arrived:
    """Read a record without judging what it means."""
    try:
        id_, type_ = record.headers[HEADER_ID].decode(), record.headers[HEADER_TYPE].decode()
        record.headers[HEADER_SOURCE]
        packed(id_)
    except (KeyError, ValueError) as error:
        why = f"its headers are not those of an event: {error!r}"
        return Arrived(f"unreadable-{record.partition}-{record.offset}", NO_TYPE, record.offset, None, why)
    try:
        return Arrived(id_, type_, record.offset, _storable(from_json(record.value)), None)
    except (Unreadable, ValueError, TypeError) as error:
        return Arrived(id_, type_, record.offset, None, f"its body cannot be read: {error}")


def _storable(event: Event) -> Event:
    """The event, if a database takes its envelope. Raises Unreadable, ValueError, TypeError."""
    name_and_version(event.type)
    if not isinstance(event.data, dict):
        raise TypeError("its data are no object")
    envelope: tuple[object, ...] = (
        event.source, event.time, event.recordedtime, event.causationid, event.basisid or "", event.actor,
    )  # fmt: skip
    if not all(isinstance(value, str) and "\0" not in value for value in envelope):
        raise ValueError("an attribute of its envelope is no text")
    micros(event.recordedtime)
    return event


@dataclass(slots=True)
class Changes:
    """What a batch adds to the database besides the rows of its cases: in log order."""

    events: list[Row] = field(default_factory=list)
    undone: list[Row] = field(default_factory=list)
    facts: dict[tuple[str, int], Row] = field(default_factory=dict)
    replaced: list[Row] = field(default_factory=list)

    def new_fact(self, row: Row, before: int | None) -> None:
        """A fact replaces the one before it, which was known until then."""
        if before is not None:
            pending = self.facts.get((row["case_id"], before))
            if pending is not None:
                pending["known_to"] = row["known_from"]
            else:
                self.replaced.append({"of_case": row["case_id"], "of_seq": before, "until": row["known_from"]})
        self.facts[(row["case_id"], row["seq"])] = row


@dataclass(slots=True)
class Entry:
    """A case. ``written`` is the state that the database holds; ``seen`` are the marks of its events, by place."""

    case_id: str
    partition: int
    case: Case | None = None
    written: Case | None = None
    blocked: str | None = None
    seen: bytes = b""
    known_us: int = 0
    last_offset: int = -1
    fact: Fact | None = None
    fact_seq: int | None = None
    announced: bool = False

    def take(self, record: Record, changes: Changes, *, refused: bool = False) -> bool:
        """Take in a record; False if it was there already. ``refused``: the database does not take what it says."""
        found = arrived(record)
        if refused:
            found = found._replace(event=None, why_not="the database refuses what it says")
        if found.type != NO_TYPE and contains(self.seen, packed(found.id)):
            return False
        seq = self._next(found.id)
        if found.event is not None:
            self.known_us = max(self.known_us, micros(found.event.recordedtime))
        self.last_offset = found.offset
        overtaken = self._apply(found, seq, changes)
        changes.events.append(self._row(found, seq, overtaken))
        return True

    def restore(self, row: Row, changes: Changes) -> None:
        """Fold an event that the database holds: the same as when it came in."""
        seq = self._next(row["id"])
        event = None if row["data"] is None else _event(self.case_id, row)
        self.known_us, self.last_offset = row["known_us"], row["offset"]
        why = None if event is not None else "its body cannot be read"
        if self._apply(Arrived(row["id"], row["type"], row["offset"], event, why), seq, changes):
            changes.undone.append({"of_case": self.case_id, "of_seq": seq})

    def _next(self, id_: str) -> int:
        """The place of the next event. An id that is no event's still takes one, under a mark that nothing has."""
        seq = len(self.seen) // PACKED_BYTES
        self.seen += b"\0" * PACKED_BYTES if id_.startswith("unreadable-") else packed(id_)
        return seq

    def _apply(self, found: Arrived, seq: int, changes: Changes) -> bool:
        """Fold one event; whether it is without effect. Whatever goes wrong blocks this case only."""
        if self.blocked is not None:
            return False
        if found.event is None:
            self.blocked = found.why_not
            return False
        try:
            if found.event.name not in FOLDS:
                known = found.event.name in TIMELINE_ONLY
                self.blocked = None if known else f"{found.type} is not known to this version"
                return False
            event = upcast(found.event)
            basis = ordinal_of(self.seen, event.basisid)
            folded = fold(self.case, event.at(seq, basis))
            fact = fact_of(folded.case) if folded.case and folded.case is not self.case else self.fact
        except Exception as error:  # noqa: BLE001 - whatever it is, it blocks its case only
            self.blocked = f"{found.type} cannot be folded: {error!r}"
            return False
        self.case = folded.case
        changes.undone += [{"of_case": self.case_id, "of_seq": place} for place in folded.undone]
        if fact is not None and fact != self.fact:
            row = fact._asdict() | {"case_id": self.case_id, "seq": seq}
            changes.new_fact(row | {"known_from": self.known_us, "known_to": FOREVER}, self.fact_seq)
            self.fact, self.fact_seq = fact, seq
        return folded.overtaken

    def _row(self, found: Arrived, seq: int, overtaken: bool) -> Row:
        event = found.event
        return {
            "case_id": self.case_id,
            "seq": seq,
            "id": found.id,
            "partition": self.partition,
            "offset": found.offset,
            "type": found.type,
            "source": event.source if event else None,
            "time": event.time if event else None,
            "recordedtime": event.recordedtime if event else None,
            "known_us": self.known_us,
            "actor": event.actor if event else None,
            "causationid": event.causationid if event else None,
            "basisid": event.basisid if event else None,
            "data": orjson.dumps(event.data).decode() if event else None,
            "overtaken": overtaken,
        }


def _event(case_id: str, row: Row) -> Event:
    return Event(
        id=row["id"],
        source=row["source"],
        type=row["type"],
        subject=case_id,
        time=row["time"],
        recordedtime=row["recordedtime"],
        causationid=row["causationid"],
        correlationid=case_id,
        basisid=row["basisid"],
        actor=row["actor"],
        data=orjson.loads(row["data"]),
    )
