"""One case, told from the log: one sentence per event, in Chinese and English."""

from datetime import datetime
from typing import Any

from ops.local.reading import event_of, read_topic
from ops.verify import naive_fold
from services.console.http.unsealing import CLOSED, replaced
from services.console.projection.state import ShownCase, fold
from shared.bank.bank_day import BankDay
from shared.case.lateness import lateness
from shared.case.letter_readers import readers
from shared.case.numbers import UnknownCase, checked
from shared.case.sentences import Names, tell
from shared.contract.envelope import Event, to_json
from shared.contract.events.base import Sealed, Unsealed
from shared.contract.ids import UUID_LENGTH
from shared.contract.topics import partition_of
from shared.process.settings import Settings


async def events_of(settings: Settings, case: str, as_of: datetime | None) -> list[Event]:
    """A case's events in log order, by id or number, straight from the log.

    Raises:
        UnknownCase, BadCaseNumber, Unreadable
    """
    if len(case) == UUID_LENGTH:
        records = await read_topic(settings, partition=partition_of(case, settings.partitions))
        found = [event_of(r) for r in records if r.key == case]
    else:
        number = checked(case).encode()
        records = await read_topic(settings)
        keys = {r.key for r in records if number in r.value and event_of(r).data.get("case_number") == case}
        found = [event_of(r) for r in records if r.key in keys]
    unique = list({event.id: event for event in found}.values())
    if not unique:
        raise UnknownCase
    return recorded_by(unique, as_of) if as_of else unique


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
