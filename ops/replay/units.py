"""Says to which unit a case counts where events are counted or chosen by unit. Pure."""

from typing import Any

from shared.case.core import CaseCore
from shared.contract.ids import is_case

NO_UNIT = "-"


def unit_of(state: Any, subject: str) -> str:
    """The unit of a subject, as the state of any service has it: the complained one, else who has it by now."""
    if not is_case(subject):
        return subject.rpartition("/")[2]
    core: CaseCore | None = getattr(state, "core", None)
    return unit_of_core(core) if core is not None else NO_UNIT


def unit_of_core(core: CaseCore) -> str:
    """The complained unit of a case; where that is not known the handler's, else that of whoever accepted it."""
    place = core.handler or core.accepting or core.first_asked
    return core.complained_unit or (place.unit if place is not None else NO_UNIT)
