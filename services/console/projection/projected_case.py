"""One case while records of it are projected: its folded state, what it has seen, and the rows that came of it."""

from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from services.console.projection.case_rows import counted
from services.console.projection.hops import NOWHERE, HopStanding
from services.console.projection.instants import micros
from services.console.projection.standing import standing_of
from services.console.projection.state import FOLDS, TIMELINE_ONLY, ShownCase, fold
from services.console.projection.tables import SINCE, Row
from services.console.statistics.counted_case import FOREVER, CountedCase
from shared.case.lateness import Lateness
from shared.contract.envelope import Event, from_json, name_and_version
from shared.contract.ids import is_case
from shared.contract.records import HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Record
from shared.contract.upcasting import upcast
from shared.errors import Unreadable
from shared.kernel.packed_ids import PACKED_BYTES, contains, ordinal_of, packed

NO_TYPE = ""
"""Type of a record whose headers are not those of an event: nothing will ever be able to read it."""


class ArrivedRecord(NamedTuple):
    """A record came in with these headers, and with an event if its body can be read."""

    id: str
    type: str
    offset: int
    event: Event | None
    why_not: str | None


def arrived(record: Record) -> ArrivedRecord:
    """Read a record without judging what it means."""
    try:
        id_, type_ = record.headers[HEADER_ID].decode(), record.headers[HEADER_TYPE].decode()
        record.headers[HEADER_SOURCE]
        packed(id_)
    except (KeyError, ValueError) as error:
        why = f"its headers are not those of an event: {error!r}"
        return ArrivedRecord(f"unreadable-{record.partition}-{record.offset}", NO_TYPE, record.offset, None, why)
    try:
        return ArrivedRecord(id_, type_, record.offset, _storable(from_json(record.value)), None)
    except (Unreadable, ValueError, TypeError) as error:
        return ArrivedRecord(id_, type_, record.offset, None, f"its body cannot be read: {error}")


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
class BatchRows:
    """A batch adds these rows to the database besides those of its cases, in log order."""

    events: list[Row] = field(default_factory=list)
    undone: list[Row] = field(default_factory=list)
    counted: dict[tuple[str, int], Row] = field(default_factory=dict)
    replaced: list[Row] = field(default_factory=list)
    restated: list[Row] = field(default_factory=list)

    def count_anew(self, row: Row, before: int | None) -> None:
        """Count a case in another way from now on; the way before it held until then."""
        if before is not None:
            pending = self.counted.get((row["case_id"], before))
            if pending is not None:
                pending["known_to"] = row["known_from"]
            else:
                self.replaced.append({"of_case": row["case_id"], "of_ordinal": before, "until": row["known_from"]})
        self.counted[(row["case_id"], row["ordinal"])] = row


@dataclass(slots=True)
class ProjectedCase:
    """A case takes in its records. ``seen`` packs the ids of its events in order.

    The database holds ``written``; it counts the case as ``standing`` says, and knows ``since`` when it misses what.
    """

    case_id: str
    partition: int
    case: ShownCase | None = None
    written: ShownCase | None = None
    blocked: str | None = None
    seen: bytes = b""
    known_us: int = 0
    last_offset: int = -1
    counted: CountedCase | None = None
    counted_ordinal: int | None = None
    announced: bool = False
    overtaken: int = 0
    standing: HopStanding = NOWHERE
    since: dict[str, int] = field(default_factory=dict)
    lateness: Lateness = field(default_factory=Lateness)

    @property
    def version(self) -> int:
        """How many events it has: one more with each of them."""
        return len(self.seen) // PACKED_BYTES

    @property
    def counting(self) -> int:
        """How many of its events count."""
        return self.version - self.overtaken

    @property
    def life(self) -> str | None:
        """The state it is in, once it was received."""
        return self.case.core.life if self.case is not None else None

    def take(self, record: Record, changes: BatchRows, *, refused: bool = False) -> bool:
        """Take in a record; False if it was there already. ``refused``: the database does not take what it says."""
        found = arrived(record)
        if refused:
            found = found._replace(event=None, why_not="the database refuses what it says")
        if found.type != NO_TYPE and contains(self.seen, packed(found.id)):
            return False
        ordinal = self._next(found.id)
        if found.event is not None:
            self.known_us = max(self.known_us, micros(found.event.recordedtime))
        self.last_offset = found.offset
        before = self.life
        overtaken = self._apply(found, ordinal, changes)
        changes.events.append(self._row(found, ordinal, overtaken) | self._lived(before))
        return True

    def restore(self, row: Row, changes: BatchRows) -> None:
        """Fold an event that the database holds: the same as when it came in."""
        ordinal = self._next(row["id"])
        event = None if row["data"] is None else _event(self.case_id, row)
        self.known_us, self.last_offset = row["known_us"], row["offset"]
        why, before = None if event is not None else "its body cannot be read", self.life
        if self._apply(ArrivedRecord(row["id"], row["type"], row["offset"], event, why), ordinal, changes):
            changes.undone.append({"of_case": self.case_id, "of_ordinal": ordinal})
        lived = self._lived(before)
        if any(row[name] != said for name, said in lived.items()):
            place = {"of_case": self.case_id, "of_ordinal": ordinal}
            changes.restated.append(place | {"left_in": lived["state"], "came_to": lived["entered"]})

    def stand(self, now: int) -> tuple[HopStanding, HopStanding]:
        """Note how the case stands (``now``: microseconds of the system clock): how it stood before, and stands."""
        before, after = self.standing, standing_of(self.case, self.blocked)
        if before != after:
            self.standing, self.since = after, {gap: self.since.get(gap, now) for gap in after.missing}
        return before, after

    def place_row(self) -> Row:
        """The columns of table ``case`` that no folded state says: how far it came, since when it misses what."""
        since = {name: self.since.get(gap) for gap, name in SINCE.items()}
        place = {"case_id": self.case_id, "partition": self.partition, "last_offset": self.last_offset}
        counts = {"blocked": self.blocked, "version": self.version, "events": self.counting}
        return place | counts | since | {"last_fact_us": self.known_us if self.standing.open else None}

    def _next(self, id_: str) -> int:
        """Give the next event its ordinal; a record whose id is no event's gets one too, under bytes that no id has."""
        ordinal = self.version
        self.seen += b"\0" * PACKED_BYTES if id_.startswith("unreadable-") else packed(id_)
        return ordinal

    def _place_of(self, id_: str) -> int:
        """Where an event lies among those of the case; -1 for what is none of them."""
        try:
            return ordinal_of(self.seen, id_)
        except ValueError:
            return -1

    def _apply(self, found: ArrivedRecord, ordinal: int, changes: BatchRows) -> bool:
        """Fold one event; whether it is without effect. Whatever goes wrong blocks this case only."""
        if self.blocked is not None:
            return False
        if not is_case(self.case_id):
            return False
        if found.event is None:
            self.blocked = found.why_not
            return False
        try:
            if found.event.name not in FOLDS:
                known = found.event.name in TIMELINE_ONLY
                self.blocked = None if known else f"{found.type} is not known to this version"
                self.lateness.hear(found.event, self._place_of)
                return False
            event = upcast(found.event)
            basis = ordinal_of(self.seen, event.basisid)
            late = self.lateness.take(event, self._place_of)
            folded = fold(self.case, event.at(ordinal, basis), late)
            count = counted(folded.case) if folded.case and folded.case is not self.case else self.counted
        except Exception as error:  # noqa: BLE001 - whatever it is, it blocks its case only
            self.blocked = f"{found.type} cannot be folded: {error!r}"
            return False
        self.case = folded.case
        self.overtaken += folded.overtaken + len(folded.undone)
        changes.undone += [{"of_case": self.case_id, "of_ordinal": undone} for undone in folded.undone]
        if count is not None and count != self.counted:
            row = count._asdict() | {"case_id": self.case_id, "ordinal": ordinal}
            changes.count_anew(row | {"known_from": self.known_us, "known_to": FOREVER}, self.counted_ordinal)
            self.counted, self.counted_ordinal = count, ordinal
        return folded.overtaken

    def _lived(self, before: str | None) -> Row:
        """What an event left it in, and whether it came to that by it."""
        return {"state": self.life, "entered": self.life if self.life != before else None}

    def _row(self, found: ArrivedRecord, ordinal: int, overtaken: bool) -> Row:
        event = found.event
        return {
            "case_id": self.case_id,
            "ordinal": ordinal,
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
