"""The rights on the brokers as they have to be: one principal per service, from ``deploy/acls.yaml``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ops.paths import DEPLOY
from shared.contract.topics import topic_name
from shared.log.acl_admin import Acl, acl_admin
from shared.process.settings import Settings

ACLS_FILE = DEPLOY / "acls.yaml"


def wanted(settings: Settings, file: Path = ACLS_FILE) -> list[Acl]:
    """Every right, by principal."""
    principals = yaml.safe_load(file.read_text(encoding="utf-8"))["principals"]
    return [acl for name, row in principals.items() for acl in _of(settings, f"User:{name}", row)]


def _of(settings: Settings, who: str, row: dict[str, Any]) -> Iterator[Acl]:
    begin = f"{settings.installation}."
    for operation in ("read", "write"):
        for topic in row.get(operation, ()):
            yield Acl(who, operation, "topic", topic_name(settings, topic))
    for group in row.get("groups", ()):
        yield Acl(who, "read", "group", begin + group)
    for transactions in row.get("transactions", ()):
        for operation in ("write", "describe"):
            yield Acl(who, operation, "transactional-id", begin + transactions, prefixed=True)
    for operation in row.get("topics", ()):
        yield Acl(who, operation, "topic", topic_name(settings, "complaints."), prefixed=True)
    for operation in row.get("cluster", ()):
        yield Acl(who, operation, "cluster", "kafka-cluster")


async def apply(settings: Settings) -> list[Acl]:
    """Set every right; what is there already stays as it is. Raises RuntimeError: the brokers refuse one."""
    acls = wanted(settings)
    async with acl_admin(settings) as admin:
        for acl in acls:
            await admin.allow(acl)
    return acls
