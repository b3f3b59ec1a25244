"""A letter tells one limit: the bank's own, or that of the clock it is about; and which one its reader knows. Pure."""

from datetime import date, datetime
from typing import Any, NamedTuple

from services.notify.letters.dossier import CaseDossier, is_of_own_clock
from services.notify.letters.kinds import TELL_DATE
from shared.contract.events.notify import CustomerRecipient, Recipient

CLOCK_FACTS = ("ClockWarned", "TargetPassed", "ClockBreached")


class Limit(NamedTuple):
    """Dates a limit that a letter names."""

    due_on: date
    due_at: datetime
    target_on: date | None


def limit_at_issue(dossier: CaseDossier) -> Limit | None:
    """That of the clock that the letter is about; of the bank's own where it is about none."""
    fact = dossier.cause.data
    if dossier.cause.name in CLOCK_FACTS:
        target = fact.get("target_on")
        return Limit(
            date.fromisoformat(fact["due_on"]),
            datetime.fromisoformat(fact["due_at"]),
            date.fromisoformat(target) if target else None,
        )
    found = dossier.limit
    return Limit(found.due_on, found.due_at, found.target_on) if found else None


def told_before(dossier: CaseDossier, reader: Recipient) -> date | None:
    """The last day of the limit as somebody was told it last, by a letter that was decided before this one."""
    told, limit = None, None
    for event in dossier.events:
        if is_of_own_clock(event):
            limit = date.fromisoformat(event.data["deadline"]["due_on"])
        elif event.name == "MessageSendStarted" and event.data["kind"] in TELL_DATE:
            told = limit if _same_reader(event.data["recipient"], reader) else told
    return told


def _same_reader(data: dict[str, Any], reader: Recipient) -> bool:
    """Whether a stored recipient is this one; a customer is the customer at whichever address."""
    if isinstance(reader, CustomerRecipient):
        return "address" in data
    return data == reader.model_dump(mode="json")
