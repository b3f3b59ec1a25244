"""A reader is addressed as people address each other, and told whom to ask. Pure."""

from typing import NamedTuple

SALUTATIONS = {
    "zh": {"mr": "尊敬的{name}先生", "ms": "尊敬的{name}女士", "": "尊敬的客户{name}"},
    "en": {"mr": "Dear Mr {name}", "ms": "Dear Ms {name}", "": "Dear {name}"},
}
"""How a customer of a name is addressed, by the title that the receipt has."""
NAMELESS = {"zh": "尊敬的客户", "en": "Dear customer"}


class Contact(NamedTuple):
    """Holds whom to ask: a unit, somebody in it, and the telephone."""

    unit: str
    name: str | None
    phone: str | None


def salutation(name: str | None, title: str | None, language: str) -> str:
    """How a letter addresses the customer; by a title only where the receipt says which."""
    if name is None:
        return NAMELESS[language]
    forms = SALUTATIONS[language]
    return forms.get(title or "", forms[""]).format(name=name)


def staff_address(name: str, unit: str, language: str) -> str:
    """Somebody of the bank with the unit; a mailbox by the unit alone."""
    if name == unit:
        return unit
    return f"{unit}（{name}）" if language == "zh" else f"{name}, {unit}"


def contact_in_words(contact: Contact, language: str) -> str:
    """Whom to ask: the unit, the person in it, the telephone, as far as they are known."""
    zh, (unit, name, phone) = language == "zh", contact
    who = unit if name is None or name == unit else f"{unit}{name}" if zh else f"{name}, {unit}"
    if phone is None:
        return who
    return f"{who}，电话{phone}" if zh else f"{who}, telephone {phone}"
