"""One case, told from the log: one sentence per event, in Chinese and English."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from ops.local.reading import HowFar, event_of, of_case, reading, unheard
from ops.verify import naive_fold
from services.console.http.unsealing import CLOSED, replaced
from services.console.projection.state import ShownCase, fold
from shared.bank.bank_day import BankDay
from shared.case.lateness import lateness
from shared.case.letter_readers import readers
from shared.case.numbers import UnknownCase, checked
from shared.case.sentences import Names, tell
from shared.contract.envelope import Event, to_json
from shared.contract.events import parse
from shared.contract.events.base import Sealed, Unsealed
from shared.contract.ids import UUID_LENGTH, is_case
from shared.contract.letters import type_of_record
from shared.contract.records import Record
from shared.contract.topics import partition_of
from shared.errors import Unreadable
from shared.process.settings import Settings

UNTOLD: dict[str, Any] = {
    "event_id": None, "time": None, "recordedtime": None, "actor": None, "data": None, "overtaken": False,
    "sentence": {"zh": "此记录无法读取。", "en": "This record cannot be read."},
}  # fmt: skip
"""The entry of a record that cannot be read: nothing of it is known for sure."""


class Unread(NamedTuple):
    """A record of a case that this version cannot read; ``behind``: how many events of the case lie before it."""

    record: Record
    behind: int

    def told(self) -> dict[str, Any]:
        """What can be said of it without reading it."""
        return {"log": str(self.record.at), "type": type_of_record(self.record)}


class ToldCase(NamedTuple):
    """A case straight from the log: its events in order, what of it cannot be read, and all its records."""

    case: str
    events: list[Event]
    unread: list[Unread]
    records: Sequence[Record] = ()


def check_named(case: str) -> bool:
    """Whether a subject is named by its id, and not by the number of a case. Raises BadCaseNumber: by neither."""
    by_id = len(case) == UUID_LENGTH or not is_case(case)
    return by_id or not checked(case)


async def case_id_of(settings: Settings, case: str, told: HowFar = unheard) -> str:
    """The id of a case by its number; whatever else stands for a subject, such as an id, as it is.

    Raises:
        UnknownCase, BadCaseNumber
    """
    if check_named(case):
        return case
    number = case.encode()
    async with reading(settings, told=told, only=lambda _, value: number in value) as records:
        async for record in records:
            with suppress(Unreadable):
                if event_of(record).data.get("case_number") == case:
                    return record.key
    raise UnknownCase


async def told_of(settings: Settings, case: str, as_of: datetime | None, told: HowFar = unheard) -> ToldCase:
    """A case by id or number, straight from the log; what nobody can read of it hides nothing else.

    Raises:
        UnknownCase, BadCaseNumber
    """
    of = await case_id_of(settings, case, told)
    partition = partition_of(of, settings.partitions)
    async with reading(settings, partition=partition, told=told, only=of_case(of)) as found:
        records = [record async for record in found]
    events: dict[str, Event] = {}
    unread: list[Unread] = []
    for record in records:
        try:
            event = event_of(record)
            parse(event)
        except Unreadable:
            unread.append(Unread(record, len(events)))
        else:
            events.setdefault(event.id, event)
    if not records:
        raise UnknownCase
    if as_of is None:
        return ToldCase(of, list(events.values()), unread, records)
    known = recorded_by(list(events.values()), as_of)
    return ToldCase(of, known, [one for one in unread if one.behind < len(known)], records)


def recorded_by(events: list[Event], as_of: datetime) -> list[Event]:
    """Those recorded by an instant. Raises UnknownCase: none was, so the case did not exist for anybody."""
    found = [event for event in events if event.recorded_at <= as_of]
    if not found:
        raise UnknownCase(f"Nothing of this case was recorded by {as_of.isoformat()}: name a later time.")
    return found


def entries(events: list[Event], names: Names) -> list[dict[str, Any]]:
    """The timeline: per event who, when, and one sentence in both languages. Sealed fields stay sealed.

    ``overtaken`` events stand in the log without effect (``shared.case.crossings``); ``late`` says of others how late
    they were, and whose doing that was (``shared.case.lateness``).
    """
    without_effect, whom, late = overtaken(events), readers(events), lateness(events)
    return [
        {
            "event_id": event.id,
            "type": event.type,
            "time": event.time,
            "recordedtime": event.recordedtime,
            "actor": event.actor,
            "sentence": tell(event, names, whom),
            "data": replaced(event.data, _as_stored),
            "overtaken": event.id in without_effect,
            "late": late[event.id]._asdict() if event.id in late else None,
        }
        for event in events
    ]


def with_unread(rows: list[dict[str, Any]], unread: list[Unread]) -> list[dict[str, Any]]:
    """The timeline with what cannot be read at its own places."""
    found = list(rows)
    for one in reversed(unread):
        found.insert(one.behind, UNTOLD | one.told())
    return found


def _as_stored(value: Sealed | Unsealed) -> dict[str, str]:
    """A sealed value as it lies in the log; of one that lies there in the clear only what it is."""
    return value.model_dump() if isinstance(value, Sealed) else {"label": value.label, "text": CLOSED}


def overtaken(events: list[Event]) -> set[str]:
    """The ids of a case's events that are without effect, also of those that came first and lost theirs.

    Where an event cannot be folded the case is blocked in every service: from there on nothing is said of any.
    """
    places = {event.id: place for place, event in enumerate(events)}
    case: ShownCase | None = None
    found: set[str] = set()
    for place, event in enumerate(events):
        try:
            folded = fold(case, event.at(place, places.get(event.basisid or "", -1)))
        except ValueError:
            break
        case = folded.case
        found.update(events[undone].id for undone in folded.undone)
        if folded.overtaken:
            found.add(event.id)
    return found


def all_of(told: ToldCase) -> dict[str, Any]:
    """What is told of a case, and what of it cannot be read; without its receipt nothing can be said of the rest."""
    received = bool(told.events) and told.events[0].name == "ComplaintReceived"
    found = shown(told.events) if received else {"case_id": told.case}
    return found | ({"unreadable": [one.told() for one in told.unread]} if told.unread else {})


def shown(events: list[Event]) -> dict[str, Any]:
    """A case's owners, duties, clock and letters as they stand after these events."""
    receipt = events[0].data
    case = events[0].subject
    folded = naive_fold.fold(to_json(event) for event in events)
    return {
        "case_id": case,
        "case_number": receipt["case_number"],
        "channel": receipt["channel"],
        "received_at": receipt["received_at"],
        **{key: value for key, value in folded["routing"][case].items() if key != "routed_by"},
        **folded["sla"][case],
        **folded["notify"][case],
    }


def local(instant: str, day: BankDay) -> str:
    """An instant as the bank reads it."""
    return day.local(datetime.fromisoformat(instant)).strftime("%Y-%m-%d %H:%M")
