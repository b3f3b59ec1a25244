"""``redress rebuild verify``: every service's live fold and the console's database against an independent fold."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from ops.local.reading import event_of, read_topic
from ops.local.status import processes
from ops.verify import naive_console, naive_fold, signatures
from shared.contract.events import parse
from shared.contract.records import Record
from shared.errors import Unreadable
from shared.process.settings import Settings

FOLDING = ("routing", "casework", "sla", "notify", "console")


@dataclass
class Verification:
    """What was compared, and everything that differs."""

    events: int = 0
    cases: int = 0
    fields: int = 0
    signed: int = 0
    from_before: int = 0
    differences: list[str] = field(default_factory=list)


async def verify(settings: Settings) -> Verification:
    """Read the whole log, validate every event in full, fold it naively, compare with what the services hold.

    A record that cannot be read is a difference; its case is blocked in every service, so it is not compared.
    """
    records, proofs = await read_topic(settings), await signatures.check(settings)
    result = Verification(
        events=len(records), signed=proofs.signed, from_before=proofs.from_before, differences=proofs.faults
    )
    blocked = {record.key for record in records if not _readable(record, result.differences)}
    bodies = [record.value for record in records if record.key not in blocked]
    expected = naive_fold.fold(bodies) | {"console": naive_console.console(bodies)}
    live = await _live(settings)
    result.cases = len(expected["routing"])
    for service in FOLDING:
        found = {case: state for case, state in live[service].items() if case not in blocked}
        result.fields += naive_fold.fields(expected[service])
        result.differences += naive_fold.differences(expected[service], found, f"/{service}")
    return result


def _readable(record: Record, lines: list[str]) -> bool:
    try:
        parse(event_of(record))
    except Unreadable as error:
        lines.append(error.detail)
        return False
    return True


async def _live(settings: Settings) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {service: {} for service in FOLDING}
    async with httpx.AsyncClient(timeout=60) as client:
        for row in processes(settings):
            if row["name"] in found:
                found[row["name"]] |= (await client.get(f"{row['internal']}/internal/cases")).json()
    return found
