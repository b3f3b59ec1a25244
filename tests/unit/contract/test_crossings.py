"""When facts of two services cross, every order of the log folds to the same case, by one table."""

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ops.verify.naive_core import NaiveCase
from services.routing.decisions import SERVICE as ROUTING
from shared.case.core import CaseCore
from shared.case.folding.core import evolve, is_overtaken
from shared.contract.envelope import Event, to_json
from shared.contract.events import EventData
from shared.contract.events.approving import DutyWaived
from shared.contract.events.base import DutyEnded, DutyOpened, PersonAt, PostAt
from shared.contract.events.casework import (
    CustomerContacted,
    CustomerReplied,
    DecisionMade,
    OverrunExplained,
    OverrunReasonReported,
    ResultReported,
)
from shared.contract.events.ending import CaseClosed, CaseNotAccepted, CaseReopened, CaseWithdrawn
from shared.contract.events.ownership import (
    AgentNamed,
    HandlerReassigned,
    HandoverAccepted,
    HandoverRefused,
    PartyConcernedNamed,
)
from shared.contract.events.sla import ClockBreached
from shared.contract.ids import duty_id, event_id
from tests.support.facts import CASE, NOW, SEALED, Given, event, receipt

LUO = PersonAt(unit="dongqiao.lending", person="luo.tian")
FAN = PersonAt(unit="dongqiao.lending", person="fan.yi")


def log_so_far() -> list[Event]:
    """A received and routed case."""
    received = event(receipt())
    return [received, event(Given(ROUTING).when_event(received)[0], received.id)]


def folded(events: list[Event]) -> CaseCore:
    """The case after events; each says by its basis what its decider had seen."""
    core: CaseCore | None = None
    ids = [one.id for one in events]
    for place, one in enumerate(events):
        basis = place - 1 if one.basisid is None else ids.index(one.basisid)
        core = evolve(core, one._replace(ordinal=place, basis_ordinal=basis))
    assert core is not None
    return core


def meaning(core: CaseCore) -> tuple[Any, ...]:
    """What counts of a case: owners, life, open duties."""
    open_ = sorted((d.terms.kind, d.terms.level or "", d.terms.debtor.person or "") for d in core.open_duties())
    return core.accepting, core.handler, core.agent, core.life, open_


def ending(core: CaseCore, *kinds: str) -> list[DutyEnded]:
    """The ends of these open duties."""
    return [DutyEnded(id=d.id, kind=d.terms.kind, state="discharged") for d in core.open_duties(*kinds)]


def waiving(core: CaseCore, *but: str) -> tuple[DutyEnded, ...]:
    """The waivers of all open duties but these."""
    left = [d for d in core.open_duties() if d.terms.kind not in but]
    return tuple(DutyEnded(id=d.id, kind=d.terms.kind, state="waived") for d in left)


def casework_facts(core: CaseCore) -> dict[str, EventData]:
    """What people may do on the routed case."""
    texts = dict.fromkeys(("findings", "grounds", "decision"), SEALED)
    report = dict.fromkeys(("cause_and_findings", "treatment_of_persons", "lessons_and_measures"), SEALED)
    return {
        "accepted": HandoverAccepted(handler=LUO, duties_ended=tuple(ending(core, "accept_handover"))),
        "refused": HandoverRefused(
            handler=LUO, ground="not_competent", duties_ended=tuple(ending(core, "accept_handover"))
        ),
        "agent": AgentNamed(agent="fan.yi", ground=SEALED),
        "reassigned": HandlerReassigned(handler=FAN, ground=SEALED),
        "contacted": CustomerContacted(
            way="phone", points=SEALED, outcome="reached", duties_ended=tuple(ending(core, "contact_customer"))
        ),
        "decided": DecisionMade.model_validate(
            texts | {"outcome": "upheld", "remedies_open": ["review"], "duties_ended": ending(core, "handle")}
        ),
        "replied": CustomerReplied(
            way="phone", content=SEALED, remedies_told=True, duties_ended=tuple(ending(core, "reply_customer"))
        ),
        "reported": ResultReported.model_validate(
            report
            | {"satisfaction": "satisfied", "handled_at": NOW, "handler_and_phone": SEALED}
            | {"duties_ended": ending(core, "report_result")}
        ),
        "reason_told": OverrunReasonReported(reason=SEALED),
        "explained": OverrunExplained(words=SEALED, promised_on=NOW.date()),
        "closed": CaseClosed(),
        "waived": DutyWaived(
            duty_id="contact", ground=SEALED, approved_by="he.yun",
            duties_ended=tuple(w for w in waiving(core) if w.kind == "contact_customer"),
        ),
        "withdrawn": CaseWithdrawn(received_at=NOW, way="phone", duties_ended=waiving(core, "archive")),
        "not_accepted": CaseNotAccepted(
            ground="not_this_bank", signpost=SEALED, approved_by="he.yun",
            duties_ended=waiving(core, "archive", "reply_customer"),
        ),
    }  # fmt: skip


def others_facts(log: list[Event]) -> dict[str, Event]:
    """What other services may say meanwhile: routing gives the case to somebody else, sla finds the limit passed."""
    given = Given(ROUTING)
    for one in log:
        given.fold(one)
    named = event(PartyConcernedNamed(person="luo.tian", ground=SEALED), "named")
    rerouted = given.when_event(named)[0]
    id_ = event_id("sla", CASE, "breach", 0)
    post = PostAt(unit="dongqiao.lending", post="unit_head", person="luo.tian")
    overrun = [
        DutyOpened(id=duty_id(id_, kind, None), kind=kind, debtor=post, creditor="customer")
        for kind in ("report_overrun_reason", "explain_overrun")
    ]
    day = NOW.date()
    breach = ClockBreached(clock_id="c", milestone="reply", due_on=day, due_at=NOW, duties_opened=tuple(overrun))
    return {"rerouted": event(rerouted, "named"), "breached": event(breach, "breach")}


CASEWORK = sorted(casework_facts(folded(log_so_far())))


@pytest.mark.parametrize("theirs", ["rerouted", "breached"])
@pytest.mark.parametrize("ours", CASEWORK)
def test_either_order_of_two_crossing_facts_is_the_same_case(ours: str, theirs: str) -> None:
    """Both were decided on the same basis; which lies first in the log decides nothing."""
    log = log_so_far()
    basis = log[-1].id
    act = event(casework_facts(folded(log))[ours], ours)._replace(basisid=basis)
    other = others_facts(log)[theirs]._replace(basisid=basis)

    assert meaning(folded([*log, act, other])) == meaning(folded([*log, other, act]))


@for_all(
    st.lists(st.sampled_from(CASEWORK), unique=True, min_size=1, max_size=4), st.sampled_from(["rerouted", "breached"])
)
def test_several_acts_of_one_service_cross_alike_in_every_interleaving(names: list[str], theirs: str) -> None:
    """Casework's own facts keep their order; the other service's falls anywhere between them."""
    log = log_so_far()
    basis = log[-1].id
    acts: list[Event] = []
    for name in names:  # each is decided with those before it applied, as a session decides a batch
        acts.append(event(casework_facts(folded([*log, *acts]))[name], name)._replace(basisid=basis))
    other = others_facts(log)[theirs]._replace(basisid=basis)
    orders = [[*acts[:at], other, *acts[at:]] for at in range(len(acts) + 1)]

    assert 1 == len({str(meaning(folded([*log, *order]))) for order in orders})


def test_an_acceptance_that_crossed_a_rerouting_is_overtaken() -> None:
    """The new handler owes the hand-over; the former one's acceptance stands in the log without effect."""
    log = log_so_far()
    rerouted = others_facts(log)["rerouted"]
    accepted = event(casework_facts(folded(log))["accepted"], "a")._replace(basisid=log[-1].id)
    core = folded([*log, rerouted])

    assert is_overtaken(core, accepted._replace(ordinal=3, basis_ordinal=1))
    assert "he.yun" == folded([*log, rerouted, accepted]).open_duties("accept_handover")[0].terms.debtor.person


def test_an_acceptance_after_the_rerouting_it_has_seen_counts() -> None:
    """The same act on a later basis is none that crossed."""
    log = [*log_so_far(), others_facts(log_so_far())["rerouted"]]
    he = PersonAt(unit="dongqiao", person="he.yun")
    ended = tuple(ending(folded(log), "accept_handover"))
    accepted = event(HandoverAccepted(handler=he, duties_ended=ended), "a")

    assert "accepted" == folded([*log, accepted]).life


def test_a_closing_that_crossed_a_breach_is_overtaken_whichever_came_first() -> None:
    """The overrun's reason is owed, so the case is not closed."""
    log = log_so_far()
    basis = log[-1].id
    closed = event(CaseClosed(), "close")._replace(basisid=basis)
    breach = others_facts(log)["breached"]._replace(basisid=basis)

    assert {"routed"} == {folded([*log, *order]).life for order in permutations([closed, breach])}


def test_a_reason_reported_while_the_limit_passed_need_not_be_reported_again() -> None:
    """Only the explanation to the customer is still owed."""
    log = log_so_far()
    told = event(OverrunReasonReported(reason=SEALED), "t")._replace(basisid=log[-1].id)
    breach = others_facts(log)["breached"]._replace(basisid=log[-1].id)

    for order in permutations([told, breach]):
        owed = {d.terms.kind for d in folded([*log, *order]).open_duties("report_overrun_reason", "explain_overrun")}
        assert {"explain_overrun"} == owed


@pytest.mark.parametrize("theirs", ["rerouted", "breached"])
def test_nothing_is_owed_on_a_withdrawn_case_but_its_archiving_whatever_it_crossed(theirs: str) -> None:
    """What another service opened meanwhile is let go too."""
    log = log_so_far()
    withdrawn = event(casework_facts(folded(log))["withdrawn"], "w")._replace(basisid=log[-1].id)
    other = others_facts(log)[theirs]._replace(basisid=log[-1].id)

    for order in permutations([withdrawn, other]):
        assert {"archive"} == {d.terms.kind for d in folded([*log, *order]).open_duties()}


def naive_meaning(events: list[Event]) -> tuple[Any, ...]:
    """The same by the independent reading."""
    case = NaiveCase([json.loads(to_json(one)) for one in events])
    open_ = sorted(
        (d["kind"], d["level"] or "", d["debtor"]["person"] or "") for d in case.duties if d["state"] == "open"
    )
    owners = [case.owners[who] for who in ("accepting", "handler")]
    return *owners, case.owners["agent"], case.life(), open_


@pytest.mark.parametrize("theirs", ["rerouted", "breached"])
@pytest.mark.parametrize("ours", CASEWORK)
def test_the_independent_reading_judges_crossings_alike(ours: str, theirs: str) -> None:
    """The reading that shares no code with the folds comes to the same case, in both orders."""
    log = log_so_far()
    log[1] = log[1]._replace(basisid=log[0].id)
    act = event(casework_facts(folded(log))[ours], ours)._replace(basisid=log[-1].id)
    other = others_facts(log)[theirs]._replace(basisid=log[-1].id)

    for order in permutations([act, other]):
        found = folded([*log, *order])
        owners = [[p.unit, p.person] if p else None for p in (found.accepting, found.handler)]
        assert (*owners, *meaning(found)[2:]) == naive_meaning([*log, *order])


# -- facts of one batch ------------------------------------------------------------------------------


def promising(cause: str, *ended: DutyEnded) -> Event:
    """A contact with which the customer was promised another one."""
    post = PostAt(unit="dongqiao.lending", post="unit_head", person="luo.tian")
    id_ = event_id("casework", CASE, cause, 0)
    promise = DutyOpened(id=duty_id(id_, "promise", None), kind="promise", debtor=post, creditor="customer")
    fact = CustomerContacted(
        way="phone", points=SEALED, outcome="reached", promised_at=NOW, duties_opened=(promise,), duties_ended=ended
    )
    return event(fact, cause)


def reopening(core: CaseCore, cause: str) -> Event:
    """The handling is owed anew."""
    id_ = event_id("casework", CASE, cause, 0)
    terms = core.open_duties("handle")[0].terms
    post = PostAt(**terms.debtor._asdict())
    again = DutyOpened(id=duty_id(id_, "handle", None), kind="handle", debtor=post, creditor="customer")
    return event(CaseReopened(ground=SEALED, received_at=NOW, duties_opened=(again,)), cause)


def test_a_promise_kept_by_the_contact_that_makes_the_next_one_is_no_crossing() -> None:
    """The fact that opens a duty of a kind does not discharge it by ending the one before."""
    first = promising("first")
    kept = DutyEnded(id=first.data["duties_opened"][0]["id"], kind="promise", state="discharged")
    second = promising("second", kept)
    core = folded([*log_so_far(), first, second])

    assert [second.data["duties_opened"][0]["id"]] == [duty.id for duty in core.open_duties("promise")]


def test_facts_of_one_batch_do_not_cross_each_other() -> None:
    """Decided one after the other on one basis: what is owed anew stays owed, by both readings."""
    log = log_so_far()
    log[1] = log[1]._replace(basisid=log[0].id)
    core = folded(log)
    decided = event(casework_facts(core)["decided"], "decided")._replace(basisid=log[-1].id)
    again = reopening(core, "again")._replace(basisid=log[-1].id)

    assert 1 == len(folded([*log, decided, again]).open_duties("handle"))
    assert meaning(folded([*log, decided, again]))[2:] == naive_meaning([*log, decided, again])[2:]


def test_only_the_level_that_was_reported_is_done_when_a_routing_opened_it_anew() -> None:
    """Reports of the levels above are still to be passed on, whichever fact lies first."""
    received = event(receipt(channel="letter", received_by={"unit": "province", "person": None}))
    log = [received, event(Given(ROUTING).when_event(received)[0], received.id)]
    log[1] = log[1]._replace(basisid=log[0].id)
    lowest = folded(log).open_duties("report_up")[0]
    report = dict.fromkeys(("cause_and_findings", "treatment_of_persons", "lessons_and_measures"), SEALED)
    end = DutyEnded(id=lowest.id, kind="report_up", state="discharged")
    more = report | {"satisfaction": "satisfied", "handled_at": NOW, "handler_and_phone": SEALED, "duties_ended": [end]}
    reported = event(ResultReported.model_validate(more), "reported")._replace(basisid=log[-1].id)
    given = Given(ROUTING, *log)
    named = event(PartyConcernedNamed(person="luo.tian", ground=SEALED), "named")
    rerouted = event(given.when_event(named)[0], "named")._replace(basisid=log[-1].id)

    for order in permutations([reported, rerouted]):
        found = [duty.terms.level for duty in folded([*log, *order]).open_duties("report_up")]
        assert ["dongqiao"] == found
        assert ["dongqiao"] == [level for kind, level, _ in naive_meaning([*log, *order])[-1] if kind == "report_up"]
