"""A case as the statistics count it: one of these holds from one event that changes it until the next. Pure."""

from typing import NamedTuple

FOREVER = 2**62
"""Until when the newest way of counting a case is known: no instant in microseconds is later."""


class CountedCase(NamedTuple):
    """The statistics count these fields of a case, as it was known at some time (contract 9, *Definitions*).

    ``bypassed`` and ``registered_late`` are said by the receipt for good. ``clocks_…`` count the bank's own clocks, and
    ``late_by_…`` those of them that were met after their limit, by whose doing (``shared.case.lateness``);
    ``bodies_…`` those of the answers to bodies. ``remedies``: ``[[kind, amount, currency, executed]…]``.
    """

    received_on: str
    channel: str
    reason: str | None
    unit: str | None
    product: str | None
    handler_unit: str | None
    handler: str | None
    origin: str
    persons: int
    not_accepted: bool
    escalated: bool
    resolved: bool
    repeat: bool
    bypassed: bool
    registered_late: bool
    clocks_judged: int
    clocks_kept: int
    late_by_desk: int
    late_by_system: int
    bodies_judged: int
    bodies_kept: int
    satisfaction: str | None
    remedies: str
    same_matter: str | None
