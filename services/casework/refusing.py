"""States a refusal as a fact, so that a repetition gets the same answer and the auditor sees the attempt."""

from typing import Any

from services.casework.bad_content import BadContent, TimePast
from services.casework.refusals import Forbidden, Refusal
from shared.contract.events.base import CommandRef
from shared.contract.events.casework import (
    CommandRefused,
)
from shared.errors import RedressError
from shared.kernel.service import Fact

GROUPS = (Refusal, Forbidden, BadContent)
"""Never raised themselves."""


def _below(kind: type[Refusal]) -> list[type[Refusal]]:
    return [found for sub in kind.__subclasses__() for found in (sub, *_below(sub))]


RENAMED = {"promise_in_past": TimePast}
"""Codes that refusals on record have and no decision ends in any more: what stands in the place of each."""
REFUSALS = {found.code: found for found in _below(Refusal) if found not in GROUPS}
"""Every refusal that deciding on a command can end in, by its code."""


def refused(command: CommandRef, actor: str, error: RedressError) -> Fact:
    """State that somebody asked for something and was refused."""
    about: Any = error.extra.get("about", ())
    data = CommandRefused(command=command, code=error.code, pointers=error.pointers, about=tuple(about))
    return Fact(data, actor=actor)
