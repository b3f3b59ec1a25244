"""Routing's decision: owners, duties, everyone passed over, and what cannot be decided."""

import pytest

from services.routing.decisions import SERVICE
from shared.contract.events.base import PersonAt
from shared.contract.events.routing import CaseRouted, RoutingFellBack
from shared.errors import NotYet
from tests.support.facts import Given, event, receipt, reference


def routed(**changes: object) -> CaseRouted:
    """The routing of a receipt."""
    facts = Given(SERVICE).when_event(event(receipt(**changes)))
    assert isinstance(facts[0], CaseRouted)
    return facts[0]


def duties(of: CaseRouted) -> dict[str, tuple[str | None, str]]:
    """Kind → debtor and state."""
    return {duty.kind: (duty.debtor.person, duty.state) for duty in of.duties_opened}


@pytest.mark.holds("article-2.1.1")
def test_a_telephone_complaint_goes_to_the_complaint_post_and_the_head_of_the_unit() -> None:
    """Article 2.1: the complaint post accepts, the complained unit handles; who took the call was first asked."""
    decision = routed().decision

    assert ("dongqiao", "complaint_post", "lin.fang") == tuple(decision.accepting.model_dump().values())
    assert PersonAt(unit="dongqiao.lending", person="luo.tian") == decision.handler
    assert "wu.qing" == decision.first_asked.person
    assert () == decision.refused
    assert not decision.fell_back


@pytest.mark.holds("article-2.1.1", "article-2.1.2", "article-2.1.3", "article-2.1.4")
def test_a_telephone_complaint_owes_exactly_these_duties() -> None:
    """The nine duties of the channel, typed by hand."""
    expected = {
        "acknowledge_customer": ("lin.fang", "discharged"),
        "deliver_written_notice": ("lin.fang", "open"),
        "accept_handover": ("luo.tian", "open"),
        "contact_customer": ("luo.tian", "open"),
        "handle": ("luo.tian", "open"),
        "reply_customer": ("luo.tian", "open"),
        "report_result": ("luo.tian", "open"),
        "track_result": ("lin.fang", "open"),
        "archive": ("zhong.an", "open"),
    }

    assert expected == duties(routed())


@pytest.mark.parametrize("channel", ["phone", "mail", "online", "walk_in", "letter", "opinion_box"])
@pytest.mark.parametrize(
    ("origin", "body"),
    [({"kind": "pbc"}, "pbc"), ({"kind": "media", "body": "某报社"}, "某报社"), ({"body": "某报社"}, None)],
)
@pytest.mark.holds("article-3.1")
def test_whoever_passed_it_on_is_owed_an_answer_on_every_channel(channel: str, origin: object, body: object) -> None:
    """By the accepting post; a name without a kind says nobody passed it on."""
    made = routed(channel=channel, origin=origin)
    owed = [duty for duty in made.duties_opened if duty.kind == "answer_transferring_body"]

    assert [body] * (body is not None) == [duty.creditor for duty in owed]
    assert {made.decision.accepting} >= {duty.debtor for duty in owed}


def test_the_acknowledgement_is_discharged_by_the_receipt_itself() -> None:
    """On the telephone the number is told in person."""
    cause = event(receipt())
    facts = Given(SERVICE).when_event(cause)
    assert isinstance(facts[0], CaseRouted)

    ended_by = next(d.ended_by for d in facts[0].duties_opened if d.kind == "acknowledge_customer")

    assert cause.id == ended_by


@pytest.mark.holds("article-3.4", "practice-10")
def test_a_party_concerned_is_passed_over_up_the_ladder() -> None:
    """Article 3: the head of the outlet is complained about, so the operations supervisor handles."""
    matter = {"complained_unit": "dongqiao.hall", "complained_persons": ["bai.xue"]}
    decision = routed(matter=matter).decision

    assert decision.handler is not None
    assert "he.yun" == decision.handler.person
    assert [("bai.xue", "party_concerned")] == [(r.person, r.reason) for r in decision.refused]


def test_everybody_below_a_head_who_is_concerned_is_concerned() -> None:
    """The president of the sub-branch is complained about: nobody of it accepts or handles; the province does."""
    facts = Given(SERVICE).when_event(event(receipt(matter={"complained_persons": ["qiu.min"]})))
    assert isinstance(facts[0], CaseRouted)
    decision = facts[0].decision

    assert ("province", "gu.heng") == (decision.accepting.unit, decision.accepting.person)
    assert decision.handler is not None
    assert ("province", "ye.lan") == (decision.handler.unit, decision.handler.person)
    assert decision.fell_back
    assert "gu.heng" == decision.first_asked.person
    assert isinstance(facts[1], RoutingFellBack)
    assert "province" == facts[1].unit


def test_without_a_reason_classifying_is_owed() -> None:
    """The accepting post owes the classification."""
    assert ("lin.fang", "open") == duties(routed(matter={"reason": None}))["classify"]


def test_without_a_complained_unit_determining_it_is_owed_and_nothing_of_a_handler() -> None:
    """Nobody handles yet; the accepting post owes to find out who does."""
    found = routed(matter={"complained_unit": None})

    assert found.decision.handler is None
    assert {"acknowledge_customer", "track_result", "archive", "determine_unit"} == set(duties(found))


def test_nothing_is_owed_to_somebody_unknown() -> None:
    """An anonymous caller cannot be contacted or replied to: these duties are waived, with the reason."""
    found = routed(anonymous=True, complainant=None, reachable_by=[])
    waived = {d.kind for d in found.duties_opened if d.state == "waived"}

    assert {"contact_customer", "reply_customer"} == waived


def test_a_second_receipt_is_not_routed_again() -> None:
    """Nothing happens at a receipt of a case that is known."""
    given = Given(SERVICE, event(receipt()))

    assert [] == given.when_event(event(receipt(), cause="again"))


def test_without_an_organisation_the_case_waits() -> None:
    """Nothing is decided before the reference data are there."""
    given = Given(SERVICE, known=reference("routing"))

    with pytest.raises(NotYet, match="organisation"):
        given.when_event(event(receipt()))


@pytest.mark.holds("article-2.4.2")
def test_a_department_between_two_units_does_not_stand_in_a_letters_chain() -> None:
    """Article 2.4: from the receiving unit down to the handler's, departments only at an end."""
    found = routed(channel="letter", received_by={"unit": "dongqiao.hall", "person": None})

    assert ("dongqiao", "dongqiao.lending") == found.decision.dispatch_chain
    assert ("dongqiao.lending", "dongqiao") == found.decision.report_chain
    assert {"pass_down", "report_up"} <= set(duties(found))
