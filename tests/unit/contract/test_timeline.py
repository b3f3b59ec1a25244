"""A case's timeline straight from the log: what is without effect is told as such."""

import pytest

from ops.cli import case as cli_case
from ops.verify import timeline
from ops.verify.timeline import Unread
from shared.contract.envelope import Event
from shared.contract.events.base import PersonAt
from shared.contract.events.ending import CaseClosed
from shared.contract.events.ownership import HandoverAccepted, PartyConcernedNamed
from shared.contract.events.sla import ClockStopped
from shared.contract.records import HEADER_TYPE, Record
from tests.support.facts import SEALED, event, names
from tests.unit.contract.test_crossings import log_so_far, others_facts

NAMES = names()
LUO = PersonAt(unit="dongqiao.lending", person="luo.tian")


def story(*order: str) -> list[Event]:
    """Luo Tian is named as concerned, so somebody else gets the case; facts that cross that, in this order."""
    log = log_so_far()
    named = event(PartyConcernedNamed(person="luo.tian", ground=SEALED), "n")._replace(basisid=log[-1].id)
    facts = {
        "rerouted": others_facts(log)["rerouted"],
        "accepted": event(HandoverAccepted(handler=LUO), "a"),
        "closed": event(CaseClosed(), "c"),
    }
    return [*log, named, *(facts[name]._replace(basisid=named.id) for name in order)]


@pytest.mark.parametrize(
    ("names", "overtaken"),
    [
        (("accepted", "rerouted"), []),
        (("rerouted", "accepted"), ["HandoverAccepted"]),
        (("closed", "rerouted"), ["CaseClosed"]),
        (("rerouted", "closed"), ["CaseClosed"]),
    ],
)
def test_what_a_crossing_left_without_effect_is_marked(names: tuple[str, ...], overtaken: list[str]) -> None:
    """Nothing else is; an acceptance that came first counted until the case was given away."""
    rows = timeline.entries(story(*names), NAMES)

    assert overtaken == [row["type"].split(".")[1] for row in rows if row["overtaken"]]


def test_a_case_that_no_service_can_fold_is_told_all_the_same() -> None:
    """It is blocked from there on, so what comes after is neither with nor without effect: nothing is said of it."""
    log = story("rerouted", "accepted")
    lost = ClockStopped(clock_id="c", milestone="reply", ground="withdrawn")
    rows = timeline.entries([*log[:-1], event(lost, "lost"), log[-1]], NAMES)

    assert 6 == len(rows)
    assert [] == [row for row in rows if row["overtaken"]]


def test_the_printed_timeline_says_so_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    """Who reads it has no need to know how the log works."""
    cli_case.tell(timeline.entries(story("rerouted", "accepted"), NAMES), NAMES.organisation.day)
    lines = capsys.readouterr().out.splitlines()

    assert ["（与其他决定交叉，不生效）", " (overtaken: without effect)"] == [
        lines[-2][-len("（与其他决定交叉，不生效）") :],
        lines[-1][-len(" (overtaken: without effect)") :],
    ]
    assert 2 == sum("不生效" in line or "without effect" in line for line in lines)


def test_a_record_that_cannot_be_read_stands_at_its_place_among_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    """It hides nothing else; where it lies is told instead of a time."""
    log = story("rerouted")
    record = Record(2, 7, log[0].subject, b"{", {HEADER_TYPE: b"redress.MoonConsulted.v1"})
    told = timeline.ToldCase(log[0].subject, log, [Unread(record, 1)])
    rows = timeline.with_unread(timeline.entries(told.events, NAMES), told.unread)
    cli_case.tell(rows, NAMES.organisation.day)

    assert [len(log) + 1, "redress.MoonConsulted.v1"] == [len(rows), rows[1]["type"]]
    assert "2:7" == capsys.readouterr().out.splitlines()[2].split()[0]
    assert [{"log": "2:7", "type": "redress.MoonConsulted.v1"}] == timeline.all_of(told)["unreadable"]
    assert "unreadable" not in timeline.all_of(told._replace(unread=[]))


def test_of_a_case_whose_receipt_cannot_be_read_only_that_is_told() -> None:
    """Owners, duties and clocks rest on it."""
    told = timeline.ToldCase("case", story("rerouted")[1:], [Unread(Record(0, 3, "case", b"", {}), 0)])

    assert {"case_id": "case", "unreadable": [{"log": "0:3", "type": None}]} == timeline.all_of(told)
