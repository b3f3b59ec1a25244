"""Candidates are seen, and confirmed or dropped, by those who would take the complaint in or watch over it. Pure."""

from datetime import date

from shared.bank.organisation import Organisation

DECIDING = ("president_office", "complaint_post", "general_office", "consumer_protection")
"""The posts whose holders, and stand-ins, say whether what was found for their unit or one below is a complaint."""


def decides(organisation: Organisation, person: str, unit: str, on: date) -> bool:
    """Whether somebody says on a day what a candidate of a unit is."""
    above = [one.id for one in organisation.upward(unit)]
    return any(person in organisation.people_in(one, post, on) for one in above for post in DECIDING)
