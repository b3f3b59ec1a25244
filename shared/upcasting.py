"""Older versions of events, read as the newest: one pure function per step, ``upcast_<event>_v1_v2``.

The log is never rewritten; a version that was ever appended can be read for ever.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from shared.envelope import Event, name_and_version, type_of
from shared.errors import Unreadable
from shared.events.base import CATALOGUE

Step = Callable[[dict[str, Any]], dict[str, Any]]

STEPS: dict[tuple[str, int], Step] = {}
"""From (name, version) to the function that makes the next version's data. All are at version 1 so far."""


def upcast(event: Event, steps: dict[tuple[str, int], Step] = STEPS) -> Event:
    """The event in its type's newest version.

    Raises:
        Unreadable: the version is newer than this code, or a step is missing.
    """
    newest = newest_of(event.type)
    while event.version != newest:
        step = steps.get((event.name, event.version))
        if event.version > newest or step is None:
            raise Unreadable(f"{event.type} cannot be read here: the newest known version is {newest}.")
        event = event._replace(data=step(event.data), type=type_of(event.name, event.version + 1))
    return event


@lru_cache(maxsize=1024)
def newest_of(type_: str) -> int:
    """The newest version of a type's event; its own where the catalogue does not know it."""
    name, version = name_and_version(type_)
    shape = CATALOGUE.get(name)
    return shape.version if shape else version
