"""This process serves casework's API: apart from the worker, so that it answers while partitions move."""

from services.casework.decisions import COMMANDS as DECLARED
from services.casework.http.api import create_app
from services.casework.http.command_intake import CommandIntake
from services.casework.http.door import Door
from services.casework.http.outcome_folding import OUTCOMES
from services.casework.http.sight import CaseSight
from shared.contract.topics import ACCESS, COMMANDS
from shared.kernel.store.fold_keeper import fold_keepers
from shared.kernel.whole_log import WholeLog
from shared.log.access_log import AccessLog
from shared.log.broadcast_topics import Broadcasts
from shared.log.kafka_log import KafkaLog
from shared.log.reach import LogReach
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from shared.sealing.vault_watch import VaultWatch
from shared.store.stores import Stores
from shared.web import api_process
from shared.web.auth import tokens_for
from shared.web.case_index import CaseIndex
from shared.web.refused_access import RefusedAccess

PORT_OFFSET = 2


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    events, commands, heard = KafkaLog(settings), KafkaLog(settings, COMMANDS), Broadcasts(settings)
    rests, stores = settings.rest_seconds, Stores.of(settings)
    index = CaseIndex(events, stores, "casework-api", rest_seconds=rests)
    cases = WholeLog(events, OUTCOMES, fold_keepers(stores, OUTCOMES, settings.partitions), rest_seconds=rests)

    def caught_up() -> bool:
        return index.progress.caught_up.is_set() and cases.progress.caught_up.is_set()

    def furthest_behind() -> dict[int, int]:
        found = index.progress.positions()
        return {partition: min(at, found[partition]) for partition, at in cases.progress.positions().items()}

    async with open_vault(settings) as vault:
        sight, access = CaseSight(heard.reference, heard.clock), AccessLog(KafkaLog(settings, ACCESS), "casework-api")
        door = Door(heard.reference, heard.clock)
        intake = CommandIntake(DECLARED, index, cases, events, commands, vault, door, sight, {})
        noted = RefusedAccess(access, vault, settings.refusals_per_minute).note
        app = create_app(intake, tokens_for(settings), noted)
        process = api_process.ApiProcess(
            "casework-api", PORT_OFFSET, app, {"index of all cases": index.run(), "outcomes of commands": cases.run()},
            caught_up, cases.progress.positions, LogReach.of(events, furthest_behind, settings),
            VaultWatch(vault, "casework-api"), heard, cases.told,
            can_append=lambda: commands.can_append, keepers=[*index.keepers, *cases.keepers],
        )  # fmt: skip
        await process.run(settings)
        await access.stop()
        await commands.stop()
        await events.stop()


if __name__ == "__main__":
    api_process.main("casework-api", run)
