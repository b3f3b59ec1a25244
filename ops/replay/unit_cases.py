"""Finds the cases of a unit and what lies below it, as the log has them at its end."""

from contextlib import aclosing

from ops.local.open_cases import folds
from ops.local.published_reference import published_reference
from ops.local.reading import HowFar, opened
from ops.replay.units import unit_of
from shared.bank.in_force import organisation_in_force
from shared.errors import BadReference
from shared.process.clock import SystemClock
from shared.process.settings import Settings


async def cases_of(settings: Settings, unit: str, told: HowFar) -> frozenset[str]:
    """The ids of the cases, and of the opinion boxes. One pass over the log. Raises BadReference: no such unit."""
    reference = await published_reference(settings)
    organisation = organisation_in_force(reference, SystemClock().now()).organisation
    if unit not in dict(organisation.units):
        raise BadReference(f"--unit {unit}: the organisation has no such unit.")
    below, found = organisation.below(unit), set[str]()
    async with opened(settings) as log, aclosing(folds(log, told)) as each:
        async for fold in each:
            found |= {case for case, entry in fold.cases.items() if unit_of(entry.state, case) in below}
    return frozenset(found)
