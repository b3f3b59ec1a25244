"""Reads a position of the log as a caller writes it: ``partition:offset``."""

import re

from shared.contract.records import Position
from shared.errors import RedressError

_POSITION = re.compile(r"([0-9]{1,6}):([0-9]{1,18})")


class BadPosition(RedressError):
    """`after` is a place in the log as an answer's `log` gives it: <partition>:<offset>."""

    code = "bad_after"
    status = 422


def position_from(text: str, partitions: int, pointer: str) -> Position:
    """The position that ``partition:offset`` says.

    Args:
        text: what a caller sent.
        partitions: how many there are.
        pointer: where in the call it stood.

    Raises:
        BadPosition: it is none, or of a partition that is not there.
    """
    found = _POSITION.fullmatch(text)
    if found is None or int(found[1]) >= partitions:
        raise BadPosition(pointers=(pointer,))
    return Position(int(found[1]), int(found[2]))
