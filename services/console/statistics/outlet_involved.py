"""The outlet that a complaint involves (涉及网点), and whether its case has gone above it. Pure.

Contract 9 calls it the case's *place*; in code a place is a unit with post and person.
"""

from shared.bank.organisation import Organisation

CUSTOMERS_COME_TO = ("outlet", "sub_branch")
"""Kinds of units that serve customers: the nearest one at or above the complained unit is the outlet involved."""


def outlet_involved(organisation: Organisation, unit: str | None) -> str | None:
    """The nearest outlet or sub-branch at or above the complained unit; None where there is none."""
    if unit is None or unit not in organisation.units:
        return None
    return next((above.id for above in organisation.upward(unit) if above.kind in CUSTOMERS_COME_TO), None)


def is_escalated(escalated: bool, unit: str | None, handler_unit: str | None, organisation: Organisation) -> bool:
    """Whether a case went up: by CaseEscalated, or since its handler is of no unit of the outlet involved.

    A case that involves no outlet (no complained unit, or one above all sub-branches) goes up by CaseEscalated only.
    """
    if escalated:
        return True
    outlet = outlet_involved(organisation, unit)
    return outlet is not None and handler_unit is not None and handler_unit not in organisation.below(outlet)
