"""A worker of one service on all partitions, without Faust's group: starts in a second, so it can die often.

``python -m tests.chaos.alone routing``: ends by itself when nothing is owed any more.
"""

import asyncio
import sys
from types import SimpleNamespace
from typing import Any

from services.notify.service import SERVICE as NOTIFY
from services.notify.worker import sending_pool
from services.routing.service import SERVICE as ROUTING
from shared import bombs, observability
from shared.service_worker import Worker
from shared.settings import Settings

QUIET_LOOKS = 5


class AloneWorker(Worker[Any]):
    """Owns every partition from the start."""

    def _faust_app(self) -> Any:
        async def stop() -> None:
            """Nothing to stop."""

        return SimpleNamespace(stop=stop)

    async def _start_faust(self, app: Any) -> None:
        for follower in self._single:
            await follower.caught_up.wait()
        await self._on_assigned(None, [SimpleNamespace(partition=p) for p in range(self.settings.partitions)])
        quiet = 0
        while quiet < QUIET_LOOKS:
            await asyncio.sleep(0.1)
            report = self.settled()
            ends = await self.log.ends()
            at_end = all(report["positions"].get(str(p)) == end for p, end in ends.items())
            at_rest = report["ready"] and at_end and not report["owed"] and not report["sendings"]
            quiet = quiet + 1 if at_rest else 0
        self._stop.set()


if __name__ == "__main__":
    settings = Settings()
    observability.configure_logging(sys.argv[1], "error")
    bombs.arm(settings.bombs)
    chosen = {"routing": (ROUTING, None), "notify": (NOTIFY, sending_pool)}[sys.argv[1]]
    asyncio.run(AloneWorker(chosen[0], settings, chosen[1]).run())
