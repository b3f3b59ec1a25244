"""When something happened: said by whoever enters it, within bounds, else now (contract 6, `at`)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.casework.bad_content import (
    BeforeReceipt,
    BeforeWhatItAnswers,
    InvalidCommand,
    LateWithoutProof,
    TimeAhead,
)
from services.casework.state import CaseworkState
from shared.bank.organisation import Organisation
from shared.bank.reference import Reference
from shared.bank.working_days import Calendar, calendar_of
from shared.errors import NotYet
from shared.kernel.service import Context

FUTURE_TOLERANCE = timedelta(seconds=5)
"""The clocks of two machines differ a little."""
LATE_AFTER_WORKING_DAYS = 2
"""What is entered later than this needs proof."""
CALENDAR = "cn"
ANSWERS: dict[str, tuple[str, ...]] = {
    "accept-handover": ("owned_at",),
    "refuse-handover": ("owned_at",),
    "decide": ("investigated_at",),
    "reply-customer": ("decided_at",),
    "record-satisfaction": ("decided_at",),
    "report-result": ("decided_at",),
    "confirm-result": ("reported_at", "decided_at"),
    "close": ("decided_at", "replied_at", "reported_at", "tracked_at"),
    "archive": ("ended_at",),
    "reopen": ("ended_at",),
}
"""Per command the facts that it answers, as the fields of the state that keep their time."""
STOPPING = frozenset({"decide", "settle-on-the-spot", "reply-customer", "report-result"})
"""What can stop a clock: entered after a breach as if before it, it needs proof."""


def bank_date(organisation: Organisation, instant: datetime) -> date:
    """The bank's date at an instant."""
    return instant.astimezone(ZoneInfo(organisation.bank.timezone)).date()


def happened_at(
    said: str | None, command: str, state: CaseworkState, organisation: Organisation, context: Context, proven: bool
) -> datetime:
    """When a command's fact happened.

    Raises:
        InvalidCommand: it is no time with an offset.
        TimeAhead, BeforeReceipt, BeforeWhatItAnswers, LateWithoutProof: it cannot be.
        NotYet: no calendar is published.
    """
    floors = {name: at for name in ANSWERS.get(command, ()) if (at := getattr(state, name)) is not None}
    earliest = max((state.since, *floors.values()))
    if said is None:
        return max(context.now, datetime.fromtimestamp(earliest, UTC).astimezone(context.now.tzinfo))
    at = instant(said, "/at")
    check(at, "/at", state, context.now)
    if later := tuple(sorted(name.removesuffix("_at") for name, floor in floors.items() if at.timestamp() < floor)):
        raise BeforeWhatItAnswers("/at", about=later)
    missed = command in STOPPING and state.breached_at is not None and at.timestamp() < state.breached_at
    if not proven and (missed or _late(at, organisation, context)):
        raise LateWithoutProof("/at", "/proof")
    return min(at, context.now)


def instant(said: object, pointer: str) -> datetime:
    """A time that somebody says. Raises InvalidCommand unless it is one, with its offset."""
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError as error:
        raise InvalidCommand(pointer) from error
    if found.tzinfo is None:
        raise InvalidCommand(pointer)
    return found


def check(at: datetime, pointer: str, state: CaseworkState, now: datetime) -> None:
    """A time that somebody says something happened at. Raises TimeAhead, BeforeReceipt."""
    if at > now + FUTURE_TOLERANCE:
        raise TimeAhead(pointer)
    if at.timestamp() < state.since:
        raise BeforeReceipt(pointer)


def check_attempts(attempts: Iterable[dict[str, str]], pointer: str, state: CaseworkState, now: datetime) -> None:
    """The times of attempts to reach the customer. Raises as ``check``."""
    for position, attempt in enumerate(attempts):
        at_pointer = f"{pointer}/{position}/at"
        check(instant(attempt.get("at"), at_pointer), at_pointer, state, now)


def _late(at: datetime, organisation: Organisation, context: Context) -> bool:
    earliest = _calendar(context.reference, context.now).nth_after(
        bank_date(organisation, context.now), -LATE_AFTER_WORKING_DAYS
    )
    return bank_date(organisation, at) < earliest


def _calendar(reference: Reference, now: datetime) -> Calendar:
    documents = tuple((d.content, d.version) for d in reference.all_in_force("calendar", now))
    if not documents:
        raise NotYet("No calendar is published: publish at least one.")
    return calendar_of(CALENDAR, documents)
