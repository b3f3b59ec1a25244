"""This process serves casework's API: apart from the worker, so that it answers while partitions move."""

from typing import Any

from services.casework.decisions import COMMANDS as DECLARED
from services.casework.http.api import create_app
from services.casework.http.command_intake import CommandIntake
from services.casework.http.outcomes import OUTCOMES
from shared.contract.topics import COMMANDS
from shared.kernel.whole_log import WholeLog
from shared.log.kafka_log import KafkaLog
from shared.process import signals
from shared.process.process_end import watched
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from shared.web import api_process, serving
from shared.web.auth import tokens_for
from shared.web.case_index import CaseIndex

PORT_OFFSET = 2


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    events, commands = KafkaLog(settings), KafkaLog(settings, COMMANDS)
    index, cases = CaseIndex(events), WholeLog(events, OUTCOMES)

    def ready() -> bool:
        return index.caught_up.is_set() and cases.caught_up.is_set()

    def settled() -> dict[str, Any]:
        return api_process.settled("casework-api", ready(), cases.positions())

    async with open_vault(settings) as vault:
        app = create_app(CommandIntake(DECLARED, index, cases, commands, vault, {}), tokens_for(settings))
        app.include_router(serving.health_routes(ready, settled))
        tasks = [
            watched(index.run(), "index of all cases"),
            watched(cases.run(), "outcomes of commands"),
        ]
        stop = signals.stop_on_signals()
        await serving.serve(app, settings.host, settings.ports + PORT_OFFSET, stop)
        for task in tasks:
            task.cancel()
        await commands.stop()
        await events.stop()


if __name__ == "__main__":
    api_process.main("casework-api", run)
