"""The intake process: the HTTP service with its index of all cases."""

from typing import Any

from services.intake.api import create_app
from services.intake.evidence import EvidenceDesk
from services.intake.submitting import Intake
from shared import api_process, observability
from shared.auth import tokens_for
from shared.case_index import CaseIndex
from shared.clock import Clock, SteeredClock, SystemClock
from shared.documents import open_documents
from shared.event_log import EventLog
from shared.process_end import watched
from shared.reference import Reference
from shared.settings import Settings
from shared.single_topics import TopicFollower, follow_clock, follow_reference
from shared.vault import open_vault

PORT_OFFSET = 1


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    events = EventLog(settings)
    index = CaseIndex(events)
    reference = Reference()
    clock: Clock = SteeredClock() if settings.clock == "steered" else SystemClock()
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
        evidence = EvidenceDesk(events, index, vault, documents, clock)
        app = create_app(Intake(events, index, vault, reference, clock), evidence, tokens_for(settings))
        app.include_router(observability.health_routes(ready, settled))
        tasks = [watched(index.run(), "index of all cases")]
        tasks += [watched(f.run(), f"follow {f.log.topic}") for f in single]
        stop = observability.stop_on_signals()
        await observability.serve(app, settings.host, settings.ports + PORT_OFFSET, stop)
        for task in tasks:
            task.cancel()
        await events.stop()


if __name__ == "__main__":
    api_process.main("intake", run)
