"""The steered clock: moved from due instant to due instant, each time until everything is settled."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from ops.local.reading import read_topic
from ops.local.status import processes, uncovered
from ops.local.status_words import in_words, letters
from shared.contract.records import EventLog
from shared.contract.topics import CLOCK, COMMANDS, EVENTS, REFERENCE, inboxes
from shared.errors import RedressError
from shared.log.broadcast_topics import clock_record
from shared.log.kafka_log import KafkaLog
from shared.process.clock import SteeredClock
from shared.process.settings import Settings

SETTLE_SECONDS = 120.0
LOOK_SECONDS = 0.05


class NotSteered(RedressError):
    """This installation runs on the system clock: start it with --clock steered:<ISO> to move it."""

    code = "not_steered"
    status = 409


class ClockGoesForward(RedressError):
    """A clock only goes forward: facts have been recorded since then."""

    code = "clock_goes_forward"
    status = 422


TOLD = 5
"""Reasons that are told; usually they have one cause."""


class NotSettled(RedressError):
    """Not everything settled in time: `redress status` shows what is owed and which cases wait."""

    code = "not_settled"
    status = 503


def told(reasons: list[str]) -> str:
    """The first reasons in words, and how many there are besides."""
    more = f"; and {len(reasons) - TOLD} more" if len(reasons) > TOLD else ""
    return "; ".join(reasons[:TOLD]) + more


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the installation: ends of the topics and what every process says."""

    ends: tuple[tuple[int, ...], ...]
    reports: tuple[dict[str, Any], ...]

    def waits_for(self, now: datetime) -> list[str]:
        """What is not settled: something owed, a sending open, a fold behind the log's end, a clock behind ``now``."""
        found = [
            f"{report.get('service', 'a process')} {reason}"
            for report in self.reports
            for reason in self._reasons(report, now)
        ]
        return found or self._uncovered()

    def _uncovered(self) -> list[str]:
        return [f"{name} has nobody on some partition" for name in uncovered(self.reports, len(self.ends[0]))]

    def _reasons(self, report: dict[str, Any], now: datetime) -> Iterator[str]:
        if not report.get("ready"):
            yield "is not ready"
            return
        yield from (in_words(held) for held in report.get("held_cases", ()))
        if report["owed"]:
            yield f"owes {report['owed']} answers"
        if report["sendings"]:
            yield f"has {letters({'sendings_postponed': 0, 'mail_server_away': 0} | report)}"
        if "now" in report and (report["now"] is None or datetime.fromisoformat(report["now"]) != now):
            yield f"has the clock at {report['now']}"
        if "reference" in report and report["reference"] < self.ends[3][0]:
            yield "has not read the newest reference data"
        if any(place < self.ends[1][int(partition)] for partition, place in report.get("commands", {}).items()):
            yield "has not read the newest commands"
        if any(place < self.ends[2][int(partition)] for partition, place in report.get("inbox", {}).items()):
            yield "has not answered the newest of the inbox"
        if report["next_due"] is not None and report["next_due"] <= now.timestamp():
            yield "has something due"
        if any(position < self.ends[0][int(partition)] for partition, position in report["positions"].items()):
            yield "has not read the log up to its end"

    def next_due(self) -> float | None:
        """The earliest instant at which something may fall due, or reference data say something else."""
        return min((r["next_due"] for r in self.reports if r.get("next_due") is not None), default=None)


class Barrier:
    """Waits until all is settled: twice in a row, over unchanged ends."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient, seconds: float = SETTLE_SECONDS) -> None:
        self._settings = settings
        self._seconds = seconds
        self._client = client
        self._logs = [KafkaLog(settings, topic) for topic in (EVENTS, COMMANDS, REFERENCE, *inboxes(settings).values())]

    async def look(self) -> Look:
        """Look once."""
        found = [tuple(ends.values()) for ends in await asyncio.gather(*(log.ends() for log in self._logs))]
        events, commands, reference, *posted = found
        ends = events, commands, tuple(end for inbox in posted for end in inbox), reference
        urls = [p["internal"] for p in processes(self._settings) if p["internal"]]
        reports = await asyncio.gather(*(self._report(url) for url in urls))
        return Look(ends, tuple(reports))

    async def _report(self, url: str) -> dict[str, Any]:
        try:
            report: dict[str, Any] = (await self._client.get(f"{url}/internal/settled")).json()
        except httpx.HTTPError:
            return {"ready": False}
        return report

    async def settle(self, now: datetime, say: Callable[[str], None] = lambda _: None) -> Look:
        """Wait until settled at ``now``, saying what it waits for. Raises NotSettled, which names it."""
        before: Look | None = None
        waits = ["the brokers do not answer"]
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    found = await self.look()
                    waits = found.waits_for(now)
                    if waits:
                        before = None
                        say(f"waits: {told(waits)}")
                    elif before is not None and before.ends == found.ends:
                        return found
                    else:
                        before, waits = found, ["the log goes on growing"]
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError as error:
            raise NotSettled(f"Not settled at {now.isoformat()} after {self._seconds:.0f} s: {told(waits)}.") from error

    async def stop(self) -> None:
        """Let go of the connections."""
        for log in self._logs:
            await log.stop()


async def shown(settings: Settings) -> datetime:
    """Where the steered clock stands. Raises NotSteered."""
    if settings.clock != "steered":
        raise NotSteered
    clock = SteeredClock()
    for record in await read_topic(settings, CLOCK):
        clock.take(record.value)
    return clock.now()


async def present(settings: Settings) -> datetime:
    """What time it is for this installation, whichever clock it runs on."""
    return await shown(settings) if settings.clock == "steered" else datetime.now(UTC)


class Steering:
    """Moves one installation's steered clock. Its connections are kept, since moving often is what it is for."""

    def __init__(self, settings: Settings, barrier: Barrier, clock: EventLog, now: datetime) -> None:
        self._settings = settings
        self._barrier = barrier
        self._clock = clock
        self.now = now

    async def advance(self, to: datetime, say: Callable[[str], None] = lambda _: None) -> int:
        """Move the clock to ``to`` by way of every due instant; how many instants it stopped at.

        Raises:
            ClockGoesForward, NotSettled
        """
        if to < self.now:
            raise ClockGoesForward(
                f"The clock stands at {self.now.isoformat()}: it cannot go back to {to.isoformat()}."
            )
        stops = 0
        look = await self._barrier.settle(self.now, say)
        while self.now < to:
            due = look.next_due()
            step = datetime.fromtimestamp(due, UTC) if due is not None else to
            self.now = min(max(step, self.now), to)
            await self._clock.append([clock_record(self.now)])
            say(f"at {self.now.isoformat()}")
            stops += 1
            look = await self._barrier.settle(self.now, say)
        return stops


@asynccontextmanager
async def steering(settings: Settings) -> AsyncIterator[Steering]:
    """The steering of an installation. Raises NotSteered."""
    now, clock = await shown(settings), KafkaLog(settings, CLOCK)
    async with httpx.AsyncClient(timeout=10) as client:
        barrier = Barrier(settings, client)
        try:
            yield Steering(settings, barrier, clock, now)
        finally:
            await barrier.stop()
            await clock.stop()


async def advance(settings: Settings, to: datetime, say: Callable[[str], None]) -> int:
    """Move the clock once. Raises NotSteered, ClockGoesForward, NotSettled."""
    async with steering(settings) as found:
        return await found.advance(to, say)
