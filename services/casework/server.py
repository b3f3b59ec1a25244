"""The process of casework's HTTP service: apart from the worker, so that it answers while partitions move."""

from typing import Any

from services.casework.api import create_app
from services.casework.desk import CommandDesk
from services.casework.outcomes import OUTCOMES
from shared import api_process, observability
from shared.auth import tokens_for
from shared.case_index import CaseIndex
from shared.event_log import EventLog
from shared.process_end import watched
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
        return api_process.settled("casework-api", ready(), cases.positions())

    async with open_vault(settings) as vault:
        app = create_app(CommandDesk(index, cases, commands, vault, {}), tokens_for(settings))
        app.include_router(observability.health_routes(ready, settled))
        tasks = [
            watched(index.run(), "index of all cases"),
            watched(cases.run(), "outcomes of commands"),
        ]
        stop = observability.stop_on_signals()
        await observability.serve(app, settings.host, settings.ports + PORT_OFFSET, stop)
        for task in tasks:
            task.cancel()
        await commands.stop()
        await events.stop()


if __name__ == "__main__":
    api_process.main("casework-api", run)
