"""Workers without Faust's group: which partitions they own is said by whoever runs them."""

import asyncio
from typing import Any

from shared.kernel.service import Service
from shared.kernel.service_worker import OutsideFactory, Worker
from shared.process.settings import Settings


class NoGroup:
    """Assigns nothing."""

    def __init__(self, *_: Any) -> None:
        """Whom to tell is of no interest."""

    async def run(self) -> None:
        """Be a member of nothing until this is cancelled."""
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Nothing to leave."""


class WithoutFaust(Worker[Any]):
    """Joins no group."""

    def __init__(self, service: Service[Any], settings: Settings, outside: OutsideFactory | None = None) -> None:
        super().__init__(service, settings, outside, group=NoGroup)

    async def own(self, *partitions: int) -> None:
        """A rebalance that ends so."""
        await self.partitions.assign(set(partitions))
