"""A new version of an event: written as the former one until reference data allow it, and decided again just so."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from ops.verify.services import SERVICES
from shared.contract.records import HEADER_TYPE, Record
from shared.kernel.fold import Fold
from tests.support.house_copy import changed, house_copy, in_copy
from tests.support.invented_version import NAME, bring

V1, V2 = f"redress.{NAME}.v1", f"redress.{NAME}.v2"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house that knows a second version of an event."""
    copy = house_copy(tmp_path_factory.mktemp("house"))
    bring(copy)
    return copy


@pytest.fixture(scope="module")
def seen(house: Path) -> dict[str, Any]:
    """What that code writes and reads."""
    found: dict[str, Any] = json.loads(in_copy(house, "-m", "tests.support.invented_version"))
    return found


def test_what_a_new_version_touches_is_what_the_map_says(house: Path) -> None:
    """Shape and decision, a step there and a step back, and the file that allows it."""
    assert {
        "shared/contract/events/casework.py", "services/casework/commands/contact.py", "shared/contract/upcasting.py",
        "shared/contract/downcasting.py", "shared/contract/events/versions.yaml",
    } == changed(house)  # fmt: skip


def test_it_is_written_once_reference_data_allow_it(seen: dict[str, Any]) -> None:
    """Before that in the former version, without what that does not say."""
    assert [V1, V2] == seen["written"]
    assert [None, True] == seen["stored"]


def test_who_wrote_it_reads_it_as_everybody_does(seen: dict[str, Any]) -> None:
    """What a version cannot say is not known of the fact, not even to whoever decided it."""
    assert [False, True] == seen["read"] == seen["known"]


def test_deciding_again_comes_to_the_same(seen: dict[str, Any]) -> None:
    """By what was allowed when it was decided, not by what is now."""
    assert (0, []) == (seen["others"], seen["not_decided"])
    assert len(seen["records"]) - 1 == seen["same"]


def test_the_former_code_reads_all_that_was_written_before_it_was_allowed(seen: dict[str, Any]) -> None:
    """And waits from the first record on that was written after."""
    records = [
        Record(0, at, key, value.encode(), {name: b64decode(said) for name, said in headers.items()})
        for at, (key, value, headers) in enumerate(seen["records"])
    ]
    (first,) = [one.offset for one in records if one.headers[HEADER_TYPE] == V2.encode()]
    blocked = []
    for service in SERVICES:
        fold: Fold[Any] = Fold(service, 0)
        for record in records:
            fold.apply(record)
        blocked.append(set(fold.blocked.values()))

    assert [{first}] * len(SERVICES) == blocked
