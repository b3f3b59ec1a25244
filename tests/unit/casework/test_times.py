"""When something happened: between bounds, after what it answers, and with proof where it is entered late."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.contract.events.sla import ClockBreached
from shared.errors import NotYet
from shared.kernel.service import CommandTrigger
from tests.support.casework import CONTACT, DECISION, REPLY, REPORT, Case, Refused, known, refusal
from tests.support.facts import NOW, reference

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """A time of the bank."""
    return datetime.fromisoformat(f"{text}+08:00")


def moment(case: Case, actor: str, name: str, said: datetime | None = None, **body: Any) -> datetime | None:
    """When a command's fact happened."""
    return case.decided(case.command(actor, name, said, **body)).happened_at


# -- default and bounds ------------------------------------------------------------------------------


def test_what_says_no_time_happened_now() -> None:
    """A minute after the routing."""
    case = Case()

    assert NOW + timedelta(minutes=1) == moment(case, "luo.tian", "record-contact", **CONTACT)


def test_now_is_never_before_what_it_answers() -> None:
    """The clocks of two machines differ a little."""
    case = Case(received_at=NOW + 3 * SECOND)
    case.now = NOW - timedelta(minutes=1)

    assert NOW + 3 * SECOND == moment(case, "luo.tian", "record-contact", **CONTACT)


def test_what_was_said_is_when_it_happened() -> None:
    """Between the receipt and now."""
    case = Case()
    case.now = NOW + DAY

    assert NOW + 30 * SECOND == moment(case, "luo.tian", "record-contact", NOW + 30 * SECOND, **CONTACT)


def test_a_little_ahead_is_now_and_more_is_refused() -> None:
    """Five seconds, as at intake."""
    case = Case()

    ahead = case.now + timedelta(minutes=1, seconds=5)
    assert NOW + timedelta(minutes=1) == moment(case, "luo.tian", "record-contact", ahead, **CONTACT)
    found = case.refuses("luo.tian", "record-contact", case.now + timedelta(minutes=1, seconds=6), **CONTACT)
    assert Refused("time_in_future", ("/at",)) == found


def test_nothing_happens_to_a_case_before_its_receipt() -> None:
    """To the second."""
    case = Case()

    assert Refused("before_receipt", ("/at",)) == case.refuses("luo.tian", "record-contact", NOW - SECOND, **CONTACT)
    assert NOW == moment(case, "luo.tian", "record-contact", NOW, **CONTACT)


def test_after_a_reopening_a_new_round_begins() -> None:
    """What happened before it belongs to the former one."""
    case = Case().closed()
    case.does("lin.fang", "reopen", ground="再次出现。", received_at=case.now.isoformat())
    reopened = case.now

    assert Refused("before_receipt", ("/at",)) == case.refuses(
        "luo.tian", "record-contact", reopened - SECOND, **CONTACT
    )
    assert reopened == moment(case, "luo.tian", "record-contact", reopened, **CONTACT)


@pytest.mark.parametrize("said", ["2020-03-05T10:00:30", "yesterday"])
def test_a_time_without_an_offset_is_none(said: str) -> None:
    """The API asks for one; what reaches the worker another way is held to the same."""
    case = Case()
    fact = case.answer(case.command("luo.tian", "accept-handover")._replace(at=said))

    assert Refused("invalid_command", ("/at",)) == refusal(fact)


# -- after what it answers ---------------------------------------------------------------------------

STEPS: list[tuple[str, str, str, dict[str, Any], Any]] = [
    ("accept-handover", "owned", "luo.tian", {}, Case),
    ("refuse-handover", "owned", "luo.tian", {"ground": "not_competent"}, Case),
    ("decide", "investigated", "luo.tian", DECISION, lambda: Case().investigated()),
    ("reply-customer", "decided", "luo.tian", REPLY, lambda: Case().decided_on()),
    ("record-satisfaction", "replied", "luo.tian", {"value": "satisfied"}, lambda: Case().answered()),
    ("report-result", "decided", "luo.tian", REPORT, lambda: Case().decided_on()),
    ("close", "tracked", "lin.fang", {}, lambda: Case().tracked()),
    ("archive", "ended", "zhong.an", {"place": "A", "retain_until": "2025-12-31"}, lambda: Case().closed()),
    ("reopen", "ended", "lin.fang", {"ground": "…", "received_at": NOW.isoformat()}, lambda: Case().closed()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "about", "actor", "body", "stage"), STEPS, ids=[s[0] for s in STEPS])
def test_nothing_happens_before_the_fact_it_answers(
    name: str, about: str, actor: str, body: dict[str, Any], stage: Any
) -> None:
    """The last event of each stage is that fact."""
    case = stage()
    answered = case.events[-1].happened_at
    if name in ("accept-handover", "refuse-handover"):
        answered = case.now = NOW + timedelta(minutes=10)
        case.given.state = case.state._replace(owned_at=answered.timestamp())
    found = case.refuses(actor, name, answered - SECOND, **body)

    assert Refused("before_what_it_answers", ("/at",), (about,)) == found
    if name != "report-result":  # which waits for the customer's satisfaction besides
        assert answered == moment(case, actor, name, answered, **body)


def test_a_confirmation_comes_after_the_report() -> None:
    """And so does a closing; both facts are named."""
    case = Case().tracked()
    early = case.state.decided_at
    assert early is not None
    found = case.refuses("lin.fang", "close", datetime.fromtimestamp(early - 1, NOW.tzinfo))

    assert Refused("before_what_it_answers", ("/at",), ("decided", "replied", "reported", "tracked")) == found


# -- late --------------------------------------------------------------------------------------------


def test_more_than_two_working_days_back_needs_proof() -> None:
    """Thursday may be entered on Monday, not on Tuesday: 7 and 8 March are a weekend."""
    case = Case()
    case.now = at("2020-03-09T17:00")
    assert NOW + SECOND == moment(case, "luo.tian", "record-contact", NOW + SECOND, **CONTACT)

    case.now = at("2020-03-10T09:00")
    found = case.refuses("luo.tian", "record-contact", NOW + SECOND, **CONTACT)
    assert Refused("late_without_proof", ("/at", "/proof")) == found
    case.does("luo.tian", "record-contact", NOW + SECOND, **CONTACT, proof="通话记录")


def test_working_days_are_those_of_the_banks_date() -> None:
    """17:00Z on Monday is Tuesday in Shanghai."""
    case = Case()
    case.now = datetime.fromisoformat("2020-03-09T17:00:00+00:00")
    found = case.refuses("luo.tian", "record-contact", NOW + SECOND, **CONTACT)

    assert "late_without_proof" == found.code


def breached(case: Case, duty: str | None = None) -> Case:
    """The case's limit, or that of one of its duties, passed at noon."""
    noon = at("2020-03-05T12:00")
    case.now = noon
    due: dict[str, Any] = {"due_on": noon.date(), "due_at": noon, "duties_opened": ()}
    case.happens(ClockBreached(clock_id="c", milestone=duty or "reply", duty_id=duty, **due), at=noon)
    case.now = at("2020-03-05T13:00")
    return case


def test_what_could_stop_a_breached_clock_needs_proof_to_have_happened_before() -> None:
    """The breach stays visible either way."""
    case = breached(Case().investigated())
    before, after = at("2020-03-05T11:59"), at("2020-03-05T12:00")

    assert Refused("late_without_proof", ("/at", "/proof")) == case.refuses("luo.tian", "decide", before, **DECISION)
    case.does("luo.tian", "record-contact", before, **CONTACT)
    assert after == moment(case, "luo.tian", "decide", after, **DECISION)


def test_the_missed_limit_of_a_single_duty_asks_for_no_proof() -> None:
    """It is no verdict on the case."""
    case = breached(Case().investigated(), "contact_customer")

    case.does("luo.tian", "decide", at("2020-03-05T11:59"), **DECISION)


def test_with_proof_it_counts_as_what_it_is() -> None:
    """Sealed, in the fact."""
    case = breached(Case().investigated())
    fact = case.does("luo.tian", "decide", at("2020-03-05T11:59"), **DECISION, proof="纸质决定书")

    assert fact.proof is not None
    assert "decide.proof" == fact.proof.label


def test_without_a_calendar_a_time_that_was_said_waits_for_one() -> None:
    """The kernel answers `reference_missing`: repeat when it is published."""
    case = Case()
    case.given.reference = reference("organisation", "pack")
    with pytest.raises(NotYet, match="calendar"):
        case.given.when(CommandTrigger(case.command("luo.tian", "record-contact", NOW, **CONTACT)), NOW)

    case.given.reference = known()
