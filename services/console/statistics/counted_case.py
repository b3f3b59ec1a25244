"""A case as the statistics count it: one of these holds from one event that changes it until the next. Pure."""

from typing import NamedTuple

FOREVER = 2**62
"""Until when the newest way of counting a case is known: no instant in microseconds is later."""


class CountedCase(NamedTuple):
    """The statistics count these fields of a case, as it was known at some time (contract 9, *Definitions*)."""

    received_on: str
    channel: str
    reason: str | None
    unit: str | None
    handler_unit: str | None
    outside: bool
    persons: int
    not_accepted: bool
    escalated: bool
    resolved: bool
    repeat: bool
    clocks_judged: int
    clocks_kept: int
    satisfaction: str | None
    same_matter: str | None
