"""The topics' names, and which partition a key belongs to."""

from functools import lru_cache
from struct import unpack_from

from shared.process.settings import Settings

EVENTS = "complaints.events"
COMMANDS = "complaints.commands"
INBOX = "complaints.inbox"
INBOX_RESULTS = "complaints.inbox-results"
REFERENCE = "complaints.reference"
DEAD_LETTERS = "complaints.dead-letters"
ACCESS = "complaints.access"
GOVERNANCE = "complaints.governance"
CLOCK = "complaints.clock"
OWNERSHIP = "complaints.ownership"
"""Always empty. A service's workers share out its partitions: who has one of them has the same one of the log."""


def topic_name(settings: Settings, base: str) -> str:
    """The name on the broker: installations that share a cluster are told apart by a prefix."""
    return settings.topic_prefix + base


MURMUR_SEED, MURMUR_FACTOR, WORD = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF

KEYED = frozenset({EVENTS, COMMANDS, INBOX, INBOX_RESULTS, OWNERSHIP})
"""Topics keyed by case, or shared out like those: all have one partition count, for ever."""


def inbox_of(system: str) -> str:
    """The inbox of a channel system's own."""
    return f"{INBOX}.{system}"


def inboxes(settings: Settings) -> dict[str, str]:
    """The inboxes by the channel system that has one of its own; by the empty word that of all others."""
    own = [system for system in settings.inbox_systems.split(",") if system]
    return {"": INBOX} | {system: inbox_of(system) for system in own}


def partitions_of(settings: Settings, base: str) -> int:
    """How many partitions a topic has."""
    return settings.partitions if base in KEYED or base.startswith(f"{INBOX}.") else 1


@lru_cache(maxsize=2**14)
def partition_of(key: str, partitions: int) -> int:
    """The partition of every record with this key: murmur2, as Java's and aiokafka's clients hash.

    Written out by words of four bytes, since aiokafka's own goes byte by byte and takes twice the time.
    """
    data = key.encode()
    whole = len(data) // 4
    hashed = MURMUR_SEED ^ len(data)
    for word in unpack_from(f"<{whole}I", data):
        mixed = word * MURMUR_FACTOR & WORD
        hashed = (hashed * MURMUR_FACTOR & WORD) ^ ((mixed ^ mixed >> 24) * MURMUR_FACTOR & WORD)
    if rest := data[whole * 4 :]:
        hashed = (hashed ^ int.from_bytes(rest, "little")) * MURMUR_FACTOR & WORD
    hashed = (hashed ^ hashed >> 13) * MURMUR_FACTOR & WORD
    return ((hashed ^ hashed >> 15) & 0x7FFFFFFF) % partitions
