"""An invented kind of duty at work in a copy of the house: run as a module, it prints what becomes of it."""

import sys
from datetime import timedelta
from typing import Any

import orjson

from ops.tables import reference
from shared.case.sentences import tell
from shared.contract.events import EventData
from shared.contract.events.casework import InvestigationRecorded
from shared.contract.events.sla import ClockMet, ClockStarted
from tests.support.casework import INVESTIGATION, Case
from tests.support.facts import NOW, event, names
from tests.support.sla_case import TEXT, SlaCase


def told(data: EventData) -> list[str]:
    """The sentences of a fact."""
    happened = event(data)
    return list(tell(happened, names()).values())


def seen(kind: str) -> dict[str, Any]:
    """Route a complaint by telephone, start the clock of the duty, let the handler do what discharges it."""
    case, sla = Case(), SlaCase()
    (owed,) = case.core.open_duties(kind)
    started = next(f.data for f in sla.said if isinstance(f.data, ClockStarted) and f.data.milestone == kind)
    case.does("luo.tian", "accept-handover")
    done = case.does("luo.tian", "record-investigation", **INVESTIGATION)
    investigated = sla.act(
        InvestigationRecorded,
        NOW + timedelta(hours=1),
        ends=(kind,),
        findings=TEXT,
        fault=TEXT,
        persons_responsible=TEXT,
    )
    met = next(data for data in sla.tell(investigated) if isinstance(data, ClockMet) and data.milestone == kind)
    return {
        "debtor": owed.terms.debtor.person,
        "due_on": str(started.deadline.due_on),
        "ended": {end.kind: end.state for end in done.duties_ended},
        "open": [duty.terms.kind for duty in case.core.open_duties(kind)],
        "in_time": met.in_time,
        "sentences": [*told(started), *told(met)],
        "table": next(line for line in reference.duties().splitlines() if f"`{kind}`" in line),
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(seen(sys.argv[1])))
