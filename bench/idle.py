"""What an installation costs that has nothing to do: CPU time of its processes, by the system's own account."""

import asyncio
from collections.abc import AsyncIterator

from bench.ground import Ground, cpu_by_process
from bench.table import Row, progress
from tests.support.installation import installed

SETTLING_SECONDS = 20.0
"""After the start the brokers and the groups still have something to do."""
MEASURED_SECONDS = 60.0
PYTHON_GOAL, BROKER_GOAL = 3.0, 4.0
"""Per cent of one core, of all Python processes together and of the broker."""
BROKER = "broker"


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """One installation, left alone."""
    with installed(ground.folder / "idle", "system") as settings:
        await asyncio.sleep(SETTLING_SECONDS)
        progress(f"nothing, for {MEASURED_SECONDS:.0f} s")
        before = cpu_by_process(settings)
        await asyncio.sleep(MEASURED_SECONDS)
        after = cpu_by_process(settings)
    share = {name: 100 * (after[name] - before[name]) / MEASURED_SECONDS for name in before}
    broker = share.pop(BROKER)
    most = ", ".join(f"{name} {share[name]:.2f}" for name in sorted(share, key=lambda one: -share[one]))
    yield _row("idle, all Python processes", sum(share.values()), PYTHON_GOAL, f": {most}")
    yield _row("idle, broker", broker, BROKER_GOAL, "")


def _row(what: str, share: float, goal: float, parts: str) -> Row:
    return Row(what, f"{share:.1f} % of a core{parts}", f"≤ {goal:.0f} %", share <= goal)
