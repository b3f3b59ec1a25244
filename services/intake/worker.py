"""The intake process: the HTTP service with its index of all cases."""

import asyncio
from typing import Any

from services.intake.api import create_app
from services.intake.evidence import EvidenceDesk
from services.intake.submitting import Intake
from shared import bombs, observability
from shared.auth import tokens_for
from shared.case_index import CaseIndex
from shared.clock import Clock, SteeredClock, SystemClock
from shared.documents import open_documents
from shared.event_log import EventLog
from shared.process_end import end_process
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
        clock_set = not isinstance(clock, SteeredClock) or clock.ready
        return index.caught_up.is_set() and clock_set and all(f.caught_up.is_set() for f in single)

    def settled() -> dict[str, Any]:
        return {
            "service": "intake",
            "ready": ready(),
            "positions": {str(p): offset for p, offset in index.positions().items()},
            "owed": 0,
            "sendings": 0,
            "next_due": None,
            "held": [],
            "blocked": [],
            "now": clock.now().isoformat() if ready() else None,
            "reference": single[0].position,
        }

    async with open_vault(settings) as vault:
        documents = open_documents(settings, vault)
        evidence = EvidenceDesk(events, index, vault, documents, clock)
        app = create_app(Intake(events, index, vault, reference, clock), evidence, tokens_for(settings))
        app.include_router(observability.health_routes(ready, settled))
        tasks = [asyncio.create_task(index.run(), name="index of all cases")]
        tasks += [asyncio.create_task(f.run(), name=f"follow {f.log.topic}") for f in single]
        for task in tasks:
            task.add_done_callback(_fatal)
        stop = observability.stop_on_signals()
        await observability.serve(app, settings.host, settings.ports + PORT_OFFSET, stop)
        for task in tasks:
            task.cancel()
        await events.stop()


def _fatal(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        end_process(task.get_name(), error)


if __name__ == "__main__":
    configured = Settings()
    observability.configure_logging("intake", configured.log_level)
    bombs.arm(configured.bombs)
    asyncio.run(run(configured))
