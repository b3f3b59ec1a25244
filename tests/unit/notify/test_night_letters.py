"""Letters that fall due at night are held, and leave at eight if still true; each is looked at before each attempt."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ops.verify import naive_console, naive_fold
from services.notify.decisions import SERVICE
from services.notify.rechecking import NotNow, recheck
from shared.case.late_timers import MORNING
from shared.contract.envelope import Event, to_json
from shared.contract.events.ending import CaseClosed, CaseReopened, CaseWithdrawn
from shared.contract.events.notify import MessageSendStarted, MessageSuppressed
from shared.contract.events.ownership import PartyConcernedNamed
from shared.kernel.service import Context, NoLongerDue, ResultTrigger, Timer
from tests.support.facts import CASE, event
from tests.support.letter_case import NEXT_DAY, LetterCase, decision, moved, noes, sealed, told, warned

EVENING, MIDNIGHT = NEXT_DAY.replace(hour=20), NEXT_DAY.replace(hour=0, minute=30)
EIGHT = datetime.fromisoformat("2020-03-07T08:00:00+08:00")
WITHDRAWN = CaseWithdrawn(received_at=NEXT_DAY, way="phone")


def held() -> tuple[LetterCase, MessageSuppressed]:
    """A case that was decided in the evening."""
    case = LetterCase()
    letter = case.when(decision(), EVENING)[0]
    case.all_sent([letter])
    assert isinstance(letter, MessageSuppressed)
    return case, letter


def morning(case: LetterCase) -> Timer:
    """When the held letter may leave."""
    (timer,) = [one for one in SERVICE.timers(CASE, case.state) if one.kind == MORNING]
    return timer


def fire(case: LetterCase, timer: Timer) -> Any:
    """What becomes of it in the morning; it happens."""
    (fact,) = case.given.when(timer, timer.due_at)
    case.fold(event(fact.data, timer.id, at=timer.due_at))
    return fact.data


@pytest.mark.parametrize(("now", "until"), [(EVENING, EIGHT), (MIDNIGHT, EIGHT - timedelta(days=1))])
def test_a_letter_of_the_night_is_held_until_eight(now: datetime, until: datetime) -> None:
    """On the bank's clock, on the same day after midnight."""
    letter = LetterCase().when(decision(), now)[0]

    assert ("quiet_hours", until) == (letter.why, letter.held_until)


def test_it_leaves_in_the_morning_under_its_own_id() -> None:
    """So whoever saw it in a list in the evening finds it sent under the same id."""
    case, letter = held()
    assert EIGHT == morning(case).due_at
    started = fire(case, morning(case))

    assert [("decision_notice", "customer")] == told([started])
    assert (letter.message_id, letter.about) == (started.message_id, started.about)
    assert [] == [one for one in SERVICE.timers(CASE, case.state) if one.kind == MORNING]
    assert ["started"] == [m.state for m in case.state.messages if m.message_id == letter.message_id]


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (WITHDRAWN, "withdrawn"),
        (CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY), "no_longer_needed"),
    ],
)
def test_what_is_not_true_any_more_in_the_morning_does_not_leave(meanwhile: Any, why: str) -> None:
    """It was withdrawn, or taken up again, in the night; a morning that has answered is over."""
    case, _ = held()
    timer = morning(case)
    case.happens(meanwhile)

    assert [("decision_notice", why)] == noes([fire(case, timer)])
    with pytest.raises(NoLongerDue):
        case.given.when(timer, timer.due_at)


def test_a_moved_date_that_moved_again_in_the_night_is_told_as_it_stands_then() -> None:
    """Held letters are written in the morning."""
    case = LetterCase()
    letter = next(one for one in case.when(moved(case, 7), EVENING) if isinstance(one, MessageSuppressed))
    case.all_sent([letter])
    case.happens(moved(case, 0))

    assert [("limit_notice", "no_longer_needed")] == noes([fire(case, morning(case))])


def test_the_acknowledgement_leaves_at_any_hour() -> None:
    """And letters to the bank's people do."""
    case = LetterCase()

    assert [("warning_chaser", "luo.tian")] == told(case.when(warned(), MIDNIGHT))


# -- before each attempt -----------------------------------------------------------------------------


def looked_at(case: LetterCase, begun: Event, cause: Event, now: datetime) -> NotNow | None:
    """The verdict on a letter on its way."""
    letter = MessageSendStarted.model_validate(begun.data)
    return recheck(case.state, letter, cause, Context("notify", CASE, begun.id, now, case.known))


def on_its_way() -> tuple[LetterCase, Event, Event]:
    """The decision was started by day."""
    case = LetterCase()
    cause = case.event(decision())
    letter = case.when_event(cause)[0]
    return case, case.started(letter), cause


def test_a_letter_that_the_night_overtakes_waits_for_the_morning() -> None:
    """The mail server was away; its result says so, and the letter leaves at eight as any that is held."""
    case, begun, cause = on_its_way()
    assert None is looked_at(case, begun, cause, NEXT_DAY)
    verdict = looked_at(case, begun, cause, EVENING)
    assert NotNow("quiet_hours", EIGHT) == verdict

    dropped = ("organisation", "language")
    result = {key: value for key, value in begun.data.items() if key not in dropped}
    result |= {"outcome": "suppressed", "why": "quiet_hours", "held_until": EIGHT.isoformat()}
    (fact,) = case.given.when(ResultTrigger(begun.id, CASE, result), EVENING)
    case.fold(event(fact.data, begun.id, at=EVENING))

    assert [] == list(SERVICE.open_sendings(case.state))
    started = fire(case, morning(case))
    assert (begun.data["message_id"], cause.id) == (started.message_id, started.about)


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (WITHDRAWN, "withdrawn"),
        (CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY), "no_longer_needed"),
    ],
)
def test_a_letter_that_became_untrue_on_its_way_does_not_leave(meanwhile: Any, why: str) -> None:
    """Whatever the mail server says by then."""
    case, begun, cause = on_its_way()
    case.happens(meanwhile)

    assert NotNow(why, None) == looked_at(case, begun, cause, NEXT_DAY)  # type: ignore[arg-type]


def test_who_became_a_party_gets_no_letter_that_was_on_its_way() -> None:
    """And who has left the bank gets nothing any more."""
    case = LetterCase(first_letters=False)
    notice = case.started(case.first[1])
    case.happens(PartyConcernedNamed(person="luo.tian", ground=sealed("ground")))

    assert NotNow("party_concerned", None) == looked_at(case, notice, case.log[1], NEXT_DAY)
    assert None is looked_at(case, case.started(case.first[0]), case.log[1], NEXT_DAY)


def test_that_a_letter_is_under_way_is_no_reason_against_itself() -> None:
    """What was judged when it was decided does not come up again."""
    case = LetterCase(first_letters=False)
    notice = case.started(case.first[1])

    assert None is looked_at(case, notice, case.log[1], NEXT_DAY)
    case.happens(CaseClosed())
    assert NotNow("no_longer_needed", None) == looked_at(case, notice, case.log[1], NEXT_DAY)


def test_the_independent_folds_follow_a_letter_through_the_night() -> None:
    """Held, then started and sent, under one id."""
    case, letter = held()
    for state, shown in (("quiet_hours", "held"), ("started", "started")):
        bodies = [to_json(one) for one in case.log]
        assert naive_fold.fold(bodies)["notify"][CASE] == SERVICE.dump(case.state)
        assert [letter.message_id, "decision_notice", "customer", state] in SERVICE.dump(case.state)["messages"]
        assert [letter.message_id, "decision_notice", shown] in naive_console.console(bodies)[CASE]["messages"]
        if shown == "held":
            fire(case, morning(case))
