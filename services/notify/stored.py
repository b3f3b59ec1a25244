"""How notify's cases are written down in its store; what they have in common is one object when read again."""

from services.notify.state import Limit, NotifyState, Reach, Seldom, SharedPart, ToldDate
from shared.case.core import COMMON
from shared.case.duties import Place
from shared.kernel.service import Shape, Stored

PARTS = (Reach, Limit, Seldom, tuple[Place, ...], tuple[SharedPart, ...], tuple[ToldDate, ...])
STORED = Stored(version=3, case=Shape(NotifyState, (*COMMON, *PARTS)))
"""Raise the version whenever ``evolve`` makes another state of the same events: each store is folded anew then."""
