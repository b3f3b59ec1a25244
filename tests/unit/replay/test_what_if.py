"""What if a reference file had said something else: only what that brings about differs."""

from pathlib import Path

import pytest

from ops.local.reference import ReferenceFile
from ops.paths import SERVICES
from ops.replay.again import Again
from ops.replay.findings import Findings
from ops.replay.known_then import KnownThen
from ops.replay.what_if import file_of, supposed
from services.sla.decisions import SERVICE as SLA
from shared.errors import BadReference
from tests.support.facts import receipt, reference
from tests.support.whole_desk import WholeDesk
from tests.unit.replay.test_again import DOCUMENTS

PACK = SERVICES / "sla" / "packs" / "cn-bank-internal.yaml"


@pytest.fixture
def shorter(tmp_path: Path) -> ReferenceFile:
    """The pack with a day less for ordinary complaints."""
    file = tmp_path / PACK.name
    file.write_text(PACK.read_text(encoding="utf-8").replace("limit_working_days: 3", "limit_working_days: 2"))
    return ReferenceFile("pack", PACK.stem, file)


async def test_a_shorter_limit_moves_the_deadline_and_names_no_other_version(shorter: ReferenceFile) -> None:
    """Dates differ; that the file is another one does not."""
    desk = WholeDesk(reference())
    async with desk.open():
        await desk.happens(receipt())
    findings = Findings(10)
    one = Again(SLA, 0, KnownThen(supposed(DOCUMENTS, [shorter])), {}, findings)
    for record in desk.records():
        one.take(record)
    one.end()

    (found,) = findings.differences
    assert "ClockStarted" == found.type
    assert {
        "/data/deadline/due_at": ("2020-03-11T00:00:00+08:00", "2020-03-10T00:00:00+08:00"),
        "/data/deadline/due_on": ("2020-03-10", "2020-03-09"),
        "/data/deadline/length/amount": (3, 2),
        "/data/deadline/warnings/0/at": ("2020-03-09T09:00:00+08:00", "2020-03-06T09:00:00+08:00"),
    } == {field.pointer: (field.logged, field.decided) for field in found.fields}


def test_a_file_of_which_there_is_no_version_is_in_force_from_the_beginning() -> None:
    """It comes before all others, so that whatever is decided knows it."""
    found = supposed(DOCUMENTS, [ReferenceFile("calendar", "x", CALENDAR)])

    assert len(DOCUMENTS) + 1 == len(found)
    assert ("calendar", "x") == (found[0].kind, found[0].id)


CALENDAR = next((SERVICES / "sla" / "calendars").glob("*.yaml"))


@pytest.mark.parametrize(
    ("said", "what_to_do"),
    [
        ("rules.yaml", "write KIND=FILE"),
        ("routing=", "write KIND=FILE"),
        ("template=acknowledgement.j2", "nothing is decided by a template"),
        ("figures=2020.yaml", "nothing is decided by a figures"),
        ("rule=rules.yaml", "there is no kind 'rule'"),
    ],
)
def test_what_decisions_do_not_rest_on_is_refused(said: str, what_to_do: str) -> None:
    """In a line that says what to write."""
    with pytest.raises(BadReference, match=what_to_do):
        file_of(said)


def test_a_file_that_is_not_valid_is_refused(tmp_path: Path) -> None:
    """Before anything is decided."""
    file = tmp_path / "cn-bank-internal.yaml"
    file.write_text("id: cn-bank-internal\n")
    with pytest.raises(BadReference):
        supposed(DOCUMENTS, [ReferenceFile("pack", "cn-bank-internal", file)])
