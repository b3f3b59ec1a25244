"""A worker of one service on all partitions, without Faust's group: starts at once, so it can die often.

It ends by itself when nothing is owed any more.
"""

import asyncio
from typing import Any

from services.notify.decisions import SERVICE as NOTIFY
from services.notify.worker import sending_pools
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.kernel.service_worker import Group
from shared.process import bombs, logs
from shared.process.settings import Settings
from tests.support.workers import WithoutFaust

QUIET_LOOKS = 5
WORKERS: dict[str, tuple[Any, Any]] = {
    "routing": (ROUTING, None),
    "sla": (SLA, None),
    "notify": (NOTIFY, sending_pools),
}


class AloneWorker(WithoutFaust):
    """Owns every partition from the start; nobody looks in."""

    async def _serve(self) -> None:
        await self._stop.wait()

    async def _join(self, group: Group) -> None:
        await self.broadcasts.caught_up()
        await self.own(*range(self.settings.partitions))
        quiet = 0
        while quiet < QUIET_LOOKS:
            await asyncio.sleep(0.1)
            report = self.settled()
            ends = await self.log.ends()
            at_end = all(report["positions"].get(str(p)) == end for p, end in ends.items())
            owed = report["owed"] or report["sendings"] or report["announcements"]
            at_rest = report["ready"] and at_end and not owed
            quiet = quiet + 1 if at_rest else 0
        self.stop()


class StayingWorker(AloneWorker):
    """Goes on although nothing is owed any more."""

    async def _join(self, group: Group) -> None:
        await self.broadcasts.caught_up()
        await self.own(*range(self.settings.partitions))
        await self._stop.wait()


def stay(settings: Settings, service: str) -> None:
    """A life that ends with somebody's death only."""
    run(settings, service, StayingWorker)


def run(settings: Settings, service: str, worker: type[AloneWorker] = AloneWorker) -> None:
    """One life of a service's worker."""
    logs.configure_logging(service, "warning")
    bombs.arm(settings.bombs)
    kind, outside = WORKERS[service]
    asyncio.run(worker(kind, settings, outside).run())
