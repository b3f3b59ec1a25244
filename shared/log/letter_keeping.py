"""What a dead letter seals is destroyed a year after it was resolved: its key is. What stands in the clear stays."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from shared.contract.letter_standings import Standing, Standings
from shared.contract.letters import sealed_under
from shared.process.pace import Pace
from shared.process.retrying import Pauses
from shared.sealing.vault import KeyDestroyed, KeyMissing, SealBroken, Vault, VaultAway

log = structlog.get_logger()
LOOK_SECONDS = 24 * 3600.0
"""Whoever counts in years looks once a day, and at each start."""
PAUSES = Pauses(first_seconds=5.0, longest_seconds=600.0)
"""For ever: what was to go is still there as long as the vault is away."""


class LetterKeeping:
    """Looks after the letters of one service. ``heard``: waits until all that was told and decided is known."""

    def __init__(self, standings: Standings, vault: Vault, heard: Callable[[], Awaitable[object]]) -> None:
        self._standings = standings
        self._vault = vault
        self._heard = heard
        self._gone: set[str] = set()

    async def run(self) -> None:
        """Work for ever."""
        await self._heard()
        while True:
            async for attempt in PAUSES.attempts(VaultAway):
                with attempt:
                    await self.look(datetime.now(UTC))
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, now: datetime) -> None:
        """Destroy the keys of letters that were resolved more than a year ago, also those that a restore brought back.

        Raises:
            VaultAway
        """
        pace = Pace()
        for one in list(self._standings.by_id.values()):
            await pace.step()
            if one.letter.id not in self._gone and not one.kept_at(now):
                await self._destroy(one)
                self._gone.add(one.letter.id)

    async def _destroy(self, one: Standing) -> None:
        """Destroy what one letter is sealed under, unless it is not there any more."""
        key = sealed_under(one.letter.id)
        try:
            await self._vault.key(key)
        except (KeyDestroyed, KeyMissing):
            return
        except SealBroken:
            pass  # it opens nothing here, and is not to open anything elsewhere
        await self._vault.destroy(key)
        log.info("dead_letter.no_longer_kept", letter=one.letter.id, case_id=one.letter.case_id)
