"""Reading what is published of reference data, for commands that look and go."""

from ops.local.reading import read_topic
from shared.bank.reference import Reference
from shared.contract.topics import REFERENCE
from shared.log.broadcast_topics import document_from
from shared.process.settings import Settings


async def published_reference(settings: Settings) -> Reference:
    """All reference data published so far."""
    reference = Reference()
    for record in await read_topic(settings, REFERENCE):
        reference.add(document_from(record))
    return reference
