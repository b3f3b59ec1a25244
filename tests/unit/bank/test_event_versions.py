"""In which version an event may be written: what reference data allow, which only rises."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest

from ops.contracts import newest_versions
from ops.paths import EVENT_VERSIONS, ROOT
from shared.bank.event_versions import (
    EVENTS,
    VERSIONS,
    Recording,
    allowed_at_last,
    allowed_version,
    check_rising,
    not_allowed_yet,
    parse_known_versions,
    parse_versions,
    unknown_versions,
    without_step_back,
)
from shared.bank.reference import Reference, ReferenceDocument
from shared.contract.downcasting import STEPS_BACK, downcast
from shared.contract.envelope import Step, type_of
from shared.contract.events import CATALOGUE
from shared.contract.upcasting import STEPS
from shared.errors import BadReference, NotYet
from tests.support.facts import NOW, document, event, receipt
from tests.support.paths import GOLDEN_EVENTS

WRITTEN_BEFORE = """AuthorityChecked 2, CaseNotAccepted 2, CaseRouted 2, CaseWithdrawn 2, ClockBreached 2, ClockMet 2,
ClockRecomputed 4, ClockStarted 3, ClockStopped 2, ClockWarned 2, ComplaintReceived 5, DecisionMade 2, EvidenceAdded 2,
InvestigationRecorded 2, MessageFailed 3, MessageSendStarted 3, MessageSent 3, MessageSuppressed 3,
OpinionBoxReviewed 2, OverrunExplained 2, ReceiptAdded 4, SettledOnTheSpot 2"""
"""What was written before reference data said which: these need no step back, every version after them does."""
HOUR = timedelta(hours=1)


def allowed(content: str, since: datetime = NOW) -> ReferenceDocument:
    """A document that allows this from an instant on."""
    return replace(document(VERSIONS, EVENTS, content), effective_from=since)


def published(*documents: ReferenceDocument) -> Reference:
    """Reference data that hold only these."""
    found = Reference()
    for one in documents:
        found.add(one)
    return found


def steps_missing(steps: Mapping[tuple[str, int], Step], back: Mapping[tuple[str, int], Step]) -> list[str]:
    """The versions that nobody can write as the one before, or that do not come back to what they were."""
    before = {name: int(version) for name, version in (one.split() for one in WRITTEN_BEFORE.split(","))}
    found = []
    for (name, version), up in steps.items():
        if version < before.get(name, 1):
            continue
        down = back.get((name, version + 1))
        old = orjson.loads((GOLDEN_EVENTS / f"{name}.v{version}.json").read_bytes())
        if down is None or down(up(old)) != old:
            found.append(type_of(name, version + 1))
    return found


def test_without_a_document_the_newest_is_written_and_with_one_what_it_says() -> None:
    """Version 1 of what it does not name, and at each instant what is in force then."""
    known = published(allowed("DecisionMade: 2"), allowed("DecisionMade: 3", NOW + HOUR))

    assert None is allowed_version(Reference(), "DecisionMade", NOW) is allowed_version(known, "CaseRouted", NOW - HOUR)
    assert [2, 3] == [allowed_version(known, "DecisionMade", at) for at in (NOW, NOW + HOUR)]
    assert 1 == allowed_version(known, "CaseRouted", NOW)
    assert {"DecisionMade": 3} == allowed_at_last(known)


def test_what_may_not_be_written_yet_and_cannot_be_said_otherwise_waits() -> None:
    """It waits as whatever waits for reference data does, and says what it waits for."""
    made = event(receipt())

    with pytest.raises(NotYet, match=r"ComplaintReceived\.v5 may not be written yet.*version 4.*publish `versions`"):
        Recording(published(allowed("ComplaintReceived: 4"))).of(made)


def test_a_version_that_this_code_does_not_know_is_allowed_to_others() -> None:
    """An old process goes on writing what it knows: everybody reads that."""
    made = event(receipt())

    assert made == Recording(published(allowed("ComplaintReceived: 6"))).of(made).event


def test_a_step_back_leads_to_the_version_before_and_no_further() -> None:
    """Step by step, as upcasting does."""
    made, steps = event(receipt())._replace(data={"a": 1}), {("ComplaintReceived", 5): lambda data: data | {"b": 2}}
    written = downcast(made, 4, steps)

    assert (type_of("ComplaintReceived", 4), {"a": 1, "b": 2}) == (written.type, written.data)
    assert made == downcast(made, 5, {})
    with pytest.raises(NotYet):
        downcast(made, 3, steps)


def test_every_version_since_has_a_step_back_that_its_upcaster_undoes() -> None:
    """A version without one would hold every case that needs it until the last process is upgraded."""
    old, one = "InterimReplyGiven", {("InterimReplyGiven", 1): lambda data: data | {"hurried": False}}
    lossy: dict[tuple[str, int], Step] = {(old, 2): lambda data: {}}

    assert [] == steps_missing(STEPS, STEPS_BACK)
    assert [f"redress.{old}.v2"] == steps_missing(one, {}) == steps_missing(one, lossy)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "DecisionMade", "DecisionMade: two", "DecisionMade: 0", "7: 2", "A: true", "A: 10000", "A b: 2",
     '"A\\nB": 2',
     f"A: {'9' * 4000}", f"{'A' * 101}: 2"],
)  # fmt: skip
def test_what_names_no_versions_is_refused(content: str) -> None:
    """A line names a type and a version from 1 on."""
    with pytest.raises(BadReference, match=r"type of event and its version"):
        parse_versions(content)


@pytest.mark.parametrize("content", ["DecisionMade: 3", "FlowersSent: 1"])
def test_only_code_that_knows_a_version_publishes_it(content: str) -> None:
    """Whoever hears it reads it all the same."""
    with pytest.raises(BadReference, match=r"does not know (DecisionMade\.v3|FlowersSent\.v1): publish"):
        parse_known_versions(content)
    assert 1 == len(parse_versions(content))


@pytest.mark.parametrize("content", ["{}", "DecisionMade: 2"])
def test_a_file_by_which_every_case_would_wait_is_not_published(content: str) -> None:
    """What was written before there were steps back has none: a file that forgets it would stop the bank."""
    shipped = parse_known_versions(EVENT_VERSIONS.read_text(encoding="utf-8"))

    with pytest.raises(BadReference, match=r"ComplaintReceived\.v4, ComplaintReceived\.v5.*cannot be written"):
        parse_known_versions(content)
    assert ["CaseRouted.v2"] == without_step_back({**shipped, "CaseRouted": 1})


def test_an_allowed_version_only_rises() -> None:
    """Whenever each of them comes into force; what is left out falls to 1."""
    known = published(allowed("DecisionMade: 2\nCaseRouted: 2"))
    fine = allowed("DecisionMade: 2\nCaseRouted: 2\nMessageSent: 3", NOW + HOUR)
    for falls in (allowed("DecisionMade: 1\nCaseRouted: 2"), allowed("CaseRouted: 2", NOW + HOUR)):
        with pytest.raises(BadReference, match=r"only rises, and DecisionMade 2 is allowed already"):
            check_rising(known, [falls])
    with pytest.raises(BadReference, match=r"MessageSent 3"):
        check_rising(published(allowed("DecisionMade: 2")), [allowed("DecisionMade: 2\nMessageSent: 3", NOW - HOUR)])

    check_rising(known, [fine, allowed("DecisionMade: 2", NOW - HOUR), replace(fine, kind="pack", content="")])


def test_of_two_people_who_publish_at_once_the_higher_version_counts() -> None:
    """Neither saw what the other allowed; a fact in it may be in the log, and who reads the file has to know of it."""
    known = published(allowed("DecisionMade: 2\nCaseRouted: 2"), allowed("CaseRouted: 3", NOW + HOUR))

    assert [2, 2] == [allowed_version(known, "DecisionMade", at) for at in (NOW, NOW + HOUR)]
    assert [2, 3] == [allowed_version(known, "CaseRouted", at) for at in (NOW, NOW + HOUR)]
    assert {"DecisionMade": 2, "CaseRouted": 3} == allowed_at_last(known)
    with pytest.raises(BadReference, match=r"DecisionMade 2 is allowed already"):
        check_rising(known, [allowed("CaseRouted: 3", NOW + 2 * HOUR)])


def test_of_very_many_names_an_error_says_how_many_there_are() -> None:
    """In one line that can be read."""
    with pytest.raises(BadReference) as error:
        parse_known_versions("\n".join(f"Event{number}: 1" for number in range(50_000)))

    assert "and 49,990 more" in error.value.detail
    assert len(error.value.detail) < 500


def test_the_shipped_file_allows_what_this_code_knows_and_nothing_else() -> None:
    """It is written by ``make docs``, and published where an installation begins."""
    shipped = parse_known_versions(EVENT_VERSIONS.read_text(encoding="utf-8"))
    events = {name: one.version for name, one in CATALOGUE.items() if one.version > 1}

    assert newest_versions.text() == EVENT_VERSIONS.read_text(encoding="utf-8")
    assert events | {"CaseChanged": 2} == shipped
    assert ([], []) == (not_allowed_yet(shipped), unknown_versions(shipped))
    assert (["CaseRouted.v2"], ["DecisionMade.v9"]) == (
        not_allowed_yet({**shipped, "CaseRouted": 1}), unknown_versions({**shipped, "DecisionMade": 9}),
    )  # fmt: skip


def test_nobody_makes_a_record_of_an_event_past_what_is_allowed() -> None:
    """One module does; ``outgoing`` of an envelope is imported nowhere else by what runs."""
    imported = re.compile(r"^from shared\.contract\.envelope import .*\boutgoing\b", re.M)
    files = [file for room in ("services", "shared") for file in (ROOT / room).rglob("*.py")]
    by = [str(file.relative_to(ROOT)) for file in files if imported.search(file.read_text(encoding="utf-8"))]

    assert ["shared/bank/event_versions.py"] == by
