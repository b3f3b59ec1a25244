"""Runs the process of the inbox: its work, with an index of all cases of its own, and what it says of itself."""

from fastapi import FastAPI

from services.intake.access import CaseAccess
from services.intake.inbox.answering import Answering
from services.intake.inbox.work import InboxWork, told
from services.intake.standing import STANDINGS
from services.intake.submission_intake import SubmissionIntake
from shared.contract.topics import DEAD_LETTERS, INBOX_RESULTS, inboxes
from shared.kernel.whole_log import WholeLog
from shared.log.broadcast_topics import Broadcasts
from shared.log.dead_letters import DeadLetterBox, follow_patiently, follower
from shared.log.kafka_log import KafkaLog
from shared.log.posted_records import PostedRecords
from shared.log.reach import LogReach
from shared.process import metrics
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
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
        dead = KafkaLog(settings, DEAD_LETTERS)
        box = DeadLetterBox(dead, vault, NAME)
        access = CaseAccess(nobody)
        submissions = SubmissionIntake(events, index, vault, heard.reference, heard.clock, access, settings.schemas_at)
        own = inboxes(settings)
        works = [
            InboxWork(Answering(_posted(settings, system, topic), submissions, box, system, own.keys() - {""}))
            for system, topic in own.items()
        ]
        metrics.INBOX_UNANSWERED.set_function(lambda: told(works, settings.partitions)["inbox_waits"]["records"])
        metrics.INBOX_OLDEST.set_function(lambda: told(works, settings.partitions)["inbox_waits"]["oldest_seconds"])
        work = {"index of all cases": index.run(), "dead letters": follow_patiently(follower(dead, box))}
        work |= {topic: one.run() for topic, one in zip(own.values(), works, strict=True)}
        process = api_process.ApiProcess(
            NAME, PORT_OFFSET, FastAPI(openapi_url=None), work,
            index.progress.caught_up.is_set, index.progress.positions,
            LogReach.of(events, index.progress.positions, settings), heard,
            lambda: told(works, settings.partitions) | {"dead_letters": box.published},
            can_append=lambda: events.can_append, keepers=index.keepers,
        )  # fmt: skip
        await process.run(settings)
        await dead.stop()
        await events.stop()


if __name__ == "__main__":
    api_process.main(NAME, run)
