"""The letters of a telephone case from hand-over to archive: what each fact calls for, and what deliberately not."""

from datetime import datetime
from typing import Any

import pytest

from services.notify.service import SERVICE
from services.routing.service import SERVICE as ROUTING
from shared.events import EventData
from shared.events.base import DutyOpened, PostAt, Versioned
from shared.events.casework import (
    CaseClosed,
    CaseReopened,
    CaseWithdrawn,
    HandlerReassigned,
    HandoverRefused,
    MessageResendRequested,
    PartyConcernedNamed,
)
from shared.events.notify import CustomerRecipient, MessageSendStarted, MessageSent
from shared.events.routing import CaseEscalated, CaseRerouted
from shared.ids import duty_id
from tests.facts import NOW, Given, event
from tests.letter_case import (
    ADDRESS,
    BAI,
    EMAIL,
    FAN,
    LUO,
    NEXT_DAY,
    ORGANISATION,
    SHEN,
    LetterCase,
    decision,
    noes,
    not_accepted,
    report,
    sealed,
    settlement,
    told,
)

PAPER = {"complainant": {"address": ADDRESS}, "reachable_by": ["post"]}
PHONE = {"complainant": {}, "reachable_by": ["phone"]}
WITHDRAWN = CaseWithdrawn(received_at=NOW, way="phone")
ANSWERS = [
    (decision(), "decision_notice"),
    (settlement(), "settlement_notice"),
    (not_accepted(), "not_accepted_notice"),
]
"""The facts that tell the customer something in writing, and by which letter."""
ANSWERED = pytest.mark.parametrize(("fact", "kind"), ANSWERS, ids=[kind for _, kind in ANSWERS])


def rerouted(case: LetterCase, to: Any, at: str = "dongqiao.hall") -> CaseRerouted:
    """The case goes to another handler, with a notice to them owed."""
    decided = case.log[1].data["decision"] | {"handler": to.model_dump() if to else None, "complained_unit": at}
    opened = []
    if to is not None:
        post = PostAt(unit=to.unit, post="unit_head", person=to.person)
        accepting = PostAt(unit="dongqiao", post="complaint_post", person="lin.fang")
        opened = [DutyOpened(id="notice", kind="deliver_written_notice", debtor=accepting, creditor=post)]
    return CaseRerouted.model_validate(
        {"ground": "refused", "decision": decided, "duties_opened": opened, "duties_ended": []}
    )


def escalated(to: Any, mode: str = "takes_over") -> CaseEscalated:
    """The case goes up the ladder."""
    return CaseEscalated.model_validate(
        {
            "mode": mode,
            "rung": "deputy_president",
            "to": to,
            "ground": "requested",
            "organisation": Versioned(id="bank", version="1"),
        }
    )


# -- decision, settlement, refusal -----------------------------------------------------------------------


@ANSWERED
def test_the_answer_goes_by_email_to_who_can_be_reached_so(fact: EventData, kind: str) -> None:
    """In writing, to the sealed address of the receipt."""
    letter = LetterCase().when(fact)[0]

    assert (kind, "email") == (letter.kind, letter.way)
    assert CustomerRecipient(address=EMAIL) == letter.recipient
    assert letter.smtp_message_id is not None


@ANSWERED
def test_the_answer_is_printed_for_who_has_only_a_postal_address(fact: EventData, kind: str) -> None:
    """A letter on paper has no Message-ID."""
    letter = LetterCase(**PAPER).when(fact)[0]

    assert (kind, "print", None) == (letter.kind, letter.way, letter.smtp_message_id)
    assert CustomerRecipient(address=ADDRESS) == letter.recipient


def test_email_is_preferred_to_paper() -> None:
    """It is there at once, and it proves itself."""
    case = LetterCase(complainant={"address": ADDRESS, "email": EMAIL}, reachable_by=["email", "post"])

    assert "email" == case.when(decision())[0].way


@ANSWERED
@pytest.mark.parametrize("changes", [PHONE, {"anonymous": True, "complainant": None, "reachable_by": []}])
def test_who_cannot_be_written_to_gets_no_letter_and_the_log_says_so(
    fact: EventData, kind: str, changes: dict[str, Any]
) -> None:
    """The handler replies otherwise, with proof."""
    assert (kind, "not_reachable_in_writing") in noes(LetterCase(**changes).when(fact))


@ANSWERED
@pytest.mark.parametrize(
    ("hour", "minute", "goes"),
    [(7, 59, False), (8, 0, True), (19, 59, True), (20, 0, False), (23, 0, False), (0, 0, False)],
)
def test_nothing_but_the_acknowledgement_goes_to_a_customer_at_night(
    fact: EventData, kind: str, hour: int, minute: int, goes: bool
) -> None:
    """Between eight in the evening and eight in the morning, by the bank's clock; paper is no exception."""
    for changes in ({}, PAPER):
        letters = LetterCase(**changes).when(fact, NEXT_DAY.replace(hour=hour, minute=minute))

        assert ((kind, "customer") in told(letters)) == goes
        assert ((kind, "quiet_hours") in noes(letters)) == (not goes)


def test_night_is_the_banks_night() -> None:
    """Half past twelve in Greenwich is half past eight in the evening in Shanghai."""
    letters = LetterCase().when(decision(), datetime.fromisoformat("2020-03-06T12:30:00+00:00"))

    assert [("decision_notice", "quiet_hours")] == noes(letters)


@ANSWERED
def test_nothing_goes_to_the_customer_after_a_withdrawal(fact: EventData, kind: str) -> None:
    """The two facts crossed."""
    case = LetterCase()
    case.happens(WITHDRAWN)

    assert (kind, "withdrawn") in noes(case.when(fact))


def test_a_decision_notice_that_was_mailed_is_the_reply() -> None:
    """It holds all that a reply has to say, so it ends the duty (CONTRACT section 3)."""
    case = LetterCase()
    duty = case.duty("reply_customer").id
    letter = case.when(decision())[0]
    sent = case.result(case.started(letter))

    assert duty == letter.duty_id
    assert isinstance(sent, MessageSent)
    assert [("reply_customer", duty, "discharged")] == [(d.kind, d.id, d.state) for d in sent.duties_ended]


def test_a_refusal_that_was_mailed_is_the_reply() -> None:
    """The sender knows where to turn."""
    case = LetterCase()
    letter = case.when(not_accepted())[0]
    sent = case.result(case.started(letter))

    assert isinstance(sent, MessageSent)
    assert ["reply_customer"] == [d.kind for d in sent.duties_ended]


@pytest.mark.parametrize("fact", [decision(), not_accepted()], ids=["decision", "refusal"])
def test_a_printed_letter_is_no_reply_yet(fact: EventData) -> None:
    """Somebody has to post it and to say so with proof."""
    case = LetterCase(**PAPER)
    sent = case.result(case.started(case.when(fact)[0]), smtp_reply=None)

    assert isinstance(sent, MessageSent)
    assert ("print", None, ()) == (sent.way, sent.smtp_message_id, sent.duties_ended)


def test_a_settlement_ended_the_duties_itself() -> None:
    """Its letter only confirms in writing."""
    case = LetterCase()
    letter = case.when(settlement(), duties_ended=[])[0]
    sent = case.result(case.started(letter))

    assert isinstance(sent, MessageSent)
    assert (None, ()) == (letter.duty_id, sent.duties_ended)


def test_a_notice_ends_the_reply_that_another_handler_owes_by_now() -> None:
    """The case changed hands while the letter was on its way; the customer has the answer all the same."""
    case = LetterCase()
    begun = case.started(case.when(decision())[0])
    old, moved = case.duty("reply_customer"), case.event(rerouted(case, BAI))
    passed_on = {"id": duty_id(moved.id, "reply_customer", None), "kind": "reply_customer", "level": None}
    debtor = {"unit": "dongqiao.hall", "post": "handler", "person": "bai.xue"}
    opened = [passed_on | {"state": "open", "debtor": debtor, "creditor": "customer"}]
    ended = [{"id": old.id, "kind": "reply_customer", "state": "waived", "reason": "rerouted"}]
    case.fold(moved._replace(data=moved.data | {"duties_opened": opened, "duties_ended": ended}))
    sent = case.result(begun)

    assert isinstance(sent, MessageSent)
    assert [passed_on["id"]] == [d.id for d in sent.duties_ended]


def test_a_notice_of_the_first_round_is_no_reply_in_the_second() -> None:
    """The case was reopened before the letter was out: the new answer is still owed."""
    case = LetterCase()
    begun = case.started(case.when(decision())[0])
    case.happens(CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY))
    sent = case.result(begun)

    assert isinstance(sent, MessageSent)
    assert () == sent.duties_ended


def test_a_reply_that_was_given_meanwhile_is_not_ended_twice() -> None:
    """The handler called before the mail server answered."""
    case = LetterCase()
    begun = case.started(case.when(decision())[0])
    case.happens(decision(duties_ended=case.ending("reply_customer")))
    sent = case.result(begun)

    assert isinstance(sent, MessageSent)
    assert () == sent.duties_ended


# -- reports -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", [report(), settlement()], ids=["report", "settlement"])
def test_a_result_is_reported_to_the_accepting_person_and_to_the_superior_of_the_complained_unit(
    fact: EventData,
) -> None:
    """Article 4; the superior of the lending department is the sub-branch, whose office Wu Qing holds."""
    letters = LetterCase().when(fact)

    assert ["lin.fang", "wu.qing"] == [who for kind, who in told(letters) if kind == "result_report"]


@pytest.mark.parametrize(("unit", "office"), [("dongqiao", "ye.lan"), ("province", "ye.lan")])
def test_a_unit_with_an_office_of_its_own_reports_to_the_one_above(unit: str, office: str) -> None:
    """The sub-branch to the branch; the branch is the top, so it keeps the report."""
    letters = LetterCase(matter={"complained_unit": unit}).when(report())

    assert ["lin.fang", office] == [who for _, who in told(letters)]


@pytest.mark.parametrize(
    ("copies", "expected"),
    [
        (["dongqiao.operations"], ["lin.fang", "wu.qing", "dongqiao.operations"]),
        (["province"], ["lin.fang", "wu.qing", "ye.lan"]),
        (["dongqiao"], ["lin.fang", "wu.qing"]),
        (["province", "province"], ["lin.fang", "wu.qing", "ye.lan"]),
    ],
    ids=["a mailbox", "an office", "somebody who has it", "twice"],
)
def test_copies_go_to_the_office_of_a_unit_else_to_its_mailbox_and_to_nobody_twice(
    copies: list[str], expected: list[str]
) -> None:
    """Copied to the units concerned (article 4)."""
    assert expected == [who for _, who in told(LetterCase().when(report(copy_to=copies)))]


def test_a_copy_goes_to_the_complaint_post_of_a_unit_without_an_office() -> None:
    """The second of the posts that read a unit's letters."""
    case = LetterCase(
        ORGANISATION.replace(
            "{unit: province, post: general_office, holders: [ye.lan]}",
            "{unit: province, post: operations_supervisor, holders: [ye.lan]}",
        )
    )

    assert "gu.heng" in [who for _, who in told(case.when(report(copy_to=["province"])))]


def test_an_office_that_has_no_address_is_passed_over_for_a_copy() -> None:
    """The copy has to arrive."""
    case = LetterCase(ORGANISATION.replace("email: ye.lan@bank.example, ", ""))

    assert "gu.heng" in [who for _, who in told(case.when(report(copy_to=["province"])))]


def test_parties_concerned_get_no_report() -> None:
    """Neither as an office, nor through the mailbox of a unit that they head."""
    case = LetterCase()
    for person in ("wu.qing", "mo.ran"):
        case.happens(PartyConcernedNamed(person=person, ground=sealed("ground")))
    letters = case.when(report(copy_to=["dongqiao.operations"]))

    assert ["lin.fang", "ye.lan"] == [who for _, who in told(letters)]
    assert [("result_report", "party_concerned")] == noes(letters)


def test_a_mailbox_that_is_none_is_said_so() -> None:
    """Somebody has to hand the copy over."""
    case = LetterCase(ORGANISATION.replace("email: operations@dongqiao.example, ", ""))
    letters = case.when(report(copy_to=["dongqiao.operations"]))

    assert [("result_report", "no_email")] == noes(letters)
    assert "dongqiao.operations" == letters[-1].recipient.unit


def test_a_report_on_a_case_that_is_not_routed_has_nobody_to_accept_it() -> None:
    """The superior of the complained unit gets it all the same."""
    given = Given(SERVICE, LetterCase().log[0])

    assert [("result_report", "nobody_to_tell")] == noes(given.when_event(event(report(), "early"), NEXT_DAY))


def test_nothing_is_reported_after_a_withdrawal() -> None:
    """The two facts crossed; a mailbox is no way around."""
    case = LetterCase()
    case.happens(WITHDRAWN)
    letters = case.when(report(copy_to=["dongqiao.operations"]))

    assert [] == told(letters)
    assert {"withdrawn"} == {why for _, why in noes(letters)}


# -- owners ------------------------------------------------------------------------------------------------


def test_a_new_handler_gets_the_notice_and_the_former_one_a_short_note() -> None:
    """The new duty to deliver it is the one that the letter ends."""
    case = LetterCase()
    letters = case.when(rerouted(case, BAI))
    sent = case.result(case.started(letters[0]))

    assert [("written_notice", "bai.xue"), ("handover_cancelled", "luo.tian")] == told(letters)
    assert letters[0].duty_id == case.duty("deliver_written_notice").id
    assert isinstance(sent, MessageSent)
    assert [letters[0].duty_id] == [d.id for d in sent.duties_ended]


def test_routing_that_refuses_and_routes_again_is_answered_so() -> None:
    """With what routing really publishes."""
    case = LetterCase()
    routing = Given(ROUTING, *case.log[:2], known=case.known)
    refused = case.happens(HandoverRefused(handler=LUO, ground="not_competent", proposed_unit="dongqiao.operations"))
    moved = routing.when_event(refused._replace(place=0, basis_place=-1))[0]

    assert [("written_notice", "mo.ran"), ("handover_cancelled", "luo.tian")] == told(case.when(moved))


def test_a_rerouting_to_the_same_person_calls_for_nothing() -> None:
    """Nothing changes for anybody."""
    case = LetterCase()

    assert [] == case.when(rerouted(case, LUO), duties_opened=[])


def test_a_rerouting_before_the_first_letters_is_told_by_them() -> None:
    """They go to whoever handles the case by then."""
    case = LetterCase(first_letters=False)
    given = Given(SERVICE, *case.log[:2])

    assert [] == given.when_event(event(rerouted(case, BAI), "early"))
    assert ("written_notice", "bai.xue") in told(given.when_event(case.log[2]))


def test_a_case_that_nobody_handles_any_more_is_taken_from_who_did() -> None:
    """Until the unit is determined, nobody can be told."""
    case = LetterCase()
    letters = case.when(rerouted(case, None))

    assert [("written_notice", "nobody_to_tell")] == noes(letters)
    assert [("handover_cancelled", "luo.tian")] == told(letters)


def test_a_former_handler_who_is_concerned_gets_no_note() -> None:
    """That is why the case was taken from him; and it is not tried again the next time."""
    case = LetterCase()
    case.happens(PartyConcernedNamed(person="luo.tian", ground=sealed("ground")))
    letters = case.when(rerouted(case, BAI))
    case.all_sent(letters)

    assert [("handover_cancelled", "party_concerned")] == noes(letters)
    again = case.when(rerouted(case, SHEN))
    assert [("written_notice", "shen.bo"), ("handover_cancelled", "bai.xue")] == told(again)
    assert [] == noes(again)


def test_two_moves_that_are_answered_late_tell_who_holds_the_case_now() -> None:
    """After an outage both facts are there: the last handler gets one notice, the first one note, nobody more."""
    case = LetterCase()
    first = case.happens(rerouted(case, BAI))
    second = case.happens(rerouted(case, SHEN))
    one = case.answer(first)
    case.all_sent(one)
    two = case.answer(second)

    assert [("written_notice", "shen.bo"), ("handover_cancelled", "luo.tian")] == told(one)
    assert [("written_notice", "already_told")] == noes(two)
    assert [] == told(two)


def test_who_gets_the_case_back_is_told_anew() -> None:
    """The note said that it was no longer theirs."""
    case = LetterCase()
    for to in (BAI, LUO):
        letters = case.when(rerouted(case, to))
        case.all_sent(letters)

    assert [("written_notice", "luo.tian"), ("handover_cancelled", "bai.xue")] == told(letters)


def test_a_notice_that_is_on_its_way_is_not_sent_twice() -> None:
    """Its end discharges the duty as it stands then."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[1])
    letters = case.when(rerouted(case, LUO))
    sent = case.result(begun)

    assert [("written_notice", "already_told")] == noes(letters)
    assert isinstance(sent, MessageSent)
    assert case.duty("deliver_written_notice").id in {d.id for d in sent.duties_ended}


def test_a_notice_to_the_former_handler_is_none_to_the_new_one() -> None:
    """It was on its way when the case changed hands: it ends only what was owed towards whom it reached."""
    case = LetterCase(first_letters=False)
    begun, old = case.started(case.first[1]), case.duty("deliver_written_notice").id
    case.happens(rerouted(case, BAI))
    sent = case.result(begun)

    assert isinstance(sent, MessageSent)
    assert [old] == [d.id for d in sent.duties_ended]


def test_a_notice_that_failed_is_owed_to_who_gets_the_case_again() -> None:
    """Who could not be reached was not told."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[1])
    case.fold(event(case.result(begun, outcome="failed", code=550, reason="x"), begun.id))

    assert [("written_notice", "luo.tian")] == told(case.when(rerouted(case, LUO)))


def test_who_was_never_told_is_not_told_that_it_is_over() -> None:
    """The notice did not reach him, so the note would only puzzle."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[1])
    case.fold(event(case.result(begun, outcome="failed", code=550, reason="x"), begun.id))

    assert [("written_notice", "bai.xue")] == told(case.when(rerouted(case, BAI)))


def test_another_person_of_the_unit_gets_notice_and_note_as_well() -> None:
    """A reassignment moves the case as a rerouting does."""
    letters = LetterCase().when(HandlerReassigned(handler=FAN, ground=sealed("ground")))

    assert [("written_notice", "fan.yi"), ("handover_cancelled", "luo.tian")] == told(letters)


def test_an_overtaken_reassignment_calls_for_nothing() -> None:
    """Its actor had not seen that the case went elsewhere (crossings, rule 1)."""
    case = LetterCase()
    basis = case.log[-1].id
    case.happens(rerouted(case, BAI))

    assert [] == case.when(HandlerReassigned(handler=FAN, ground=sealed("ground")), basis=basis)


def test_who_takes_a_case_over_is_told_and_the_handler_too() -> None:
    """The former handler has nothing to do any more."""
    letters = LetterCase().when(escalated(SHEN))

    assert [("escalation_notice", "shen.bo"), ("handover_cancelled", "luo.tian")] == told(letters)


def test_who_supports_a_handler_is_told_and_the_handler_keeps_the_case() -> None:
    """Nothing is taken from anybody."""
    assert [("escalation_notice", "shen.bo")] == told(LetterCase().when(escalated(SHEN, "supports")))


def test_who_took_a_case_over_loses_it_again_when_it_is_routed() -> None:
    """Who only supported it does not, since it was never theirs."""
    case = LetterCase()
    case.all_sent(case.when(escalated(BAI, "supports")))
    taken_over = case.when(escalated(SHEN))
    case.all_sent(taken_over)

    assert [("escalation_notice", "shen.bo"), ("handover_cancelled", "luo.tian")] == told(taken_over)
    assert [("written_notice", "luo.tian"), ("handover_cancelled", "shen.bo")] == told(case.when(rerouted(case, LUO)))


def test_a_case_that_is_over_is_handed_to_nobody() -> None:
    """Closing and rerouting crossed."""
    case = LetterCase()
    case.happens(CaseClosed())

    assert ("written_notice", "no_longer_needed") in noes(case.when(rerouted(case, BAI), duties_opened=[]))


# -- ends --------------------------------------------------------------------------------------------------


def test_the_customer_is_thanked_when_the_case_is_closed() -> None:
    """And told how to come back."""
    assert [("closing_note", "customer")] == told(LetterCase().when(CaseClosed()))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (PAPER, "not_reachable_by_email"),
        (PHONE, "not_reachable_by_email"),
        ({"anonymous": True, "complainant": None, "reachable_by": []}, "anonymous"),
    ],
)
def test_thanks_are_not_printed(changes: dict[str, Any], why: str) -> None:
    """Only what has to be said is worth a stamp."""
    assert [("closing_note", why)] == noes(LetterCase(**changes).when(CaseClosed()))


def test_nobody_is_thanked_at_night_or_after_a_withdrawal() -> None:
    """CONTRACT section 3."""
    case = LetterCase()
    case.happens(WITHDRAWN)

    assert [("closing_note", "withdrawn")] == noes(case.when(CaseClosed()))
    assert [("closing_note", "quiet_hours")] == noes(LetterCase().when(CaseClosed(), NEXT_DAY.replace(hour=21)))


def test_a_case_that_was_reopened_meanwhile_is_not_called_closed() -> None:
    """The note would be wrong by the time it is read."""
    case = LetterCase()
    closed = case.happens(CaseClosed())
    case.happens(CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY))

    assert [("closing_note", "no_longer_needed")] == noes(case.answer(closed))


def test_a_withdrawal_is_never_confirmed() -> None:
    """Nothing automatic after it: the accepting post speaks with the customer."""
    letters = LetterCase().when(WITHDRAWN)

    assert [("withdrawal_confirmation", "withdrawn")] == noes(letters)
    assert 1 == len(letters)


# -- once more ---------------------------------------------------------------------------------------------


def resend(case: LetterCase, message: Any, now: datetime = NEXT_DAY) -> list[Any]:
    """What a request to send a message once more is answered with."""
    return case.when(MessageResendRequested(message_id=message.message_id), now)


def test_a_message_is_sent_once_more_under_a_new_id() -> None:
    """The same kind to the same recipient; the fact it is about is the request."""
    case = LetterCase()
    again = resend(case, case.first[0])[0]

    assert ("acknowledgement", "customer") == told([again])[0]
    assert again.message_id != case.first[0].message_id  # type: ignore[attr-defined]


def test_a_notice_that_failed_is_delivered_by_its_repetition() -> None:
    """The address was corrected; the duty is still open."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[1])
    case.fold(event(case.result(begun, outcome="failed", code=550, reason="x"), begun.id))
    again = resend(case, case.first[1])[0]
    sent = case.result(case.started(again))

    assert ("written_notice", "luo.tian") == told([again])[0]
    assert isinstance(sent, MessageSent)
    assert ["deliver_written_notice"] == [d.kind for d in sent.duties_ended]


def test_a_letter_that_was_kept_back_at_night_can_be_asked_for_in_the_morning() -> None:
    """Its deliberate no has a message id as well; at night it is refused again."""
    case = LetterCase()
    kept_back = case.when(decision(), NEXT_DAY.replace(hour=22))[0]
    case.all_sent([kept_back])

    assert [("decision_notice", "quiet_hours")] == noes(resend(case, kept_back, NEXT_DAY.replace(hour=22)))
    assert [("decision_notice", "customer")] == told(resend(case, kept_back))


def test_a_repetition_keeps_the_rules_as_they_are_now() -> None:
    """Whoever became a party concerned gets nothing, and nobody does after a withdrawal."""
    case = LetterCase()
    case.happens(PartyConcernedNamed(person="luo.tian", ground=sealed("ground")))
    assert [("written_notice", "party_concerned")] == noes(resend(case, case.first[1]))

    case.happens(WITHDRAWN)
    assert [("acknowledgement", "withdrawn")] == noes(resend(case, case.first[0]))


def test_a_mailbox_gets_its_copy_once_more() -> None:
    """A unit instead of a person."""
    case = LetterCase()
    letters = case.when(report(copy_to=["dongqiao.operations"]))
    case.all_sent(letters)

    assert [("result_report", "dongqiao.operations")] == told(resend(case, letters[-1]))


def test_a_request_for_a_message_that_never_was_calls_for_nothing() -> None:
    """Casework refuses it; in the log it would owe nothing."""
    assert [] == LetterCase().when(MessageResendRequested(message_id="5f0c4f0e-3f0b-5a53-9d0c-6f1d2a7f4c11"))


def test_every_letter_started_belongs_to_its_fact() -> None:
    """What it is about stands in it."""
    case = LetterCase()
    fact = case.event(decision())
    letter = case.when_event(fact)[0]

    assert isinstance(letter, MessageSendStarted)
    assert fact.id == letter.about
