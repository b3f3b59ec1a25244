"""Runs the process of the inbox: its work, with an index of all cases of its own, and what it says of itself."""

from fastapi import FastAPI

from services.intake.access import CaseAccess
from services.intake.inbox.answering import Answering
from services.intake.inbox.redriving import InboxRedriving
from services.intake.inbox.work import InboxWork
from services.intake.inbox.work import told as told_of
from services.intake.standing import STANDINGS
from services.intake.submission_intake import SubmissionIntake
from shared.contract.topics import INBOX_RESULTS, inboxes
from shared.kernel.whole_log import WholeLog
from shared.log.broadcast_topics import Broadcasts
from shared.log.kafka_log import KafkaLog
from shared.log.letter_topics import LetterTopics
from shared.log.posted_records import PostedRecords
from shared.log.reach import LogReach
from shared.process import metrics
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from shared.sealing.vault_watch import VaultWatch
from shared.store.stores import Stores
from shared.web import api_process
from shared.web.case_index import CaseIndex

PORT_OFFSET = 15
NAME = "intake-inbox"


def _posted(settings: Settings, system: str, topic: str) -> PostedRecords:
    return PostedRecords(settings, topic, INBOX_RESULTS, f"{NAME}.{system}" if system else NAME)


async def run(settings: Settings) -> None:
    """Work until SIGTERM."""
    events, heard = KafkaLog(settings), Broadcasts(settings)
    index = CaseIndex(events, Stores.of(settings), NAME, rest_seconds=settings.rest_seconds)
    nobody = WholeLog(events, STANDINGS)  # only of people it is asked how a case stands

    async with open_vault(settings) as vault:
        dead = LetterTopics(settings, vault, NAME)
        access = CaseAccess(nobody)
        submissions = SubmissionIntake(events, index, vault, heard.reference, heard.clock, access, settings.schemas_at)
        own = inboxes(settings)
        answering = {
            system: Answering(_posted(settings, system, topic), submissions, dead.box, system, own.keys() - {""})
            for system, topic in own.items()
        }
        works = [InboxWork(one) for one in answering.values()]
        redriving = InboxRedriving(dead.steps, answering, dead.heard)
        metrics.DEAD_LETTERS.labels(NAME).set_function(redriving.waiting)
        metrics.INBOX_UNANSWERED.set_function(lambda: told_of(works, settings.partitions)["inbox_waits"]["records"])
        metrics.INBOX_OLDEST.set_function(lambda: told_of(works, settings.partitions)["inbox_waits"]["oldest_seconds"])
        work = {"index of all cases": index.run(), "redriving": redriving.run()}
        work |= dead.work() | {topic: one.run() for topic, one in zip(own.values(), works, strict=True)}
        process = api_process.ApiProcess(
            NAME, PORT_OFFSET, FastAPI(openapi_url=None), work,
            index.progress.caught_up.is_set, index.progress.positions,
            LogReach.of(events, index.progress.positions, settings), VaultWatch(vault, NAME), heard,
            lambda: told_of(works, settings.partitions) | {"inbox_refused": redriving.waiting()},
            can_append=lambda: events.can_append, keepers=index.keepers,
        )  # fmt: skip
        await process.run(settings)
        await dead.stop()
        await events.stop()


if __name__ == "__main__":
    api_process.main(NAME, run)
