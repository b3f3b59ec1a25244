"""Working days, deadlines and the clocks' decisions."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ops.local.reference import shipped_calendar
from ops.paths import ROOT
from ops.previews.deadline_and_routing import deadline
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE
from shared.bank.reference import Reference
from shared.case.duty_kinds import CLOCKED
from shared.contract.events.sla import ClockBreached, ClockRecomputed, ClockStarted, ClockWarned, TargetPassed
from shared.errors import BadReference
from shared.kernel.service import LogTrigger, NoLongerDue, ResultTrigger, Timer
from tests.support.facts import CASE, NOW, Given, document, event, receipt, reference

DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 31))


def test_the_shipped_calendars_agree_with_another_package_on_every_day() -> None:
    """Every day from 2019 to 2026, against chinesecalendar."""
    calendar = shipped_calendar()
    days = [date(2019, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2019, 1, 1)).days)]

    assert [] == [day for day in days if calendar.is_working_day(day) != chinese_calendar.is_workday(day)]


@for_all(DAYS, st.integers(1, 30))
def test_the_nth_working_day_is_what_counting_day_by_day_gives(day: date, n: int) -> None:
    """Against a count that looks at each day."""
    calendar = shipped_calendar()
    at, left = day, n
    while left:
        at += timedelta(days=1)
        left -= calendar.is_working_day(at)

    assert at == calendar.nth_after(day, n)
    assert n == calendar.between(day, at)


@for_all(DAYS, st.integers(1, 30))
def test_counting_back_from_a_working_day_comes_to_where_counting_forward_began(day: date, n: int) -> None:
    """Backwards is the inverse of forwards, from working day to working day."""
    calendar = shipped_calendar()
    start = calendar.nth_after(day, 1)

    assert start == calendar.nth_after(calendar.nth_after(start, n), -n)


@pytest.mark.parametrize(
    ("received", "class_", "target", "due", "provisional"),
    [
        ("2026-09-30T10:00:00+08:00", "ordinary", None, "2026-10-10", False),  # a make-up Saturday is the third day
        ("2020-01-22T10:00:00+08:00", "ordinary", None, "2020-02-04", False),  # the prolonged Spring Festival
        ("2020-03-05T17:00:00+00:00", "ordinary", None, "2020-03-11", False),  # 17:00Z is tomorrow in Shanghai
        ("2020-03-07T10:00:00+08:00", "ordinary", None, "2020-03-11", False),  # received on a Saturday: day 0
        ("2020-03-05T10:00:00+08:00", "complex", "2020-03-16", "2020-03-19", False),
        ("2026-12-30T10:00:00+08:00", "ordinary", None, "2027-01-04", True),  # 2027 has no calendar yet
    ],
)
@pytest.mark.holds("article-3.2", "article-3.3")
def test_deadlines_counted_by_hand(received: str, class_: str, target: str | None, due: str, provisional: bool) -> None:
    """Each with its reason beside it."""
    found = deadline("cn-bank-internal", class_, datetime.fromisoformat(received), [])

    assert (target, due, provisional) == (found["target_on"], found["due_on"], found["provisional"])


def test_the_worked_example_of_the_documentation_is_what_redress_says() -> None:
    """Received on a Thursday, complex; and every limit that there is stands in the table that the page points to."""
    page = (ROOT / "docs/explanation/clocks.md").read_text(encoding="utf-8")
    found = deadline("cn-bank-internal", "complex", datetime.fromisoformat("2020-03-05T16:30:00+08:00"), [])
    example = page[page.index("$ redress deadline") : page.index("Received on Thursday")]
    skipped = [day["date"] for day in found["skipped"]]

    assert f"due {found['due_on']}, target {found['target_on']}" in example
    assert found["counted"] + skipped == re.findall(r"2020-\d\d-\d\d", example.partition("counted:")[2])
    table = (ROOT / "docs/reference/contract.md").read_text(encoding="utf-8")
    assert "../reference/contract.md#contract-3" in page
    assert [] == [
        kind
        for kind in CLOCKED - {"promise", "answer_transferring_body", "execute_step", "assist", "corrective_action"}
        if not re.search(rf"^\| `{kind}` \| \d", table, re.M)
    ]


def test_an_unknown_pack_is_refused_with_the_known_ones() -> None:
    """The message says what there is."""
    with pytest.raises(BadReference, match="cn-bank-internal"):
        deadline("uk-disp", "ordinary", NOW, [])


def started(reason: str | None = "service_attitude", known: Reference | None = None) -> Given:
    """A case with its clock running and its owners known."""
    case = Given(SERVICE, known=known)
    cause = event(receipt(matter={"reason": reason}))
    facts = case.when_event(cause)
    assert isinstance(facts[0], ClockStarted)
    routed = Given(ROUTING).when_event(cause)[0]
    return case.fold(event(facts[0], cause.id)).fold(event(routed, cause.id))


def timers(case: Given) -> list[Timer]:
    """What is still to fire, in due order."""
    return sorted(SERVICE.timers(CASE, case.state), key=lambda t: t.due_at)


@pytest.mark.holds("article-3.2")
def test_an_ordinary_complaint_warns_and_breaches() -> None:
    """Received on a Thursday: warned on the second, breached after the third working day."""
    case = started()
    found = [(t.kind, t.due_at.astimezone(ZoneInfo("Asia/Shanghai")).isoformat()) for t in timers(case)]

    assert [
        ("warning:day_before_due", "2020-03-09T09:00:00+08:00"),
        ("breach", "2020-03-11T00:00:00+08:00"),
    ] == found


@pytest.mark.holds("article-3.3")
def test_a_complex_complaint_passes_its_target_before_its_limit() -> None:
    """Seven is the target, ten the limit."""
    assert ["target", "warning:day_before_due", "breach"] == [t.kind for t in timers(started("violation"))]


def test_each_timer_is_answered_by_its_own_event_at_its_own_instant() -> None:
    """Fired in order, each leaves what is still to come."""
    case = started("violation")
    found = []
    while pending := timers(case):
        fact = case.when(pending[0], now=pending[0].due_at)[0]
        assert pending[0].due_at == fact.happened_at
        found.append(type(fact.data))
        case.fold(event(fact.data, pending[0].id))

    assert [TargetPassed, ClockWarned, ClockBreached] == found


def test_a_breach_opens_the_two_duties_of_the_handler() -> None:
    """Article 3: the reason to the accepting unit, an explanation to the customer."""
    case = started()
    breach = case.when(timers(case)[-1])[0].data
    assert isinstance(breach, ClockBreached)

    assert [("report_overrun_reason", "luo.tian", "open"), ("explain_overrun", "luo.tian", "open")] == [
        (d.kind, d.debtor.person, d.state) for d in breach.duties_opened
    ]


def test_nothing_fires_before_the_case_is_routed() -> None:
    """A breach needs somebody who owes what it opens."""
    case = Given(SERVICE)
    cause = event(receipt())
    case.fold(event(case.when_event(cause)[0], cause.id))

    assert [] == timers(case)


def test_a_timer_that_is_not_pending_any_more_is_let_go() -> None:
    """A warning fires once."""
    case = started()
    warning = timers(case)[0]
    case.fold(event(case.when(warning)[0].data, warning.id))

    with pytest.raises(NoLongerDue, match="not pending"):
        case.when(warning)


def test_a_second_receipt_starts_no_second_clock() -> None:
    """Nothing happens."""
    assert [] == started().when_event(event(receipt(), cause="again"))


def test_a_changed_calendar_computes_the_clock_anew_once() -> None:
    """The year's file changes: the limit moves, and then nothing is stale any more."""
    known = reference()
    case = started(known=known)
    text = (ROOT / "services/sla/calendars/cn-2020.yaml").read_text(encoding="utf-8")
    changed = text.replace("days_off:\n", 'days_off:\n  - {date: 2020-03-10, name: "a day off"}\n')
    known.add(document("calendar", "cn-2020", changed, published_at=datetime.now(UTC)))

    triggers = list(SERVICE.stale(CASE, case.state, known, NOW))
    fact = case.when(triggers[0])[0].data
    case.fold(event(fact, triggers[0].id))

    assert isinstance(fact, ClockRecomputed)
    assert date(2020, 3, 11) == fact.deadline.due_on
    assert [] == list(SERVICE.stale(CASE, case.state, known, NOW))


def test_unchanged_reference_data_make_nothing_stale() -> None:
    """A clock that would come out the same is left alone."""
    case = started()

    assert [] == list(SERVICE.stale(CASE, case.state, case.reference, NOW))


def test_a_trigger_of_another_kind_is_refused() -> None:
    """Sla answers events, timers and reference data only."""
    with pytest.raises(TypeError):
        started().when(ResultTrigger("result", CASE, {}))


def test_a_case_that_was_never_received_is_not_answered() -> None:
    """There is nothing to decide on."""
    with pytest.raises(ValueError, match="never received"):
        Given(SERVICE).when(LogTrigger(event(Given(ROUTING).when_event(event(receipt()))[0])))
