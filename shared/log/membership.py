"""Whether a process may begin: no other worker has its instance id, and nobody works beside it with other stores.

Two live workers with one instance id take it from each other for ever. A key that is made in a data folder opens
nothing on another machine. Both are refused before anything is begun.

The brokers tell who is a member of a group, dead or alive, until its session has timed out. A member says in its client
id whose it is: of which data folder, on which running machine. Whoever holds the lock of a slot there knows that its
former process is dead, and takes its place at once; a stranger is waited for until its session would have timed out.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from shared.errors import RedressError
from shared.log.group_admin import Member, members
from shared.log.patience import patiently
from shared.process.settings import Settings

SERVICES = ("routing", "sla", "notify", "casework")
"""The services whose workers form groups."""
LOOK_SECONDS = 0.5
LONGER_SECONDS = 2.0
"""How much longer than a session a stranger is waited for: the brokers look for timed-out sessions in between."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
MARK, OWN, SHARED = "redress", "own", "shared"


class PlaceTaken(RedressError):
    """Another live worker has this place: give this machine a name of its own (REDRESS_MACHINE), or stop the other."""

    code = "place_taken"
    status = 409


class StoresOfOneMachine(RedressError):
    """Another machine works on this log: keep keys and documents where both find them (docs/how-to/cluster.md)."""

    code = "stores_of_one_machine"
    status = 409


class Identity(NamedTuple):
    """What a member says of itself in its client id: its machine's name, whose it is, and what stores it has."""

    machine: str
    holder: str
    stores: str

    def __str__(self) -> str:
        return "/".join((MARK, *self))


def identity(settings: Settings) -> Identity:
    """What this process says of itself."""
    stores = OWN if own_stores(settings) else SHARED
    return Identity(settings.machine_name, _holder(settings.data), stores)


def _holder(data: Path) -> str:
    """Name a data folder on this running machine: of another folder or machine, or before a reboot, it is another."""
    data.mkdir(parents=True, exist_ok=True)
    place, boot = data.stat(), BOOT.read_text(encoding="ascii").strip() if BOOT.exists() else ""
    return hashlib.sha256(f"{boot} {place.st_dev} {place.st_ino}".encode()).hexdigest()[:12]


def own_stores(settings: Settings) -> list[str]:
    """The settings that are missing for keys and documents to be where every machine finds them."""
    stores = {"REDRESS_VAULT_URL": settings.vault_url, "REDRESS_DOCUMENTS_BUCKET": settings.documents_bucket}
    return [name for name, value in stores.items() if value is None]


def instance_id(settings: Settings, service: str, slot: int) -> str:
    """The static membership of a worker: its service, machine and slot."""
    return f"{service}-{settings.machine_name}-{slot}"


async def check_place(settings: Settings, service: str, slots: Iterable[int]) -> None:
    """Let workers of a service begin. Raises PlaceTaken, StoresOfOneMachine."""
    mine = {instance_id(settings, service, slot) for slot in slots}
    await _check(settings, {service, *SERVICES}, lambda others: _taken(mine, others) or _beside(settings, others))


async def check_stores(settings: Settings, *missing: str) -> None:
    """Let a process begin that keeps something in its data folder; ``missing``: further settings that it lacks for it.

    Raises:
        StoresOfOneMachine: somebody else works with other stores.
    """
    await _check(settings, SERVICES, lambda others: _beside(settings, others, *missing))


Refusal = Callable[[list[tuple[Member, Identity]]], RedressError | None]


async def _check(settings: Settings, services: Iterable[str], refusal: Refusal) -> None:
    loop, groups = asyncio.get_running_loop(), [f"{settings.installation}.{service}" for service in services]
    until = loop.time() + settings.session_timeout_seconds + LONGER_SECONDS
    while (why := refusal(await _others(settings, groups))) is not None:
        if loop.time() > until:
            raise why
        await asyncio.sleep(LOOK_SECONDS)


async def _others(settings: Settings, groups: list[str]) -> list[tuple[Member, Identity]]:
    """The members of the installation's groups that are of another machine or data folder."""
    ours = identity(settings)
    found = await patiently(lambda: members(settings, groups), "members of the groups")
    known = [(one, Identity(*parts)) for one in found if len(parts := one.client.split("/")[1:]) == len(ours)]
    return [(one, theirs) for one, theirs in known if theirs.holder != ours.holder]


def _taken(mine: set[str], others: list[tuple[Member, Identity]]) -> RedressError | None:
    for member, theirs in others:
        if member.instance in mine:
            return PlaceTaken(
                f"{member.instance} is a live worker already, at {member.address} of machine {theirs.machine}: give "
                "this machine a name of its own (REDRESS_MACHINE), or stop the other one."
            )
    return None


def _beside(settings: Settings, others: list[tuple[Member, Identity]], *missing: str) -> RedressError | None:
    lacking = [*own_stores(settings), *missing]
    for member, theirs in others:
        if lacking or theirs.stores == OWN:
            whose = f"this one ({settings.data})" if lacking else "that one"
            return StoresOfOneMachine(
                f"{member.instance} works on this log at {member.address}, and {whose} has stores in its data folder, "
                f"which only one machine can read: set {', '.join(lacking) or 'them there'} (docs/how-to/cluster.md)."
            )
    return None
