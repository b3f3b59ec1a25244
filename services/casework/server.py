"""The process of casework's HTTP service: apart from the worker, so that it answers while partitions move."""

import asyncio
from typing import Any

from services.casework.api import create_app
from services.casework.desk import CommandDesk
from services.casework.outcomes import OUTCOMES
from shared import bombs, observability
from shared.auth import tokens_for
from shared.case_index import CaseIndex
from shared.event_log import EventLog
from shared.process_end import end_process
from shared.settings import Settings
from shared.topics import COMMANDS
from shared.vault import open_vault
from shared.whole_log import WholeLog

PORT_OFFSET = 2


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    events, commands = EventLog(settings), EventLog(settings, COMMANDS)
    index, cases = CaseIndex(events), WholeLog(events, OUTCOMES)

    def ready() -> bool:
        return index.caught_up.is_set() and cases.caught_up.is_set()

    def settled() -> dict[str, Any]:
        return {
            "service": "casework-api",
            "ready": ready(),
            "positions": {str(p): offset for p, offset in cases.positions().items()},
            "owed": 0,
            "sendings": 0,
            "next_due": None,
            "held": [],
            "blocked": [],
        }

    async with open_vault(settings) as vault:
        app = create_app(CommandDesk(index, cases, commands, vault, {}), tokens_for(settings))
        app.include_router(observability.health_routes(ready, settled))
        tasks = [
            asyncio.create_task(index.run(), name="index of all cases"),
            asyncio.create_task(cases.run(), name="outcomes of commands"),
        ]
        for task in tasks:
            task.add_done_callback(_fatal)
        stop = observability.stop_on_signals()
        await observability.serve(app, settings.host, settings.ports + PORT_OFFSET, stop)
        for task in tasks:
            task.cancel()
        await commands.stop()
        await events.stop()


def _fatal(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        end_process(task.get_name(), error)


if __name__ == "__main__":
    configured = Settings()
    observability.configure_logging("casework-api", configured.log_level)
    bombs.arm(configured.bombs)
    asyncio.run(run(configured))
