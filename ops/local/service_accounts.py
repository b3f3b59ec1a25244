"""The service accounts of consumers: who may read what, as the organisation file says."""

from pathlib import Path

from ops.local import reference
from ops.local.published_reference import published_reference
from ops.local.steering import present
from shared.bank.in_force import organisation_in_force
from shared.bank.listed import Consumer
from shared.bank.organisation_file import parse_organisation
from shared.bank.reference import BANK, ORGANISATION
from shared.contract.topics import REFERENCE, topic_name
from shared.log.topic_admin import topic_admin
from shared.process.settings import Settings


def consumers_in(file: Path) -> list[Consumer]:
    """Those of an organisation file. Raises BadReference: it cannot be read, or is not valid."""
    text = reference.checked(reference.ReferenceFile(ORGANISATION, BANK, file))
    return list(parse_organisation(text).consumers.values())


async def published_consumers(settings: Settings) -> list[Consumer]:
    """Those of the organisation in force; nobody before one was published, as when the brokers' rights are set first.

    Raises:
        NotYet: what is published is not in force yet.
    """
    async with topic_admin(settings) as admin:
        if topic_name(settings, REFERENCE) not in await admin.names():
            return []
    published = await published_reference(settings)
    if not published.versions(ORGANISATION, BANK):
        return []
    organisation = organisation_in_force(published, await present(settings)).organisation
    return list(organisation.consumers.values())
