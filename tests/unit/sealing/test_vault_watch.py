"""The watch of a vault says whether it is there, before anybody who complains finds out."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from shared.sealing.vault import KeyMissing, Vault, VaultAway
from shared.sealing.vault_watch import VaultWatch
from tests.support.waiting import until


class Store:
    """A store of keys that is there or away."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0

    async def get(self, key_id: str) -> bytes | None:
        """Nobody's key is missing; nothing is known while the store is away."""
        self.asked += 1
        raise VaultAway if self.away else KeyMissing


def measured() -> float | None:
    """What Prometheus is told of this process."""
    return REGISTRY.get_sample_value("redress_vault_away", {"service": "watched"})


async def test_a_vault_that_goes_away_is_told_and_one_that_is_back_too() -> None:
    """By the next look, without anybody's call; in the metrics as in what `redress status` is told."""
    store = Store()
    watch = VaultWatch(Vault(store, [bytes(32)]), "watched", look_seconds=0.0)  # type: ignore[arg-type]
    looking = asyncio.create_task(watch.run())
    try:
        await until(lambda: store.asked > 1)
        before = watch.told(), measured()
        store.away = True
        await until(lambda: watch.away)
        meanwhile = watch.told(), measured()
        store.away = False
        await until(lambda: not watch.away)
    finally:
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking

    assert ({"vault_away": False}, 0.0) == before
    assert ({"vault_away": True}, 1.0) == meanwhile
    assert 0.0 == measured()
