"""A store is folded anew when the fold means something else: its version is raised whenever a state changes.

The log in ``tests/golden/folds`` is as it was written once. ``python -m tests.unit.kernel.test_fold_versions`` writes
down what the folds make of it now, after the version in the service's ``stored.py`` was raised; with ``--log`` it also
writes the log anew, which no change of a fold calls for.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.contract.records import Record
from shared.kernel.service import Service
from shared.kernel.store.packing import Packing, Snapshot
from shared.store.typed_rows import write
from tests.support.stored_journeys import BY_NAME, folded, journeys, records

FOLDER = Path("tests/golden/folds")
LOG, MADE = FOLDER / "log.jsonl", FOLDER / "made.json"
JOURNEYS = 5


def log_as_written() -> list[Record]:
    """The records of the golden log."""
    rows = [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()]
    return [
        Record(0, at, row["key"], row["value"].encode(), {name: text.encode() for name, text in row["headers"].items()})
        for at, row in enumerate(rows)
    ]


def made_of_it(service: Service[Any]) -> dict[str, Any]:
    """What a service's fold makes of the golden log, and the version that it says it has."""
    assert service.stored is not None
    packing: Packing[Any] = Packing(service.stored)
    digest = sha256()
    fold = folded(service, log_as_written())
    for case, one in sorted(fold.cases.items()):
        digest.update(packing.pack(Snapshot(case, one.state, one.basis, one.seen, one.offsets, one.blocked, ())))
        digest.update(write(sorted(map(repr, fold.keys.of(case)))))
    return {"version": service.stored.version, "shape": packing.shape, "made": digest.hexdigest()}


@pytest.mark.parametrize("service", sorted(BY_NAME))
def test_a_fold_that_makes_something_else_has_another_version(service: str) -> None:
    """Else a store of before would be believed by code that means something else."""
    expected, found = json.loads(MADE.read_text(encoding="utf-8"))[service], made_of_it(BY_NAME[service])
    if expected != found and expected["version"] == found["version"]:
        pytest.fail(
            f"{service} folds the golden log to something else: raise the version in services/{service}/stored.py, "
            "then python -m tests.unit.kernel.test_fold_versions"
        )

    assert expected == found, "write down what is made now: python -m tests.unit.kernel.test_fold_versions"


def test_the_golden_log_is_read_without_a_fault() -> None:
    """Else nothing would be compared."""
    fold = folded(BY_NAME["sla"], log_as_written())

    assert ([], JOURNEYS) == (fold.blocked, len(dict(fold.cases.items())))


def _write(with_log: bool) -> None:
    if with_log:
        rows = [
            {"key": one.key, "value": one.value.decode(), "headers": {k: v.decode() for k, v in one.headers.items()}}
            for one in records(journeys(JOURNEYS))
        ]
        LOG.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    made = {name: made_of_it(service) for name, service in sorted(BY_NAME.items())}
    MADE.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write("--log" in sys.argv)
