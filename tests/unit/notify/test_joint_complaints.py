"""Several people speak for a joint complaint: each is written to in the way he asked for; the answer is one duty."""

from typing import Any

import pytest

from services.notify.falls_due import held_letters
from services.notify.rechecking import NotNow, recheck
from shared.contract.events.base import Sealed
from shared.contract.events.casework import (
    MessageResendRequested,
)
from shared.contract.events.notify import MessageSendStarted
from shared.contract.events.speakers import RepresentativeChanged
from shared.kernel.service import Timer
from tests.support.facts import CASE
from tests.support.letter_case import (
    ORGANISATION,
    LetterCase,
    content_about,
    decision,
    noes,
    not_accepted,
    sealed,
)
from tests.support.speakers import (
    AT_HOME,
    CHANGED,
    NIGHT,
    A,
    B,
    boxes,
    context,
    joint,
    person,
    ways,
)

TEXTING = ORGANISATION.replace("bank: {", 'bank: {sms_signature: "示例银行", ', 1)
OWN = {"name": sealed("zhou"), "email": Sealed(label="complainant.email", box="ZM" + "0" * 18)}
RUNG = {"phone": Sealed(label="complainant.phone", box="ZP" + "0" * 18)}


def test_each_representative_gets_his_own_letter_under_his_own_name() -> None:
    """Acknowledgement and decision; who has no address gets none."""
    case = LetterCase(first_letters=False, **joint(A, B, person("sun", phone="CM")))

    assert ["AM", "BM"] == boxes(case.first, "acknowledgement")
    names = [content_about(case, one)["customer_name"] for one in case.first if one.kind == "acknowledgement"]
    assert ["zhao", "qian"] == names


def test_the_answer_is_one_duty_that_ends_when_each_has_it() -> None:
    """The first letter ends nothing, the last one does."""
    case = LetterCase(**joint(A, B))
    assert [] == case.state.core.open_duties("acknowledge_customer")
    first, second = [one for one in case.when(decision()) if one.kind == "decision_notice"]

    begun = [case.started(one) for one in (first, second)]
    results: list[Any] = []
    for one in begun:
        results.append(case.result(one))
        case.happens(results[-1])

    assert [[], ["reply_customer"]] == [[duty.kind for duty in one.duties_ended] for one in results]


@pytest.mark.parametrize("other", [person("sun", phone="CM"), person("sun", address="CM")])
def test_who_can_be_reached_otherwise_only_still_waits_for_his_answer(other: dict[str, Any]) -> None:
    """By telephone or by post it is the handler who answers."""
    case = LetterCase(**joint(A, other))
    letters = [one for one in case.when(decision()) if one.kind == "decision_notice"]
    begun = [case.started(one) for one in letters]

    result: Any = case.result(begun[0])
    assert () == result.duties_ended


def test_a_letter_held_for_the_night_leaves_for_the_representative_it_was_for() -> None:
    """Each under its own id."""
    case = LetterCase(**joint(A, B))
    held = [one for one in case.when(decision(), now=NIGHT) if one.kind == "decision_notice"]
    assert ["quiet_hours", "quiet_hours"] == [one.why for one in held]
    case.all_sent(held)

    due = {due.clock: due for due, _ in held_letters(CASE, case.state)}
    sent: list[Any] = [case.given.when(due[one.message_id], due[one.message_id].due_at)[0].data for one in held]

    assert [one.message_id for one in held] == [one.message_id for one in sent]
    assert ["AM", "BM"] == boxes(sent, "decision_notice")
    assert all(isinstance(timer, Timer) for timer in due.values())


def test_letters_go_to_the_new_ones_from_then_on() -> None:
    """Not even what is on its way goes to who speaks no longer."""
    case = LetterCase(**joint(A, B))
    letters = [one for one in case.when(decision()) if one.kind == "decision_notice"]
    begun = [case.started(one) for one in letters]
    case.all_sent(case.when(RepresentativeChanged.model_validate(CHANGED)))

    on_its_way = MessageSendStarted.model_validate(begun[1].data)
    assert NotNow("no_longer_speaks", None) == recheck(case.state, on_its_way, begun[1], context(case))
    assert ["AM", "CM"] == boxes(case.when(not_accepted()), "not_accepted_notice")
    again = case.when(MessageResendRequested(message_id=on_its_way.message_id))
    assert [("decision_notice", "no_longer_speaks")] == noes(again)


def joint_with(who: dict[str, Any], organisation: str = TEXTING) -> LetterCase:
    """A joint complaint that somebody brings for all, with a representative who has only a telephone."""
    phone_only = person("sun", phone="CM")
    said = joint(A, phone_only) | {"complainant": who, "reachable_by": []}
    return LetterCase(organisation, first_letters=False, **said)


def test_of_a_joint_complaint_who_wants_letters_gets_letters_and_the_others_what_reaches_them() -> None:
    """The wish is his who said it; a printed decision is no answer yet, as in any other case."""
    case = joint_with(OWN | AT_HOME | {"prefers": "letter"})

    assert {"ZM": "email", "AM": "email", "CM": "sms"} == ways(case.first, "acknowledgement")
    case.all_sent(case.first)
    assert [] == case.state.core.open_duties("acknowledge_customer")
    told_it = case.when(decision())
    assert {"ZA": "print", "AM": "email"} == ways(told_it, "decision_notice")
    case.all_sent(told_it)
    assert case.state.core.open_duties("reply_customer")


def test_who_wants_text_messages_gets_them_and_who_has_only_a_telephone_too() -> None:
    """Where the bank sends any; where it sends none, who wants them is mailed."""
    assert {"ZP": "sms", "AM": "email", "CM": "sms"} == ways(
        joint_with(OWN | RUNG | {"prefers": "sms"}).first, "acknowledgement"
    )
    assert {"ZM": "email", "AM": "email"} == ways(
        joint_with(OWN | RUNG | {"prefers": "sms"}, ORGANISATION).first, "acknowledgement"
    )
    assert {"ZP": "sms", "AM": "email", "CM": "sms"} == ways(
        joint_with({"name": sealed("zhou")} | RUNG).first, "acknowledgement"
    )


def test_who_complains_and_speaks_for_the_group_gets_one_letter_where_the_address_is_the_same() -> None:
    """The same box is the same address; of different labels nobody can tell (decision 64)."""
    mail = Sealed(label="complainant.email", box="SAMESAMESAMESAME")
    said = joint(A, {"name": sealed("li"), "email": mail, "reachable_by": ["email"]})
    said |= {"complainant": {"name": sealed("li"), "email": mail}, "reachable_by": ["email"]}

    case = LetterCase(**said)
    assert ["SA", "AM"] == boxes(case.first, "acknowledgement")
    assert [] == case.state.core.open_duties("acknowledge_customer")  # everybody has it
