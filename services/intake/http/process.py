"""Runs the intake process: the HTTP service with its index of all cases."""

from typing import Any

from services.intake.evidence_intake import EvidenceIntake
from services.intake.http.api import create_app
from services.intake.submission_intake import SubmissionIntake
from shared.bank.reference import Reference
from shared.log.broadcast_topics import TopicFollower, follow_clock, follow_reference
from shared.log.kafka_log import KafkaLog
from shared.process import signals
from shared.process.clock import DomainClock, SteeredClock, SystemClock
from shared.process.process_end import watched
from shared.process.settings import Settings
from shared.sealing.stores import open_documents, open_vault
from shared.web import api_process, serving
from shared.web.auth import tokens_for
from shared.web.case_index import CaseIndex

PORT_OFFSET = 1


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    events = KafkaLog(settings)
    index = CaseIndex(events)
    reference = Reference()
    clock: DomainClock = SteeredClock() if settings.clock == "steered" else SystemClock()
    single: list[TopicFollower] = [follow_reference(settings, reference)]
    if isinstance(clock, SteeredClock):
        single.append(follow_clock(settings, clock))

    def ready() -> bool:
        return index.caught_up.is_set() and api_process.followers_ready(clock, single)

    def settled() -> dict[str, Any]:
        now = clock.now().isoformat() if ready() else None
        return api_process.settled("intake", ready(), index.positions(), now=now, reference=single[0].position)

    async with open_vault(settings) as vault:
        documents = open_documents(settings, vault)
        evidence = EvidenceIntake(events, index, vault, documents, clock)
        app = create_app(SubmissionIntake(events, index, vault, reference, clock), evidence, tokens_for(settings))
        app.include_router(serving.health_routes(ready, settled))
        tasks = [watched(index.run(), "index of all cases")]
        tasks += [watched(f.run(), f"follow {f.log.topic}") for f in single]
        stop = signals.stop_on_signals()
        await serving.serve(app, settings.host, settings.ports + PORT_OFFSET, stop)
        for task in tasks:
            task.cancel()
        await events.stop()


if __name__ == "__main__":
    api_process.main("intake", run)
