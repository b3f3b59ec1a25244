"""Runs the mail process: it listens as a mail server at BASE+25, behind the bank's own one."""

import asyncio

from fastapi import FastAPI

from services.intake.access import CaseAccess
from services.intake.evidence_intake import EvidenceIntake
from services.intake.mail.correspondents import CORRESPONDENTS
from services.intake.mail.mail_intake import MailIntake
from services.intake.mail.room import Room
from services.intake.mail.talk import Door, Talk, TalkRules
from services.intake.mail.threads import Threads
from services.intake.standing import STANDINGS
from services.intake.submission_intake import SubmissionIntake
from services.intake.upload_quota import Quota
from shared.kernel.store.fold_keeper import fold_keepers
from shared.kernel.whole_log import WholeLog
from shared.log.broadcast_topics import Broadcasts
from shared.log.kafka_log import KafkaLog
from shared.log.reach import LogReach
from shared.process.settings import Settings
from shared.sealing.stores import open_documents, open_vault
from shared.sealing.vault_watch import VaultWatch
from shared.store.stores import Stores
from shared.web import api_process
from shared.web.case_index import CaseIndex, Uploads

PORT, HEALTH_PORT = 25, 28
NO_QUOTA = Uploads(2**31, 2**62)
"""What a mail server handed over is kept: it was taken for everybody who writes to a unit, not for one submitter."""
BACKLOG = 200


async def listen(desk: TalkRules, settings: Settings) -> None:
    """Take mail for ever."""
    host = settings.smtp_in_host or settings.host
    hostname = f"redress.{settings.installation}"
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Talk(desk, hostname, settings.smtp_seconds), host, settings.ports + PORT, backlog=BACKLOG
    )
    async with server:
        await server.serve_forever()


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    events, heard = KafkaLog(settings), Broadcasts(settings)
    rests, stores = settings.rest_seconds, Stores.of(settings)
    keepers = fold_keepers(stores, CORRESPONDENTS, settings.partitions)
    index = CaseIndex(events, stores, "intake-mail", rest_seconds=rests)
    known = WholeLog(events, CORRESPONDENTS, keepers, rest_seconds=rests)

    def caught_up() -> bool:
        return index.progress.caught_up.is_set() and known.progress.caught_up.is_set()

    def furthest_behind() -> dict[int, int]:
        found = index.progress.positions()
        return {partition: min(at, found[partition]) for partition, at in known.progress.positions().items()}

    async with open_vault(settings) as vault:
        documents, access = open_documents(settings, vault), CaseAccess(WholeLog(events, STANDINGS))
        submissions = SubmissionIntake(events, index, vault, heard.reference, heard.clock, access, settings.schemas_at)
        evidence = EvidenceIntake(
            events,
            index,
            vault,
            documents,
            heard.clock,
            access,
            Quota(index, NO_QUOTA),
            submissions.recording,
            settings.scanner is not None,
        )
        mail = MailIntake(submissions, evidence, Threads(index, known, vault))
        work = {"index of all cases": index.run(), "addresses of cases": known.run()}
        reach = LogReach.of(events, furthest_behind, settings)
        process = api_process.ApiProcess(
            "intake-mail", HEALTH_PORT, FastAPI(openapi_url=None), work, caught_up, furthest_behind, reach,
            VaultWatch(vault, "intake-mail"), heard, known.told,
            can_append=lambda: events.can_append, keepers=[*index.keepers, *known.keepers], signs_as="intake",
        )  # fmt: skip
        desk = TalkRules(
            mail.mailboxes, mail.take, process.ready, Door.of(settings.smtp_peers, settings.smtp_connections),
            Room(settings.smtp_memory_mib * 2**20),
        )  # fmt: skip
        work["mail"] = listen(desk, settings)
        await process.run(settings)
        await events.stop()


if __name__ == "__main__":
    api_process.main("intake-mail", run)
