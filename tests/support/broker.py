"""One real Kafka per test run, on free ports and in a temporary folder; fresh topics for every test."""

import os
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ops.local import broker as brokers
from ops.local import topics
from shared.process.settings import Settings

_prefixes = count(1)


def free_ports(how_many: int) -> int:
    """The first of ``how_many`` neighbouring loopback ports that are free now."""
    for first in range(20000 + os.getpid() % 5000, 60000, how_many):
        sockets = []
        try:
            for offset in range(how_many):
                one = socket.socket()
                sockets.append(one)
                one.bind(("127.0.0.1", first + offset))
        except OSError:
            continue
        else:
            return first
        finally:
            for one in sockets:
                one.close()
    raise RuntimeError("no free ports")


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
