"""What a receipt says of people reaches who works with it: wishes choose the way, notices say the rest."""

from typing import Any

from shared.contract.events.casework import CustomerReplied, MessageResendRequested
from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.notify import MessageSendStarted
from shared.contract.events.ownership import PartyConcernedNamed
from tests.support.letter_case import (
    ADDRESS,
    BAI,
    EMAIL,
    ORGANISATION,
    LetterCase,
    content_about,
    decision,
    noes,
    received_again,
    rerouted,
    sealed,
    told,
)

PHONE = sealed("complainant.phone")
SIGNED = ORGANISATION.replace("bank: {", 'bank: {sms_signature: "示例银行", ', 1)
HANDLER = "luo.tian"


def case_of(wish: str | None, organisation: str = ORGANISATION, **more: Any) -> LetterCase:
    """A customer with all ways to reach him, who prefers one."""
    complainant = {"email": EMAIL, "address": ADDRESS, "phone": PHONE, "prefers": wish} | more
    return LetterCase(organisation, complainant=complainant, first_letters=False)


def ways(letters: list[Any]) -> dict[str, str]:
    """By which way each letter to the customer goes."""
    started = (one for one in letters if isinstance(one, MessageSendStarted))
    return {one.kind: one.way for one in started if not hasattr(one.recipient, "person")}


def test_a_wish_for_letters_has_the_decision_printed_and_what_is_never_printed_mailed() -> None:
    """The acknowledgement still arrives at once."""
    case = case_of("letter")

    assert {"acknowledgement": "email"} == ways(case.first)
    (notice,) = case.when(decision())
    assert ("print", ADDRESS) == (notice.way, notice.recipient.address)
    assert "email" == case_of("email").when(decision())[0].way
    assert "email" == case_of("letter", address=None).when(decision())[0].way


def test_a_wish_for_text_messages_comes_before_an_address() -> None:
    """Where the bank sends any; what cannot be one goes by e-mail."""
    case = case_of("sms", SIGNED)

    assert {"acknowledgement": "sms"} == ways(case.first)
    assert "email" == case.when(decision())[0].way
    assert {"acknowledgement": "email"} == ways(case_of("sms").first)
    assert {"acknowledgement": "email"} == ways(case_of(None, SIGNED).first)


def test_a_wish_for_a_call_keeps_the_decision_back_and_tells_the_handler() -> None:
    """Who asks for the letter still gets it; the duty to answer stays until somebody has rung."""
    case = case_of("phone")
    letters = case.when(decision())

    assert [("decision_notice", "call_first")] == noes(letters)
    assert [("call_first_notice", HANDLER)] == told(letters)
    assert case.state.core.open_duties("reply_customer")
    case.all_sent(letters)
    kept_back = next(one for one in letters if one.kind == "decision_notice")
    (again,) = case.when(MessageResendRequested(message_id=kept_back.message_id))
    assert ("decision_notice", "email") == (again.kind, again.way)


def test_without_a_number_nobody_is_rung_first() -> None:
    """The decision goes out as it always does; so it does once the wish is taken out."""
    changed = case_of("phone")
    for pointer in ("/complainant/prefers", "/complainant/phone"):
        changed.happens(ReceiptCorrected(pointer=pointer, value=None, ground=sealed("ground")))

    assert ["decision_notice"] == [kind for kind, _ in told(case_of("phone", phone=None).when(decision()))]
    assert ["decision_notice"] == [kind for kind, _ in told(changed.when(decision()))]


def test_a_wish_that_a_further_receipt_brings_counts_from_then_on() -> None:
    """The customer says it when he rings again."""
    case = case_of(None)
    case.happens(received_again(complainant={"phone": PHONE, "prefers": "phone"}))

    assert ("call_first_notice", HANDLER) in told(case.when(decision()))


def test_who_was_rung_before_the_decision_was_told_needs_no_call() -> None:
    """The answer is not owed any more."""
    case = case_of("phone")
    made = case.happens(decision())
    ends = case.ending("reply_customer")
    case.happens(CustomerReplied(way="phone", content=sealed("content"), remedies_told=True, duties_ended=ends))

    assert "call_first_notice" not in {kind for kind, _ in told(case.answer(made))}


def said_to_handler(**changes: Any) -> dict[str, Any]:
    """What the written notice tells the handler."""
    case = LetterCase(first_letters=False, **changes)
    return dict(content_about(case, next(one for one in case.first if one.kind == "written_notice")))


def test_the_notice_says_whom_the_customer_described_and_asks_for_a_name() -> None:
    """As it was said, in first and further receipts; once somebody was named, nothing is asked any more."""
    matter = LetterCase().log[0].data["matter"] | {"described_persons": [sealed("short hair")]}
    said = said_to_handler(matter=matter)
    case = LetterCase(matter=matter)
    again = {"narrative": sealed("again"), "described_persons": [sealed("a guard")]}
    (news,) = case.when(received_again(matter=again))

    assert (("short hair",), True) == (said["described"], said["to_identify"])
    assert ("a guard",) == content_about(case, news)["new_described"]
    case.happens(PartyConcernedNamed(person="mo.ran", ground=sealed("ground")))
    notice = next(one for one in case.when(rerouted(case, BAI)) if one.kind == "written_notice")
    later = content_about(case, notice)
    assert (("short hair", "a guard"), False) == (later["described"], later["to_identify"])


def test_the_notice_says_how_to_speak_with_the_customer() -> None:
    """Interpreter, wish and whether the call was recorded; nothing of it where nothing was said."""
    complainant = {"email": EMAIL, "phone": PHONE, "prefers": "phone"}
    wanted = complainant | {"interpreter": {"kind": "dialect", "name": sealed("Minnan")}}
    said = said_to_handler(complainant=wanted, details={"recording": "lost"})
    plain = said_to_handler()

    assert ("方言翻译", "Minnan", "缺失") == (said["interpreter"], said["interpreted"], said["recording"])
    assert said["contact_wish"].startswith("请先打电话")
    assert {None} == {plain[name] for name in ("interpreter", "interpreted", "contact_wish", "recording", "visitors")}


def test_the_supervision_form_has_time_and_room_of_the_visit_and_who_came() -> None:
    """So that nobody has to ask where that was."""
    details = {"receptionist": "wu.qing", "room": sealed("room 1"), "visitors": 3}
    group = {"size": 25, "face_to_face": 3}
    case = LetterCase(first_letters=False, channel="walk_in", details=details, group=group)
    said = content_about(case, next(one for one in case.first if one.kind == "supervision_form"))

    assert ("room 1", 3, 3) == (said["room"], said["visitors"], said["face_to_face"])
    assert said["visit_at"].startswith("2020年3月5日10时")
