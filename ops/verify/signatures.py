"""``redress rebuild verify``: whether every record was written by whom it has to be, checked by its signature."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ops.local.reading import event_of, reading
from shared.contract.access import access_from
from shared.contract.events import CATALOGUE
from shared.contract.records import HEADER_MAC, HEADER_SOURCE, SOURCE_PREFIX, Position, Record
from shared.contract.replays import any_step_from
from shared.contract.topics import ACCESS, COMMANDS, DEAD_LETTERS, EVENTS, GOVERNANCE, REFERENCE
from shared.errors import Unreadable
from shared.process.settings import Settings
from shared.sealing.proofs import Proofs

ATTRIBUTED: dict[str, Callable[[Record], object]] = {ACCESS: access_from, GOVERNANCE: any_step_from}
"""What reads the records of a topic, and refuses one that a service tells of another."""


@dataclass
class Signatures:
    """What was found: records that count unsigned since they are from before the upgrade, and all that is wrong."""

    signed: int = 0
    from_before: int = 0
    faults: list[str] = field(default_factory=list)


async def check(settings: Settings) -> Signatures:
    """Check every committed record of events, commands, reference data, accesses, dead letters and steps about them."""
    found = Signatures()
    for topic in (EVENTS, COMMANDS, REFERENCE, ACCESS, DEAD_LETTERS, GOVERNANCE):
        counting = await _unsigned(settings, topic)
        proofs, signed_in = Proofs(settings, topic), set[int]()
        async with reading(settings, topic, proven=False) as records:
            async for record in records:
                if record.at in counting and record.partition not in signed_in:
                    found.from_before += 1
                elif (why := _fault(proofs, record, topic)) is not None:
                    found.faults.append(f"{topic} {record.at}, {record.key}: {why}")
                else:
                    signed_in.add(record.partition)
                    found.signed += 1
    return found


async def _unsigned(settings: Settings, topic: str) -> set[Position]:
    """Where the records lie that count although they bear no proof: those from before the upgrade."""
    async with reading(settings, topic) as records:
        return {record.at async for record in records if HEADER_MAC not in record.headers}


def _misattributed(record: Record, read: Callable[[Record], object]) -> str | None:
    try:
        read(record)
    except Unreadable as error:
        return error.detail
    return None


def _fault(proofs: Proofs, record: Record, topic: str) -> str | None:
    if (why := proofs.fault(record)) is not None:
        return why
    if topic in ATTRIBUTED:
        return _misattributed(record, ATTRIBUTED[topic])
    if topic != EVENTS:
        return None
    try:
        event = event_of(record)
    except Unreadable:
        return None  # told by the comparison
    owner, signer = CATALOGUE[event.name].producer, proofs.signer(record)
    if signer != owner:
        return f"{event.type} belongs to {owner}, and {signer or 'nobody that is trusted'} signed it"
    if event.source != SOURCE_PREFIX + owner or record.headers.get(HEADER_SOURCE) != event.source.encode():
        return f"{event.type} belongs to {owner}, and says that it is from {event.source}"
    return None
