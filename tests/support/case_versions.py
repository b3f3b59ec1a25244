"""Reference data that allow cases to be told in one version of their record or the other."""

from datetime import datetime

from ops.local.reference import FROM_THE_BEGINNING
from shared.bank.event_versions import EVENTS, VERSIONS
from shared.bank.reference import Reference, ReferenceDocument, version_of
from shared.contract import case_versions
from tests.support.casework import ORGANISATION
from tests.support.facts import reference

KINDS = ("organisation", "routing", "pack", "calendar", "template", "figures")
"""Everything but which versions may be written."""


def nothing_allowed(organisation: str = ORGANISATION) -> Reference:
    """What a bank has that has never published which versions may be written."""
    return reference(*KINDS, organisation=organisation)


def allow_cases(published: Reference, version: int, since: datetime = FROM_THE_BEGINNING) -> None:
    """Publish that cases may be told in a version, from an instant on."""
    content = f"{case_versions.NAME}: {version}\n"
    published.add(
        ReferenceDocument(VERSIONS, EVENTS, version_of(content), since, content, since, "person:test", "test")
    )
