"""The topics' names, and which partition a key belongs to."""

from aiokafka.partitioner import murmur2

from shared.settings import Settings

EVENTS = "complaints.events"
COMMANDS = "complaints.commands"
INBOX = "complaints.inbox"
REFERENCE = "complaints.reference"
DEAD_LETTERS = "complaints.dead-letters"
CLOCK = "complaints.clock"


def topic_name(settings: Settings, base: str) -> str:
    """The name on the broker: installations that share a cluster are told apart by a prefix."""
    return settings.topic_prefix + base


KEYED = frozenset({EVENTS, COMMANDS, INBOX})
"""Topics keyed by case: all have one partition count, for ever."""


def partitions_of(settings: Settings, base: str) -> int:
    """How many partitions a topic has."""
    return settings.partitions if base in KEYED else 1


def partition_of(key: str, partitions: int) -> int:
    """The partition of every record with this key: murmur2, as Java's and aiokafka's clients hash."""
    hashed: int = murmur2(key.encode())
    return (hashed & 0x7FFFFFFF) % partitions
