"""A body that passed the complaint on hears how far the bank is, and once what came of it."""

from typing import Any

import pytest

from services.routing.decisions import SERVICE as ROUTING
from tests.support.casework import Case, Refused, discharged, ended
from tests.support.facts import Given
from tests.unit.routing.test_further_receipts import again

ORIGIN: dict[str, Any] = {"origin": {"kind": "regulator", "body": "某监管局"}}
ANSWER: dict[str, Any] = {"words": "已办结。", "way": "letter"}
OWED = "answer_transferring_body"


def asked_again(case: Case, **origin: Any) -> Case:
    """Another body passes the same complaint on, and routing answers."""
    case.happens(again(origin={"kind": "consumer_body", "body": "消费者协会"} | origin), "again")
    (moved,) = Given(ROUTING, *case.events[:-1]).when_event(case.events[-1])
    case.happens(moved, case.events[-1].id)
    return case


def test_a_final_answer_needs_something_to_answer_with() -> None:
    """How far the bank is may be said at any time, and ends nothing."""
    case = Case(**ORIGIN)

    assert Refused("not_decided_yet") == case.refuses("lin.fang", "answer-transferring-body", **ANSWER)
    assert {} == ended(case.does("lin.fang", "answer-transferring-body", **ANSWER, kind="interim"))
    assert OWED in case.owed()


def test_it_is_answered_once() -> None:
    """After the final answer there is nothing more to say."""
    case = Case(**ORIGIN).answered()

    assert discharged(OWED) == ended(case.does("lin.fang", "answer-transferring-body", **ANSWER))
    assert Refused("nothing_owed", about=(OWED,)) == case.refuses(
        "lin.fang", "answer-transferring-body", **ANSWER, kind="interim"
    )


def test_a_withdrawal_is_an_answer_too() -> None:
    """The body waits for the outcome, whatever it is: the answer survives the end of the case and bars the archive."""
    case = Case(**ORIGIN)
    case.does("lin.fang", "withdraw", received_at=case.now.isoformat(), way="letter", proof="撤诉书")

    assert "duties_open" == case.refuses("zhong.an", "archive", place="A-1").code
    case.does("lin.fang", "answer-transferring-body", **ANSWER)
    case.does("zhong.an", "archive", place="A-1")


@pytest.mark.holds("article-3.1")
def test_a_case_is_not_closed_before_the_body_was_answered() -> None:
    """On the telephone too."""
    case = Case(**ORIGIN).tracked()

    assert Refused("duties_open", about=(OWED,)) == case.refuses("lin.fang", "close")


@pytest.mark.parametrize("first", [True, False])
def test_each_of_several_bodies_is_answered(first: bool) -> None:
    """An answer to one is none to the other, so it says to whom it goes."""
    case = asked_again(Case(**ORIGIN)).answered()
    bodies = ["某监管局", "消费者协会"]
    bodies = bodies if first else bodies[::-1]

    assert Refused("unknown_body", ("/body",)) == case.refuses("lin.fang", "answer-transferring-body", **ANSWER)
    for left, body in zip((1, 0), bodies, strict=True):
        case.does("lin.fang", "answer-transferring-body", **ANSWER, body=body)
        assert left == len(case.core.open_duties(OWED))


def test_a_body_that_asks_about_a_closed_case_is_owed_an_answer() -> None:
    """Of an archived one it is not: nobody could send it before the case is taken up again."""
    case = asked_again(Case().closed())
    case.does("lin.fang", "answer-transferring-body", **ANSWER)

    case.does("zhong.an", "archive", place="A-1")
    case.happens(again(receipt_id="third", origin={"kind": "pbc"}), "third")
    assert not Given(ROUTING, *case.events[:-1]).owes(case.events[-1])
