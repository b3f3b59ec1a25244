"""What tests of replays share."""

from collections.abc import Sequence

from shared.contract.records import Outgoing
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings


def quiet(read: int, total: int) -> None:
    """Nobody looks how far it is."""


async def appended(settings: Settings, rows: Sequence[Outgoing], topic: str | None = None) -> None:
    """These records lie in a topic, each signed by whom it names."""
    log = KafkaLog(settings, *([topic] if topic else []))
    for row in rows:
        headers = [(name, value) for name, value in row.headers if name not in ("redress-mac", "redress-signature")]
        await log.append([Outgoing(row.key, row.value, headers)])
    await log.stop()
