"""A case as it was known at an instant: what was recorded by then is folded again, as it was when it came in."""

from collections.abc import Sequence

from services.console.projection.case_rows import case_row, clock_rows, duty_rows, message_rows
from services.console.projection.projected_case import BatchRows, ProjectedCase
from services.console.projection.tables import CaseRows, Row
from shared.process.pace import each


async def case_as_of(now: Row, events: Sequence[Row]) -> CaseRows | None:
    """The rows of a case after its first events; None where these hold no receipt. ``now``: its row after all.

    Others work in between: a case may have any number of events.
    """
    known = ProjectedCase(now["case_id"], now["partition"])
    await each(events, lambda event: known.restore(event, BatchRows()))
    if known.case is None:
        return None
    key = {"case_id": now["case_id"]}
    position = {"partition": now["partition"], "last_offset": known.last_offset, "blocked": known.blocked}
    duties = [_with_end(row | key, events) for row in duty_rows(known.case)]
    clocks = sorted((row | key for row in clock_rows(known.case.clocks)), key=lambda c: (c["due_us"], c["clock_id"]))
    messages = [row | key for row in message_rows(known.case.messages)]
    return CaseRows(case_row(known.case) | key | position, duties, clocks, messages)


def _with_end(duty: Row, events: Sequence[Row]) -> Row:
    """A duty with the id of the event that ended it, as the database joins it."""
    ended = duty["ended_ordinal"]
    return duty | {"ended_by": None if ended is None else events[ended]["id"]}
