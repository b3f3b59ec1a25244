"""A letter's Message-ID says which letter it is and whose case: an answer or a bounce finds both. Pure."""

import re

OURS = re.compile(r"<([0-9a-f-]{36})(?:\.([0-9a-f-]{36}))?@([A-Za-z0-9._-]+)\.redress>")
"""Letters of before say no case."""


def letter_id(message_id: str, case: str, bank: str) -> str:
    """The Message-ID of a letter by e-mail."""
    return f"<{message_id}.{case}@{bank}.redress>"


def case_in(id_: str, bank: str) -> str | None:
    """The case that a Message-ID of this bank's letters names."""
    found = OURS.fullmatch(id_)
    return found[2] if found and found[3] == bank else None


def letter_in(id_: str, bank: str) -> str | None:
    """The letter that a Message-ID of this bank's letters names."""
    found = OURS.fullmatch(id_)
    return found[1] if found and found[3] == bank else None
