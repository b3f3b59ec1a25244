"""Connections to brokers: each is given up within seconds when the machine at its other end is silent."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition, conn
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.admin import ApiVersionRequest
from aiokafka.protocol.metadata import MetadataRequest

from shared.contract.topics import EVENTS, topic_name
from shared.log import kafka_client, kafka_connections
from shared.log.kafka_connections import OPTIONS, WatchedConnection
from shared.log.kafka_log import KafkaLog
from tests.support.broker import FreshTopics
from tests.support.secured_broker import write_certificates
from tests.support.waiting import until

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


async def test_a_client_asks_again_for_brokers_that_were_too_busy_to_let_it_in(
    fresh_topics: FreshTopics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For as long as they may take for any other answer; those who are away are not waited for."""
    monkeypatch.setattr(kafka_connections, "CONNECT_SECONDS", 0.1)
    host, port = (await fresh_topics()).bootstrap.split(":")
    taken = 0

    async def busy_at_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        taken += 1
        if taken > BUSY:
            monkeypatch.setattr(kafka_connections, "CONNECT_SECONDS", 3.0)
            onwards, upwards = await asyncio.open_connection(host, int(port))
            await asyncio.gather(piped(reader, upwards), piped(onwards, writer))
        await reader.read()  # until the client hangs up
        writer.close()

    async with await asyncio.start_server(busy_at_first, "127.0.0.1", 0) as door:
        address = "{}:{}".format(*door.sockets[0].getsockname())
        patient = AIOKafkaClient(bootstrap_servers=address, request_timeout_ms=8000)
        await patient.bootstrap()
        await patient.close()

    assert taken == BUSY + 1


BUSY = 3
"""So often a broker takes a connection and says nothing."""


async def piped(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    """All that comes, handed on."""
    while chunk := await source.read(65536):
        to.write(chunk)
    to.close()


class BusyBroker:
    """A broker with TLS that is busy: it takes a connection and one request, and reads no more until it is asked to."""

    def __init__(self, folder: Path) -> None:
        self.authority = write_certificates(folder)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "server.pem")
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._taken: ssl.SSLSocket | None = None
        self.address: tuple[str, int] = self._listening.getsockname()

    def take(self) -> bytes:
        """The first request of the one connection."""
        plain = self._listening.accept()[0]
        self._taken = self._context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False)
        return self._taken.recv(65536)

    def read_on(self) -> bytes:
        """What came since; an error unless the other end has said that it was all."""
        assert self._taken is not None
        found = b""
        while more := self._taken.recv(65536):
            found += more
        return found

    def close(self) -> None:
        """Let go of both sockets."""
        for one in (self._listening, self._taken):
            if one is not None:
                one.close()


async def test_who_closes_a_connection_does_not_wait_for_a_broker_that_is_busy(tmp_path: Path) -> None:
    """A worker with a dozen readers took a minute to end: each waited for the fetch that the broker still held."""
    with closing(BusyBroker(tmp_path)) as broker:
        context = ssl.create_default_context(cafile=broker.authority)
        connection = WatchedConnection(*broker.address, ssl_context=context, security_protocol="SSL")
        connecting = asyncio.create_task(connection.connect())
        asked = await asyncio.to_thread(broker.take)
        assert connection._writer is not None
        connection._writer.write(b"its last words")
        closed = connection.close()
        turns = await turns_until(closed.done)
        with pytest.raises(KafkaConnectionError):
            await connecting
        heard = await asyncio.to_thread(broker.read_on)

    assert b"aiokafka" in asked
    assert b"its last words" == heard
    assert turns < MANY_TURNS


async def turns_until(condition: Callable[[], bool]) -> int:
    """After how many turns of the loop, in which nobody else does anything, a condition holds."""
    turns = 0
    while turns < MANY_TURNS and not condition():
        await asyncio.sleep(0)
        turns += 1
    return turns


MANY_TURNS = 100
"""Far more than a connection takes that has nothing to wait for."""


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


async def test_what_a_client_connects_to_while_it_is_closed_is_closed_too(
    fresh_topics: FreshTopics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It closes the connections that it has; one that came to it a moment later was never closed by anybody."""
    client = AIOKafkaClient(bootstrap_servers=(await fresh_topics()).bootstrap)
    await client.bootstrap()
    let_in, go_on, made = asyncio.Event(), asyncio.Event(), list[WatchedConnection]()
    connect = conn.AIOKafkaConnection.__mro__[1].connect

    async def slowly(self: WatchedConnection) -> object:
        made.append(self)
        let_in.set()
        await go_on.wait()
        return await connect(self)

    monkeypatch.setattr(conn.AIOKafkaConnection.__mro__[1], "connect", slowly)
    (node,) = (broker.nodeId for broker in client.cluster.brokers())
    connecting = asyncio.create_task(client._get_conn(node, group=ConnectionGroup.COORDINATION))
    await let_in.wait()
    await client.close()
    go_on.set()

    assert await connecting is None
    assert [False] == [one.connected() for one in made]


async def test_who_is_told_to_stop_while_he_asks_for_the_brokers_leaves_no_connection_open(
    fresh_topics: FreshTopics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first connection of a client is held by nobody but the call that made it."""
    settings = await fresh_topics()
    consumer = AIOKafkaConsumer(**kafka_client.client_options(settings))
    asked, made = asyncio.Event(), list[WatchedConnection]()
    send = WatchedConnection.send

    def heard(self: WatchedConnection, request: Any, expect_response: bool = True) -> Any:
        if isinstance(request, MetadataRequest):
            made.append(self)
            asked.set()
        return send(self, request, expect_response)

    monkeypatch.setattr(WatchedConnection, "send", heard)
    starting = asyncio.create_task(kafka_client.start(consumer, settings))
    await asked.wait()
    starting.cancel()
    await asyncio.wait([starting])
    found = [one.connected() for one in made]
    for one in made:
        one.close()  # else a loop of uvloop's never ends

    assert starting.cancelled()
    assert [False] == found


async def test_a_consumer_whose_task_misses_its_end_is_stopped_all_the_same(
    fresh_topics: FreshTopics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was waited for without an end, and a process that is told to stop was killed in the end."""
    monkeypatch.setattr(kafka_client, "STOP_SECONDS", 0.1)
    settings = await fresh_topics()
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap)
    await consumer.start()
    consumer.assign([TopicPartition(topic_name(settings, EVENTS), 0)])
    await until(lambda: bool(consumer._client._conns))

    async def deaf(task: "asyncio.Task[None]") -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        task.cancel()
        await asyncio.Event().wait()

    fetcher = consumer._fetcher
    fetcher._fetch_task = asyncio.create_task(deaf(fetcher._fetch_task))
    await asyncio.sleep(0)
    connections = list(consumer._client._conns.values())
    await kafka_client.stop_consumer(consumer)

    assert connections
    assert not any(one.connected() for one in connections)


async def test_a_consumer_of_a_group_that_brokers_keep_waiting_leaves_no_task_behind(
    fresh_topics: FreshTopics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are frozen as it says that it leaves; what it had not come to yet asked them for ever, at each attempt."""
    monkeypatch.setattr(kafka_client, "STOP_SECONDS", 0.1)
    settings = await fresh_topics()
    consumer = AIOKafkaConsumer(
        topic_name(settings, EVENTS), bootstrap_servers=settings.bootstrap, group_id=f"{settings.installation}.waiting"
    )
    await consumer.start()
    coordinator = consumer._coordinator

    async def nothing_comes(request: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(coordinator, "_send_req", nothing_comes)
    tasks = [consumer._fetcher._fetch_task, coordinator._coordination_task]
    await kafka_client.stop_consumer(consumer)

    await until(lambda: all(task.done() for task in tasks))
