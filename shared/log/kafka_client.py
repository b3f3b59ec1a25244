"""This module says how every Kafka client of Redress connects: brokers, TLS and SASL in one place."""

import asyncio
import ssl
from collections.abc import Iterator
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.helpers import create_ssl_context

from shared.errors import BrokersRefuse
from shared.log import kafka_connections
from shared.process.settings import Settings

log = structlog.get_logger()
kafka_connections.install()

BrokerError = KafkaError
"""What the brokers, or the way to them, can fail with: for those who know no Kafka."""
PROBE_SECONDS = 2.0
REQUEST_MS = 8000
"""How long a broker that is there may take for an answer: longer than it may hold a fetch, and than it takes to have
another one lead what it led. Aiokafka's 40 s are how long a broker that stands still would hold up all who asked it."""
STOP_SECONDS = 5.0
COORDINATING = ("_coordination_task", "_heartbeat_task", "_commit_refresh_task", "_reset_committed_task")
"""Under these names a consumer keeps its tasks, in a group and in none, besides those that fetch."""
SASL_REFUSALS = (SaslAuthenticationFailed, UnsupportedSaslMechanismError, IllegalSaslStateError)


def client_options(settings: Settings, request_ms: int = REQUEST_MS) -> dict[str, Any]:
    """Keyword arguments for any aiokafka client; ``request_ms``: how long a broker may take for an answer."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap,
        "client_id": settings.installation,
        "request_timeout_ms": request_ms,
        "security_protocol": settings.kafka_security_protocol,
    }
    if "SSL" in settings.kafka_security_protocol:
        options["ssl_context"] = tls_context(settings)
    if settings.kafka_security_protocol.startswith("SASL"):
        secret = settings.kafka_sasl_password
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": secret.get_secret_value() if secret else None,
        }
    return options


def tls_context(settings: Settings) -> ssl.SSLContext:
    """The TLS context for the brokers: given authority and client certificate, else the system's authorities."""
    context: ssl.SSLContext = create_ssl_context(
        cafile=str(settings.kafka_ca_file) if settings.kafka_ca_file else None,
        certfile=str(settings.kafka_cert_file) if settings.kafka_cert_file else None,
        keyfile=str(settings.kafka_key_file) if settings.kafka_key_file else None,
    )
    return context


async def start(client: Any, settings: Settings) -> None:
    """Start any aiokafka client; one that cannot be started is stopped, else its sockets stay open.

    A consumer's own tasks get their first turn here: aiokafka cannot stop one whose tasks never ran.

    Raises:
        BrokersRefuse: a broker answers, but does not let this client in. Waiting would not help.
        KafkaConnectionError: no broker can be reached.
    """
    try:
        await client.start()
        await asyncio.sleep(0)
    except BaseException as error:
        if isinstance(client, AIOKafkaProducer):
            await stop_producer(client)
        elif isinstance(client, AIOKafkaConsumer):
            await stop_consumer(client)
        else:
            await client.close()
        if isinstance(error, KafkaConnectionError) and (why := await _refusal(settings)) is not None:
            raise BrokersRefuse(why) from error
        raise


async def stop_producer(producer: AIOKafkaProducer) -> None:
    """Stop a producer within seconds, and its connections: one that was fenced or refused leaves them open."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await producer.stop()
    except (KafkaError, TimeoutError, AssertionError) as error:
        log.info("producer.stopped_hard", error=repr(error))
    finally:
        await producer.client.close()


async def stop_consumer(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer within seconds: it waits for its tasks to end, and such a task can miss that it was cancelled.

    Whoever is cut off in the middle leaves the tasks that he has not come to: they would ask the brokers for ever.
    """
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await consumer.stop()
    except (KafkaError, TimeoutError) as error:
        log.info("consumer.stopped_hard", error=repr(error))
    finally:
        for task in _tasks_of(consumer):
            task.cancel()
        await consumer._client.close()  # noqa: SLF001 - nothing else closes what it was connecting to


def _tasks_of(consumer: AIOKafkaConsumer) -> Iterator["asyncio.Task[None]"]:
    """The tasks of a consumer that have not ended; one that was never started has none."""
    fetcher, coordinator = consumer._fetcher, consumer._coordinator  # noqa: SLF001 - aiokafka says it of none
    found = [getattr(coordinator, name, None) for name in COORDINATING]
    if fetcher is not None:
        found += [fetcher._fetch_task, *fetcher._pending_tasks]  # noqa: SLF001
    return (task for task in found if task is not None and not task.done())


async def _refusal(settings: Settings) -> str | None:
    """Why a broker does not let us in, asked again: aiokafka says only that it could not connect to any."""
    if settings.kafka_security_protocol == "PLAINTEXT":
        return None
    options = client_options(settings, int(PROBE_SECONDS * 1000))
    for host, port, _ in collect_hosts(options.pop("bootstrap_servers")):
        try:
            connection = await create_conn(host, port, **options)
        except SASL_REFUSALS as error:
            return (
                f"{host}:{port} refuses this user ({error}): check REDRESS_KAFKA_SASL_USERNAME, "
                "REDRESS_KAFKA_SASL_PASSWORD and REDRESS_KAFKA_SASL_MECHANISM."
            )
        except ssl.SSLError as error:
            return f"{host}:{port} and this client do not agree on TLS ({error}): check REDRESS_KAFKA_CA_FILE."
        except (KafkaError, OSError, TimeoutError):
            continue
        connection.close()
    return None
