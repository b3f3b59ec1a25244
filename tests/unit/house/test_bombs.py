"""Bombs stand where a process may die: each is set off by a test, and no test arms one that is not there."""

import re

from tests.support.paths import ROOT

PASSED = re.compile(r'bombs\.hit\("([a-z_0-9]+)"\)')
CHAOS = ROOT / "tests" / "chaos"


def declared() -> set[str]:
    """The names of all bombs in the code."""
    files = (path for room in ("services", "shared") for path in (ROOT / room).rglob("*.py"))
    return {name for path in files for name in PASSED.findall(path.read_text(encoding="utf-8"))}


def test_every_bomb_is_set_off_by_a_test_that_kills_by_it() -> None:
    """A place that nobody ever dies at proves nothing."""
    tests = "".join(path.read_text(encoding="utf-8") for path in CHAOS.glob("test_*.py"))
    unused = {name for name in declared() if not re.search(rf'["\']{name}["\':]', tests)}

    assert len(declared()) > 10
    assert set() == unused
