"""Whoever speaks on a case only since is told what still counts, and nothing that does not count any more."""

from collections.abc import Callable

import pytest

from services.notify.letters.addressees import Addressee
from services.notify.letters.kinds import DECLARED
from services.notify.rechecking import recheck
from shared.contract.events.base import EventData
from shared.contract.events.casework import DissatisfactionReviewed
from shared.contract.events.ending import CaseReopened
from shared.contract.events.second_looks import DecisionRevised
from shared.contract.events.speakers import RepresentativeChanged
from tests.support.letter_case import (
    NEXT_DAY,
    LetterCase,
    content_about,
    decision,
    not_accepted,
    plan_answered,
    plan_offered,
    received_again,
    sealed,
    settlement,
)
from tests.support.speakers import (
    CHANGED,
    A,
    B,
    boxes,
    by_proxy,
    checked,
    context,
    joint,
    person,
)

LATER: dict[str, Callable[[], tuple[EventData, ...]]] = {
    "plan_notice": lambda: (plan_offered(),),
    "review_result": lambda: (decision(), DissatisfactionReviewed(outcome="stands", words=sealed("words"))),
    "not_accepted_notice": lambda: (not_accepted(),),
}
"""What the customer was told besides outcomes, by the letter that tells it."""
LASTING = {
    "decision_notice", "corrected_decision", "settlement_notice", "not_accepted_notice", "plan_notice", "review_result",
}  # fmt: skip
PASSING = {
    "acknowledgement": "that it is registered is old by then", "limit_notice": "it moves a date that was told",
    "closing_note": "nothing is asked of anybody by it", "plan_reminder": "goes to whoever speaks when it falls due",
    "reopening_confirmation": "its date is told by what moves it", "suggestion_answer": "answers its author",
    "withdrawal_confirmation": "is never written",
}  # fmt: skip
"""Why who comes later is not told it."""


def test_a_representative_who_comes_after_the_decision_is_told_it_as_the_others_were() -> None:
    """Once; the others get it no second time, and a settlement is told in the same way."""
    for fact, kind in ((decision(), "decision_notice"), (settlement(), "settlement_notice")):
        case = LetterCase(**joint(A, B))
        case.all_sent(case.when(fact))

        letters = case.when(RepresentativeChanged.model_validate(CHANGED))

        assert ["CM"] == boxes(letters, kind)
        (letter,) = [one for one in letters if one.kind == kind]
        assert "findings" == content_about(case, letter)["findings"]
        assert "sun" == content_about(case, letter)["customer_name"]
        begun = case.started(letter)
        assert recheck(case.state, letter, case.log[-2], context(case)) is None
        case.happens(case.result(begun))
        assert [] == boxes(case.when(RepresentativeChanged.model_validate({"removed": [A["name"]]})), kind)


@pytest.mark.parametrize("kind", LATER)
def test_whoever_speaks_only_since_is_told_all_that_still_counts(kind: str) -> None:
    """Once, under his own name; and by the same rule what any other letter tells that lasts."""
    case = LetterCase(**joint(A, B))
    for fact in LATER[kind]():
        case.all_sent(case.when_event(case.event(fact)._replace(actor="person:he.yun")))

    letters = case.when(RepresentativeChanged.model_validate(CHANGED))
    assert ["CM"] == boxes(letters, kind)
    (letter,) = [one for one in letters if one.kind == kind]
    content = content_about(case, letter)
    assert "sun" == content["customer_name"]
    assert "何昀" == content.get("reviewed_by", "何昀")
    case.all_sent([letter])
    assert [] == boxes(case.when(RepresentativeChanged.model_validate({"removed": [A["name"]]})), kind)


def test_what_does_not_count_any_more_is_told_to_nobody_who_comes_since() -> None:
    """An offer that was answered, a review of a decision that was revised since."""
    case = LetterCase(**joint(A, B))
    offer = case.event(plan_offered())
    case.all_sent(case.when_event(offer))
    case.happens(plan_answered(offer.id))
    assert [] == boxes(case.when(RepresentativeChanged.model_validate(CHANGED)), "plan_notice")

    case = LetterCase(**joint(A, B))
    for fact in (decision(), DissatisfactionReviewed(outcome="to_be_revised", words=sealed("words")), revised()):
        case.all_sent(case.when(fact))
    assert [] == boxes(case.when(RepresentativeChanged.model_validate(CHANGED)), "review_result")


def test_of_every_letter_to_the_customer_it_is_said_whether_who_speaks_later_gets_it() -> None:
    """A new one has to be put into one of the lists."""
    customers = {name for name, kind in DECLARED.items() if Addressee.CUSTOMER in kind.to}

    assert customers == LASTING | PASSING.keys()
    assert LASTING == {name for name, kind in DECLARED.items() if kind.lasts}


def revised() -> DecisionRevised:
    """The decision is another one now."""
    said = decision().model_dump(include={"findings", "grounds", "decision", "remedies_open"})
    more = {"ground": sealed("ground"), "what_changed": sealed("what_changed"), "outcome": "upheld"}
    return DecisionRevised.model_validate(said | more)


def test_who_comes_after_a_decision_was_revised_is_told_what_stands() -> None:
    """Not the former one; and nothing where a reopening took it away."""
    case = LetterCase(**joint(A, B))
    case.all_sent(case.when(decision()))
    case.all_sent(case.when(revised()))

    letters = case.when(RepresentativeChanged.model_validate(CHANGED))
    assert (["CM"], []) == (boxes(letters, "corrected_decision"), boxes(letters, "decision_notice"))

    case = LetterCase(**joint(A, B))
    case.all_sent(case.when(decision()))
    case.happens(CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY))
    assert [] == boxes(case.when(RepresentativeChanged.model_validate(CHANGED)), "decision_notice")


def test_representatives_of_a_further_receipt_are_told_the_decision_too() -> None:
    """The complaint turned out to be a joint one; the customer has it already."""
    case = LetterCase()
    case.all_sent(case.when(decision()))

    assert ["AM", "BM"] == boxes(case.when(received_again(**joint(A, B))), "decision_notice")


@pytest.mark.parametrize("authority", ["proved", "claimed"])
def test_who_takes_the_place_of_a_proxy_who_had_the_decision_gets_it_once_he_may(authority: str) -> None:
    """At once where the change proves it."""
    case = LetterCase(**by_proxy(authority="proved"))
    case.all_sent(case.when(decision()))
    lawyer = person("lawyer", email="LM")
    changed = {"removed": [sealed("proxy")], "proxy": lawyer, "relation": "lawyer", "authority": authority}

    letters = case.when(RepresentativeChanged.model_validate(changed))
    if authority == "claimed":
        assert [] == boxes(letters, "decision_notice")
        case.all_sent(letters)
        letters = case.when(checked("proved"))

    assert ["LM"] == boxes(letters, "decision_notice")
