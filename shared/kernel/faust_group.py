"""Joins a service's group through Faust, which says which partitions are ours. Only this file knows Faust.

Nothing correct rests on Faust's offsets: what is owed stands in the folds.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import faust

from shared.contract.topics import OWNERSHIP, topic_name
from shared.log.kafka_client import tls_context
from shared.log.membership import check_place, identity, instance_id
from shared.process.settings import Settings

STOP_SECONDS = 5.0


class FaustGroup:
    """One member of a service's group. What is assigned and revoked is handed to the two callbacks."""

    def __init__(
        self,
        settings: Settings,
        service: str,
        assigned: Callable[[set[int]], Awaitable[None]],
        revoked: Callable[[], Awaitable[None]],
    ) -> None:
        self._settings, self._service = settings, service
        self._app = _app(settings, service)
        self._assigned = assigned
        self._revoked = revoked
        self._app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        self._app.on_partitions_revoked.connect(self._on_revoked, weak=False)

    async def run(self) -> None:
        """Be a member until this is cancelled. Raises PlaceTaken, StoresOfOneMachine: it did not join."""
        await check_place(self._settings, self._service, [self._settings.slot])
        await self._app.start()
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Leave, without waiting for long."""
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._app.stop()

    async def _on_assigned(self, *args: Any, **_: Any) -> None:
        """The second argument of the signal is the set of assigned topic partitions."""
        await self._assigned({tp.partition for tp in args[1]})

    async def _on_revoked(self, *_: Any, **__: Any) -> None:
        await self._revoked()


def _app(settings: Settings, service: str) -> Any:
    app = faust.App(
        f"{settings.installation}.{service}",
        broker=f"kafka://{settings.bootstrap}",
        **_credentials(settings),
        store="memory://",
        topic_disable_leader=True,
        table_standby_replicas=0,
        topic_allow_declare=False,
        consumer_auto_offset_reset="latest",
        broker_client_id=str(identity(settings)),
        consumer_group_instance_id=instance_id(settings, service, settings.slot),
        broker_session_timeout=settings.session_timeout_seconds,
        broker_heartbeat_interval=1,
        broker_request_timeout=30,
        producer_request_timeout=30,
        stream_wait_empty=False,
        worker_redirect_stdouts=False,
        web_enabled=False,
        datadir=str(settings.data / "run" / f"faust-{service}-{settings.slot}"),
    )
    topic = app.topic(
        topic_name(settings, OWNERSHIP), value_type=bytes, value_serializer="raw", key_type=bytes,
        key_serializer="raw",
    )  # fmt: skip

    @app.agent(topic, concurrency=1)
    async def own(stream: Any) -> None:
        async for _ in stream:
            pass  # folds read the log themselves; being assigned is all that is wanted from Faust

    return app


def _credentials(settings: Settings) -> dict[str, Any]:
    """Faust's own form of the connection settings."""
    context = tls_context(settings) if "SSL" in settings.kafka_security_protocol else None
    if settings.kafka_security_protocol.startswith("SASL"):
        secret = settings.kafka_sasl_password
        return {
            "broker_credentials": faust.SASLCredentials(
                username=settings.kafka_sasl_username,
                password=secret.get_secret_value() if secret else None,
                mechanism=settings.kafka_sasl_mechanism,
                ssl_context=context,
            )
        }
    return {"broker_credentials": faust.SSLCredentials(context)} if context else {}
