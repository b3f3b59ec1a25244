"""A case's timeline straight from the log: what is without effect is told as such."""

import pytest

from ops.cli import case as cli_case
from ops.verify import timeline
from shared.contract.envelope import Event
from shared.contract.events.base import PersonAt
from shared.contract.events.casework import CaseClosed, HandoverAccepted, PartyConcernedNamed
from shared.contract.events.sla import ClockStopped
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
