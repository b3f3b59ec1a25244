"""The group admin asks the brokers who is a member of a group."""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
    for_code,
)
from aiokafka.protocol.admin import DescribeGroupsRequest_v2
from aiokafka.protocol.api import Request

from shared.errors import RedressError
from shared.log.kafka_client import client_options, start
from shared.process.settings import Settings

UUID_LENGTH = 36
"""The brokers put a hyphen and a UUID behind the instance id of a member, or its client id where it has none."""
FOUND_WITHIN_SECONDS = 15.0


class MayNotLook(RedressError):
    """The brokers do not tell this user who works for the installation: `redress topics acls --apply` lets him know."""

    code = "may_not_look"
    status = 409


class Member(NamedTuple):
    """A member of a group: its instance id, what it calls itself, and the address that it joined from."""

    instance: str
    client: str
    address: str


class _DescribeGroup(Request[DescribeGroupsRequest_v2]):  # type: ignore[misc]
    """Asks for one group, in the newest form whose answer aiokafka reads right: that of version 3 it takes for 2."""

    API_KEY = DescribeGroupsRequest_v2.API_KEY

    def __init__(self, group: str) -> None:
        self._group = group

    def build(self, request_struct_class: type[DescribeGroupsRequest_v2]) -> DescribeGroupsRequest_v2:
        return request_struct_class([self._group])


async def members(settings: Settings, groups: Iterable[str]) -> list[Member]:
    """Every member of these groups, one that died included until its session has timed out.

    Raises:
        MayNotLook: this user has no right to.
        KafkaError, TimeoutError: the brokers do not answer.
    """
    client = AIOKafkaAdminClient(**client_options(settings))
    await start(client, settings)
    try:
        return [member for group in groups for member in await _members_of(client, group)]
    except GroupAuthorizationFailedError as error:
        raise MayNotLook from error
    finally:
        await client.close()


async def _members_of(client: AIOKafkaAdminClient, group: str) -> list[Member]:
    """The members of a group. Brokers that have just started look for its coordinator for a moment."""
    async with asyncio.timeout(FOUND_WITHIN_SECONDS):
        while True:
            try:
                return await _described(client, group)
            except (GroupCoordinatorNotAvailableError, GroupLoadInProgressError, NotCoordinatorForGroupError):
                await asyncio.sleep(0.1)


async def _described(client: AIOKafkaAdminClient, group: str) -> list[Member]:
    coordinator = await client.find_coordinator(group)
    # aiokafka's own call asks in the form whose answer it misreads.
    answer = await client._send_request(_DescribeGroup(group), coordinator)  # noqa: SLF001
    ((error, _, _, _, _, found),) = answer.groups
    if error:
        raise for_code(error)(f"group {group}")
    return [Member(one[0][: -UUID_LENGTH - 1], one[1], one[2].lstrip("/")) for one in found]
