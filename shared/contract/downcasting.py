"""A newer version of an event, written as an older one: one pure function per step, ``downcast_<event>_v2_v1``.

Whoever knows version n+1 writes version n as long as reference data allow no newer one
(``shared.bank.event_versions``), and reads what it wrote as everybody does, through ``upcasting``.
"""

from shared.contract.envelope import Event, Step, type_of
from shared.errors import NotYet

STEPS_BACK: dict[tuple[str, int], Step] = {}
"""From (name, version) to the function that makes the data of the version before; its upcaster undoes it.

Where something that somebody told would be lost, the function raises NotYet. Every version that was made after this
table has one; those of before were written as soon as they were known.
"""


def downcast(event: Event, version: int, steps: dict[tuple[str, int], Step] = STEPS_BACK) -> Event:
    """The event in an older version of its type.

    Raises:
        NotYet: it cannot be said in that version, so it waits until reference data allow a newer one.
    """
    while event.version > version:
        step = steps.get((event.name, event.version))
        if step is None:
            raise NotYet(
                f"{event.type} may not be written yet, and cannot be said in version {version}, the newest that is "
                "allowed: once every process knows it, publish `versions` that allow it."
            )
        event = event._replace(data=step(event.data), type=type_of(event.name, event.version - 1))
    return event
