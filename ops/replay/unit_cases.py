"""Finds the cases of a unit and what lies below it, as the log has them at its end."""

from ops.local.open_cases import FOLDED, Told
from ops.local.published_reference import published_reference
from ops.local.reading import batches
from ops.replay.units import unit_of
from shared.bank.in_force import organisation_in_force
from shared.errors import BadReference
from shared.kernel.fold import Fold
from shared.log.kafka_log import KafkaLog
from shared.process.clock import SystemClock
from shared.process.settings import Settings


async def cases_of(settings: Settings, unit: str, told: Told) -> frozenset[str]:
    """The ids of the cases, and of the opinion boxes. One pass over the log. Raises BadReference: no such unit."""
    reference = await published_reference(settings)
    organisation = organisation_in_force(reference, SystemClock().now()).organisation
    if unit not in dict(organisation.units):
        raise BadReference(f"--unit {unit}: the organisation has no such unit.")
    log, below, found = KafkaLog(settings), organisation.below(unit), set[str]()
    try:
        ends = await log.ends()
        done, total = 0, sum(ends.values())
        for partition, end in ends.items():
            fold = Fold(FOLDED, partition)
            reader = await log.read(partition, await log.beginning(partition))
            try:
                async for records, position in batches(reader, end):
                    for record in records:
                        fold.apply(record)
                    told(done + position, total)
            finally:
                await reader.stop()
            done += end
            found |= {case for case, entry in fold.cases.items() if unit_of(entry.state, case) in below}
    finally:
        await log.stop()
    return frozenset(found)
