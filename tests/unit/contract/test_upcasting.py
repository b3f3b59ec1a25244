"""What was ever appended can be read for ever: every stored version becomes the newest one."""

import json
import re
from pathlib import Path

import pytest

from shared.contract.envelope import type_of
from shared.contract.events import CATALOGUE, parse
from shared.contract.upcasting import STEPS, upcast
from tests.support.facts import event, receipt
from tests.support.paths import GOLDEN_EVENTS

STORED = sorted(GOLDEN_EVENTS.glob("*.json"))


@pytest.mark.parametrize("path", STORED, ids=lambda p: p.stem)
def test_every_stored_version_is_read_as_the_newest(path: Path) -> None:
    """By pure steps, one per version; the golden files are never edited."""
    name, version = path.stem.rsplit(".v", 1)
    stored = json.loads(path.read_text(encoding="utf-8"))
    old = event(receipt())._replace(type=type_of(name, int(version)), data=stored)
    shape = parse(upcast(old))

    assert CATALOGUE[name] is type(shape)
    assert stored == json.loads(path.read_text(encoding="utf-8"))


def test_every_version_has_a_golden_file_and_a_step_to_the_next() -> None:
    """None is missing in between."""
    files = {(m[1], int(m[2])) for p in STORED if (m := re.fullmatch(r"(\w+)\.v(\d+)", p.stem))}
    older = {(name, version) for name, shape in CATALOGUE.items() for version in range(1, shape.version)}

    assert older == set(STEPS)
    assert [] == sorted(older - files)
