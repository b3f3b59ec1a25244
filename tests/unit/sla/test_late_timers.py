"""What falls due while nobody can say so: a fact is said late, a word that only helps beforehand is not said at all."""

from datetime import timedelta

import pytest

from ops.local.reference import of_kind
from ops.paths import ROOT
from ops.verify import timeline
from ops.verify.services import SERVICES
from shared.bank.reference import Reference
from shared.case.late_timers import BREACH, LATE_TIMERS, TARGET, WARNING, policy_of
from shared.case.lateness import lateness
from shared.kernel.fold import Fold
from tests.support.facts import NOW, document, receipt, reference
from tests.support.facts import names as organisation_names
from tests.support.sla_case import DUE, SlaCase, at, names
from tests.support.stored_journeys import journeys, records
from tests.support.whole_desk import WholeDesk, events_of

WARNED_AT = at("09 09:00")
"""When the bank's own clock of an ordinary case warns."""
OUTAGE_END = DUE + timedelta(days=2)


def with_two_warnings() -> Reference:
    """The pack warns two working days before the limit as well."""
    found = Reference()
    for kind in ("organisation", "routing", "pack", "calendar", "template"):
        for file in of_kind(kind):
            text = file.path.read_text(encoding="utf-8")
            if kind == "pack":
                text = text.replace(
                    "warnings:\n", 'warnings:\n  - {name: early, working_days_before_due: 2, at: "09:00"}\n'
                )
            found.add(document(kind, file.id, text))
    return found


@pytest.fixture
def case() -> SlaCase:
    """An ordinary case that was routed."""
    return SlaCase()


def own(case: SlaCase) -> list[tuple[str, str]]:
    """What was said of the bank's own clock after its start."""
    return [one for one in names(fact.data for fact in case.said) if one[1] == "reply" and one[0] != "ClockStarted"]


def test_a_warning_is_said_late_while_there_is_time(case: SlaCase) -> None:
    """It still helps: somebody may still answer in time."""
    case.fire(*case.due(WARNED_AT), now=DUE - timedelta(hours=1))

    assert [("ClockWarned", "reply")] == own(case)


def test_a_warning_that_comes_with_its_breach_is_not_said(case: SlaCase) -> None:
    """The breach says it."""
    case.fire(*case.due(OUTAGE_END), now=OUTAGE_END)

    assert [("ClockBreached", "reply")] == own(case)
    assert not [timer for timer in case.timers() if timer.kind.startswith(WARNING)]


def test_a_target_that_comes_with_the_breach_is_not_said() -> None:
    """It would say that the limit is still ahead."""
    case = SlaCase(matter={"reason": "violation"})
    far = NOW + timedelta(days=40)
    case.fire(*case.due(far), now=far)

    assert [("ClockBreached", "reply")] == own(case)


def test_of_two_warnings_the_later_one_is_said() -> None:
    """The earlier one is not said then, nor afterwards."""
    case = SlaCase(with_two_warnings())
    assert 2 == len([timer for timer in case.timers() if timer.kind.startswith(WARNING)])

    late = WARNED_AT + timedelta(hours=1)
    case.fire(*case.due(late), now=late)

    assert [("ClockWarned", "reply")] == own(case)
    assert "day_before_due" == case.said[-1].data.model_dump()["warning"]
    assert not [timer for timer in case.timers() if timer.kind.startswith(WARNING)]


async def test_an_outage_over_both_instants_leaves_one_word_and_its_lateness() -> None:
    """With the services' own sessions: they stop before the warning, and start two days after the limit."""
    desk = WholeDesk(reference())
    async with desk.open():
        await desk.happens(receipt())
    desk.clock.set(OUTAGE_END)
    async with desk.open():
        await desk.settled()

    logged = events_of(desk.records())
    said = [one for one in logged if one.data.get("milestone") == "reply" and one.name != "ClockStarted"]
    assert ["ClockBreached"] == [one.name for one in said]
    late = lateness(logged)[said[0].id]
    assert ("system", (OUTAGE_END - DUE).total_seconds()) == (late.whose, late.by_seconds)
    assert DUE == said[0].happened_at


def test_every_kind_of_timer_says_what_becomes_of_it_when_it_is_late() -> None:
    """One that is new has to be told of in the table."""
    kinds = set[str]()
    for service in SERVICES:
        fold = Fold(service, 0)
        for record in records(journeys(40)):
            fold.apply(record)
            state = fold.cases[record.key].state
            if state is not None:
                kinds |= {timer.kind for timer in service.timers(record.key, state)}

    assert {BREACH, TARGET} <= kinds
    assert all(policy_of(kind) for kind in kinds)
    assert all(one.into is None or one.into in LATE_TIMERS for one in LATE_TIMERS.values())


def test_the_page_on_clocks_tells_what_becomes_of_each() -> None:
    """By the same words as the table."""
    page = (ROOT / "docs" / "explanation" / "clocks.md").read_text(encoding="utf-8")
    rows = {row.split("`")[1].removesuffix("…"): row for row in page.splitlines() if row.startswith("| `")}

    assert [] == [kind for kind, late in LATE_TIMERS.items() if f"| {late.policy}" not in rows.get(kind, "")]


async def test_a_timeline_says_how_late_it_was_told() -> None:
    """Of the breach of an outage; of what was told in time nothing."""
    desk = WholeDesk(reference())
    async with desk.open():
        await desk.happens(receipt())
    desk.clock.set(OUTAGE_END)
    async with desk.open():
        await desk.settled()

    rows = timeline.entries(events_of(desk.records()), organisation_names())
    breaches = [row for row in rows if row["type"].startswith("redress.ClockBreached")]
    breach = next(row for row in breaches if row["data"]["milestone"] == "reply")
    assert {"by_seconds": int((OUTAGE_END - DUE).total_seconds()), "whose": "system"} == breach["late"]
    assert rows[0]["late"] is None
