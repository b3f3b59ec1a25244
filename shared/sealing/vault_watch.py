"""A process asks its vault again and again whether it is there, so that nobody learns of it from a complaint alone."""

import asyncio
from contextlib import suppress
from typing import Any

import structlog

from shared.process import metrics
from shared.sealing.vault import KeyDestroyed, KeyMissing, SealBroken, Vault, VaultAway

log = structlog.get_logger()
LOOK_SECONDS = 5.0
"""One key is looked up each time: seldom enough for an idle installation, often enough for whoever looks."""
NOBODYS_KEY = "vault-watch"
"""No case and no other subject is called so: there is no key, and a vault that is there says that."""


class VaultWatch:
    """``away``: whether the vault could not be read when it was asked last."""

    def __init__(self, vault: Vault, service: str, look_seconds: float = LOOK_SECONDS) -> None:
        self._vault = vault
        self._look_seconds = look_seconds
        self.away = False
        metrics.VAULT_AWAY.labels(service).set_function(lambda: self.away)

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            before, self.away = self.away, await self._is_away()
            if self.away and not before:
                log.warning("vault.away")
            await asyncio.sleep(self._look_seconds)

    async def _is_away(self) -> bool:
        try:
            with suppress(KeyMissing, KeyDestroyed, SealBroken):
                await self._vault.key(NOBODYS_KEY)
        except VaultAway:
            return True
        return False

    def told(self) -> dict[str, Any]:
        """What ``redress status`` is told."""
        return {"vault_away": self.away}
