"""Connections to brokers: each is given up within seconds when the machine at its other end is silent."""

import asyncio
import socket

import pytest
from aiokafka import conn
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.admin import ApiVersionRequest

from shared.log import kafka_connections
from shared.log.kafka_connections import OPTIONS, WatchedConnection
from shared.log.kafka_log import KafkaLog
from tests.support.broker import FreshTopics

pytestmark = pytest.mark.kafka


def options(connection: WatchedConnection) -> dict[str, int]:
    """What the kernel does with its socket."""
    found = connection._writer.get_extra_info("socket")
    assert found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    return {name: found.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in OPTIONS}


async def test_every_client_of_the_log_notices_a_silent_broker(fresh_topics: FreshTopics) -> None:
    """Who asks for the ends, who appends and who reads; Faust's clients are of the same library."""
    log = KafkaLog(await fresh_topics())
    await log.ends()
    reader, writer = await log.read(0), log.writer("routing", 0)
    await writer.start()
    assert log._ends is not None
    assert writer._producer is not None
    clients = (log._ends._client, reader._consumer._client, writer._producer.client)
    connections = [one for client in clients for one in client._conns.values()]
    found = [options(one) for one in connections]
    for one in (reader, writer, log):
        await one.stop()

    assert [OPTIONS] * len(connections) == found
    assert len(connections) >= len(clients)
    assert conn.AIOKafkaConnection is WatchedConnection  # Faust connects by it too


async def test_who_connects_to_a_broker_that_does_not_answer_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """All others of its client wait for it meanwhile."""
    monkeypatch.setattr(kafka_connections, "CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TimeoutError):
        await create_conn(*silent.getsockname())


async def test_a_broker_that_has_just_hung_up_is_one_that_is_away(fresh_topics: FreshTopics) -> None:
    """Whoever asks it before that was noticed tries another one, whatever the loop says of a closed connection."""
    host, port = (await fresh_topics()).bootstrap.split(":")
    connection = await create_conn(host, int(port))
    writer = connection._writer
    connection._read_task.cancel()  # it notices
    writer.transport.abort()
    await asyncio.wait([connection._closed_fut], timeout=5)
    with pytest.raises(KafkaConnectionError, match="hung up"):
        connection.send(ApiVersionRequest())

    assert not connection.connected()
