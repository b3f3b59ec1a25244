"""A receipt that was taken down wrongly is put right, whoever looks at it; what a document is worth is said."""

from datetime import UTC, timedelta
from typing import Any

import pytest

from services.casework.http.corrected_value import value_and_receipt
from shared.contract.events.base import Sealed
from shared.contract.events.corrections import EvidenceChecked, ReceiptCorrected
from shared.contract.events.notify import MessageSent
from shared.contract.ids import message_id
from shared.contract.receipt_pointers import INSTEAD
from shared.errors import RedressError
from shared.sealing.vault import seal_with
from tests.support.casework import KEY, Case, Refused
from tests.support.facts import CASE, Body

WHY: Body = {"ground": "客户来电更正。"}
WHO: Body = {"name": "甲某", "phone": "0000-5550198", "email": "a@customer.example"}


def box(pointer: str, text: str) -> Sealed:
    """A text as intake seals it at a pointer."""
    return seal_with(KEY, CASE, pointer[1:].replace("/", "."), text)


def case_of(**changes: Any) -> Case:
    """A case of somebody who gave name, telephone and e-mail address, as intake seals them."""
    complainant = {field: box(f"/complainant/{field}", text).model_dump() for field, text in WHO.items()}
    return Case(complainant=complainant, reachable_by=("email", "phone"), **changes)


def accepts(case: Case) -> str:
    """Who accepted the case."""
    accepting = case.core.accepting
    assert accepting is not None
    assert accepting.person is not None
    return accepting.person


def corrected(case: Case, pointer: str, value: Any, by: str | None = None) -> ReceiptCorrected:
    """A value of the receipt is put right."""
    fact = case.does(by or accepts(case), "correct-receipt", pointer=pointer, value=value, **WHY)
    assert isinstance(fact, ReceiptCorrected)
    return fact


def refused(case: Case, pointer: str, value: Any) -> Refused:
    """It is refused; by the API where it sees the receipt, else by the decision."""
    try:
        return case.refuses(accepts(case), "correct-receipt", pointer=pointer, value=value, **WHY)
    except RedressError as error:
        return Refused(error.code, error.pointers, tuple(error.extra.get("about", ())))


@pytest.mark.parametrize("by", ["lin.fang", "luo.tian"])
@pytest.mark.holds("practice-3")
def test_accepting_side_and_handler_put_right_what_was_taken_down_wrongly(by: str) -> None:
    """What is sealed stays sealed, under the label of the field itself: no value can be passed off as another one."""
    fact = corrected(case_of(), "/complainant/phone", "0000-5550199", by)

    assert box("/complainant/phone", "0000-5550199") == fact.value


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/complainant/name", "甲某"),
        ("/complainant/language", "zh"),
        ("/matter/product", None),
        ("/origin/kind", "none"),
    ],
)
def test_what_stands_already_is_no_correction(pointer: str, value: Any) -> None:
    """Sealed or not: nothing is opened to see that."""
    assert Refused("nothing_changed", ("/value",)) == refused(case_of(), pointer, value)


def test_what_was_corrected_is_what_stands_from_then_on() -> None:
    """The same again changes nothing; back to what it was is a correction."""
    case = case_of()
    corrected(case, "/complainant/name", "乙某")

    assert "nothing_changed" == refused(case, "/complainant/name", "乙某").code
    assert box("/complainant/name", "甲某") == corrected(case, "/complainant/name", "甲某").value


@pytest.mark.parametrize(("of", "by"), INSTEAD.items())
def test_what_has_a_command_of_its_own_is_not_corrected_and_names_it(of: str, by: str) -> None:
    """Nobody has to guess."""
    assert Refused("not_correctable", ("/pointer",), (by,)) == refused(case_of(), of, "x")


def test_nobodys_own_words_are_changed() -> None:
    """Only what no machine could read is written by somebody else."""
    assert Refused("not_correctable", ("/pointer",)) == refused(case_of(), "/matter/narrative", "更短的话")


@pytest.mark.parametrize(
    "pointer", ["/complainant", "/matter", "/complainant/nickname", "/details/room", "/group/members"]
)
def test_a_pointer_leads_to_one_value_of_the_submission(pointer: str) -> None:
    """Not to an object, a list, or nothing."""
    assert Refused("invalid_command", ("/pointer",)) == refused(case_of(), pointer, "x")


@pytest.mark.parametrize("pointer", ["/complainant/name", "/complainant/identity/number", "/group/size"])
def test_what_the_receipt_lacks_whole_comes_as_a_further_receipt(pointer: str) -> None:
    """Who complains anonymously is not named by a correction."""
    assert "not_correctable" == refused(Case(complainant=None), pointer, 3 if pointer == "/group/size" else "甲").code


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/complainant/email", "no address"), ("/complainant/language", None), ("/matter/amount_minor", "12"),
        ("/complainant/name", "www.example.com"), ("/details/identity_verified", "yes"), ("/received_at", None),
        ("/received_at", "2020-03-05"),
    ],
)  # fmt: skip
def test_the_new_value_is_one_that_a_submission_could_hold(pointer: str, value: Any) -> None:
    """By the very same shape."""
    assert Refused("invalid_command", ("/value",)) == refused(case_of(), pointer, value)


def test_an_amount_goes_with_its_currency() -> None:
    """In this order, and back in the other."""
    case = case_of()

    assert Refused("correct_first", ("/value",), ("currency",)) == refused(case, "/matter/amount_minor", 500)
    corrected(case, "/matter/currency", "CNY")
    corrected(case, "/matter/amount_minor", 500)
    assert Refused("correct_first", ("/value",), ("amount_minor",)) == refused(case, "/matter/currency", None)


def sent(key: str, **recipient: Any) -> MessageSent:
    """A letter left for somebody."""
    said: dict[str, Any] = {"message_id": message_id("cause", "acknowledgement", key), "kind": "acknowledgement"}
    template = {"id": "acknowledgement.zh", "version": "1"}
    said |= {"duty_id": None, "way": "email", "template": template, "content_sha256": "00", "smtp_message_id": "<a@b>"}
    return MessageSent.model_validate(said | {"smtp_reply": "250", "recipient": recipient, "duties_ended": []})


def test_the_letters_that_went_to_the_wrong_address_are_named() -> None:
    """Those alone: what the bank's own people got, and what went elsewhere, did not go wrong."""
    case = case_of()
    wrong = sent("customer", address=box("/complainant/email", "a@customer.example").model_dump())
    case.happens(wrong)
    case.happens(sent("luo.tian", person="luo.tian", unit="dongqiao.lending"), "other")
    case.happens(sent("former", address=box("/complainant/email", "b@customer.example").model_dump()), "third")

    assert (wrong.message_id,) == corrected(case, "/complainant/email", "c@customer.example").went_wrong
    assert () == corrected(case, "/complainant/phone", None).went_wrong


@pytest.mark.parametrize("pointer", ["/received_at", "/first_received/at"])
def test_a_time_of_receipt_needs_a_second_person(pointer: str) -> None:
    """The limits count from it; the number stays, and a receipt's new bank date is told."""
    case = case_of()
    earlier = "2020-03-04T09:00:00+08:00"
    case.asks("lin.fang", "correct-receipt", pointer=pointer, value=earlier, **WHY)
    approver = case.state.asked[-1].approvers[0]
    fact = case.decided(case.command(approver, "approve", approval=case.asked())).data

    assert isinstance(fact, ReceiptCorrected)
    assert (pointer, "2020-03-04T01:00:00Z") == (fact.pointer, fact.value)
    assert ("2020-03-04" if pointer == "/received_at" else None) == (fact.received_on and fact.received_on.isoformat())


def test_a_body_that_would_wait_longer_needs_a_second_person_and_a_sooner_day_none() -> None:
    """Nobody puts his own answer off."""
    case = case_of(origin={"kind": "regulator", "body": "R", "reply_due_on": "2020-03-20"})
    case.asks("lin.fang", "correct-receipt", pointer="/origin/reply_due_on", value="2020-03-25", **WHY)

    assert "2020-03-18" == corrected(case, "/origin/reply_due_on", "2020-03-18").value


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/received_at", "2020-03-05T10:30:00+08:00", "time_in_future"),
        ("/received_at", "1950-03-05T10:00:00+08:00", "time_too_early"),
        ("/matter/incident_at", "2031-03-05T10:00:00+08:00", "time_in_future"),
        ("/origin/reply_due_on", "2031-03-05", "time_too_far"),
    ],
)
def test_a_time_lies_where_one_of_a_submission_would(pointer: str, value: str, code: str) -> None:
    """A receipt not after it was entered, and not before the bank's first limits."""
    assert Refused(code, ("/value",)) == refused(case_of(), pointer, value)


BOXED: Body = {
    "channel": "opinion_box", "received_by": {"unit": "dongqiao"},
    "details": {"unit": "dongqiao", "dated": "2020-03-05"},
}  # fmt: skip
TRANSFERRED: Body = {
    "channel": "regulator", "details": {"body": "R", "form": "letter", "reference": "转1"},
    "origin": {"kind": "regulator", "body": "R"},
}  # fmt: skip
GROUP: Body = {"group": {"size": 30, "face_to_face": 12, "members": [], "representatives": []}}


@pytest.mark.parametrize(
    ("receipt", "pointer", "value", "code"),
    [
        (BOXED, "/details/dated", "2010-03-05", "box_not_up"),
        (BOXED, "/details/dated", "1020-03-05", "invalid_command"),
        ({}, "/matter/incident_at", "1820-03-06T10:00:00+08:00", "invalid_command"),
        ({}, "/matter/incident_at", "0001-01-01T00:00:00+08:00", "invalid_command"),
        ({"channel": "letter"}, "/details/postmarked_on", "2020-03-06", "time_in_future"),
        ({"channel": "letter"}, "/details/postmarked_on", "1820-03-06", "invalid_command"),
        (TRANSFERRED, "/origin/body", "X", "two_bodies"),
        (TRANSFERRED, "/details/body", "X", "two_bodies"),
        (TRANSFERRED | {"origin": {"kind": "regulator", "reference": "转1"}}, "/origin/reference", "转2", "two_bodies"),
        (GROUP, "/group/size", 11, "invalid_command"),
        (GROUP, "/group/face_to_face", 31, "invalid_command"),
    ],
)
def test_what_the_door_would_refuse_is_no_correction(receipt: Body, pointer: str, value: Any, code: str) -> None:
    """With the very code of the door."""
    assert Refused(code, ("/value",)) == refused(case_of(**receipt), pointer, value)


def test_what_is_told_lies_before_the_receipt_also_where_the_receipt_moves() -> None:
    """As at the door, not just before now: somebody corrects it days later."""
    case = case_of(matter={"incident_at": "2020-03-05T09:00:00+08:00", "complained_unit": "dongqiao.lending"})
    late = Refused("time_after_receipt", ("/value",))

    assert late == refused(case, "/received_at", "2020-03-05T08:00:00+08:00")
    case.now += timedelta(days=2)
    assert late == refused(case, "/matter/incident_at", "2020-03-06T09:00:00+08:00")
    corrected(case, "/matter/incident_at", "2020-03-05T07:00:00+08:00")
    case.asks("lin.fang", "correct-receipt", pointer="/received_at", value="2020-03-05T08:00:00+08:00", **WHY)


def test_a_body_named_twice_is_put_right_by_taking_one_out_first() -> None:
    """There is a way to do it; and what an older version let in holds up no other word."""
    case = case_of(**TRANSFERRED)
    corrected(case, "/origin/body", None)
    corrected(case, "/details/body", "X")
    assert "two_bodies" == refused(case, "/origin/body", "R").code
    corrected(case, "/origin/body", "X")

    before = case_of(**TRANSFERRED | {"origin": {"kind": "regulator", "body": "Y"}})
    corrected(before, "/matter/product", "loan")


def test_a_receipt_moves_to_no_day_on_which_its_people_and_places_were_not_there() -> None:
    """Whoever received the visitor, where a box hung, who took it down: asked by the files that were in force then."""
    walk_in = case_of(channel="walk_in", details={"receptionist": "wu.qing"})
    boxed = case_of(**BOXED | {"details": {"unit": "dongqiao"}})

    assert "no_receptionist" == refused(walk_in, "/received_at", "2012-03-05T09:00:00+08:00").code
    assert "box_not_up" == refused(boxed, "/received_at", "2012-03-05T09:00:00+08:00").code


def test_the_way_to_reach_the_customer_is_the_corrected_one_for_everybody() -> None:
    """Waivers, letters and duties rest on it."""
    case = case_of()
    corrected(case, "/complainant/email", None)
    assert ["phone"] == list(case.core.reachable_by)
    corrected(case, "/complainant/address", "示例市示例路1号")
    assert ["phone", "post"] == list(case.core.reachable_by)


def test_what_is_looked_up_is_no_part_of_what_was_said() -> None:
    """The same command under the same key is the same, whatever was looked up for it."""
    case = case_of()
    one, two = (
        case.command("lin.fang", "correct-receipt", pointer="/matter/product", value="loan", **WHY) for _ in range(2)
    )

    assert one.body == two.body
    assert "receipt" in value_and_receipt({"pointer": "/matter/product", "value": None}, case.events[0], KEY, UTC)


@pytest.mark.holds("practice-6")
def test_the_handler_says_what_a_document_is_worth_and_the_last_word_counts() -> None:
    """Of a document of this case."""
    case = Case().accepted()
    document = case.file_added()
    for result in ("doubtful", "genuine"):
        fact = case.does("luo.tian", "check-evidence", document=document, result=result)
        assert isinstance(fact, EvidenceChecked)
    unknown = Refused("unknown_document", ("/document",))
    assert unknown == case.refuses("luo.tian", "check-evidence", document="x", result="genuine")
    assert unknown == case.refuses("luo.tian", "check-evidence", document=message_id("a", "b", "c"), result="genuine")
