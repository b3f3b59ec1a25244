"""The topics as they have to be: made where missing, reported where different, never changed in silence."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ops.paths import DEPLOY
from shared.contract.topics import EVENTS, INBOX, REFERENCE, inboxes, topic_name
from shared.errors import RedressError
from shared.log import trim_guard as log_guard
from shared.log.kafka_log import KafkaLog
from shared.log.kafka_writer import LARGEST_BATCH_BYTES, TRANSACTION_TIMEOUT_MS
from shared.log.topic_admin import FoundTopic, NewTopicSpec, TopicAdmin, topic_admin
from shared.process.settings import Settings

TOPICS_FILE = DEPLOY / "topics.yaml"
DAY_MS = 86_400_000
KEEP: dict[str, dict[str, str]] = {
    # A broker may limit every topic by size as well: that would trim the log just as silently.
    "for ever": {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"},
    "30 days": {"cleanup.policy": "delete", "retention.ms": str(30 * DAY_MS), "retention.bytes": "-1"},
    "7 days": {"cleanup.policy": "delete", "retention.ms": str(7 * DAY_MS), "retention.bytes": "-1"},
    "compacted": {"cleanup.policy": "compact"},
}
KEPT_WHOLE = frozenset({EVENTS, REFERENCE})
"""What state and decisions are built from: no record of these may ever be gone."""
LARGEST_BATCH = "max.message.bytes"
BATCH_OVERHEAD_BYTES = 12
"""What a broker counts beside the batch itself: its base offset and length."""
ABORT_INTERVAL = "transaction.abort.timed.out.transaction.cleanup.interval.ms"
ABORT_INTERVAL_AT_MOST_MS = 1000
LEAST_IN_SYNC = 2
"""What is appended is held by so many brokers before it counts."""
REPLICATED = ("transaction.state.log.replication.factor", "offsets.topic.replication.factor")
"""Of the brokers' own topics: with fewer replicas than ours they are the first to be lost."""


class TooFewBrokers(RedressError):
    """There are fewer brokers than replicas asked for: start the others, or set REDRESS_REPLICATION."""

    code = "too_few_brokers"
    status = 409


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic as it has to be. ``base`` is its name without the installation's prefix, ``holds`` what it is for."""

    base: str
    name: str
    partitions: int
    replication: int
    configs: dict[str, str]
    holds: str = ""

    @property
    def keeps_everything(self) -> bool:
        """Whether no record may ever be deleted from it: its partitions begin at 0."""
        return self.base in KEPT_WHOLE


def wanted(settings: Settings, file: Path = TOPICS_FILE) -> list[TopicSpec]:
    """The topics of ``deploy/topics.yaml`` for this installation."""
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))["topics"]
    (inbox,) = (row for row in rows if row["name"] == INBOX)
    own = [inbox | {"name": name} for system, name in inboxes(settings).items() if system]
    return [_spec(settings, row) for row in [*rows, *own]]


def _spec(settings: Settings, row: dict[str, Any]) -> TopicSpec:
    configs = {"message.timestamp.type": "LogAppendTime", **KEEP[row["keep"]]}
    if settings.replication > 1:
        configs |= {"min.insync.replicas": str(LEAST_IN_SYNC), "unclean.leader.election.enable": "false"}
    partitions = settings.partitions if row["partitions"] == "keyed" else int(row["partitions"])
    return TopicSpec(
        row["name"], topic_name(settings, row["name"]), partitions, settings.replication, configs, row["holds"]
    )


async def apply(settings: Settings) -> tuple[list[str], list[str]]:
    """Make the missing topics; the names made, and a sentence for everything that differs. Raises TooFewBrokers."""
    async with topic_admin(settings) as admin:
        specs = wanted(settings)
        present = await admin.names()
        missing = [spec for spec in specs if spec.name not in present]
        check_brokers(settings, await admin.brokers(), new=bool(missing))
        await admin.create(NewTopicSpec(s.name, s.partitions, s.replication, s.configs) for s in missing)
        return [spec.name for spec in missing], await _different(settings, admin, specs)


async def compare(settings: Settings) -> tuple[list[str], list[str]]:
    """The names of missing topics, and a sentence for everything that differs; nothing is made."""
    async with topic_admin(settings) as admin:
        specs, present = wanted(settings), await admin.names()
        there = [spec for spec in specs if spec.name in present]
        missing = [spec.name for spec in specs if spec.name not in present]
        return missing, await _different(settings, admin, there)


async def _different(settings: Settings, admin: TopicAdmin, specs: list[TopicSpec]) -> list[str]:
    """A sentence for everything in which these topics and the brokers are not as they have to be."""
    found = await admin.described([spec.name for spec in specs])
    lines = [line for spec in specs for line in differences(spec, found[spec.name])]
    lines += await _trimmed(settings, [spec for spec in specs if spec.keeps_everything], found)
    return lines + broker_differences(settings, await admin.broker())


def check_brokers(settings: Settings, up: int, *, new: bool) -> None:
    """Take so many brokers for enough: a new topic needs one for each replica, an old one so many as it is held by.

    Raises:
        TooFewBrokers
    """
    least = settings.replication if new else min(settings.replication, LEAST_IN_SYNC)
    if up < least:
        what = "topics can be made" if new else "anything is appended"
        raise TooFewBrokers(
            f"REDRESS_REPLICATION={settings.replication} needs {least} brokers before {what}, and there "
            f"{'is' if up == 1 else 'are'} {up}: start the others, or set it to what there will be."
        )


async def _trimmed(settings: Settings, specs: list[TopicSpec], found: dict[str, FoundTopic]) -> list[str]:
    """A sentence for every partition of these topics whose first records are gone."""
    lines: list[str | None] = []
    for spec in specs:
        log = KafkaLog(settings, spec.base)
        try:
            partitions = range(found[spec.name].partitions)
            lines += [log_guard.missing(spec.name, p, await log.beginning(p)) for p in partitions]
        finally:
            await log.stop()
    return [line for line in lines if line is not None]


def differences(spec: TopicSpec, found: FoundTopic) -> list[str]:
    """A sentence for everything in which a topic is not as it has to be."""
    lines = []
    if found.partitions != spec.partitions:
        lines.append(
            f"{spec.name} has {found.partitions} partitions, not {spec.partitions}: set REDRESS_PARTITIONS, or start "
            "a new log; partitions are never added, since keys would move."
        )
    if found.replication < spec.replication:
        lines.append(
            f"{spec.name} has replication {found.replication}, not {spec.replication}: give it more replicas "
            "with kafka-reassign-partitions, else it is gone, or stands still, with a broker."
        )
    lines += [
        f"{spec.name} has {key}={found.configs.get(key)}, not {value}: alter it with kafka-configs."
        for key, value in spec.configs.items()
        if found.configs.get(key) != value
    ]
    largest = LARGEST_BATCH_BYTES + BATCH_OVERHEAD_BYTES
    if int(found.configs.get(LARGEST_BATCH, largest)) < largest:
        lines.append(
            f"{spec.name} has {LARGEST_BATCH}={found.configs[LARGEST_BATCH]}, less than {largest}: alter it with "
            "kafka-configs, else a batch of facts can never be appended."
        )
    return lines


def broker_differences(settings: Settings, configs: dict[str, str]) -> list[str]:
    """A sentence for every broker setting that Redress cannot work with."""
    session = settings.session_timeout_seconds * 1000
    bounds = [
        (ABORT_INTERVAL, None, ABORT_INTERVAL_AT_MOST_MS, "a killed worker stalls every reader of its partitions"),
        ("transaction.max.timeout.ms", TRANSACTION_TIMEOUT_MS, None, "no worker gets its right to append"),
        ("group.min.session.timeout.ms", None, session, "no worker is let into its group"),
        ("group.max.session.timeout.ms", session, None, "no worker is let into its group"),
        *((key, settings.replication, None, "its broker's death ends every right to append") for key in REPLICATED),
    ]
    lines = []
    if configs.get("auto.create.topics.enable") != "false":
        lines.append("The broker makes topics by itself: set auto.create.topics.enable=false.")
    for key, least, most, consequence in bounds:
        if key not in configs:
            continue
        if most is not None and int(configs[key]) > most:
            lines.append(f"The broker has {key}={configs[key]}: set it to {most} at most, else {consequence}.")
        if least is not None and int(configs[key]) < least:
            lines.append(f"The broker has {key}={configs[key]}: set it to {least} at least, else {consequence}.")
    return lines
