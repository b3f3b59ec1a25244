"""``redress rebuild verify``: every service's live fold and the console's database against an independent fold."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx

from ops.local import dead_letters
from ops.local.reading import event_of, reading
from ops.local.status import processes
from ops.verify import naive_console, naive_fold, signatures
from ops.verify.blocked_cases import Blocked, blocked_cases
from shared.contract.events import parse
from shared.contract.records import Record
from shared.errors import Unreadable
from shared.process.settings import Settings

BEHIND = "not compared, it has not read the log up to its end (`redress status` says what it waits for)"
FOLDING = ("routing", "casework", "sla", "notify", "console")


CATCH_UP_SECONDS = 60.0
LOOK_SECONDS = 0.1


@dataclass
class Verification:
    """What was compared, and everything that differs; ``changed``: cases that got facts meanwhile, not compared.

    ``but``: cases that are blocked and announced, so not compared in the services that wait for them. As long as one of
    them is not set aside, it is not ``well``.
    """

    events: int = 0
    cases: int = 0
    fields: int = 0
    signed: int = 0
    from_before: int = 0
    changed: int = 0
    differences: list[str] = field(default_factory=list)
    but: list[Blocked] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether all is as the log says, but for what two people set aside."""
        return not self.differences and all(one.set_aside for one in self.but)


async def verify(settings: Settings, seconds: float = CATCH_UP_SECONDS) -> Verification:
    """Read the whole log, validate every event in full, fold it naively, compare with what the services hold.

    A record that cannot be read, and of which nobody was told, is a difference; its case is not compared, nor is one
    that a service waits with. A service that has not read so far after ``seconds`` is a difference, and not compared
    either.
    """
    log, proofs = await _read(settings), await signatures.check(settings)
    told = await dead_letters.standings(settings)
    result = Verification(
        events=len(log.bodies), signed=proofs.signed, from_before=proofs.from_before, differences=proofs.faults
    )
    blocked = {record.key for record, _ in log.unread}
    result.but, untold = blocked_cases(told, log.unread)
    result.differences += untold
    bodies = [body for case, body in log.bodies if case not in blocked]
    expected = naive_fold.fold(bodies) | {"console": naive_console.console(bodies)}
    result.cases = len(expected["routing"])
    async with httpx.AsyncClient(timeout=60) as client:
        live = Live(settings, client)
        behind = await live.behind(log.ends, seconds)
        held = {service: await live.cases(service) for service in FOLDING if service not in behind}
    async with reading(settings, since=log.ends) as later:
        changed = {record.key async for record in later}
    result.changed = len(changed)
    result.differences += [f"/{service}: {BEHIND}" for service in behind]
    for service, found in held.items():
        apart = changed | blocked | {one.case for one in result.but if service in one.services}
        wanted = _without(apart, expected[service])
        result.fields += naive_fold.fields(wanted)
        result.differences += naive_fold.differences(wanted, _without(apart, found), f"/{service}")
    return result


class Log(NamedTuple):
    """What a verification keeps of the log: cases and bodies, what nobody can read and why, and where it ended."""

    bodies: list[tuple[str, bytes]]
    unread: list[tuple[Record, str]]
    ends: dict[int, int]


async def _read(settings: Settings) -> Log:
    found = Log([], [], {})
    async with reading(settings) as records:
        async for record in records:
            found.bodies.append((record.key, record.value))
            found.ends[record.partition] = record.offset + 1
            if (why := _fault(record)) is not None:
                found.unread.append((record, why))
    return found


def _without(cases: set[str], states: Mapping[str, Any]) -> dict[str, Any]:
    return {case: state for case, state in states.items() if case not in cases}


def _fault(record: Record) -> str | None:
    try:
        parse(event_of(record))
    except Unreadable as error:
        return error.detail
    return None


class Live:
    """The services as they run, asked at their own addresses."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._client = client

    async def behind(self, ends: Mapping[int, int], seconds: float) -> list[str]:
        """The services that have not read up to ``ends`` (offset by partition) within ``seconds``."""
        in_time = await asyncio.gather(*(self._reads(service, ends, seconds) for service in FOLDING))
        return [service for service, so in zip(FOLDING, in_time, strict=True) if not so]

    async def cases(self, service: str) -> dict[str, Any]:
        """Every case as the service's processes hold it."""
        found: dict[str, Any] = {}
        for address in self._addresses(service):
            found |= (await self._client.get(f"{address}/internal/cases")).json()
        return found

    async def _reads(self, service: str, ends: Mapping[int, int], seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if await self._has_read(service, ends):
                        return True
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            return False

    async def _has_read(self, service: str, ends: Mapping[int, int]) -> bool:
        positions: dict[str, int] = {}
        for address in self._addresses(service):
            try:
                positions |= (await self._client.get(f"{address}/internal/settled")).json()["positions"]
            except httpx.HTTPError:
                return False
        return all(positions.get(str(partition), 0) >= end for partition, end in ends.items())

    def _addresses(self, service: str) -> list[str]:
        return [row["internal"] for row in processes(self._settings) if row["service"] == service]
