"""One real Kafka per test run, on free ports and in a temporary folder; fresh topics for every test."""

import atexit
import os
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ops.local import broker as brokers
from ops.local import topics
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.process.settings import Settings

_prefixes = count(1)


FIRST_PORT, BLOCK, LAST_PORT = 12000, 1000, 32000
"""Below the ports that Linux gives to outgoing connections (from 32768 on): none of those can take one of ours."""


class Ports:
    """Loopback ports of one test process, from a block that no other test process on this machine hands out.

    The block's last port stays bound for as long as the process lives: that is what keeps others away from it, and the
    kernel gives it back even if the process is killed. None is handed out a second time before the block is used up.
    """

    def __init__(self) -> None:
        keeper, self._first = _block_of_our_own()
        atexit.register(keeper.close)
        self._next = self._first

    def neighbours(self, how_many: int) -> int:
        """The first of so many neighbouring ports that are free now."""
        for _ in range(2 * BLOCK):
            if self._next + how_many >= self._first + BLOCK:
                self._next = self._first
            first, self._next = self._next, self._next + how_many
            if all(map(_is_free, range(first, first + how_many))):
                return first
        raise RuntimeError("no free ports")


def _block_of_our_own() -> tuple[socket.socket, int]:
    for first in range(FIRST_PORT, LAST_PORT, BLOCK):
        keeper = socket.socket()
        try:
            keeper.bind(("127.0.0.1", first + BLOCK - 1))
        except OSError:
            keeper.close()
            continue
        return keeper, first
    raise RuntimeError("all blocks of ports are taken by other test runs")


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@cache
def _ports() -> Ports:
    return Ports()


def free_ports(how_many: int) -> int:
    """The first of ``how_many`` neighbouring loopback ports that are free now, and that no other test process takes."""
    return _ports().neighbours(how_many)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of a running broker. One that does not start fails with its log, it never skips."""
    broker = brokers.Broker(tmp_path_factory.mktemp("kafka"), free_ports(2))
    process: subprocess.Popen[bytes] = brokers.start(broker)
    yield f"127.0.0.1:{broker.port}"
    brokers.stop(process)


FreshTopics = Callable[..., Awaitable[Settings]]


@pytest.fixture
def fresh_topics(kafka: str, tmp_path: Path) -> FreshTopics:
    """Makes an installation of its own on the shared broker: other topics, other groups, another data folder."""

    async def make(**overrides: Any) -> Settings:
        name = f"test{os.getpid()}-{next(_prefixes)}"
        values: dict[str, Any] = {
            "kafka_bootstrap": kafka,
            "installation": name,
            "topic_prefix": f"{name}.",
            "data": tmp_path,
        }
        settings = Settings(**(values | overrides))
        _, different = await topics.apply(settings)
        assert [] == different
        return settings

    return make


@pytest.fixture
def fresh_bank(fresh_topics: FreshTopics) -> FreshTopics:
    """As ``fresh_topics``, with the example's reference data published.

    Whoever plays several at once in one loop begins with them: to publish takes seconds of computing, in which the
    others' connections would time out.
    """

    async def make(**overrides: Any) -> Settings:
        settings = await fresh_topics(**overrides)
        await publish_defaults(settings, EXAMPLE_ORGANISATION)
        return settings

    return make
