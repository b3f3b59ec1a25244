"""How routing's cases are written down in its store; what they have in common is one object when read again."""

from services.routing.state import ReceiptFacts, RoutingState
from shared.case.core import COMMON
from shared.case.duties import Place
from shared.case.silences import Silences
from shared.kernel.service import Shape, Stored

STORED = Stored(version=1, case=Shape(RoutingState, (*COMMON, ReceiptFacts, Silences)), key=Place | str)
"""Raise the version whenever ``evolve`` makes another state of the same events: each store is folded anew then."""
