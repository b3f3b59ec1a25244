"""Whoever owes something new on a case is told, whatever the duty and whichever fact gives it to him."""

from typing import Any

import pytest

from services.notify.letters.kinds import KINDS as LETTERS
from shared.case.duties import Place
from shared.case.duty_kinds import KINDS
from shared.contract.events.base import DutyEnded, DutyOpened, PersonAt, PostAt
from shared.contract.events.casework import DecisionMade
from shared.contract.events.ending import CaseClosed
from shared.contract.events.routing import CaseRerouted, DutiesAdded
from shared.contract.ids import duty_id
from tests.support.letter_case import LetterCase, content_about, decision, noes, plan_answered, plan_offered, told

MO, LUO = "mo.ran", PersonAt(unit="dongqiao.lending", person="luo.tian")
BY_MACHINE = {"deliver_written_notice", "deliver_supervision_form"}
"""What the bank's machine does by itself: of what it cannot deliver the accepting post is told."""
AFTER_THE_END = {"archive"}
"""What is nothing to do before the case has ended; then its reminder comes."""


def opened(case: LetterCase, kind: str, person: str = MO, level: str | None = None) -> DutyOpened:
    """A duty that somebody of the operations department owes by the next fact of routing."""
    debtor = PostAt(unit="dongqiao.operations", post="unit_head", person=person)
    event = case.next_id("routing")
    return DutyOpened(id=duty_id(event, kind, level), kind=kind, debtor=debtor, creditor=None, level=level)


def moved(case: LetterCase, kind: str, before: DutyOpened) -> CaseRerouted:
    """A routing that leaves the handler, and gives a duty to Mo Ran that somebody else owed."""
    decided = case.log[1].data["decision"] | {"handler": LUO.model_dump()}
    ended = DutyEnded(id=before.id, kind=kind, state="waived", reason="rerouted")
    said = {"ground": "organisation_changed", "decision": decided, "duties_ended": [ended]}
    return CaseRerouted.model_validate(said | {"duties_opened": [opened(case, kind)]})


def readers(letters: list[Any]) -> set[str | None]:
    """Who gets one."""
    return {who for _, who in told(letters)}


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_owes_something_is_told(kind: str) -> None:
    """But for what the machine does, and the archiving of a case that goes on."""
    case = LetterCase()
    letters = case.when(DutiesAdded(reason="agreed", duties_opened=(opened(case, kind),)))

    assert (MO in readers(letters)) is (kind not in BY_MACHINE | AFTER_THE_END)


@pytest.mark.parametrize("kind", KINDS)
def test_a_duty_that_moves_is_told_to_who_owes_it_now(kind: str) -> None:
    """Also where the handler stays: a reviewer, a step's person, whoever accepted the case may be another one."""
    case = LetterCase()
    before = opened(case, kind, person="wu.qing")
    case.happens(DutiesAdded(reason="agreed", duties_opened=(before,)))
    letters = case.when(moved(case, kind, before))

    assert (MO in readers(letters)) is (kind not in BY_MACHINE | AFTER_THE_END)
    assert len(told(letters)) == len(set(told(letters)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_duty_that_moves_is_told_to_who_owed_it_before(kind: str) -> None:
    """Whoever it was, and once: else he goes on with what is somebody else's by now."""
    case = LetterCase()
    before = opened(case, kind, person="wu.qing")
    case.all_sent(case.when(DutiesAdded(reason="agreed", duties_opened=(before,))))
    letters = told(case.when(moved(case, kind, before)))

    assert [("duty_over_notice", "wu.qing")] * (kind not in BY_MACHINE | AFTER_THE_END) == [
        one for one in letters if one[1] == "wu.qing"
    ]


def test_who_never_heard_that_a_level_is_his_turn_hears_nothing_of_its_end() -> None:
    """The paper of the level before tells him; until it comes, he knows of nothing."""
    case = LetterCase()
    before = opened(case, "pass_down", person="wu.qing")
    case.happens(DutiesAdded(reason="agreed", duties_opened=(before,)))

    assert "wu.qing" not in readers(case.when(moved(case, "pass_down", before)))


def test_who_owes_it_again_by_the_time_the_note_is_decided_gets_none() -> None:
    """Two moves that are answered late."""
    case = LetterCase()
    before = opened(case, "track_result", person="wu.qing")
    case.happens(DutiesAdded(reason="agreed", duties_opened=(before,)))
    away = case.happens(moved(case, "track_result", before))
    (there,) = (one for one in case.state.core.open_duties("track_result") if one.terms.debtor.person == MO)
    gone = before.model_copy(update={"id": there.id})
    back = moved(case, "track_result", gone).model_copy(
        update={"duties_opened": (opened(case, "track_result", person="wu.qing"),)}
    )
    case.happens(back)

    assert "wu.qing" not in readers(case.answer(away))


def test_the_note_says_what_and_who_has_it_now() -> None:
    """Or that nobody need do it any more."""
    case = LetterCase()
    before = opened(case, "assist", person="wu.qing")
    case.happens(DutiesAdded(reason="agreed", duties_opened=(before,)))
    letters = case.when(moved(case, "assist", before))
    note = next(one for one in letters if one.kind == "duty_over_notice")
    nobody = moved(case, "assist", opened(case, "assist")).model_copy(update={"duties_opened": ()})

    assert ("协办：现由东侨支行运营部（莫然）负责",) == content_about(case, note)["duties_over"]
    (there,) = (one for one in case.state.core.open_duties("assist") if one.terms.debtor.person == MO)
    ended = DutyEnded(id=there.id, kind="assist", state="waived", reason="rerouted")
    over = case.when(nobody.model_copy(update={"duties_ended": (ended,)}))
    assert [("duty_over_notice", MO)] == told(over)
    assert ("协办：无需再办",) == content_about(case, over[0])["duties_over"]


def test_a_reviewer_in_the_place_of_another_gets_the_request() -> None:
    """And no second letter of the same duty."""
    case = LetterCase()
    before = opened(case, "review_dissatisfaction", person="wu.qing")
    case.happens(DutiesAdded(reason="agreed", duties_opened=(before,)))

    assert [("duty_over_notice", "wu.qing"), ("review_request", MO)] == told(
        case.when(moved(case, "review_dissatisfaction", before))
    )


def test_nobody_is_told_what_he_owed_before_or_takes_on_himself() -> None:
    """A routing that names his post anew gives him nothing to do; nor does what he promises."""
    case = LetterCase()
    before = opened(case, "track_result")
    case.happens(DutiesAdded(reason="agreed", duties_opened=(before,)))
    again = case.when(moved(case, "track_result", before))
    remedy = opened(case, "execute_remedy", level="x/1").model_copy(
        update={"debtor": PostAt(unit=LUO.unit, post="unit_head", person=LUO.person)}
    )
    own = decision().model_dump() | {"duties_opened": (remedy,)}
    done = case.event(DecisionMade.model_validate(own))._replace(actor="person:luo.tian")

    assert set() == readers(again)
    assert "duty_notice" not in {kind for kind, _ in told(case.when_event(done))}


def test_after_the_end_whoever_archives_the_case_from_then_on_is_told() -> None:
    """The one before him has left."""
    case = LetterCase()
    before = opened(case, "archive", person="wu.qing")
    case.happens(DutiesAdded(reason="agreed", duties_opened=(before,)))
    case.happens(CaseClosed())

    assert MO in readers(case.when(moved(case, "archive", before)))


def test_who_accepted_a_case_that_somebody_else_took_down_learns_what_the_receipt_leaves_open() -> None:
    """With the first letters, and once; who took it down knows it."""
    matter = {"narrative": LetterCase().log[0].data["matter"]["narrative"], "reason": None}
    case = LetterCase(first_letters=False, matter=matter)
    asked = case.state.core.first_asked
    accepting = case.state.core.accepting

    assert isinstance(asked, Place)
    assert isinstance(accepting, Place)
    assert asked.person != accepting.person
    assert ("duty_notice", accepting.person) in told(case.first)
    own = LetterCase(first_letters=False, matter=matter, received_by={"unit": "dongqiao", "person": accepting.person})
    assert "duty_notice" not in {kind for kind, _ in told(own.first)}


def test_the_notice_says_what_until_when_and_why() -> None:
    """The step as the handler typed it, with its day; a remedy with its amount, and the time there is."""
    case = LetterCase()
    refund = {"kind": "refund", "amount_minor": 5000, "currency": "CNY"}
    offer = case.happens(plan_offered(remedies=[refund]))
    duties = [
        opened(case, kind, level=f"{offer.id}/1").model_copy(
            update={"id": duty_id(case.next_id("casework"), kind, f"{offer.id}/1")}
        )
        for kind in ("execute_step", "execute_remedy")
    ]
    answer = plan_answered(offer.id)
    (letter,) = case.when(answer.model_copy(update={"duties_opened": tuple(duties)}))
    said = content_about(case, letter)

    assert ("落实协商方案（2020年3月12日前）：words", "落实补救措施（5个工作日内）：退款50.00元") == said["duties"]
    assert "客户已接受协商方案" == said["owed_because"]


def test_a_duty_that_was_done_meanwhile_is_told_to_nobody() -> None:
    """The answer to the fact comes late."""
    case = LetterCase()
    added = case.happens(DutiesAdded(reason="agreed", duties_opened=(opened(case, "execute_step"),)))
    (duty,) = case.state.core.open_duties("execute_step")
    end = DutyEnded(id=duty.id, kind="execute_step", state="discharged")
    case.happens(DecisionMade.model_validate(decision().model_dump() | {"duties_ended": (end,)}))
    answers = case.answer(added)

    assert [] == told(answers)
    assert [("duty_notice", "already_told")] == noes(answers)


def test_what_a_kind_of_duty_is_told_by_is_a_letter() -> None:
    """A misspelt name would leave a debtor with two letters."""
    assert {letter for kind in KINDS.values() for letter in kind.told_by} <= LETTERS.keys()
