"""How casework's cases are written down in its store; what they have in common is one object when read again."""

from services.casework.kept_beside import KeptBeside
from services.casework.state import CaseworkState
from shared.case.core import COMMON
from shared.kernel.service import Shape, Stored

STORED = Stored(version=1, case=Shape(CaseworkState, (*COMMON, KeptBeside)))
"""Raise the version whenever ``evolve`` makes another state of the same events: each store is folded anew then."""
