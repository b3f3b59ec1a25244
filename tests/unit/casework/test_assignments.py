"""Others are given work beside the case: another unit's opinion, something to mend, a suggestion to answer."""

from datetime import date
from typing import Any

import pytest

from shared.case.ties import ties_of
from shared.contract.events.assignments import (
    AssistanceGiven,
    AssistanceRequested,
    CorrectiveActionCompleted,
    CorrectiveActionOpened,
    SuggestionAnswered,
    SuggestionPassedUp,
)
from shared.contract.ties import person_tie
from tests.support.casework import Case, Refused, discharged, ended, opened, waived
from tests.support.facts import Body

ASK: Body = {"unit": "dongqiao.harbour", "question": "请核实。"}
MEND: Body = {"what": "修订办法。", "owner": "cen.lu", "due_on": "2020-06-30"}
IDEA: Body = {"unit": "province", "words": "增加窗口。"}


def asked(case: Case, **changes: Any) -> str:
    """Another unit is asked; the id of the request."""
    case.does("luo.tian", "request-assistance", **ASK | changes)
    return case.events[-1].id


def test_another_unit_is_asked_and_its_head_owes_an_answer_within_two_working_days() -> None:
    """Until a day that is said, or by default."""
    case = Case().accepted()
    fact = case.does("luo.tian", "request-assistance", **ASK)

    assert isinstance(fact, AssistanceRequested)
    assert {"assist": "cen.lu"} == opened(fact)
    assert date(2020, 3, 9) == fact.answer_by
    later = case.does("luo.tian", "request-assistance", **ASK | {"question": "还有。", "answer_by": "2020-03-20"})
    assert isinstance(later, AssistanceRequested)
    assert date(2020, 3, 20) == later.answer_by


def test_the_head_or_who_was_named_answers_once() -> None:
    """With documents of the case."""
    case = Case().accepted()
    request, document = asked(case), case.file_added()
    fact = case.does("cen.lu", "give-assistance", request=request, words="无误。", documents=[document])

    assert isinstance(fact, AssistanceGiven)
    assert discharged("assist") == ended(fact)
    again: Body = {"request": request, "words": "再次。"}
    assert Refused("answered_already") == case.refuses("cen.lu", "give-assistance", **again)
    other = asked(case, person="cen.lu")
    assert (
        "unknown_document"
        == case.refuses("cen.lu", "give-assistance", **again | {"request": other, "documents": ["x"]}).code
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"unit": "dongqiao.lending"}, Refused("same_unit", ("/unit",))),
        ({"unit": "dongqiao.operations"}, Refused("partys_unit", ("/unit",))),
        ({"unit": "nowhere"}, Refused("unknown_unit", ("/unit",))),
        ({"person": "nobody"}, Refused("unknown_person", ("/person",))),
        ({"person": "bai.xue"}, Refused("outside_unit", ("/person",))),
    ],
)
def test_nobody_asks_his_own_unit_nor_that_of_a_party(changes: Body, expected: Refused) -> None:
    """Nor somebody of another one than is asked."""
    case = Case(matter={"complained_persons": ["mo.ran"]}).accepted()

    assert expected == case.refuses("luo.tian", "request-assistance", **ASK | changes)


def test_the_same_question_is_not_asked_twice_while_it_is_open() -> None:
    """Once it is answered it may be asked again."""
    case = Case().accepted()
    request = asked(case)
    assert Refused("asked_already") == case.refuses("luo.tian", "request-assistance", **ASK)
    case.does("cen.lu", "give-assistance", request=request, words="无误。")
    asked(case)


def test_a_question_bars_no_closing_and_closing_waives_it() -> None:
    """The case goes on meanwhile."""
    case = Case().tracked()
    request = asked(case)
    assert waived(["assist"]) == ended(case.does("lin.fang", "close"))
    again = case.refuses("cen.lu", "give-assistance", request=request, words="无误。")
    assert "case_ended" == again.code


def test_who_assists_sees_the_case_and_who_mends_something_does_not() -> None:
    """The one has to know it, the other what is to be mended."""
    case = Case().accepted()
    case.does("luo.tian", "open-corrective-action", **MEND)
    assert person_tie("cen.lu") not in ties_of(case.core, "channel:hotline")
    asked(case)
    assert person_tie("cen.lu") in ties_of(case.core, "channel:hotline")


@pytest.mark.parametrize("far", [Case.accepted, Case.closed, Case.archived])
@pytest.mark.holds("article-4.6", "practice-19")
def test_something_to_mend_outlives_the_case_and_can_be_found_after_its_end(far: Any) -> None:
    """It bars nothing, and is completed once."""
    case = far(Case())
    fact = case.does("luo.tian", "open-corrective-action", **MEND)
    action = case.events[-1].id
    done: Body = {"action": action, "words": "已修订。"}

    assert isinstance(fact, CorrectiveActionOpened)
    assert {"corrective_action": "cen.lu"} == opened(fact)
    completed = case.does("cen.lu", "complete-corrective-action", **done)
    assert isinstance(completed, CorrectiveActionCompleted)
    assert discharged("corrective_action") == ended(completed)
    assert Refused("completed_already") == case.refuses("cen.lu", "complete-corrective-action", **done)
    assert Refused("unknown_action", ("/action",)) == case.refuses(
        "cen.lu", "complete-corrective-action", **done | {"action": "x"}
    )


def test_closing_archiving_and_withdrawal_leave_what_is_to_be_mended_and_answered() -> None:
    """It is the bank's own, whatever the customer does."""
    case = Case().tracked()
    case.does("luo.tian", "open-corrective-action", **MEND)
    case.does("luo.tian", "pass-suggestion-up", **IDEA)
    case.does("lin.fang", "close")
    case.does("zhong.an", "archive", place="A-1", retain_until="2025-12-31")
    assert {"corrective_action", "answer_suggestion"} == case.owed()

    case = Case().accepted()
    case.does("luo.tian", "open-corrective-action", **MEND)
    case.does("lin.fang", "withdraw", received_at=case.now.isoformat(), way="letter", proof="撤诉书")
    assert {"corrective_action", "archive"} == case.owed()


def test_the_head_of_its_owner_completes_it_too() -> None:
    """So an owner who leaves holds nothing up; nobody else can."""
    case = Case().accepted()
    case.does("luo.tian", "open-corrective-action", **MEND)
    done: Body = {"action": case.events[-1].id, "words": "已修订。"}
    assert "not_entitled" == case.refuses("luo.tian", "complete-corrective-action", **done).code
    assert "cen.lu" == case.does("qiu.min", "complete-corrective-action", **done).acted_for


@pytest.mark.holds("practice-20")
def test_a_suggestion_goes_up_and_comes_back_answered() -> None:
    """The general office of the superior unit owes it."""
    case = Case().accepted()
    fact = case.does("luo.tian", "pass-suggestion-up", **IDEA)
    said: Body = {"suggestion": case.events[-1].id, "adopted": "partly", "words": "试行。"}

    assert isinstance(fact, SuggestionPassedUp)
    assert {"answer_suggestion": "ye.lan"} == opened(fact)
    answered = case.does("ye.lan", "answer-suggestion", **said)
    assert isinstance(answered, SuggestionAnswered)
    assert discharged("answer_suggestion") == ended(answered)
    assert Refused("answered_already") == case.refuses("ye.lan", "answer-suggestion", **said)
    assert Refused("unknown_suggestion", ("/suggestion",)) == case.refuses(
        "ye.lan", "answer-suggestion", **said | {"suggestion": "x"}
    )


@pytest.mark.parametrize("unit", ["dongqiao.lending", "dongqiao.hall", "dongqiao.harbour"])
def test_a_suggestion_goes_to_no_unit_that_is_not_above(unit: str) -> None:
    """Up means up."""
    case = Case().accepted()
    assert Refused("not_superior", ("/unit",)) == case.refuses(
        "luo.tian", "pass-suggestion-up", **IDEA | {"unit": unit}
    )
