"""The rights on the brokers as they have to be: one principal per service, channel system and consumer.

Those of services stand in ``deploy/acls.yaml``, those of consumers in the organisation file.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ops.paths import DEPLOY
from shared.bank.listed import Consumer
from shared.contract.subjects import Subject
from shared.contract.topics import INBOX, INBOX_RESULTS, inboxes, topic_name
from shared.log.acl_admin import Acl, acl_admin
from shared.process.settings import Settings

ACLS_FILE = DEPLOY / "acls.yaml"


def wanted(settings: Settings, consumers: Iterable[Consumer] = (), file: Path = ACLS_FILE) -> list[Acl]:
    """Every right, by principal."""
    principals = yaml.safe_load(file.read_text(encoding="utf-8"))["principals"]
    found = [acl for name, row in principals.items() for acl in _of(settings, f"User:{name}", row)]
    return [*found, *_of_systems(settings), *_of_consumers(settings, consumers)]


def _of_consumers(settings: Settings, consumers: Iterable[Consumer]) -> Iterator[Acl]:
    """Each consumer reads what is listed for it, in a group of its own, and writes nothing."""
    for consumer in consumers:
        name = Subject("consumer", consumer.id).principal
        yield from _of(settings, f"User:{name}", {"read": consumer.topics, "groups": [name]})


def _of_systems(settings: Settings) -> Iterator[Acl]:
    """Each channel system with an inbox of its own writes to it, alone, and reads the answers; Redress reads it."""
    for system, topic in inboxes(settings).items():
        if system:
            groups = [f"intake-inbox.{system}"]
            yield from _of(settings, "User:intake-inbox", {"read": [topic], "groups": groups})
            yield from _of(settings, "User:ops", {"read": [topic]})
            name = Subject("channel", system).principal
            yield from _of(settings, f"User:{name}", {"write": [topic], "read": [INBOX_RESULTS], "groups": [name]})


def _of(settings: Settings, who: str, row: dict[str, Any]) -> Iterator[Acl]:
    begin = f"{settings.installation}."
    for operation in ("read", "write"):
        for topic in row.get(operation, ()):
            yield Acl(who, operation, "topic", topic_name(settings, topic))
    for group in row.get("groups", ()):
        yield Acl(who, "read", "group", begin + group)
    for name in row.get("members", ()):
        yield Acl(who, "describe", "group", begin + name, prefixed=True)
    for transactions in row.get("transactions", ()):
        for operation in ("write", "describe"):
            yield Acl(who, operation, "transactional-id", begin + transactions, prefixed=True)
    for operation in row.get("topics", ()):
        yield Acl(who, operation, "topic", topic_name(settings, "complaints."), prefixed=True)
    for operation in row.get("cluster", ()):
        yield Acl(who, operation, "cluster", "kafka-cluster")


class Applied(NamedTuple):
    """What was done: rights that were set, rights that nobody needs, and of these those that were taken away.

    ``beyond``: rights of others on everything there is, so on this installation too, and those of channel systems on
    the inbox of them all; they are shown and stay.
    """

    set: list[Acl]
    unwanted: list[Acl]
    removed: list[Acl]
    beyond: list[Acl]


async def apply(settings: Settings, consumers: Iterable[Consumer] = (), *, remove: bool = False) -> Applied:
    """Set every right; one that is there already stays. What is not wanted is listed, or taken away.

    Raises:
        AclRefused: the brokers refuse one.
    """
    acls = wanted(settings, consumers)
    async with acl_admin(settings) as admin:
        for acl in acls:
            await admin.allow(acl)
        found = await admin.all()
        others = set(found) - set(acls)
        posting = {acl for acl in others if _posts(settings, acl)}
        unwanted = sorted(acl for acl in others - posting if _is_ours(settings, acl))
        for acl in unwanted if remove else ():
            await admin.take_away(acl)
    beyond = sorted(posting | {acl for acl in others - set(unwanted) if acl.name == "*"})
    return Applied(acls, unwanted, unwanted if remove else [], beyond)


def _posts(settings: Settings, acl: Acl) -> bool:
    """Whether it is a right that the bank gives to a channel system without an inbox of its own."""
    posts = {("write", topic_name(settings, INBOX)), ("read", topic_name(settings, INBOX_RESULTS))}
    return acl.who not in principals() and not acl.prefixed and (acl.operation, acl.name) in posts


def _is_ours(settings: Settings, acl: Acl) -> bool:
    """Whether a right is about this installation: on what it owns, or of a principal of its on all there is."""
    begins = topic_name(settings, "complaints.") if acl.resource == "topic" else f"{settings.installation}."
    return acl.name.startswith(begins) or (acl.who in principals() and (acl.resource == "cluster" or acl.name == "*"))


def principals(file: Path = ACLS_FILE) -> set[str]:
    """Everybody who may do anything, as the brokers name them."""
    return {f"User:{name}" for name in yaml.safe_load(file.read_text(encoding="utf-8"))["principals"]}
