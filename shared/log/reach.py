"""Tells whether a process still reaches the log, and has read it up to where it ended a while ago."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from shared.contract.records import EventLog
from shared.log.kafka_client import BrokerError
from shared.process import metrics
from shared.process.settings import Settings

PROBE_SECONDS = 2.0
"""Often enough to be sure within the bound, seldom enough to cost nothing in an idle installation."""
Positions = Mapping[int, int]


class Behind(NamedTuple):
    """A process lags behind the log's end by so many records; an end was seen so long ago that it has not reached."""

    records: int
    seconds: float


class LogReach:
    """Asks for the ends of the log again and again.

    ``ends``: the end of each partition; ``positions``: how far each of those that this process reads has been taken in.
    The log is out of reach once the brokers have answered nothing for ``away_seconds``, and stays so until they answer
    and everything that is there then has been taken in: what was known before may be old. It is out of reach too while
    an end that was seen ``behind_seconds`` ago has not been reached.
    """

    def __init__(
        self,
        ends: Callable[[], Awaitable[Positions]],
        positions: Callable[[], Positions],
        away_seconds: float,
        behind_seconds: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._positions = ends, positions
        self._away_seconds, self._behind_seconds, self._now = away_seconds, behind_seconds, now
        self._answered_at: float | None = None
        self._goal: Positions = {}
        self._ends: Positions = {}
        self._goal_since = now()
        self._lost = True

    @classmethod
    def of(cls, log: EventLog, positions: Callable[[], Positions], settings: Settings) -> "LogReach":
        """The reach of a log within the bounds that the settings give."""
        return cls(log.ends, positions, settings.brokers_away_seconds, settings.behind_seconds)

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            try:
                async with asyncio.timeout(self._away_seconds):
                    ends = await self._ask()
            except (BrokerError, OSError, TimeoutError):
                self._lost = self._lost or self._away()
            else:
                self.heard(ends)
            await asyncio.sleep(PROBE_SECONDS)

    def heard(self, ends: Positions) -> None:
        """The brokers answered: these are the ends now."""
        now, self._ends = self._now(), ends
        if self._away():
            self._lost, self._goal, self._goal_since = True, ends, now
        self._answered_at = now
        if self._reached():
            self._lost, self._goal, self._goal_since = False, ends, now

    def reached(self) -> bool:
        """Whether what this process knows of the log is what is there."""
        if self._away():
            return False
        if self._reached():
            return True
        return not self._lost and self._now() - self._goal_since <= self._behind_seconds

    def behind(self) -> Behind:
        """How far this process lags behind, as far as it knows: who reaches no broker lags by time alone."""
        at, now = self._positions(), self._now()
        records = sum(max(0, end - at[partition]) for partition, end in self._ends.items() if partition in at)
        if self._away():
            return Behind(records, now - (self._goal_since if self._answered_at is None else self._answered_at))
        return Behind(records, 0.0 if self._reached() else now - self._goal_since)

    def measured_for(self, service: str) -> None:
        """Show in the metrics of a service what it reads, and how far it lags behind."""
        metrics.PARTITIONS.labels(service).set_function(lambda: len(self._positions()))
        metrics.BEHIND_RECORDS.labels(service).set_function(lambda: self.behind().records)
        metrics.BEHIND_SECONDS.labels(service).set_function(lambda: self.behind().seconds)

    def _away(self) -> bool:
        return self._answered_at is None or self._now() - self._answered_at > self._away_seconds

    def _reached(self) -> bool:
        """Whether the goal is reached. A partition that is not read here is somebody else's."""
        at = self._positions()
        return all(at[partition] >= end for partition, end in self._goal.items() if partition in at)
