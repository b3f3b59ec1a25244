"""States that had no exit, one by one: what is owed there, by whom, and how it comes to the archive."""

from datetime import timedelta
from typing import Any

import pytest

from shared.bank.in_force import organisation_in_force
from shared.bank.ladder import PeopleSearch
from shared.bank.organisation_file import parse_organisation
from shared.contract.events.base import PostAt
from shared.contract.events.intake import ReceiptAdded
from tests.support.banks import BANKS, changed, publish, published
from tests.support.casework import SETTLEMENT
from tests.support.exits import Helper, rights_of
from tests.support.facts import NOW, SEALED, receipt
from tests.support.world import World

GROUND = {"ground": "原因。"}
TURNED_AWAY: dict[str, Any] = {"ground": "not_this_bank", "signpost": "他行。", "approved_by": "tao.rui"}
AGAIN: dict[str, Any] = {**GROUND, "received_at": (NOW + timedelta(hours=1)).isoformat()}
DUE = NOW + timedelta(days=30)


def world(bank: str = "example", **changes: Any) -> World:
    """A received case of a bank, on which everybody has said what there is to say."""
    found = World(receipt(**changes), published(bank))
    found.mail_works = False  # else letters would do what people have to show that they can do
    found.settle()
    return found


def does(on: World, actor: str, name: str, **body: Any) -> None:
    """Somebody acts, it counts once it is approved where it has to be, and everybody answers."""
    on.passes(timedelta(hours=2))
    assert on.acts(actor, name, body), on.log[-1].data
    on.settle()
    for asked in on.state("casework").asked:
        on.passes(timedelta(minutes=1))
        assert on.acts(asked.approvers[0], "approve", {"approval": asked.id}), on.log[-1].data
        on.settle()


def owed(on: World) -> dict[str, str | None]:
    """Who owes what."""
    return {duty.terms.kind: duty.terms.debtor.person for duty in on.state("casework").core.open_duties()}


def misses_its_limit(on: World) -> None:
    """Time goes by until the bank's own clock is breached."""
    on.now = DUE
    for _ in range(20):
        on.fire()
    on.settle()
    assert any(one.name == "ClockBreached" and one.data["duty_id"] is None for one in on.log)


def test_what_a_settlement_did_need_not_be_done_again_by_whoever_gets_the_case_afterwards() -> None:
    """Settled while nobody knew which unit it is about; then the unit is determined."""
    case = world(matter={"complained_unit": None})
    does(case, "wu.qing", "settle-on-the-spot", **SETTLEMENT | {"remedy": {"kind": "apology"}})
    does(case, "lin.fang", "assign-unit", unit="dongqiao.lending", **GROUND)

    assert {"accept_handover": "luo.tian"}.items() <= owed(case).items()
    assert owed(case).keys().isdisjoint({"handle", "reply_customer", "report_result", "contact_customer"})
    assert [True] == [one.data["in_time"] for one in case.log if one.name == "ClockMet" and not one.data["duty_id"]]
    assert Helper(case, answers=True).brings_it_home()


def test_what_a_late_answer_calls_for_can_be_done_on_a_case_that_was_not_accepted() -> None:
    """The limit passes before the sender was told: reason and explanation are owed, and can be given."""
    case = world()
    does(case, "lin.fang", "not-accept", **TURNED_AWAY)
    misses_its_limit(case)

    assert {"report_overrun_reason", "explain_overrun"} <= owed(case).keys()
    does(case, "luo.tian", "report-overrun-reason", reason="等待材料。")
    does(
        case,
        "luo.tian",
        "explain-overrun",
        words="说明。",
        promised_on=(case.now + timedelta(days=9)).date().isoformat(),
    )
    assert Helper(case, answers=True).brings_it_home()


def test_who_accepts_answers_where_nobody_handles() -> None:
    """Not accepted, taken up again, not accepted again, and all the time nobody knew whom it is about."""
    case = world(matter={"complained_unit": None})
    does(case, "lin.fang", "not-accept", **TURNED_AWAY)
    does(case, "lin.fang", "reopen", **AGAIN)
    assert {"determine_unit", "contact_customer"} <= owed(case).keys()
    does(case, "lin.fang", "record-contact", way="phone", points="致电。", outcome="reached")
    assert "contact_customer" not in owed(case)
    does(case, "lin.fang", "not-accept", **TURNED_AWAY)

    assert {"reply_customer", "archive"} == owed(case).keys()
    assert Helper(case, answers=True).brings_it_home()


def test_whoever_takes_a_case_over_that_nobody_handled_owes_what_a_handler_owes() -> None:
    """It went up the ladder before anybody knew which unit it is about."""
    case = world(matter={"complained_unit": None})
    does(case, "lin.fang", "escalate", reason="重大。", mode="takes_over")

    handler = case.state("casework").core.handler.person
    assert {"handle", "reply_customer", "report_result", "contact_customer"} <= owed(case).keys()
    assert handler == owed(case)["handle"]
    assert Helper(case, answers=True).brings_it_home()


def test_somebody_else_closes_where_only_the_handler_could() -> None:
    """Four eyes in an office of three: the complaint post is concerned, the head handles, so the office closes."""
    case = world("tiny", matter={"complained_unit": "dongqiao", "complained_persons": ["lin.fang"]})

    assert "qiu.min" == case.state("casework").core.handler.person
    closer = rights_of(case).side("closer")
    assert "wu.qing" in closer.members
    assert "qiu.min" == closer.never
    assert Helper(case, answers=True).brings_it_home()


def test_a_case_that_nobody_handles_cannot_be_given_to_another_handler() -> None:
    """It says what to do, instead of failing."""
    case = world(matter={"complained_unit": None})

    assert not case.acts("lin.fang", "reassign", {"person": "fan.yi", **GROUND})
    assert "nobody_handles" == case.log[-1].data["code"]


def test_a_case_waits_while_everybody_is_concerned_and_goes_on_once_somebody_is_there() -> None:
    """The head of the whole bank is complained of: an alarm, and an owner as soon as the bank has one."""
    case = world(matter={"complained_persons": ["tao.rui"]})
    core = case.state("casework").core
    assert (None, None) == (core.accepting.person, core.handler)
    assert "RoutingFellBack" in {one.name for one in case.log}

    publish(case.known, changed("example", "supervised"), case.now)
    case.settle()

    core = case.state("casework").core
    assert "above-province" == core.accepting.unit == core.handler.unit
    assert {"handle", "reply_customer"} <= owed(case).keys()
    assert Helper(case, answers=True).brings_it_home()


@pytest.mark.parametrize("end", ["withdraw", "not-accept"])
def test_what_is_owed_after_the_end_goes_to_somebody_else_when_its_debtor_leaves(end: str) -> None:
    """A promise made after the end, by somebody who leaves the bank."""
    case = world()
    proof = {"received_at": case.now.isoformat(), "way": "phone", "proof": "录音 19"}
    does(case, "lin.fang", end, **proof if end == "withdraw" else TURNED_AWAY)
    promised = (case.now + timedelta(days=3)).isoformat()
    contact = {"way": "phone", "points": "致电。", "outcome": "reached", "promised_at": promised}
    does(case, "lin.fang", "record-contact", **contact)
    assert "luo.tian" == owed(case)["promise"]
    publish(case.known, changed("example", "head_left"), case.now)
    case.settle()

    assert owed(case)["promise"] not in (None, "luo.tian")
    assert Helper(case, answers=False).brings_it_home()


def test_the_last_resort_is_whoever_is_left() -> None:
    """A sub-branch without anybody, and a bank whose offices and heads have left: the complaint post handles."""
    here = parse_organisation(changed("empty_units", "president_left"))
    found = PeopleSearch(here, frozenset(), NOW.date()).handler("nanshan")

    assert (PostAt(unit="province", post="complaint_post", person="gu.heng"), "province") == found


def test_what_is_unknown_is_owed_as_long_as_it_is_unknown() -> None:
    """The unit was determined, does not feel competent and proposes nobody: it has to be determined again."""
    case = world(matter={"complained_unit": None})
    does(case, "lin.fang", "assign-unit", unit="dongqiao.lending", **GROUND)
    assert "determine_unit" not in owed(case)
    does(case, "luo.tian", "refuse-handover", ground="not_competent")

    assert "lin.fang" == owed(case)["determine_unit"]


def test_a_bank_of_the_tests_is_one_that_could_be_published() -> None:
    """Odd, not wrong."""
    for text in BANKS.values():
        assert parse_organisation(text).units
    assert organisation_in_force(published("tiny"), NOW).organisation.units


# -- what was agreed on ----------------------------------------------------------------------------------

PLAN: dict[str, Any] = {
    "steps": [{"what": "核对账目。", "due_on": "2020-03-20", "by": "cen.lu"}],
    "remedies": [{"kind": "record_correction"}],
}


def agreed(case: World) -> str:
    """The customer accepts a plan whose step somebody of another unit does: its id."""
    does(case, "luo.tian", "offer-plan", **PLAN)
    plan = str(case.state("casework").core.agreed.plans[-1].id)
    does(case, "luo.tian", "answer-plan", plan=plan, answer="accepted")
    assert {"execute_step": "cen.lu", "execute_remedy": "luo.tian"}.items() <= owed(case).items()
    return plan


def test_a_step_of_somebody_who_turns_out_to_be_concerned_is_owed_by_the_handler() -> None:
    """Under the same level, until the same day; he brings the case home."""
    case = world()
    agreed(case)
    does(case, "luo.tian", "name-party", person="cen.lu", **GROUND)

    assert "luo.tian" == owed(case)["execute_step"]
    clocks = [one.data for one in case.log if one.name == "ClockStarted" and one.data["milestone"] == "execute_step"]
    assert ["2020-03-20", "2020-03-20"] == [one["deadline"]["due_on"] for one in clocks]
    assert Helper(case, answers=True).brings_it_home()


def test_a_step_of_somebody_who_left_the_bank_is_owed_by_the_handler() -> None:
    """As soon as the organisation says that he left."""
    case = world()
    agreed(case)
    text = case.known.versions("organisation", "bank")[-1].content
    phone = "  phone: 0000-5550151\n"
    publish(case.known, text.replace(phone, f"{phone}  until: 2020-03-04\n", 1), case.now)
    case.settle()
    case.recheck("routing")
    case.settle()

    assert "luo.tian" == owed(case)["execute_step"]
    assert Helper(case, answers=True).brings_it_home()


def test_what_was_agreed_on_is_owed_by_the_accepting_post_while_nobody_handles_the_case() -> None:
    """The handler hands the case back, without a unit that would be competent; whoever gets it owes the remedy."""
    case = world()
    agreed(case)
    does(case, "luo.tian", "refuse-handover", ground="not_competent")
    assert case.state("casework").core.handler is None
    assert "lin.fang" == owed(case)["execute_remedy"]

    does(case, "lin.fang", "assign-unit", unit="dongqiao.hall", **GROUND)
    assert case.state("casework").core.handler.person == owed(case)["execute_remedy"]
    assert Helper(case, answers=True).brings_it_home()


def test_money_for_a_customer_whom_nobody_knows_is_owed_once_somebody_does() -> None:
    """A further receipt says who he is."""
    case = world(anonymous=True, reachable_by=[], complainant=None)
    does(case, "luo.tian", "record-investigation", findings="属实。", fault="responsible")
    refund = {"kind": "refund", "amount_minor": 100, "currency": "CNY"}
    does(
        case, "luo.tian", "decide", outcome="upheld", findings="…", grounds="…", decision="…", remedies_offered=[refund]
    )
    assert "execute_remedy" not in owed(case)

    said = {"receipt_id": "again", "channel": "letter", "received_at": case.now, "fingerprint": "again"}
    said |= {"received_by": {"unit": "dongqiao", "person": None}, "reachable_by": ["phone"], "anonymous": False}
    case.receives(ReceiptAdded.model_validate(said | {"matter": {"narrative": SEALED}}))
    case.settle()
    assert "luo.tian" == owed(case)["execute_remedy"]
