"""Letters about a plan: what is offered, and the time that the customer chose; each only while it is true."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notify.decisions import SERVICE
from services.notify.rechecking import recheck
from shared.contract.envelope import Event
from shared.contract.events.ending import CaseWithdrawn
from shared.contract.events.notify import MessageSuppressed
from shared.kernel.service import Context, NoLongerDue
from tests.support.facts import CASE
from tests.support.letter_case import (
    NEXT_DAY,
    LetterCase,
    content_about,
    noes,
    plan_answered,
    plan_offered,
    told,
)

EVENING = datetime.fromisoformat("2020-03-06T21:00:00+08:00")
DUE = datetime.fromisoformat("2020-03-10T09:00:00+08:00")


def reminders(case: LetterCase) -> list[datetime]:
    """When the customer is still to be reminded."""
    return [timer.due_at for timer in SERVICE.timers(CASE, case.state) if timer.kind == "reminder"]


def accepted(**changes: Any) -> tuple[LetterCase, Event]:
    """A case with a plan that the customer accepted."""
    case = LetterCase()
    offer = case.event(plan_offered())
    case.all_sent(case.when_event(offer))
    case.happens(plan_answered(offer.id, **changes))
    return case, offer


def test_an_offer_says_what_is_offered_and_what_can_be_chosen() -> None:
    """Days and times in words, what the handler typed without a second full stop."""
    case = LetterCase()
    said = content_about(case, case.when(plan_offered())[0])

    assert ("2020年3月12日前：words",) == said["plan_steps"]
    assert ("减免费用，remedy",) == said["plan_remedies"]
    assert ("电话", "到我行面谈") == said["plan_ways"]
    assert ("2020年3月10日10时00分", "2020年3月11日15时30分") == said["plan_times"]
    assert ("2020年3月9日", False, False) == (said["answer_by"], said["replaces"], said["goes_on"])


def test_an_offer_tells_no_date_that_has_passed() -> None:
    """A time or a day that is over when the letter is written is left out."""
    case = LetterCase()
    late = plan_offered(answer_by="2020-03-05", times=["2020-03-06T08:00:00+08:00", "2020-03-11T15:30:00+08:00"])
    said = content_about(case, case.when(late)[0])

    assert (None, ("2020年3月11日15时30分",)) == (said["answer_by"], said["plan_times"])


def test_a_later_offer_says_what_becomes_of_the_former_ones() -> None:
    """An accepted plan goes on until the new one is accepted; an open one is replaced."""
    case, offer = accepted()
    said = content_about(case, case.when(plan_offered(plan_version=2, replaces=offer.id))[0])

    assert (True, True) == (said["replaces"], said["goes_on"])


def test_an_offer_of_the_night_leaves_in_the_morning_unless_it_was_replaced() -> None:
    """The second one leaves; of the first it is recorded why not."""
    case = LetterCase()
    first = case.event(plan_offered())
    case.all_sent(case.when_event(first, EVENING))
    case.happens(plan_offered(plan_version=2, replaces=first.id))

    (letter,) = case.falls_due("morning")
    assert ("plan_notice", "no_longer_needed") == (letter.kind, letter.why)


@pytest.mark.parametrize("over", ["replaced", "answered", "withdrawn"])
def test_an_offer_on_its_way_is_looked_at_again(over: str) -> None:
    """What it says has to be so when it leaves."""
    case = LetterCase()
    offer = case.event(plan_offered())
    (letter,) = case.when_event(offer)
    context = Context("notify", CASE, "again", NEXT_DAY, case.known)
    assert None is recheck(case.state, letter, offer, context)

    facts = {
        "replaced": plan_offered(plan_version=2, replaces=offer.id),
        "answered": plan_answered(offer.id, answer="declined", way=None, at_time=None, remind_at=None),
        "withdrawn": CaseWithdrawn(received_at=NEXT_DAY, way="letter"),
    }
    case.happens(facts[over])
    found = recheck(case.state, letter, offer, context)
    assert found is not None
    assert ("withdrawn" if over == "withdrawn" else "no_longer_needed") == found.why


@pytest.mark.holds("practice-28")
def test_the_customer_is_reminded_once_on_the_day_before() -> None:
    """Of when, how and with whom; a second reminder is not due."""
    case, _ = accepted()
    assert [DUE] == reminders(case)
    assert DUE.timestamp() >= (SERVICE.next_due(case.state) or 0)  # type: ignore[misc] # notify has timers

    letters = case.falls_due("reminder")
    assert [("plan_reminder", "customer")] == told(letters)
    said = content_about(case, letters[0])
    assert ("2020年3月11日15时30分", "到我行面谈", True) == (
        said["meeting_at"], said["meeting_way"], said["in_person"],
    )  # fmt: skip
    assert [] == reminders(case)


@pytest.mark.parametrize(
    "answer",
    [{"at_time": None, "remind_at": None}, {"remind_at": None}, {"answer": "declined", "at_time": None, "way": None}],
    ids=["no time chosen", "too near", "declined"],
)
def test_nobody_is_reminded_of_what_was_not_chosen(answer: dict[str, Any]) -> None:
    """Or of what comes too soon for that."""
    case, _ = accepted(**answer)

    assert [] == reminders(case)


def test_nobody_is_reminded_of_a_plan_that_another_one_replaced_or_of_a_case_that_ended() -> None:
    """The timer of the former is not due any more."""
    case, _ = accepted()
    former = next(one for one in SERVICE.timers(CASE, case.state) if one.kind == "reminder")
    second = case.happens(plan_offered(plan_version=2))
    assert [DUE] == reminders(case)

    later = {"at_time": "2020-03-10T10:00:00+08:00", "remind_at": "2020-03-09T09:00:00+08:00"}
    case.happens(plan_answered(second.id, **later))
    assert [DUE - timedelta(days=1)] == reminders(case)
    with pytest.raises(NoLongerDue):
        case.given.when(former, DUE)
    case.happens(CaseWithdrawn(received_at=NEXT_DAY, way="letter"))
    assert [] == reminders(case)


def test_who_cannot_be_written_to_is_not_reminded_and_that_is_said_once() -> None:
    """The handler rings; the record says why there was no letter."""
    case = LetterCase(complainant={"name": None}, reachable_by=["phone"])
    offer = case.happens(plan_offered())
    case.happens(plan_answered(offer.id))
    letters = case.falls_due("reminder")

    assert [("plan_reminder", "not_reachable_by_email")] == noes(letters)
    assert isinstance(letters[0], MessageSuppressed)
    case.started(letters[0])
    assert [] == reminders(case)
