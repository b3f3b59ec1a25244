"""To whom a result is reported, each once, and never to a party concerned."""

import pytest

from services.notify.decisions import SERVICE
from shared.contract.events import EventData
from shared.contract.events.ending import CaseWithdrawn
from shared.contract.events.ownership import PartyConcernedNamed
from tests.support.facts import NOW, Given, event
from tests.support.letter_case import NEXT_DAY, ORGANISATION, LetterCase, noes, report, sealed, settlement, told

WITHDRAWN = CaseWithdrawn(received_at=NOW, way="phone")


@pytest.mark.parametrize("fact", [report(), settlement()], ids=["report", "settlement"])
@pytest.mark.holds("article-2.1.4", "article-2.3.5", "article-4.1")
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
        (["luo.tian"], ["lin.fang", "wu.qing", "luo.tian"]),
    ],
    ids=["a mailbox", "an office", "somebody who has it", "twice", "a person"],
)
@pytest.mark.holds("article-4.2", "practice-17")
def test_copies_go_to_the_office_of_a_unit_else_to_its_mailbox_and_to_nobody_twice(
    copies: list[str], expected: list[str]
) -> None:
    """Copied to the units concerned (article 4)."""
    assert expected == [who for _, who in told(LetterCase().when(report(copy_to=copies)))]


def test_who_holds_two_of_the_posts_is_told_once() -> None:
    """Also where they are in different units: two letters would have one message id, and one would never end."""
    both = ORGANISATION.replace(
        "{unit: province, post: general_office, holders: [ye.lan]}",
        "{unit: province, post: general_office, holders: [lin.fang]}",
    )
    letters = LetterCase(both, matter={"complained_unit": "dongqiao"}).when(report(copy_to=["province"]))

    assert ["lin.fang"] == [who for _, who in told(letters)]


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
