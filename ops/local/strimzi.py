"""Writes topics and users for Strimzi's operators, from the declarations that `redress topics` applies elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from ops.local import acls, topics
from ops.paths import DEPLOY
from shared.bank.listed import Consumer
from shared.log.acl_admin import Acl
from shared.process.settings import Settings

FOLDER = DEPLOY / "kubernetes" / "strimzi"
CLUSTER = "redress-kafka"
API = "kafka.strimzi.io/v1"
RESOURCES = {"transactional-id": "transactionalId"}
HEAD = "# Written by `make docs` from deploy/{source}: change it there.\n"
OPERATIONS = {
    "read": "Read", "write": "Write", "create": "Create", "describe": "Describe",
    "describe-configs": "DescribeConfigs", "alter": "Alter",
}  # fmt: skip


def bank() -> Settings:
    """A cluster's topics: the partition count of a bank, and copies that outlive a broker."""
    return Settings(installation="redress", topic_prefix="", inbox_systems="", partitions=12, replication=3)


def topic_manifests() -> str:
    """Every topic as a KafkaTopic."""
    return _written("topics.yaml", (_topic(spec) for spec in topics.wanted(bank())))


def user_manifests(settings: Settings | None = None, consumers: Iterable[Consumer] = ()) -> str:
    """Every principal as a KafkaUser with its rights; Strimzi makes its password, in a Secret of the same name."""
    wanted = acls.wanted(settings or bank(), consumers)
    users = sorted({acl.who for acl in wanted})
    return _written("acls.yaml", (_user(who, [acl for acl in wanted if acl.who == who]) for who in users))


def _topic(spec: topics.TopicSpec) -> dict[str, Any]:
    config = {key: _typed(value) for key, value in sorted(spec.configs.items())}
    counts = {"partitions": spec.partitions, "replicas": spec.replication}
    return _manifest("KafkaTopic", spec.name, {"topicName": spec.name, **counts, "config": config})


def _typed(value: str) -> Any:
    """A topic's setting as the operator compares it: a number or a truth value where it is one."""
    return yaml.safe_load(value)


def _user(who: str, rights: list[Acl]) -> dict[str, Any]:
    by_resource: dict[tuple[str, str, bool], list[str]] = {}
    for acl in rights:
        by_resource.setdefault((acl.resource, acl.name, acl.prefixed), []).append(OPERATIONS[acl.operation])
    rules = [{"resource": _resource(*where), "operations": allowed} for where, allowed in by_resource.items()]
    authorization = {"type": "simple", "acls": rules}
    spec = {"authentication": {"type": "scram-sha-512"}, "authorization": authorization}
    return _manifest("KafkaUser", who.removeprefix("User:"), spec)


def _resource(kind: str, name: str, prefixed: bool) -> dict[str, Any]:
    named = {} if kind == "cluster" else {"name": name, "patternType": "prefix" if prefixed else "literal"}
    return {"type": RESOURCES.get(kind, kind), **named}


def _manifest(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    labels = {"strimzi.io/cluster": CLUSTER}
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name, "labels": labels}, "spec": spec}


def _written(source: str, manifests: Iterator[dict[str, Any]]) -> str:
    return HEAD.format(source=source) + yaml.safe_dump_all(manifests, sort_keys=False, width=120)


def main(folder: Path = FOLDER) -> int:
    """Write both files."""
    (folder / "topics.yaml").write_text(topic_manifests(), encoding="utf-8")
    (folder / "users.yaml").write_text(user_manifests(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
