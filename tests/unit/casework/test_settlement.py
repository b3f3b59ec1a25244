"""Settling on the spot, by command and with the receipt."""

from typing import Any

import orjson
import pytest

from services.casework.decisions import SERVICE
from services.routing.decisions import SERVICE as ROUTING
from shared.contract.envelope import Event
from shared.contract.events.casework import CommandRefused, SettledOnTheSpot
from shared.contract.settlement_bodies import Settlement
from shared.kernel.service import Fact, LogTrigger
from shared.sealing.bodies import sealed
from tests.support.casework import KEY, SETTLEMENT, Case, Refused, discharged, ended, known
from tests.support.facts import CASE, NOW, Given, event, receipt

ALL = ("accept_handover", "contact_customer", "handle", "reply_customer", "report_result")


def settled(case: Case, actor: str, **changes: Any) -> Any:
    """The case is settled by somebody."""
    return case.does(actor, "settle-on-the-spot", **SETTLEMENT | changes)


# -- by command --------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["wu.qing", "he.yun", "shen.bo"], ids=["first-asked", "on the ladder", "higher up"])
@pytest.mark.holds("practice-12")
def test_a_settlement_is_decision_reply_and_report_in_one(actor: str) -> None:
    """Nothing is left but to look at it, to close and to archive."""
    fact = settled(Case(), actor)

    assert isinstance(fact, SettledOnTheSpot)
    assert discharged(*ALL) == ended(fact)
    assert "settle-on-the-spot.words" == fact.settlement.words.label


def test_a_settled_case_is_tracked_closed_and_archived() -> None:
    """Its satisfaction came with the settlement."""
    case = Case()
    settled(case, "wu.qing", remedy={"kind": "apology"})
    case.does("lin.fang", "record-delivery", document="written_notice")

    assert ("reported", {"track_result", "archive"}, "satisfied") == (
        case.core.life, case.owed(), case.state.satisfaction,
    )  # fmt: skip
    case.does("lin.fang", "confirm-result", checked="已核对。", called_back=False)
    case.does("lin.fang", "close")
    assert "closed" == case.core.life


def test_an_acknowledgement_and_a_promise_need_not_be_kept_any_more() -> None:
    """The customer has agreed."""
    case = Case(channel="online")
    case.does("fan.yi", "record-contact", way="phone", points="稍后答复。", outcome="left_message",
              promised_at="2020-03-06T10:00:00+08:00")  # fmt: skip

    assert discharged("acknowledge_customer", "promise", *ALL) == ended(settled(case, "wu.qing"))


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"customer_agreed": False}, ("/customer_agreed",)),
        ({"agreed_proof": None}, ("/agreed_proof",)),
        ({"customer_agreed": False, "agreed_proof": None}, ("/customer_agreed", "/agreed_proof")),
    ],
    ids=["not agreed", "no proof", "neither"],
)
def test_nothing_is_settled_without_consent_and_its_proof(changes: dict[str, Any], pointers: tuple[str, ...]) -> None:
    """What is missing is pointed at."""
    found = Case().refuses("wu.qing", "settle-on-the-spot", **SETTLEMENT | changes)

    assert Refused("consent_missing", pointers) == found


def test_a_violation_is_never_settled_on_the_spot() -> None:
    """Whoever would settle it."""
    case = Case(matter={"reason": "violation"})

    assert Refused("violation_not_on_the_spot") == case.refuses("wu.qing", "settle-on-the-spot", **SETTLEMENT)


def test_a_violation_that_is_a_further_reason_bars_the_spot_too() -> None:
    """It stays one until somebody says other further reasons; also in the round after a reopening."""
    case = Case()
    case.does("lin.fang", "classify", reason="work_error", other_reasons=["violation"])
    case.does("lin.fang", "classify", reason="internal_management")

    assert Refused("violation_not_on_the_spot") == case.refuses("wu.qing", "settle-on-the-spot", **SETTLEMENT)
    case.does("lin.fang", "classify", reason="internal_management", other_reasons=[])
    case.does("wu.qing", "settle-on-the-spot", **SETTLEMENT)


@pytest.mark.parametrize("level", ["hard", "major"])
def test_hard_and_major_cases_are_never_settled_on_the_spot(level: str) -> None:
    """They are investigated."""
    case = Case()
    case.does("lin.fang", "classify", reason="work_error", level=level)

    assert Refused("too_hard_for_the_spot", (), (level,)) == case.refuses("wu.qing", "settle-on-the-spot", **SETTLEMENT)


@pytest.mark.parametrize(
    ("actor", "limit"),
    [("wu.qing", 50000), ("he.yun", 100000), ("shen.bo", 500000), ("luo.tian", 0), ("bai.xue", 0)],
)
def test_what_costs_more_than_the_own_limit_is_asked_for(actor: str, limit: int) -> None:
    """The highest that one of his posts may approve; a post without a limit approves no money."""
    above = {"kind": "refund", "amount_minor": limit + 1, "currency": "CNY"}
    allowed = {"kind": "refund", "amount_minor": limit, "currency": "CNY"} if limit else {"kind": "apology"}
    case = Case(matter={"complained_unit": "dongqiao.hall"}) if actor == "bai.xue" else Case()

    asked = case.asks(actor, "settle-on-the-spot", **SETTLEMENT | {"remedy": above})
    assert {} == ended(asked)
    assert settled(case, actor, remedy=allowed)


def test_a_case_is_settled_once_and_not_after_a_decision() -> None:
    """A decision is revised, not settled over."""
    case = Case()
    settled(case, "wu.qing")

    assert Refused("decided_already") == case.refuses("wu.qing", "settle-on-the-spot", **SETTLEMENT)
    assert Refused("decided_already") == Case().decided_on().refuses("wu.qing", "settle-on-the-spot", **SETTLEMENT)


def test_attempts_to_ask_for_satisfaction_have_their_place_in_time() -> None:
    """Not in the future."""
    satisfaction = {"value": "not_reached", "attempts": [{"at": "2020-03-09T10:00:00+08:00", "way": "phone"}]}

    assert Refused("time_in_future", ("/satisfaction/attempts/0/at",)) == Case().refuses(
        "wu.qing", "settle-on-the-spot", **SETTLEMENT | {"satisfaction": satisfaction}
    )


def test_who_was_not_reached_has_to_have_been_tried() -> None:
    """The API asks for the attempts; what reaches the worker another way is held to the same."""
    case = Case()
    command = case.command("wu.qing", "settle-on-the-spot", **SETTLEMENT)
    command.body["satisfaction"] = {"value": "not_reached", "attempts": []}
    fact = case.answer(command).data

    assert isinstance(fact, CommandRefused)
    assert ("attempts_missing", ("/satisfaction/attempts",)) == (fact.code, fact.pointers)


@pytest.mark.parametrize(("copy", "code"), [("nowhere", "unknown_unit"), ("bai.xue", "party_concerned")])
def test_copies_go_to_units_and_people_who_are_not_concerned(copy: str, code: str) -> None:
    """The same as of a report."""
    case = Case(matter={"complained_persons": ["bai.xue"]})
    found = case.refuses("wu.qing", "settle-on-the-spot", **SETTLEMENT | {"copy_to": ["province", copy]})

    assert Refused(code, ("/copy_to/1",)) == found


# -- with the receipt --------------------------------------------------------------------------------


class AtReceipt:
    """A receipt whose submitter says that he settled the matter, and casework's answer once the case is routed."""

    def __init__(self, changes: dict[str, Any] | None = None, actor: str = "person:wu.qing", **receipt_: Any) -> None:
        content = Settlement.model_validate(SETTLEMENT | (changes or {})).model_dump(mode="python")
        base = event(receipt(submitter=actor, **receipt_))
        data = base.data | {"settlement": event_json(sealed(content, KEY, CASE, "settlement"))}
        self.received = base._replace(data=data, actor=actor)
        routed = Given(ROUTING, known=known()).when_event(self.received)[0]
        self.routed = event(routed, base.id)
        self.given = Given(SERVICE, self.received, known=known())

    def answer(self) -> Fact:
        """The one fact, after routing; the settlement is not owed before."""
        assert self.given.owes(self.routed)
        self.given.fold(self.routed)
        (fact,) = self.given.when(LogTrigger(self.routed))
        return fact


def event_json(value: Any) -> Any:
    """A sealed shape as events hold it."""
    return orjson.loads(orjson.dumps(value))


@pytest.mark.parametrize(
    ("person", "remedy", "actor"),
    [
        ("wu.qing", {"kind": "refund", "amount_minor": 2000, "currency": "CNY"}, "person:wu.qing"),
        (None, {"kind": "apology"}, "person:lin.fang"),
    ],
    ids=["first-asked", "submitter"],
)
def test_a_settlement_at_receipt_is_settled_by_who_took_the_complaint(
    person: str | None, remedy: dict[str, Any], actor: str
) -> None:
    """When it was received, without a command, if he submits it himself; who names nobody speaks for himself."""
    fact = AtReceipt({"remedy": remedy}, actor, received_by={"unit": "dongqiao", "person": person}).answer()

    assert isinstance(fact.data, SettledOnTheSpot)
    assert (actor, NOW, None) == (fact.actor, fact.happened_at, fact.data.command)
    assert discharged(*ALL) == ended(fact.data)


TOMORROW = [{"at": "2020-03-06T10:00:00+08:00", "way": "phone"}]
REFUSED = [
    ("violation_not_on_the_spot", {}, {"matter": {"reason": "violation"}}),
    ("not_yours", {}, {"actor": "person:jin.hao", "received_by": {"unit": "dongqiao", "person": None}}),
    ("time_in_future", {"satisfaction": {"value": "not_reached", "attempts": TOMORROW}}, {}),
    ("consent_missing", {"customer_agreed": False}, {}),
    ("party_concerned", {}, {"matter": {"complained_persons": ["wu.qing"]}}),
    ("unknown_unit", {"copy_to": ["nowhere"]}, {}),
]


@pytest.mark.parametrize(("code", "changes", "more"), REFUSED, ids=[f"{n}-{r[0]}" for n, r in enumerate(REFUSED)])
def test_a_settlement_at_receipt_that_cannot_be_is_refused_by_the_same_code(
    code: str, changes: dict[str, Any], more: dict[str, Any]
) -> None:
    """The case then goes its ordinary way."""
    found = AtReceipt(changes, **more)
    fact = found.answer()

    assert isinstance(fact.data, CommandRefused)
    assert fact.data.command is not None
    assert (code, "settle-on-the-spot") == (fact.data.code, fact.data.command.name)
    found.given.fold(event(fact.data, found.routed.id))
    assert None is found.given.state.at_receipt
    assert "routed" == found.given.state.core.life


def test_a_receipt_without_a_settlement_owes_nothing() -> None:
    """As most are; nor does a second routing owe it again."""
    plain = Given(SERVICE, event(receipt()), known=known())
    found = AtReceipt()
    again: Event = found.routed._replace(id="another")
    found.answer()

    assert not plain.owes(found.routed)
    assert not found.given.owes(again)


def test_the_settlement_is_kept_only_until_it_is_answered() -> None:
    """It holds sealed texts, which take space."""
    found = AtReceipt()
    fact = found.answer()
    assert None is not found.given.state.at_receipt

    found.given.fold(event(fact.data, found.routed.id))
    assert None is found.given.state.at_receipt


def test_an_overdue_answer_to_a_case_that_was_decided_meanwhile_is_a_refusal() -> None:
    """After an outage people may have been faster; every trigger is answered all the same."""
    case, found = Case(), AtReceipt()
    found.given.fold(found.routed)
    settled(case, "wu.qing")
    found.given.fold(case.events[-1])
    (fact,) = found.given.when(LogTrigger(found.routed))

    assert isinstance(fact.data, CommandRefused)
    assert "decided_already" == fact.data.code


def test_an_overdue_answer_to_a_case_that_has_ended_is_a_refusal_too() -> None:
    """The customer withdrew before."""
    case, found = Case(), AtReceipt()
    found.given.fold(found.routed)
    case.does("lin.fang", "withdraw", received_at=NOW.isoformat(), way="phone", proof="录音")
    found.given.fold(case.events[-1])
    (fact,) = found.given.when(LogTrigger(found.routed))

    assert isinstance(fact.data, CommandRefused)
    assert "case_ended" == fact.data.code
