"""What a fold keeps of one case, besides the case's state as its service sees it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

S = TypeVar("S")

OFFSET_BYTES = 8
"""Of an offset as a case keeps it."""


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

    def note(self, offset: int) -> None:
        """Keep where an event of the case lies."""
        self.offsets += offset.to_bytes(OFFSET_BYTES, "little")

    @property
    def noted(self) -> int:
        """Of how many events it is kept where they lie."""
        return len(self.offsets) // OFFSET_BYTES

    def places(self) -> Iterator[int]:
        """Where they lie, in the order of the log."""
        for at in range(0, len(self.offsets), OFFSET_BYTES):
            yield int.from_bytes(self.offsets[at : at + OFFSET_BYTES], "little")


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
