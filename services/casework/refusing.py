"""States a refusal as a fact, so that a repetition gets the same answer and the auditor sees the attempt."""

from types import ModuleType
from typing import Any

from services.casework import bad_content, bad_state, bad_times, refusals
from services.casework.bad_content import BadContent
from services.casework.bad_times import TimePast
from services.casework.refusals import Forbidden, Refusal
from shared.contract.events.base import CommandRef
from shared.contract.events.casework import (
    CommandRefused,
)
from shared.errors import RedressError
from shared.kernel.service import Fact

GROUPS = (Refusal, Forbidden, BadContent)
"""Never raised themselves."""
WHY = (refusals, bad_state, bad_content, bad_times)
"""The modules that hold refusals: by rights, by the case's state, by what a command says, by its times."""


def _of(module: ModuleType) -> list[type[Refusal]]:
    classes = [found for found in vars(module).values() if isinstance(found, type) and issubclass(found, Refusal)]
    return [found for found in classes if found.__module__ == module.__name__ and found not in GROUPS]


RENAMED = {"promise_in_past": TimePast}
"""Codes that refusals on record have and no decision ends in any more: what stands in the place of each."""
REFUSALS = {found.code: found for module in WHY for found in _of(module)}
"""Every refusal that deciding on a command can end in, by its code."""


def refused(command: CommandRef, actor: str, error: RedressError) -> Fact:
    """State that somebody asked for something and was refused."""
    about: Any = error.extra.get("about", ())
    data = CommandRefused(command=command, code=error.code, pointers=error.pointers, about=tuple(about))
    return Fact(data, actor=actor)
