"""The page of incidents: ten, each with the same four parts, and played by tests that there are."""

import re

import pytest

from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "how-to" / "incidents.md").read_text(encoding="utf-8")
INCIDENTS = dict(re.findall(r"^## \d+\. (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
PARTS = ["What one sees first", "The command", "What one sees then", "What was lost"]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_there_are_ten() -> None:
    """In order, by number."""
    assert [str(number) for number in range(1, 11)] == re.findall(r"^## (\d+)\.", PAGE, re.M)
    assert 10 == len(INCIDENTS)


@pytest.mark.parametrize("incident", INCIDENTS)
def test_an_incident_has_its_parts_and_a_test_that_plays_it(incident: str) -> None:
    """In the same order everywhere."""
    text = INCIDENTS[incident]

    assert PARTS == re.findall(r"^\*\*(.+?)\.\*\*", text, re.M)
    assert TEST.findall(text)


def test_every_test_that_is_named_is_there() -> None:
    """Whoever renames one finds the page."""
    named = {(file, name) for file, name in TEST.findall(PAGE)}
    found = {(file, name) for file, name in named if f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")}

    assert named == found
