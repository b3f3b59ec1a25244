"""Who sees a case: the bank's people against cases, typed by hand; and the two ways of saying who is concerned."""

from datetime import date

import pytest

from shared.bank.ladder import parties_concerned
from shared.bank.organisation_file import parse_organisation
from shared.bank.sight import OVERSEEING_POSTS, sight_of
from shared.case.folding.core import evolve
from shared.case.ties import ties_of
from shared.contract.ties import party_tie, person_tie, post_tie, unit_tie
from tests.support.casework import ORGANISATION, Case
from tests.support.facts import NOW, Body, event
from tests.support.letter_case import received_again

BANK = parse_organisation(ORGANISATION)
TODAY = date(2020, 3, 5)
AT_LENDING: Body = {}
ABOUT_FAN_YI: Body = {"matter": {"complained_persons": ["fan.yi"]}}
ABOUT_ITS_HEAD: Body = {"matter": {"complained_persons": ["luo.tian"]}}
ABOUT_THE_PRESIDENT: Body = {"matter": {"complained_persons": ["qiu.min"]}}
ALL = frozenset(BANK.people) - {"ding.ning"}

SEEN_AT_LENDING = frozenset(
    {
        "wu.qing",  # asked first; stands in for the accepting post; the general office
        "lin.fang",  # accepts
        "luo.tian",  # handles
        "qiu.min",  # heads the sub-branch
        "zhong.an",  # archives
        "ye.lan",  # general office and archivist above
        "gu.heng",  # complaint post above
        "tao.rui",  # heads the branch above
        "an.jie",  # auditor
        "xia.jing",  # auditor above
    }
)


@pytest.mark.parametrize(
    ("changes", "seen_by"),
    [
        (AT_LENDING, SEEN_AT_LENDING),
        (ABOUT_FAN_YI, SEEN_AT_LENDING),
        # whoever is below a head who is concerned is concerned: then he.yun, on the ladder, handles
        (ABOUT_ITS_HEAD, SEEN_AT_LENDING - {"luo.tian"} | {"he.yun"}),
        (ABOUT_THE_PRESIDENT, frozenset({"ye.lan", "gu.heng", "tao.rui", "xia.jing"})),
    ],
)
def test_of_everybody_in_the_bank_exactly_these_see_the_case(changes: Body, seen_by: frozenset[str]) -> None:
    """A colleague of the handler, another unit's people and whoever has left see nothing of it."""
    ties = ties_of(Case(**changes).core, "channel:hotline")

    assert seen_by == {person for person in BANK.people if sight_of(BANK, person, TODAY).sees(ties)}


def test_who_registered_a_case_sees_it_whatever_his_post() -> None:
    """Jin Hao is a teller of the hall and took it down."""
    core = Case().core

    assert sight_of(BANK, "jin.hao", TODAY).sees(ties_of(core, "person:jin.hao"))
    assert not sight_of(BANK, "jin.hao", TODAY).sees(ties_of(core, "channel:hotline"))


def test_who_registered_a_further_receipt_sees_it_too_and_a_channel_system_makes_nobody_a_part() -> None:
    """He takes it down with the customer at his counter; a party concerned stays outside."""
    data = received_again()
    told = {
        actor: ties_of(evolve(Case().core, event(data, "again")._replace(actor=actor)), "channel:hotline")
        for actor in ("person:jin.hao", "channel:hotline", "person:fan.yi")
    }
    jin_hao = sight_of(BANK, "jin.hao", TODAY)

    assert jin_hao.sees(told["person:jin.hao"])
    assert not jin_hao.sees(told["channel:hotline"])
    party = Case(matter={"complained_persons": ["fan.yi"]}).core
    again = evolve(party, event(data, "again")._replace(actor="person:fan.yi"))
    assert not sight_of(BANK, "fan.yi", TODAY).sees(ties_of(again, "channel:hotline"))


def test_an_agent_sees_the_case_and_his_colleague_does_not() -> None:
    """Tang Yu is named agent; Fan Yi sits beside him."""
    case = Case()
    case.does("luo.tian", "accept-handover")
    case.does("luo.tian", "delegate", person="tang.yu", ground="熟悉业务")
    ties = ties_of(case.core, "channel:hotline")

    assert sight_of(BANK, "tang.yu", TODAY).sees(ties)
    assert not sight_of(BANK, "fan.yi", TODAY).sees(ties)


@pytest.mark.parametrize("post", OVERSEEING_POSTS)
def test_an_overseeing_post_sees_its_unit_and_below_and_nothing_beside(post: str) -> None:
    """Held by Jin Hao, of the hall: the hall and nothing of its neighbours."""
    text = ORGANISATION.replace(
        "posts:\n", f"posts:\n  - {{unit: dongqiao.hall, post: {post}, holders: [jin.hao]}}\n", 1
    )
    sight = sight_of(parse_organisation(text), "jin.hao", TODAY)

    assert sight.sees({unit_tie("dongqiao.hall")})
    assert not sight.sees({unit_tie("dongqiao.lending"), unit_tie("dongqiao")})
    assert not sight.sees({unit_tie("dongqiao.hall"), party_tie("jin.hao")})


def test_other_posts_oversee_nothing_but_what_they_owe() -> None:
    """The operations supervisor and the deputy president of the sub-branch."""
    for person in ("he.yun", "shen.bo", "mo.ran"):
        assert not sight_of(BANK, person, TODAY).sees({unit_tie("dongqiao"), unit_tie("dongqiao.lending")})
    assert sight_of(BANK, "he.yun", TODAY).sees({post_tie("dongqiao", "operations_supervisor")})


def test_whoever_has_left_answers_for_no_post() -> None:
    """Only to his own name: the console lets nobody in who has no duties today."""
    text = ORGANISATION.replace(
        "posts:\n", "posts:\n  - {unit: dongqiao.hall, post: auditor, holders: [ding.ning]}\n", 1
    )
    sight = sight_of(parse_organisation(text), "ding.ning", TODAY)

    assert frozenset({person_tie("ding.ning")}) == sight.answers_to
    assert not sight.everything


def test_concerned_means_the_same_from_both_ends() -> None:
    """Everybody of the bank as the one who is named."""
    for named in BANK.people:
        concerned = {person for person in BANK.people if sight_of(BANK, person, TODAY).is_party({party_tie(named)})}
        assert parties_concerned(BANK, [named]) == concerned


def test_whoever_may_approve_sees_the_case_while_it_waits_for_one_of_them() -> None:
    """He Yun and Shen Bo are on the ladder and no head: another than the one asked first may approve, so he sees it."""
    case = Case()
    asked = case.asks("lin.fang", "not-accept", ground="not_this_bank", signpost="请联系保险公司。")
    first = asked.duties_opened[0].debtor.person

    assert {"he.yun", "shen.bo"} <= set(asked.approvers) - {first}
    assert all(_sees(case, person) for person in asked.approvers)
    case.does("shen.bo", "refuse-approval", approval=case.asked(), ground="请先核实。")
    assert _sees(case, "shen.bo")
    assert not _sees(case, "he.yun")


def test_a_request_that_was_overtaken_makes_nobody_a_part_of_the_case() -> None:
    """The withdrawal lets the request go: nobody is asked any more."""
    case = Case()
    case.asks("lin.fang", "not-accept", ground="not_this_bank", signpost="请联系保险公司。")
    assert _sees(case, "he.yun")
    case.does("lin.fang", "withdraw", received_at=NOW.isoformat(), way="letter", proof="来信")

    assert not _sees(case, "he.yun")


def _sees(case: Case, person: str) -> bool:
    return sight_of(BANK, person, TODAY).sees(ties_of(case.core, "channel:hotline"))
