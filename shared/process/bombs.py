"""A bomb makes a process die at a place that is named beforehand, to prove that dying there loses nothing.

``arm("commit:3,send:1")`` ends the process, as kill -9 would, the third time it passes ``commit`` or the first
time it passes ``send``. Only the setting ``REDRESS_BOMBS`` arms them, and never in production.
"""

import os
from collections import Counter

EXIT_CODE = 86
"""Tells a bomb's exit from every other."""

_fuses: dict[str, int] = {}
_passed: Counter[str] = Counter()


def arm(spec: str) -> None:
    """Arm the bombs named in ``spec``, as ``point:nth`` separated by commas; replaces what was armed."""
    _fuses.clear()
    _passed.clear()
    for part in filter(None, spec.split(",")):
        point, nth = part.split(":")
        _fuses[point.strip()] = int(nth)


def hit(point: str) -> None:
    """Pass a point; never returns if its bomb goes off."""
    if not _fuses:
        return
    _passed[point] += 1
    if _fuses.get(point) == _passed[point]:
        os._exit(EXIT_CODE)
