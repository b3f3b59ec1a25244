"""A standing says how far a case has come through the services, what it misses, and what it counts for. Pure.

Every case that was received is routed, the bank's own clock is started on it, and it is acknowledged, or said why not.
Whatever has come to one of these and not to the next is in nobody's hands, unless it is on its way this moment.
"""

from collections.abc import Iterator

from services.console.projection.hops import BLOCKED, HOP, MISSING, NOWHERE, STATE, VERDICT, HopStanding
from services.console.projection.state import ShownCase

ACKNOWLEDGEMENT = "acknowledgement"


def standing_of(case: ShownCase | None, blocked: str | None) -> HopStanding:
    """How a case stands, folded so far."""
    if blocked is not None:
        return BLOCKED
    if case is None:
        return NOWHERE
    missing = tuple(_missing(case))
    figures = [(HOP, hop) for hop in _hops(case)] + [(MISSING, gap) for gap in missing] + [(STATE, case.core.life)]
    kept = sum(clock.kept for clock in case.own_clocks)
    late = sum(clock.judged for clock in case.own_clocks) - kept
    verdicts = [((VERDICT, name), count) for name, count in (("in_time", kept), ("late", late)) if count]
    return HopStanding((*((figure, 1) for figure in figures), *verdicts), missing, not case.core.ended)


def _hops(case: ShownCase) -> Iterator[str]:
    """The hops that a case has behind it. One that ended before it came to a hop needs it no more."""
    yield "received"
    if case.core.accepting is not None or case.core.ended:
        yield "routed"
    if case.own_clocks or case.core.ended:
        yield "clocked"
    if (acknowledged := _acknowledged(case)) is not None:
        yield acknowledged


def _acknowledged(case: ShownCase) -> str | None:
    """What became of the acknowledgements: one that was sent counts before one on its way, and that before a no."""
    states = {message.state for message in case.messages if message.kind == ACKNOWLEDGEMENT}
    if "sent" in states:
        return "acknowledged"
    if states & {"started", "held"}:
        return "acknowledging"
    return "not_acknowledged" if states or case.core.ended else None


def _missing(case: ShownCase) -> Iterator[str]:
    """The first hop that was not taken: those behind it wait for it; and whether an open duty has nobody."""
    taken = set(_hops(case))
    if "routed" not in taken:
        yield "routed"
    elif "clocked" not in taken:
        yield "clocked"
    elif len(taken) == len(("received", "routed", "clocked")):
        yield "acknowledged"
    if any(duty.terms.debtor.person is None for duty in case.core.open_duties()):
        yield "debtor"
