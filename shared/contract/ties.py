"""A tie names in one word what links a case with the bank: a person, a post of a unit, a unit, a party concerned. Pure.

What a case is tied to is computed from its events (``shared.case.ties``), what a reader answers to from the
organisation of the day (``shared.bank.sight``); a case is seen where both name the same. So people may change their
posts, and units their place in the tree, without any case being touched.
"""


def person_tie(person: str) -> str:
    """The tie to somebody who has a part in the case."""
    return f"person:{person}"


def post_tie(unit: str, post: str) -> str:
    """The tie to a post that has a part in the case, whoever holds it."""
    return f"post:{unit}/{post}"


def unit_tie(unit: str) -> str:
    """The tie to a unit that the case is about, that accepts it or that handles it."""
    return f"unit:{unit}"


def party_tie(person: str) -> str:
    """The tie to somebody who is named as a party concerned."""
    return f"party:{person}"
