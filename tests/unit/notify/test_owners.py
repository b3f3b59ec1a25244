"""Who is told that a case is theirs, or no longer theirs, when it changes hands or goes up the ladder."""

from typing import Any

from services.notify.decisions import SERVICE
from services.routing.decisions import SERVICE as ROUTING
from shared.contract.events.base import Versioned
from shared.contract.events.ending import CaseClosed
from shared.contract.events.notify import MessageSent
from shared.contract.events.ownership import HandlerReassigned, HandoverRefused, PartyConcernedNamed
from shared.contract.events.routing import CaseEscalated
from tests.support.facts import Given, event
from tests.support.letter_case import BAI, FAN, LUO, SHEN, LetterCase, noes, rerouted, sealed, told


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
    moved = routing.when_event(refused._replace(ordinal=0, basis_ordinal=-1))[0]

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
