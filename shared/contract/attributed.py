"""Records that name who wrote them count only under that name: whoever signs may not speak for somebody else."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shared.contract.records import HEADER_SOURCE, SOURCE_PREFIX, Record
from shared.errors import Unreadable

M = TypeVar("M", bound=BaseModel)


def source_of(writer: str) -> bytes:
    """What stands in the header of a record that a writer signs."""
    return f"{SOURCE_PREFIX}{writer}".encode()


def said_in(record: Record, topic: str, shape: type[M], writer: Callable[[M], str], *, unnamed: bool = False) -> M:
    """What a record of a topic says. ``writer``: who alone may say it; ``unnamed``: one without that header counts.

    Raises:
        Unreadable: it says nothing of this shape, or somebody else wrote it.
    """
    try:
        found = shape.model_validate_json(record.value)
    except ValidationError as error:
        raise Unreadable(f"Record {record.offset} of {topic} is none of Redress's.") from error
    said = record.headers.get(HEADER_SOURCE)
    if said != source_of(writer(found)) and not (unnamed and said is None):
        raise Unreadable(f"Record {record.offset} of {topic} was not written by {writer(found)}.")
    return found
