"""Reading what is published of reference data, for commands that look and go."""

from collections.abc import Iterable

from ops.local.reading import read_topic
from shared.bank.reference import Reference, ReferenceDocument
from shared.contract.topics import REFERENCE
from shared.log.broadcast_topics import document_from
from shared.process.settings import Settings


async def published_documents(settings: Settings) -> list[ReferenceDocument]:
    """All documents published so far, in the order in which they were."""
    return [document_from(record) for record in await read_topic(settings, REFERENCE)]


async def published_reference(settings: Settings) -> Reference:
    """All reference data published so far."""
    return as_reference(await published_documents(settings))


def as_reference(documents: Iterable[ReferenceDocument]) -> Reference:
    """Documents as services know them."""
    reference = Reference()
    for document in documents:
        reference.add(document)
    return reference


def newest(documents: Iterable[ReferenceDocument], kind: str, id_: str) -> ReferenceDocument | None:
    """The one that was published last of a kind and id, whenever it comes into force."""
    return next((one for one in reversed([*documents]) if (one.kind, one.id) == (kind, id_)), None)
