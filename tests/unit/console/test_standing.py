"""How far a case has come: which hops are behind it, and what it misses."""

from collections.abc import Sequence

from ops.verify import naive_console
from services.console.projection.hops import BLOCKED, HOP, MISSING, HopStanding
from services.console.projection.standing import standing_of
from services.console.projection.state import ShownCase, fold
from shared.contract.envelope import Event, to_json
from tests.support.console_stories import Story
from tests.support.facts import CASE
from tests.support.journey import told

ANSWERED = {"acknowledged", "not_acknowledged", "acknowledging"}
JOURNEYS = 60


def folded(events: Sequence[Event]) -> ShownCase:
    """A case as the console has it after these events."""
    case, ordinals = None, dict[str, int]()
    for ordinal, event in enumerate(events):
        ordinals[event.id] = ordinal
        case = fold(case, event.at(ordinal, ordinals.get(event.basisid or "", -1))).case
    assert case is not None
    return case


def hops(standing: HopStanding) -> set[str]:
    """The hops that it counts for."""
    return {name for (kind, name), _ in standing.counts if kind == HOP}


def test_of_every_case_on_which_nothing_is_owed_the_hops_agree() -> None:
    """Whatever people did, and however the services lagged behind each other: received, routed, clocked, answered."""
    for seed in range(JOURNEYS):
        world = told(seed)
        world.settle()
        found = standing_of(folded(world.log), None)

        assert {"received", "routed", "clocked"} == hops(found) - ANSWERED, seed
        assert 1 == len(hops(found) & ANSWERED), seed
        assert not {"routed", "clocked", "acknowledged"} & set(found.missing), seed


def test_a_case_misses_the_first_hop_that_did_not_answer() -> None:
    """Those behind it wait for it, and are to blame for nothing."""
    received, routed, clocked = Story(1, routed=False), Story(2), Story(3).clock()
    found = [standing_of(folded(story.case.events), None) for story in (received, routed, clocked)]

    assert [("routed",), ("clocked",), ("acknowledged",)] == [one.missing for one in found]
    assert [{"received"}, {"received", "routed"}, {"received", "routed", "clocked"}] == [hops(one) for one in found]
    assert all(one.open for one in found)


def test_a_case_that_is_over_misses_nothing_more() -> None:
    """What was withdrawn before it came to a hop need not come to it."""
    story = Story(1).does("lin.fang", "withdraw", way="phone", proof="录音", received_at="2020-03-05T10:00:00+08:00")
    found = standing_of(folded(story.case.events), None)

    assert ((), False) == (found.missing, found.open)
    assert {"received", "routed", "clocked", "not_acknowledged"} == hops(found)


def test_an_open_duty_that_nobody_owes_misses_somebody() -> None:
    """As where a post has no holder any more."""
    case = folded(Story(1).clock().case.events)
    opening = case.core.openings[0]
    terms = opening.terms[-1]
    vacant = opening._replace(terms=(*opening.terms[:-1], terms._replace(debtor=terms.debtor._replace(person=None))))
    left = case._replace(core=case.core._replace(openings=(vacant, *case.core.openings[1:])))

    assert "debtor" not in standing_of(case, None).missing
    assert "debtor" in standing_of(left, None).missing


def test_a_case_that_cannot_be_read_counts_as_that_alone() -> None:
    """However far it was folded before: what code that can read it makes of it is counted then."""
    assert BLOCKED == standing_of(folded(Story(1).clock().case.events), "its body cannot be read")
    assert not [name for (kind, name), _ in BLOCKED.counts if kind in (HOP, MISSING)]


def test_what_a_case_misses_is_what_the_log_alone_says() -> None:
    """At every point of a journey, by the independent reading that `redress rebuild verify` holds the database against.

    A fact that is without effect, or a receipt by itself: whatever was appended by then counts.
    """
    for seed in range(JOURNEYS // 4):
        log = told(seed).log
        for upto in range(1, len(log) + 1):
            expected = naive_console.console(to_json(one) for one in log[:upto])[CASE]["missing"]

            assert expected == sorted(standing_of(folded(log[:upto]), None).missing), (seed, upto)
