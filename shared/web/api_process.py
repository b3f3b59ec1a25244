"""What the processes of the HTTP services have in common: what they say of themselves, their start."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from shared.log.broadcast_topics import TopicFollower
from shared.process import bombs, logs
from shared.process.clock import DomainClock, SteeredClock
from shared.process.settings import Settings


def followers_ready(clock: DomainClock, single: list[TopicFollower]) -> bool:
    """Whether the clock is set, and everything that was published before the start has been read."""
    return (not isinstance(clock, SteeredClock) or clock.ready) and all(one.caught_up.is_set() for one in single)


def settled(service: str, ready: bool, positions: Mapping[int, int], **more: Any) -> dict[str, Any]:
    """What the settled barrier and ``redress status`` look at: an API owes nobody anything."""
    return {
        "service": service,
        "ready": ready,
        "positions": {str(partition): offset for partition, offset in positions.items()},
        "owed": 0,
        "sendings": 0,
        "next_due": None,
        "held": [],
        "blocked": [],
        **more,
    }


def main(service: str, run: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    """Run an API process, configured by the environment."""
    settings = Settings()
    logs.configure_logging(service, settings.log_level)
    bombs.arm(settings.bombs)
    asyncio.run(run(settings))
