"""Institutions that a customer can turn to are named with how to reach them. Pure."""

from services.notify.letters.words import MEDIATION, REVIEWED_ABOVE, REVIEWED_BY_US
from shared.bank.listed import Unit
from shared.bank.organisation import Organisation


def reviewing_institution(organisation: Organisation, decided_in: str, language: str) -> str:
    """Where a review is applied for: the institution above the one that decided, and how to reach it.

    Above the top there is none: then it is the body that the organisation file names, else the top itself.
    """
    above, own = organisation.superior(decided_in), organisation.ladder_unit(decided_in)
    named = organisation.bank.review_body
    if above == own and named is not None:
        return named
    whose = REVIEWED_ABOVE if above != own else REVIEWED_BY_US
    return whose[language].format(_reached(organisation.units[above], language))


def mediating_body(organisation: Organisation, language: str) -> str:
    """Who mediates, with the telephone where the organisation file has it."""
    found = organisation.bank.mediation
    if found is None:
        return MEDIATION[language]
    return f"{found.name}（电话：{found.phone}）" if language == "zh" else f"{found.name} (telephone: {found.phone})"


def _reached(unit: Unit, language: str) -> str:
    zh, name = language == "zh", unit.called(language)
    address = [(("地址：" if zh else "address: ") + unit.address)] if unit.address else []
    phone = [(("电话：" if zh else "telephone: ") + unit.phone)] if unit.phone else []
    if not address and not phone:
        return name
    return f"{name}（{'，'.join(address + phone)}）" if zh else f"{name} ({', '.join(address + phone)})"
