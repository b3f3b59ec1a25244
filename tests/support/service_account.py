"""A system of the bank at the secured brokers: it logs in with a token of its own, by a client that is not ours."""

import time
from asyncio import to_thread
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, Message, Producer

from shared.contract.subjects import Subject
from shared.contract.topics import topic_name
from shared.process.settings import Settings
from tests.support.secured_broker import IDENTITY_SERVICE

WAIT_SECONDS = 15.0
LIFETIME_SECONDS = 600
NOT_ALLOWED = {"TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED", "UNKNOWN_TOPIC_OR_PART"}
"""Who may not even describe a topic is told that there is none."""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What it may read and write, seen by trying."""

    settings: Settings
    subject: Subject

    def _login(self) -> dict[str, Any]:
        return {
            "bootstrap.servers": self.settings.bootstrap,
            "security.protocol": "SASL_SSL",
            "ssl.ca.location": str(self.settings.kafka_ca_file),
            "sasl.mechanism": "OAUTHBEARER",
            "oauth_cb": lambda _: (IDENTITY_SERVICE.issue(self.subject), time.time() + LIFETIME_SECONDS),
        }

    def first(self, topic: str, group: str) -> bytes | str | None:
        """The first value of a topic, read in a group of the installation; else the brokers' refusal."""
        at = {"group.id": f"{self.settings.installation}.{group}", "auto.offset.reset": "earliest"}
        reader = Consumer(self._login() | at)
        try:
            reader.subscribe([topic_name(self.settings, topic)])
            found = reader.poll(WAIT_SECONDS)
            assert found is not None, "nothing came, and nothing was refused"
            error = found.error()
            return error.name() if error is not None else found.value()
        finally:
            reader.close()

    async def refused(self, topic: str) -> bool:
        """Whether the brokers keep a topic from it."""
        return await to_thread(self.first, topic, self.subject.principal) in NOT_ALLOWED

    def written(self, topic: str) -> str | None:
        """What the brokers say of a record of its; None where they took it."""
        said: list[KafkaError | None] = []

        def tell(error: KafkaError | None, _: Message) -> None:
            said.append(error)

        writer = Producer(self._login())
        writer.produce(topic_name(self.settings, topic), b"a value", key=b"a key", on_delivery=tell)
        writer.flush(WAIT_SECONDS)
        (error,) = said
        return error.name() if error is not None else None
