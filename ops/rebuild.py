"""``redress rebuild verify``: the live folds of every service against an independent fold of the log."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from ops import naive_fold
from ops.reading import read_topic
from ops.status import processes
from shared.envelope import from_json
from shared.events import parse
from shared.settings import Settings
from shared.upcasting import upcast

FOLDING = ("routing", "casework", "sla", "notify")


@dataclass
class Verification:
    """What was compared, and everything that differs."""

    events: int = 0
    cases: int = 0
    fields: int = 0
    differences: list[str] = field(default_factory=list)


async def verify(settings: Settings) -> Verification:
    """Read the whole log, validate every event in full, fold it naively, compare with what the services hold."""
    bodies = [record.value for record in await read_topic(settings)]
    result = Verification(events=len(bodies))
    for body in bodies:
        parse(upcast(from_json(body)))
    expected = naive_fold.fold(bodies)
    live = await _live(settings)
    result.cases = len(expected["routing"])
    for service in FOLDING:
        result.fields += naive_fold.fields(expected[service])
        result.differences += naive_fold.differences(expected[service], live[service], f"/{service}")
    return result


async def _live(settings: Settings) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {service: {} for service in FOLDING}
    async with httpx.AsyncClient(timeout=60) as client:
        for row in processes(settings):
            if row["name"] in found:
                found[row["name"]] |= (await client.get(f"{row['internal']}/internal/cases")).json()
    return found
