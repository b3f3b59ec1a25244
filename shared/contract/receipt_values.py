"""A receipt value is one value of a submission, by its JSON pointer: what it may be, and how it is sealed. Pure."""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter

from shared.contract.receipt_pointers import path_of
from shared.contract.submissions import SUBMISSIONS
from shared.contract.tenses import Tense, places


class NoSuchValue(ValueError):
    """A pointer leads to no single value of a submission on this channel."""


@dataclass(frozen=True, slots=True)
class ReceiptValue:
    """One value of a submission. ``path`` is where a receipt of the log keeps it."""

    pointer: str
    annotation: Any

    @property
    def path(self) -> tuple[str, ...]:
        """Where the value stands in the data of ComplaintReceived."""
        return path_of(self.pointer)

    @property
    def label(self) -> str:
        """The label under which the submission's value is sealed, and so the corrected one."""
        return self.pointer.removeprefix("/").replace("/", ".")

    def checked(self, said: Any) -> Any:
        """The value as the submission's shape has it, texts marked to be sealed. Raises pydantic.ValidationError."""
        adapter: TypeAdapter[Any] = TypeAdapter(self.annotation, config=ConfigDict(strict=True))
        return adapter.dump_python(adapter.validate_python(said))


@lru_cache(maxsize=256)
def value_at(channel: str, pointer: str) -> ReceiptValue:
    """The value that a pointer leads to, in a submission on a channel. Raises NoSuchValue."""
    found: Any = SUBMISSIONS.get(channel)
    for part in pointer.split("/")[1:]:
        found = _within(found, part)
    shapes = list(_shapes(found))
    if found is None or shapes:
        raise NoSuchValue(pointer)
    return ReceiptValue(pointer, found)


def _within(annotation: Any, part: str) -> Any:
    """What a part of a pointer leads to, of what an annotation allows. Raises NoSuchValue."""
    for one in _shapes(annotation):
        if isinstance(one, type) and issubclass(one, BaseModel) and part in one.model_fields:
            field = one.model_fields[part]
            metadata = tuple(field.metadata)
            return Annotated[(field.annotation, *metadata)] if metadata else field.annotation
        if get_origin(one) is tuple and part.isascii() and part.isdigit():
            return get_args(one)[0]
    raise NoSuchValue(part)


def _shapes(annotation: Any) -> Iterator[Any]:
    """The objects and lists that an annotation allows."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _shapes(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for one in get_args(annotation):
            yield from _shapes(one)
    elif origin is tuple or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        yield annotation


def tense_of(channel: str, pointer: str) -> Tense | None:
    """Where the time at a pointer may lie; None where there is no time."""
    path = tuple(pointer.split("/")[1:])
    return next((time.tense for time in places(SUBMISSIONS[channel]) if time.path == path), None)
