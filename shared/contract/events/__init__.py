"""The catalogue: every event type of the log, its closed shape, and how older versions are read.

One module per producing service, and one per family of casework's facts. A shape only ever grows by a new version with
a pure upcaster (``shared.contract.upcasting``); golden files hold every version.
"""

from pydantic import ValidationError

from shared.contract.envelope import Event
from shared.contract.events import (
    agreements,
    approving,
    assignments,
    candidates,
    casework,
    corrections,
    ending,
    evidence,
    intake,
    notify,
    ownership,
    passing,
    routing,
    second_looks,
    sla,
    speakers,
)
from shared.contract.events.base import CATALOGUE, EventData
from shared.errors import Unreadable

__all__ = [
    "CATALOGUE", "EventData", "agreements", "approving", "assignments", "candidates", "casework", "corrections",
    "ending", "evidence", "intake", "notify", "ownership", "parse", "passing", "routing", "second_looks", "sla",
    "speakers",
]  # fmt: skip


def parse(event: Event) -> EventData:
    """The event's data as its typed, validated shape.

    Raises:
        Unreadable: the type is unknown here, or the data do not fit its shape.
    """
    shape = CATALOGUE.get(event.name)
    if shape is None:
        raise Unreadable(f"{event.type} is not in this version's catalogue.")
    try:
        return shape.model_validate(event.data)
    except ValidationError as error:
        raise Unreadable(f"{event.type} {event.id} does not fit its schema: {error}") from error
