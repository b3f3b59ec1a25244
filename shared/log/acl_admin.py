"""The ACL admin tells the brokers who may do what."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest

from shared.errors import RedressError
from shared.log.kafka_client import client_options, start
from shared.process.settings import Settings

# Numbers of the Kafka protocol: org.apache.kafka.common.resource and .acl.
RESOURCES = {"topic": 2, "group": 3, "cluster": 4, "transactional-id": 5}
OPERATIONS = {
    "all": 2, "read": 3, "write": 4, "create": 5, "delete": 6, "alter": 7, "describe": 8, "cluster-action": 9,
    "describe-configs": 10, "alter-configs": 11, "idempotent-write": 12,
}  # fmt: skip
ANY, LITERAL, PREFIXED, ALLOW, FROM_ANYWHERE = 1, 3, 4, 3, "*"
_RESOURCE_NAMES = {number: name for name, number in RESOURCES.items()}
_OPERATION_NAMES = {number: name for name, number in OPERATIONS.items()}


class AclRefused(RedressError):
    """The brokers do not take a right: they need an authorizer, and this principal the right to alter the cluster."""

    code = "acl_refused"
    status = 409


class Acl(NamedTuple):
    """One right of one principal; ``prefixed``: on everything whose name begins so."""

    who: str
    operation: str
    resource: str
    name: str
    prefixed: bool = False

    def __str__(self) -> str:
        return f"{self.who} may {self.operation} {self.resource} {self.name}{'*' if self.prefixed else ''}"


class AclAdmin:
    """Sets rights, lists them, takes them away."""

    def __init__(self, client: AIOKafkaAdminClient) -> None:
        self._client = client

    async def allow(self, acl: Acl) -> None:
        """Set one right; one that is there already stays. Raises AclRefused."""
        request = CreateAclsRequest(
            RESOURCES[acl.resource], acl.name, PREFIXED if acl.prefixed else LITERAL, acl.who, FROM_ANYWHERE,
            OPERATIONS[acl.operation], ALLOW,
        )  # fmt: skip
        answer = await self._client._send_request(request)  # noqa: SLF001 - aiokafka has the message, and no call for it
        for code, why in answer.creation_responses:
            if code:
                raise AclRefused(f"{acl}: the brokers answer {why or code}. {AclRefused.__doc__}")

    async def all(self) -> list[Acl]:
        """Every right that is given on topics, groups, transactions and the cluster. Raises AclRefused."""
        request = DescribeAclsRequest(ANY, None, ANY, None, None, ANY, ALLOW)
        answer = await self._client._send_request(request)  # noqa: SLF001 - as above
        if answer.error_code:
            raise AclRefused(f"The brokers answer {answer.error_message or answer.error_code}. {AclRefused.__doc__}")
        return [
            Acl(who, _OPERATION_NAMES.get(operation, str(operation)), _RESOURCE_NAMES[type_], name, form == PREFIXED)
            for type_, name, form, acls in answer.resources
            if type_ in _RESOURCE_NAMES
            for who, _, operation, _ in acls
        ]

    async def take_away(self, acl: Acl) -> None:
        """Take one right away, wherever its principal may come from. Raises AclRefused."""
        request = DeleteAclsRequest(
            RESOURCES[acl.resource], acl.name, PREFIXED if acl.prefixed else LITERAL, acl.who, None,
            OPERATIONS[acl.operation], ALLOW,
        )  # fmt: skip
        answer = await self._client._send_request(request)  # noqa: SLF001 - as above
        for code, why, _ in answer.filter_responses:
            if code:
                raise AclRefused(f"{acl}: the brokers answer {why or code}. {AclRefused.__doc__}")


@asynccontextmanager
async def acl_admin(settings: Settings) -> AsyncIterator[AclAdmin]:
    """Connect as the settings say. Raises BrokersRefuse, and ``BrokerError`` where no broker can be reached."""
    client = AIOKafkaAdminClient(**client_options(settings))
    await start(client, settings)
    try:
        yield AclAdmin(client)
    finally:
        await client.close()
