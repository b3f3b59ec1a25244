"""``redress keys rewrap``: after a change of the master key every key of the vault is wrapped with the new one.

Beside what runs: a process that has both master keys opens all of them. A key that changes meanwhile, as by an erasure,
is left as it is. Given again it goes on with what is left.
"""

from collections.abc import Callable
from typing import NamedTuple

from shared.process import bombs
from shared.process.settings import Settings
from shared.sealing.stores import open_key_store
from shared.sealing.vault import MasterKeys, master_keys

AT_ONCE = 1000


class Rewrapped(NamedTuple):
    """How many keys were looked at, and how many of them were wrapped anew."""

    keys: int
    anew: int


async def rewrap(settings: Settings, told: Callable[[int], None]) -> Rewrapped:
    """Wrap every key with the first master key. Raises SealBroken: one opens with none of them; VaultAway."""
    masters, seen, anew, after = MasterKeys(master_keys(settings)), 0, 0, ""
    async with open_key_store(settings) as store:
        while page := await store.page(after, AT_ONCE):
            fresh = [(one, new) for one in page if (new := masters.rewrapped(one)) is not None]
            if fresh:
                await store.rewrap(fresh)
                bombs.hit("rewrap")
            seen, anew, after = seen + len(page), anew + len(fresh), page[-1].key_id
            told(seen)
    return Rewrapped(seen, anew)


async def erased(settings: Settings) -> list[str]:
    """The ids of cases and other subjects whose keys were destroyed. Raises VaultAway."""
    found, after = [], ""
    async with open_key_store(settings) as store:
        while page := await store.page(after, AT_ONCE):
            found += [one.key_id for one in page if one.wrapped is None]
            after = page[-1].key_id
    return found
