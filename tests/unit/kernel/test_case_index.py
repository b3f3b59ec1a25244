"""What APIs know of all cases: of records that say the same, the first counts."""

import json
from typing import Any

import pytest

from shared.case.numbers import BadCaseNumber, UnknownCase, number_for
from shared.contract.envelope import Event, outgoing
from shared.contract.records import Record
from shared.web.case_index import CaseIndex, digest_of_evidence
from tests.support.facts import CASE, NOW, event, receipt
from tests.support.memory_log import MemoryLog
from tests.support.paths import GOLDEN_EVENTS

EVENTS = GOLDEN_EVENTS
NUMBER = number_for(CASE, NOW.date(), lambda number: False)


def index(*events: Event) -> CaseIndex:
    """An index that has read these events, one after the other."""
    found = CaseIndex(MemoryLog())
    for offset, one in enumerate(events):
        made = outgoing(one)
        found.apply(Record(0, offset, made.key, made.value, dict(made.headers)))
    return found


def stored(stem: str, cause: str, **changes: Any) -> Event:
    """An event as a golden file holds it."""
    data = json.loads((EVENTS / f"{stem}.json").read_text(encoding="utf-8"))
    return event(receipt(), cause)._replace(type=f"redress.{stem}", data=data | changes)


OPENED = event(receipt(case_number=NUMBER))


@pytest.mark.parametrize("stem", ["ReceiptAdded.v1", "ReceiptAdded.v2", "ReceiptAdded.v3"])
def test_a_further_receipt_is_found_by_its_own_id_with_the_number_of_its_case(stem: str) -> None:
    """In every version; another one under the same key comes too late."""
    known = index(OPENED, stored(stem, "a", fingerprint="1"), stored(stem, "b", fingerprint="2")).receipt("r-1")

    assert known is not None
    assert (CASE, NUMBER, "1", 1) == (known.case_id, known.case_number, known.fingerprint, known.offset)


def test_a_case_is_found_by_id_and_number_and_is_its_own_receipt() -> None:
    """Its first event counts."""
    known = index(OPENED, event(receipt(case_number="20200305-0000000002-0"), "other"))

    assert known.find(CASE) == known.find(NUMBER) == known.receipt(CASE)
    assert ("channel:hotline", 0) == (receipt().submitter, known.find(CASE).offset)


@pytest.mark.parametrize(
    ("case", "error"), [("1" * 36, UnknownCase), (NUMBER, UnknownCase), (NUMBER + "0", BadCaseNumber)]
)
def test_a_case_that_is_not_there_and_a_mistyped_number_are_told_apart(case: str, error: type[Exception]) -> None:
    """By id, by number, by what is no number."""
    with pytest.raises(error) as caught:
        index().find(case)

    assert error is caught.type


def test_evidence_is_found_by_its_cause_and_counted_once_per_event() -> None:
    """The first of two records under one cause; a repeated record counts as one file."""
    one, other = stored("EvidenceAdded.v1", "a"), stored("EvidenceAdded.v1", "b")
    again = one._replace(data=one.data | {"kind": "letter"})
    known = index(OPENED, one, again, other)
    found = known.evidence("a")

    assert found is not None
    digest = digest_of_evidence(one.data)
    assert (CASE, one.id, digest, 1) == (
        found.case_id,
        found.event_id,
        found.digest,
        found.offset,
    )
    assert 2 == known.files_of(CASE)
    assert (None, 0) == (known.evidence("c"), known.files_of("another"))
