"""What a fold keeps of one case, besides the case's state as its service sees it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

S = TypeVar("S")


@dataclass(slots=True)
class FoldedCase(Generic[S]):
    """What a fold keeps of one case. ``seen`` and ``offsets`` are packed: eight bytes per event.

    ``basis`` is the id of its last event, as it stands in the record's header.
    """

    state: S | None
    basis: bytes
    seen: bytes
    offsets: bytes
    blocked: bool = False


class Cases(Protocol[S]):
    """The cases of one partition by their ids: a dictionary, or one with a file behind it."""

    def get(self, case: str, /) -> FoldedCase[S] | None:
        """What is kept of a case."""

    def __getitem__(self, case: str, /) -> FoldedCase[S]:
        """What is kept of a case that is known. Raises KeyError."""

    def __setitem__(self, case: str, entry: FoldedCase[S], /) -> None:
        """Keep a case from now on."""

    def items(self) -> Iterable[tuple[str, FoldedCase[S]]]:
        """Every case with what is kept of it."""
