"""Hops are what every case comes through; figures count cases at each of them, and what they miss. Pure."""

from typing import NamedTuple

HOPS = ("received", "routed", "clocked", "acknowledged", "not_acknowledged", "acknowledging")
"""Where cases are counted. ``not_acknowledged``: with the reason in the log; ``acknowledging``: the letter is being
sent, which notify answers for."""
GAPS = ("routed", "clocked", "acknowledged", "debtor")
"""What a case may miss: the first hop that did not answer, and somebody who owes a duty that is open."""
HOP, MISSING, STATE, VERDICT = "hop", "missing", "state", "verdict"
BLOCKED_STATE = "blocked"
"""A case of which a record cannot be read counts as that and nothing else, whatever was folded before."""

Figure = tuple[str, str]
"""What is counted, and the name of one of its figures."""


class HopStanding(NamedTuple):
    """How far a case has come. ``counts`` are the figures that it counts for; ``open``: somebody has to act on it."""

    counts: tuple[tuple[Figure, int], ...] = ()
    missing: tuple[str, ...] = ()
    open: bool = False


NOWHERE = HopStanding()
BLOCKED = HopStanding((((STATE, BLOCKED_STATE), 1),))
