"""Acts that wait for somebody: a settlement of the receipt for its owners, an act that was asked for. Pure."""

from typing import NamedTuple


class AtReceipt(NamedTuple):
    """This settlement came with the receipt of whom it settles, and is not answered yet: who, and what, as JSON."""

    actor: str
    fingerprint: str
    settlement: bytes


class Asked(NamedTuple):
    """This act was asked for and waits for a second person.

    ``id``: of the event that asked; ``duty``: what is owed meanwhile; ``body``: the command's, sealed, as JSON.
    """

    id: str
    act: str
    actor: str
    body: bytes
    approvers: tuple[str, ...]
    duty: str
    at: float
