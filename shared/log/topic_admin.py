"""The topic admin makes topics on the brokers and describes topics and brokers as they are."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.errors import RedressError
from shared.log.kafka_client import client_options, start
from shared.process.settings import Settings

ALREADY_EXISTS, NOT_KNOWN = 36, 3
KNOWN_WITHIN_SECONDS = 15.0
"""For so long brokers may not know of a topic that another one of them has just made."""
LOOK_SECONDS = 0.1
Configs = dict[str, str]


@dataclass(frozen=True, slots=True)
class NewTopicSpec:
    """A topic that is to be made."""

    name: str
    partitions: int
    replication: int
    configs: Configs


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """One topic as it is."""

    partitions: int
    replication: int
    configs: Configs


class TopicNotMade(RedressError):
    """The brokers refuse to make a topic: correct what they say, then try again."""

    code = "topic_not_made"
    status = 409


class TopicAdmin:
    """Asks and changes what the brokers know of topics."""

    def __init__(self, client: AIOKafkaAdminClient) -> None:
        self._client = client

    async def names(self) -> set[str]:
        """The topics that there are."""
        return set(await self._client.list_topics())

    async def create(self, topics: Iterable[NewTopicSpec]) -> None:
        """Make topics; one that somebody else has just made is as good.

        Raises:
            TopicNotMade: the brokers refuse one.
        """
        wanted = [NewTopic(t.name, t.partitions, t.replication, topic_configs=t.configs) for t in topics]
        if not wanted:
            return
        answer = await self._client.create_topics(wanted)
        refused = [row for row in answer.topic_errors if row[1] not in (0, ALREADY_EXISTS)]
        if refused:
            said = "; ".join(f"{row[0]}: {row[-1]}" for row in refused)
            raise TopicNotMade(f"The brokers did not make {said.rstrip('.')}. Correct that, then try again.")

    async def described(self, names: list[str]) -> dict[str, FoundTopic]:
        """Topics as they are. Raises TimeoutError: a topic is not known to the brokers."""
        async with asyncio.timeout(KNOWN_WITHIN_SECONDS):
            shapes = await self._shapes(names)
            configs = await self._configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
        return {name: FoundTopic(len(shapes[name]), len(shapes[name][0]["replicas"]), configs[name]) for name in names}

    async def _shapes(self, names: list[str]) -> dict[str, Any]:
        """Every topic's partitions. A broker may not know for a moment what has just been made."""
        while True:
            shapes = {row["topic"]: row["partitions"] for row in await self._client.describe_topics(names)}
            if all(shapes.get(name) for name in names):
                return shapes
            await asyncio.sleep(LOOK_SECONDS)

    async def brokers(self) -> int:
        """How many brokers are up."""
        return len((await self._client.describe_cluster())["brokers"])

    async def broker(self) -> Configs:
        """The settings of the first broker."""
        cluster = await self._client.describe_cluster()
        node = str(cluster["brokers"][0]["node_id"])
        return (await self._configs([ConfigResource(ConfigResourceType.BROKER, node)]))[node]

    async def _configs(self, resources: list[ConfigResource]) -> dict[str, Configs]:
        """The settings of these; the broker that is asked may be another one, that hears of a topic a moment later."""
        while True:
            answers = await self._client.describe_configs(resources)
            described = [resource for answer in answers for resource in answer.resources]
            if all(resource[0] != NOT_KNOWN for resource in described):
                return {resource[3]: {entry[0]: entry[1] for entry in resource[4]} for resource in described}
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def topic_admin(settings: Settings) -> AsyncIterator[TopicAdmin]:
    """Connect as the settings say. Raises BrokersRefuse, and ``BrokerError`` where no broker can be reached."""
    client = AIOKafkaAdminClient(**client_options(settings))
    await start(client, settings)
    try:
        yield TopicAdmin(client)
    finally:
        await client.close()
