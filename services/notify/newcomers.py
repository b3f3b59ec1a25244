"""Whoever speaks on a case only since the customer was told what still counts is told it too. Pure."""

from collections.abc import Iterator

from services.notify.customers import Line, lines, places_of
from services.notify.letters.kind import LetterKind
from services.notify.letters.kinds import DECLARED
from services.notify.state import NotifyState
from shared.contract.envelope import Event

LASTING = tuple(kind for kind in DECLARED.values() if kind.lasts)
"""The letters to the customer that tell what still counts later."""


def not_told_yet(state: NotifyState, cause: Event) -> Iterator[tuple[LetterKind, Line]]:
    """The letters that tell what still counts, each with a line on which it was not decided.

    Such are a new representative, the customer who speaks now too, and who takes the place of a proxy who had it.
    """
    for kind in LASTING:
        decided = {message.to for message in state.messages if message.kind == kind.name}
        if not decided or not state.core.did(*(one.event for one in kind.occasions)):
            continue
        for line in lines(state, kind, texts=False):
            known = any(place in decided for place in places_of(line))
            if not known or _took_his_place(state, cause, kind, line):
                yield kind, line


def _took_his_place(state: NotifyState, cause: Event, kind: LetterKind, line: Line) -> bool:
    """Whether the line is that of somebody new who speaks for the customer, and nothing waits that will go to him."""
    proxy = cause.data.get("proxy")
    if not proxy or line.key is not None or line.address is None:
        return False
    waits = any(one.kind == kind.name and one.to is None for one, _ in state.waiting_letters())
    his = [box["box"] for box in (proxy["email"], proxy["address"]) if box]
    return not waits and line.address.box in his
