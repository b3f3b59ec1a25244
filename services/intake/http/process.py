"""Runs the intake process: the HTTP service with its index of all cases."""

from services.intake.evidence_intake import EvidenceIntake
from services.intake.http.api import create_app
from services.intake.submission_intake import SubmissionIntake
from services.intake.upload import UploadRoom
from shared.log.broadcast_topics import Broadcasts
from shared.log.kafka_log import KafkaLog
from shared.log.reach import LogReach
from shared.process.settings import Settings
from shared.sealing.stores import open_documents, open_vault
from shared.web import api_process
from shared.web.auth import tokens_for
from shared.web.case_index import CaseIndex

PORT_OFFSET = 1


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    events, heard = KafkaLog(settings), Broadcasts(settings)
    index = CaseIndex(events)
    async with open_vault(settings) as vault:
        documents = open_documents(settings, vault)
        evidence = EvidenceIntake(events, index, vault, documents, heard.clock)
        app = create_app(
            SubmissionIntake(events, index, vault, heard.reference, heard.clock), evidence, tokens_for(settings),
            UploadRoom(settings.http_uploads),
        )  # fmt: skip
        process = api_process.ApiProcess(
            "intake", PORT_OFFSET, app, {"index of all cases": index.run()},
            index.progress.caught_up.is_set, index.progress.positions,
            LogReach.of(events, index.progress.positions, settings), heard,
        )  # fmt: skip
        await process.run(settings)
        await events.stop()


if __name__ == "__main__":
    api_process.main("intake", run)
