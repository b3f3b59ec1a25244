"""What customers think of the outcome: asked of them once they have had the answer."""

from typing import get_args

import pytest

from shared.contract.codes import SatisfactionValue
from shared.contract.events.casework import SatisfactionRecorded
from shared.contract.events.notify import MessageSent
from shared.contract.ids import message_id
from tests.support.casework import DECISION, INVESTIGATION, MINUTE, REPORT, Case, Refused, ended
from tests.support.facts import SEALED, Body

ATTEMPTS = [{"at": "2020-03-05T10:01:00+08:00", "way": "phone"}]


@pytest.mark.parametrize("actor", ["lin.fang", "luo.tian"])
@pytest.mark.parametrize("value", ["satisfied", "mostly_satisfied", "dissatisfied", "declined"])
def test_satisfaction_is_recorded_by_either_side(actor: str, value: str) -> None:
    """It opens and ends nothing."""
    case = Case().answered()
    fact = case.does(actor, "record-satisfaction", value=value)

    assert isinstance(fact, SatisfactionRecorded)
    assert ({}, value) == (ended(fact), case.state.satisfaction)


def test_not_reached_needs_the_attempts() -> None:
    """Listed with time and way."""
    case = Case().answered()

    assert Refused("attempts_missing", ("/attempts",)) == case.refuses(
        "lin.fang", "record-satisfaction", value="not_reached"
    )
    case.does("lin.fang", "record-satisfaction", value="not_reached", attempts=ATTEMPTS)


@pytest.mark.parametrize(
    ("at", "code"), [("2020-03-05T09:59:00+08:00", "before_receipt"), ("2020-03-06T10:00:00+08:00", "time_in_future")]
)
def test_attempts_lie_between_receipt_and_now(at: str, code: str) -> None:
    """Each is looked at."""
    attempts = [*ATTEMPTS, {"at": at, "way": "sms"}]
    found = Case().answered().refuses("lin.fang", "record-satisfaction", value="not_reached", attempts=attempts)

    assert Refused(code, ("/attempts/1/at",)) == found


def _letter_arrived(case: Case) -> None:
    """The decision went out by e-mail, and is the reply."""
    duty = case.core.open_duties("reply_customer")[-1]
    sent = {
        "message_id": message_id("cause", "decision_notice", "customer"), "kind": "decision_notice", "duty_id": duty.id,
        "recipient": {"address": SEALED.model_dump()}, "way": "email",
        "template": {"id": "decision_notice.zh", "version": "1"}, "content_sha256": "0" * 64,
        "smtp_message_id": "<a@b>", "smtp_reply": "250", "duties_ended": [
            {"id": duty.id, "kind": "reply_customer", "state": "discharged"}
        ],
    }  # fmt: skip
    case.happens(MessageSent.model_validate(sent))


@pytest.mark.parametrize("value", get_args(SatisfactionValue))
def test_nobody_is_satisfied_with_an_answer_that_was_not_given_yet(value: str) -> None:
    """Decided is not told; whoever had the letter has been told. The report has to wait for it too."""
    case = Case().decided_on()
    asked: Body = {"value": value, "attempts": ATTEMPTS}

    assert Refused("not_answered_yet") == case.refuses("lin.fang", "record-satisfaction", **asked)
    case.happens(SatisfactionRecorded.model_validate({"value": "satisfied"}))
    assert Refused("not_answered_yet") == case.refuses("luo.tian", "report-result", **REPORT)
    _letter_arrived(case)
    assert Refused("before_what_it_answers", ("/at",), ("replied",)) == case.refuses(
        "lin.fang", "record-satisfaction", at=case.now - 2 * MINUTE, **asked
    )
    case.does("lin.fang", "record-satisfaction", **asked)


def test_what_was_answered_before_a_reopening_is_not_answered_any_more() -> None:
    """The new round has a decision, and the customer has not heard of it."""
    case = Case().closed()
    case.does("lin.fang", "reopen", ground="新事实。", received_at=case.now.isoformat())
    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    case.does("luo.tian", "decide", **DECISION)

    assert Refused("not_answered_yet") == case.refuses("lin.fang", "record-satisfaction", value="satisfied")


def test_before_there_is_an_outcome_nobody_is_satisfied_with_it() -> None:
    """Article 4 asks for satisfaction with the outcome."""
    assert Refused("no_decision") == Case().investigated().refuses("lin.fang", "record-satisfaction", value="satisfied")
