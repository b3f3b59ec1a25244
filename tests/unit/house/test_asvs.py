"""The threat model and the page of the ASVS: what they name is there, and what they count is so."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.paths import ROOT

ASVS, THREATS = "docs/reference/asvs.md", "docs/explanation/threat-model.md"
LEVEL_TWO = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16,
    17: 7,
}  # fmt: skip
"""Requirements of levels 1 and 2 by chapter, as version 5.0.0 counts them."""
STATES = {"held", "not applicable", "not held"}
ROW = re.compile(r"^\| (\d+)\.(\d+)\.(\d+) \| ([^|]+) \| ([^|]+) \| (.*) \|$", re.M)
NAMED = re.compile(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`")


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _rows() -> Iterator[tuple[str, int, str, str]]:
    for chapter, section, number, _, state, words in ROW.findall(_page(ASVS)):
        yield f"{chapter}.{section}.{number}", int(chapter), state, words


@pytest.mark.parametrize("page", [ASVS, THREATS])
def test_every_test_that_is_named_is_there(page: str) -> None:
    """By its path, and by its name where it says one."""
    named = set(NAMED.findall(_page(page)))

    assert len(named) > 20
    assert [] == sorted(f"{path}::{name}" for path, name in named if not _is_there(path, name))


def _is_there(path: str, name: str) -> bool:
    file = ROOT / path
    if not file.is_file():
        return False
    return not name or re.search(rf"^(?:async )?def {name}\(", file.read_text(encoding="utf-8"), re.M) is not None


def test_every_requirement_of_level_two_is_answered_once() -> None:
    """None is left out, none stands twice."""
    rows = list(_rows())

    assert Counter(LEVEL_TWO) == Counter(chapter for _, chapter, _, _ in rows)
    assert [] == [number for number, times in Counter(number for number, *_ in rows).items() if times > 1]


def test_what_is_held_names_a_test_and_what_is_not_says_why() -> None:
    """There is no fourth state, and no state without words."""
    rows = list(_rows())

    assert STATES == {state for _, _, state, _ in rows}
    assert [] == [number for number, _, state, words in rows if state == "held" and not NAMED.search(words)]
    assert [] == [number for number, _, state, words in rows if state != "held" and len(words) < len("no SAML")]


def test_the_head_of_the_page_counts_what_stands_below() -> None:
    """Nobody reads 253 lines to know how many are open."""
    counted = Counter(state for _, _, state, _ in _rows())

    assert {**counted, "all": counted.total()} == {
        state: int(number)
        for state, number in re.findall(r"^\| (held|not applicable|not held|all) \| (\d+) \|$", _page(ASVS), re.M)
    }


def test_every_boundary_of_the_diagram_has_its_threats() -> None:
    """A boundary without a threat was not thought about; a threat at none has no place."""
    diagram = _page(THREATS).split("## Boundaries")[1].split("```")[1]
    boundaries = re.findall(r"^\| (B\d) \| .+ \| .+ \| .+ \| .+ \|$", _page(THREATS), re.M)

    assert len(boundaries) > 25
    assert set(re.findall(r"\bB\d\b", diagram)) == set(boundaries)
