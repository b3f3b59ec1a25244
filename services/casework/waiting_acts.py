"""Acts that wait for somebody: a settlement of the receipt for its owners, an act that was asked for. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from shared.case.core import CaseCore
from shared.case.duty_kinds import APPROVE


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


def unanswered(asked: Iterable[Asked], core: CaseCore) -> list[Asked]:
    """The requests that somebody still owes an answer to."""
    owed = {duty.id for duty in core.open_duties(APPROVE)}
    return [one for one in asked if one.duty in owed]
