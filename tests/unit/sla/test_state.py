"""What sla keeps of a case: small, the same whichever way it is folded, and readable from the oldest log."""

import gc
import json
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from ops.paths import ROOT
from services.sla.case import SlaState
from services.sla.decisions import SERVICE
from services.sla.state import evolve, next_due
from shared.bank.reference import Reference
from shared.contract.envelope import Event, from_json, to_json
from shared.contract.events import CATALOGUE
from shared.contract.events.casework import ComplaintClassified, CustomerContacted, CustomerReplied, ResultReported
from shared.contract.events.ownership import HandoverAccepted
from shared.contract.events.sla import ClockBreached, ClockRecomputed
from shared.contract.upcasting import upcast
from shared.kernel.service import NoLongerDue, ReferenceTrigger
from tests.support.facts import CASE, NOW, document, event, reference
from tests.support.paths import GOLDEN_EVENTS
from tests.support.sla_case import SlaCase, at, names, own
from tests.unit.sla.test_changes import closed

EVENTS = GOLDEN_EVENTS
MAX_BYTES_PER_OPEN_CASE = 1024


def folded(events: list[Event]) -> SlaState:
    """The state after events read from their JSON, as a fold reads them: no text is shared by chance."""
    state: SlaState | None = None
    for place, one in enumerate(events):
        if one.name in SERVICE.folds:
            state = evolve(state, from_json(to_json(one)).at(place, place - 1))
    assert state is not None
    return state


def test_an_open_case_takes_at_most_a_kibibyte() -> None:
    """A bank has a hundred thousand of them in one process."""
    events = SlaCase().events
    cases = 500
    folded(events)
    tracemalloc.start()
    states = [folded(events) for _ in range(cases)]
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 3 == len(states[0].clocks)
    assert size / cases <= MAX_BYTES_PER_OPEN_CASE


def test_a_case_that_ended_has_nothing_to_fire_and_keeps_its_verdicts() -> None:
    """Clocks that ended drop what only a running one needs."""
    case = closed()
    case.advance(at("31 12:00"))
    own_clock = next(clock for clock in case.state.clocks if clock.terms.kind is None)

    assert [] == case.timers()
    assert None is next_due(case.state)
    assert 0.0 == own_clock.counted_from
    assert ("met", True) == (own(case)["state"], own(case)["in_time"])


def test_folding_again_comes_to_the_same_state() -> None:
    """From the log alone."""
    case = SlaCase(matter={"reason": None})
    case.did(HandoverAccepted, at("05 11:00"), ends=["accept_handover"])
    case.did(
        CustomerContacted, at("05 12:00"), ends=["contact_customer"], opens=["promise"], promised_at=at("09 10:00")
    )
    case.advance(at("12 10:00"))
    case.did(CustomerReplied, at("12 11:00"), ends=["reply_customer", "handle", "promise"])

    assert case.state == folded(case.events)


def test_the_same_event_asked_for_and_then_folded_is_one_step() -> None:
    """A fold asks what an event owes before it folds it."""
    case = SlaCase()
    act = case.given.placed(case.act(ResultReported, at("06 10:00"), ends=["report_result"]))
    before = case.state

    assert evolve(before, act) is evolve(before, act)
    assert before != evolve(before, act)


def test_a_fact_about_a_clock_that_was_never_started_cannot_be_read() -> None:
    """It blocks its case."""
    breach = event(ClockBreached(clock_id="c", milestone="never", due_on=NOW.date(), due_at=NOW, duties_opened=()))

    with pytest.raises(ValueError, match="never started"):
        evolve(SlaCase().state, breach)
    with pytest.raises(ValueError, match="never received"):
        evolve(None, breach)


def test_a_clock_that_nothing_called_for_cannot_be_read() -> None:
    """A start answers an event that opened a duty or a round."""
    case = SlaCase()
    again = next(one for one in case.events if one.name == "ClockStarted")

    with pytest.raises(ValueError, match="nothing called"):
        evolve(case.state, again)


# -- older logs --------------------------------------------------------------------------------------


def test_a_case_of_an_older_log_goes_on() -> None:
    """Its clock was started without a word of duties and classes."""
    case = SlaCase(routed=False, silent=True)
    old = json.loads((EVENTS / "ClockStarted.v1.json").read_text(encoding="utf-8"))
    started = event(CATALOGUE["ClockStarted"].model_construct(), case.received.id)
    case.fold(upcast(started._replace(type="redress.ClockStarted.v1", data=old)))
    case.fold(case.routing())
    case.answer()

    assert "2020-03-19" == own(case)["due_on"]
    assert [] == case.did(ComplaintClassified, reason="service_product")
    assert ("ClockBreached", "reply") in names(case.advance(at("20 00:00")))


# -- reference data ----------------------------------------------------------------------------------


def with_a_day_off(known: Reference, day: str, year: int = 2020) -> None:
    """Publish the year's calendar with a day more off."""
    text = (ROOT / f"services/sla/calendars/cn-{year}.yaml").read_text(encoding="utf-8")
    changed = text.replace("days_off:\n", f'days_off:\n  - {{date: {day}, name: "a day off"}}\n')
    known.add(document("calendar", f"cn-{year}", changed, published_at=datetime.now(UTC)))


def changes(case: SlaCase) -> list[ReferenceTrigger]:
    """What is stale on the case."""
    return list(SERVICE.stale(CASE, case.state, case.given.reference, NOW))


def test_a_changed_calendar_moves_every_clock_that_counts_days_or_hours() -> None:
    """The bank's own, the hand-over's four hours and the contact's day; each by its own event, once."""
    case = SlaCase(reference(), matter={"reason": "violation"})
    with_a_day_off(case.given.reference, "2020-03-06")
    found = changes(case)
    for trigger in found:
        fact = case.given.when(trigger, at("05 13:00"))[0].data
        assert isinstance(fact, ClockRecomputed)
        assert "calendar_changed" == fact.ground
        case.fold(event(fact, trigger.id))

    assert 3 == len(found)
    assert "2020-03-05T06:00:00+00:00" == case.clocks("accept_handover")[0]["due_at"]
    assert {"reply": "2020-03-20", "accept_handover": "2020-03-05", "contact_customer": "2020-03-09"} == {
        clock["milestone"]: clock["due_on"] for clock in case.clocks()
    }
    assert [] == changes(case)


def test_an_earlier_limit_warns_nobody_a_second_time() -> None:
    """Saturday turns out to be worked: the limit comes a day sooner, the warning was given already."""
    case = SlaCase(reference())
    warned = case.advance(at("09 10:00"))
    text = (ROOT / "services/sla/calendars/cn-2020.yaml").read_text(encoding="utf-8")
    changed = text.replace("make_up_working_days: [", "make_up_working_days: [2020-03-07, ")
    case.given.reference.add(document("calendar", "cn-2020", changed, published_at=datetime.now(UTC)))
    trigger = next(trigger for trigger in changes(case) if trigger.about == own(case)["clock_id"])
    case.fold(event(case.given.when(trigger)[0].data, trigger.id))

    assert ("ClockWarned", "reply") in names(warned)
    assert ("2020-03-09", ["warning:day_before_due"]) == (own(case)["due_on"], own(case)["fired"])
    assert ["breach"] == [timer.kind for timer in case.timers() if timer.clock == own(case)["clock_id"]]


def test_a_promise_is_not_moved_by_a_calendar_and_neither_is_what_has_ended() -> None:
    """Only what runs and counts."""
    case = SlaCase(reference())
    case.did(
        CustomerContacted, at("05 11:00"), ends=["contact_customer"], opens=["promise"], promised_at=at("10 10:00")
    )
    case.did(HandoverAccepted, at("05 12:00"), ends=["accept_handover"])
    with_a_day_off(case.given.reference, "2020-03-06")

    assert [own(case)["clock_id"]] == [trigger.about for trigger in changes(case)]


def test_a_change_that_is_overtaken_is_let_go() -> None:
    """By another change, or by the clock's end."""
    case = SlaCase(reference())
    with_a_day_off(case.given.reference, "2020-03-06")
    first = changes(case)[0]
    with_a_day_off(case.given.reference, "2020-03-09")
    second = changes(case)[0]

    with pytest.raises(NoLongerDue):
        case.given.when(first)
    case.advance(at("12 10:00") + timedelta(days=9))
    with pytest.raises(NoLongerDue):
        case.given.when(second)
