"""A store is folded anew when the fold means something else: its version is raised whenever a state changes.

The log in ``tests/golden/folds`` is as it was written once. ``python -m tests.unit.kernel.test_fold_versions`` writes
down what is made of it now, after the version was raised; with ``--log`` it also writes the log anew, which no change
of a fold calls for.
"""

import json
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from services.casework.http.outcome_folding import OUTCOMES
from services.intake.mail.correspondents import CORRESPONDENTS
from services.intake.standing import STANDINGS
from shared.contract.envelope import outgoing
from shared.contract.records import Record
from shared.kernel.service import Folded
from shared.kernel.store.packing import Packing, Snapshot
from shared.store.typed_rows import write
from shared.web import case_index
from shared.web.case_index import CaseIndex
from tests.support.memory_log import MemoryLog
from tests.support.stored_journeys import BY_NAME, folded, journeys, records
from tests.unit.kernel.test_stored_index import golden

FOLDER = Path("tests/golden/folds")
LOG, MADE = FOLDER / "log.jsonl", FOLDER / "made.json"
JOURNEYS = 5
FOLDS: dict[str, tuple[str, Folded[Any]]] = {
    **{name: (f"services/{name}/stored.py", service) for name, service in BY_NAME.items()},
    "casework-api": ("services/casework/http/outcome_folding.py", OUTCOMES),
    "intake": ("services/intake/standing.py", STANDINGS),
    "intake-mail": ("services/intake/mail/correspondents.py", CORRESPONDENTS),
}
"""Every fold that has a store, by the first name of its folder, with where its version stands."""
INDEX = "index of all cases"
BESIDE_CASES = (
    "CandidateReported.v1",
    "CandidateDropped.v1",
    "CandidateConfirmed.v1",
    "OpinionBoxReviewed.v1",
    "EvidenceScanned.v1",
)
"""What the index knows besides, and no journey tells of."""


def log_as_written() -> list[Record]:
    """The records of the golden log."""
    rows = [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()]
    return [
        Record(0, at, row["key"], row["value"].encode(), {name: text.encode() for name, text in row["headers"].items()})
        for at, row in enumerate(rows)
    ]


def index_made() -> dict[str, Any]:
    """What the index of all cases makes of the golden log and some golden events, and the version that it has."""
    index, digest = CaseIndex(MemoryLog(1)), sha256()
    more = [outgoing(golden(one, one)) for one in BESIDE_CASES]
    for record in (*log_as_written(), *records(more)):
        index.take(record)
    taken = index.maps.take()
    for found in (*sorted(taken.rows.items()), *sorted(taken.kept.items())):
        digest.update(write(found))
    return {"version": case_index.VERSION, "shape": index.maps.shape, "made": digest.hexdigest()}


def made_of_it(service: Folded[Any]) -> dict[str, Any]:
    """What a service's fold makes of the golden log, and the version that it says it has."""
    assert service.stored is not None
    packing: Packing[Any] = Packing(service.stored)
    digest = sha256()
    fold = folded(service, log_as_written())
    for case, one in sorted(fold.cases.items()):
        digest.update(packing.pack(Snapshot(case, one.state, one.basis, one.seen, one.offsets, one.blocked, ())))
        digest.update(write(sorted(map(repr, fold.keys.of(case)))))
    return {"version": service.stored.version, "shape": packing.shape, "made": digest.hexdigest()}


@pytest.mark.parametrize("fold", [*sorted(FOLDS), INDEX])
def test_a_fold_that_makes_something_else_has_another_version(fold: str) -> None:
    """Else a store of before would be believed by code that means something else."""
    expected, found = json.loads(MADE.read_text(encoding="utf-8"))[fold], made()[fold]
    where = "shared/web/case_index.py" if fold == INDEX else FOLDS[fold][0]
    if expected != found and expected["version"] == found["version"]:
        pytest.fail(
            f"{fold} makes something else of the golden log: raise the version in {where}, "
            "then python -m tests.unit.kernel.test_fold_versions"
        )

    assert expected == found, "write down what is made now: python -m tests.unit.kernel.test_fold_versions"


def test_the_golden_log_is_read_without_a_fault() -> None:
    """Else nothing would be compared."""
    fold = folded(BY_NAME["sla"], log_as_written())

    assert ({}, JOURNEYS) == (fold.blocked, len(dict(fold.cases.items())))


@cache
def made() -> dict[str, Any]:
    """What each of them makes of the golden log."""
    return {name: made_of_it(fold) for name, (_, fold) in sorted(FOLDS.items())} | {INDEX: index_made()}


def _write(with_log: bool) -> None:
    if with_log:
        rows = [
            {"key": one.key, "value": one.value.decode(), "headers": {k: v.decode() for k, v in one.headers.items()}}
            for one in records(journeys(JOURNEYS))
        ]
        LOG.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    MADE.write_text(json.dumps(made(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write("--log" in sys.argv)
