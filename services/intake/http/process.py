"""Runs the intake process: the HTTP service with its index of all cases."""

from services.intake.access import CaseAccess
from services.intake.box_review_intake import BoxReviewIntake
from services.intake.confirmed_candidates import ConfirmedCandidates
from services.intake.evidence_intake import EvidenceIntake
from services.intake.files.clamd import Clamd
from services.intake.files.scanning import Scanning
from services.intake.http.api import create_app
from services.intake.standing import STANDINGS
from services.intake.submission_intake import SubmissionIntake
from services.intake.upload import UploadRoom
from services.intake.upload_quota import Quota
from shared.contract.topics import ACCESS
from shared.kernel.store.fold_keeper import fold_keepers
from shared.kernel.whole_log import WholeLog
from shared.log.access_log import AccessLog
from shared.log.broadcast_topics import Broadcasts
from shared.log.kafka_log import KafkaLog
from shared.log.reach import LogReach
from shared.process.settings import Settings
from shared.sealing.stores import open_documents, open_vault
from shared.sealing.vault_watch import VaultWatch
from shared.store.stores import Stores
from shared.web import api_process
from shared.web.auth import tokens_for
from shared.web.case_index import CaseIndex, Uploads
from shared.web.refused_access import RefusedAccess

PORT_OFFSET = 1


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    events, heard = KafkaLog(settings), Broadcasts(settings)
    stores = Stores.of(settings)
    keepers = fold_keepers(stores, STANDINGS, settings.partitions)
    index = CaseIndex(events, stores, "intake")
    standings = WholeLog(events, STANDINGS, keepers, rest_seconds=settings.rest_seconds)

    def caught_up() -> bool:
        return index.progress.caught_up.is_set() and standings.progress.caught_up.is_set()

    def furthest_behind() -> dict[int, int]:
        found = index.progress.positions()
        return {partition: min(at, found[partition]) for partition, at in standings.progress.positions().items()}

    async with open_vault(settings) as vault:
        documents = open_documents(settings, vault)
        access, log = CaseAccess(standings), AccessLog(KafkaLog(settings, ACCESS), "intake")
        quota = Quota(index, Uploads(settings.upload_files_per_day, settings.upload_mib_per_day * 2**20))
        quarantines = settings.scanner is not None
        submissions = SubmissionIntake(events, index, vault, heard.reference, heard.clock, access, settings.schemas_at)
        recording = submissions.recording
        evidence = EvidenceIntake(events, index, vault, documents, heard.clock, access, quota, recording, quarantines)
        scanner = Clamd(settings.scanner, settings.scanner_timeout_seconds) if settings.scanner else None
        scanning = Scanning(scanner, events, index, documents, heard.clock, recording)
        noted = RefusedAccess(log, vault, settings.refusals_per_minute).note
        reviews = BoxReviewIntake(events, index, submissions.admission, recording)
        app = create_app(submissions, evidence, reviews, tokens_for(settings), UploadRoom(settings.http_uploads), noted)
        confirmed = ConfirmedCandidates(submissions.candidates)
        work = {
            "index of all cases": index.run(),
            "standing of cases": standings.run(),
            "scans": scanning.run(),
            "candidates": confirmed.run(),
        }
        process = api_process.ApiProcess(
            "intake", PORT_OFFSET, app, work,
            caught_up, index.progress.positions, LogReach.of(events, furthest_behind, settings),
            VaultWatch(vault, "intake"), heard, lambda: standings.told() | scanning.told() | confirmed.told(),
            can_append=lambda: events.can_append, keepers=[*index.keepers, *standings.keepers],
        )  # fmt: skip
        await process.run(settings)
        await log.stop()
        await events.stop()


if __name__ == "__main__":
    api_process.main("intake", run)
