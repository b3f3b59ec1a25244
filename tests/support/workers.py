"""Workers without Faust's group: which partitions they own is said by whoever runs them."""

from types import SimpleNamespace
from typing import Any

from shared.kernel.service_worker import Worker


class WithoutFaust(Worker[Any]):
    """Joins no group."""

    def _faust_app(self) -> Any:
        async def stop() -> None:
            """Nothing to stop."""

        return SimpleNamespace(stop=stop)

    async def own(self, *partitions: int) -> None:
        """A rebalance that ends so."""
        await self._on_assigned(None, [SimpleNamespace(partition=partition) for partition in partitions])
