"""What is done to an installation on a cluster while it works, one after the other."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tests.chaos.cluster.installation import Installation

AWAY_SECONDS = 15.0
"""So long a broker is cut off, or a host of workers is dead: past every session."""


class Disturbance(NamedTuple):
    """One of them: what it is called in the table, and how it is done; it returns when all is there again."""

    name: str
    done: Callable[[Installation], Awaitable[None]]


async def kill_a_broker(made: Installation) -> None:
    """End the broker whose controller decides, as by loss of power; start it on what its disk holds."""
    broker = made.cluster.leader()
    broker.end(signal.SIGKILL)
    await asyncio.sleep(AWAY_SECONDS)
    broker.start()
    await made.cluster.until_in_sync(made.settings)


async def cut_a_broker_off(made: Installation) -> None:
    """Pull the cable of the broker whose controller decides: it runs, and nobody hears it; then put it back."""
    broker = made.cluster.leader()
    broker.machine.cut_off()
    await asyncio.sleep(AWAY_SECONDS)
    broker.machine.join()
    await made.cluster.until_in_sync(made.settings)


async def kill_a_host(made: Installation) -> None:
    """End a worker of every service at once; start them when the others have long taken over."""
    host = made.workers[1]
    host.kill()
    await asyncio.sleep(AWAY_SECONDS)
    host.begin()
    await host.until_ready()


async def upgrade_redress(made: Installation) -> None:
    """Stop every process of Redress in order and start it anew, one at a time."""
    for host in made.hosts:
        for child in host.children:
            await host.upgrade(child)


async def upgrade_the_brokers(made: Installation) -> None:
    """The same with every broker; the next one only when the one before has all its replicas again."""
    for broker in made.cluster.members:
        await asyncio.to_thread(broker.end, signal.SIGTERM)
        broker.start()
        await made.cluster.until_in_sync(made.settings)


BROKER_KILLED = Disturbance("a broker killed (kill -9), and back", kill_a_broker)
BROKER_CUT_OFF = Disturbance("a broker cut off, and joined again", cut_a_broker_off)
HOST_KILLED = Disturbance("a worker of each service killed, and back", kill_a_host)
UPGRADE = Disturbance("rolling upgrade of Redress", upgrade_redress)
BROKERS_UPGRADE = Disturbance("rolling upgrade of the brokers", upgrade_the_brokers)
ALL = (BROKER_KILLED, BROKER_CUT_OFF, HOST_KILLED, UPGRADE, BROKERS_UPGRADE)
FEW = (BROKER_KILLED, HOST_KILLED)
