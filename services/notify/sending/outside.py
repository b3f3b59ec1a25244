"""Everything that notify does outside its log: letters and notices, each in a pool of its own."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from services.notify.sending.pool import SendingPool
from services.notify.sending.print_tray import PrintTray
from shared.contract.envelope import Event
from shared.kernel.fold import Fold


class Pools:
    """Several pools that a session sees as one, and the tray of what is printed."""

    def __init__(self, *pools: SendingPool[Any], tray: PrintTray) -> None:
        self._pools = pools
        self._tray = tray

    async def opened(self, fold: Fold[Any]) -> None:
        """The partition is ours."""
        for pool in self._pools:
            await pool.opened(fold)

    def read_anew(self, fold: Fold[Any], cases: Collection[str]) -> None:
        """These cases can be read by now."""
        for pool in self._pools:
            pool.read_anew(fold, cases)

    def committed(self, fold: Fold[Any], events: Sequence[Event]) -> None:
        """These events of ours are in the log."""
        for pool in self._pools:
            pool.committed(fold, events)

    async def closed(self, partition: int) -> None:
        """The partition is no longer ours."""
        await asyncio.gather(*(pool.closed(partition) for pool in self._pools))

    def under_way(self) -> int:
        """How many sendings are open."""
        return sum(pool.under_way() for pool in self._pools)

    def at_hand(self) -> int:
        """How many of them are being delivered at this moment."""
        return sum(pool.at_hand() for pool in self._pools)

    def begin_no_more(self) -> None:
        """The process ends: nothing else is begun."""
        for pool in self._pools:
            pool.begin_no_more()

    def numbers(self) -> dict[str, int]:
        """What pools and tray tell of themselves."""
        of_pools = {name: number for pool in self._pools for name, number in pool.numbers().items()}
        return of_pools | self._tray.numbers()
