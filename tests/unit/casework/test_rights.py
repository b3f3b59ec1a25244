"""Who may do what: a matrix typed by hand, every role against every command."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest

from services.casework.decisions import COMMANDS
from shared.contract.events.base import CaseworkEvent
from shared.contract.events.casework import (
    CommandRefused,
)
from shared.contract.events.notify import MessageFailed
from shared.contract.ids import message_id
from tests.support.casework import (
    CONTACT,
    DECISION,
    INVESTIGATION,
    ORGANISATION,
    PLAN,
    REPLY,
    REPORT,
    SETTLEMENT,
    Case,
    Refused,
    person,
    sealed_settlement,
)
from tests.support.facts import SEALED, Body
from tests.support.paths import ROOT

PEOPLE = {
    "handler": "fan.yi", "agent": "tang.yu", "first_asked": "jin.hao", "accepting": "lin.fang", "stand_in": "wu.qing",
    "head_of_unit": "luo.tian", "superior": "qiu.min", "archivist": "zhong.an", "auditor": "an.jie",
    "other_unit": "cen.lu", "concerned": "mo.ran", "channel": "channel:hotline",
}  # fmt: skip
"""A clerk of lending handles, another is his agent; the hall took the call; the head of operations is concerned."""

# y: may · h, c, r, l, f, g, d: may, for the handler, the accepting post, the archivist, the head of the handling unit,
# the first-asked, the general office (of which the stand-in is the holder), who owes it, v: who
# reviews
# o: own_approval · -: not_entitled · n: not_yours · p: party_concerned
MATRIX = """
                       ha ag fa ac si hd su ar au ot pc ch
accept-handover        y  y  -  -  -  h  h  -  -  n  p  -
refuse-handover        y  y  -  -  -  h  h  -  -  n  p  -
assign-unit            -  -  -  y  y  -  c  -  -  n  p  -
name-party             y  y  -  y  y  h  c  y  -  n  p  -
delegate               y  y  -  -  -  h  h  -  -  n  p  -
reassign               -  -  -  y  y  y  l  -  -  n  p  -
hand-over              -  -  n  -  -  y  l  -  -  n  p  -
pass-down              -  -  -  -  y  -  g  -  -  n  p  -
pass-report-up         -  -  n  -  y  -  g  -  -  n  p  -
classify               y  y  -  y  y  h  c  -  -  n  p  -
check-authority        -  -  -  y  y  -  c  -  -  n  p  -
change-representative  -  -  -  y  y  -  c  -  -  n  p  -
record-contact         y  y  y  y  y  y  h  y  -  y  p  -
interim-reply          y  y  -  -  -  h  h  -  -  n  p  -
record-investigation   y  y  -  -  -  h  h  -  -  n  p  -
correct-receipt        y  y  -  y  y  h  c  -  -  n  p  -
request-assistance     y  y  -  -  -  h  h  -  -  n  p  -
give-assistance        -  -  -  -  -  -  d  -  -  y  p  -
open-corrective-action y  y  -  -  -  y  h  -  -  n  p  -
complete-corrective-action -  -  -  -  -  -  d  -  -  y  p  -
pass-suggestion-up     y  y  -  y  y  h  h  -  -  n  p  -
answer-suggestion      -  -  -  -  -  -  -  -  -  n  p  -
check-evidence         y  y  -  -  -  h  h  -  -  n  p  -
settle-on-the-spot     y  y  y  -  -  y  y  -  -  n  p  -
deny-settlement        -  -  y  -  -  -  f  -  -  n  p  -
decide                 y  -  -  -  -  h  h  -  -  n  p  -
offer-plan             y  y  -  -  -  h  h  -  -  n  p  -
answer-plan            y  y  -  y  y  h  h  -  -  n  p  -
execute-step           y  y  -  -  -  h  h  -  -  y  p  -
execute-remedy         y  y  -  -  -  h  h  -  -  n  p  -
reply-customer         y  y  -  -  -  h  h  -  -  n  p  -
record-satisfaction    y  y  -  y  y  h  c  -  -  n  p  -
revise-decision        y  -  -  -  -  h  h  -  -  n  p  -
review-dissatisfaction -  -  -  -  -  -  v  -  -  n  p  -
flag-major             y  y  -  y  y  h  c  -  -  n  p  -
report-result          y  -  -  -  -  h  h  -  -  n  p  -
confirm-result         -  -  -  y  y  -  c  -  -  n  p  -
report-overrun-reason  y  y  -  -  -  h  h  -  -  n  p  -
explain-overrun        y  y  -  -  -  h  h  -  -  n  p  -
answer-transferring-body -  -  -  y  y  -  c  -  -  n  p  -
answer-media           n  n  -  -  -  n  y  -  -  n  p  -
escalate               y  y  -  y  y  h  h  -  -  n  p  -
waive-duty             y  y  -  -  -  h  h  -  -  n  p  -
approve                o  -  -  y  y  y  y  -  -  -  p  -
refuse-approval        o  -  -  y  y  y  y  -  -  -  p  -
withdraw-request       y  -  -  -  -  -  -  -  -  -  p  -
record-delivery        -  -  -  y  y  -  c  -  -  n  p  -
resend-message         -  -  -  y  y  -  c  -  -  n  p  -
withdraw               -  -  -  y  y  -  c  -  -  n  p  -
not-accept             -  -  -  y  y  -  c  -  -  n  p  -
close                  -  -  -  y  y  -  c  -  -  n  p  -
archive                -  -  -  -  -  -  r  y  -  n  p  -
reopen                 -  -  -  y  y  -  c  -  -  n  p  -
"""
ROWS = {row.split()[0]: dict(zip(PEOPLE, row.split()[1:], strict=True)) for row in MATRIX.strip().splitlines()[1:]}
CODES = {"o": "own_approval", "-": "not_entitled", "n": "not_yours", "p": "party_concerned"}
FOR_WHOM = {
    "y": None, "h": "fan.yi", "c": "lin.fang", "r": "zhong.an", "l": "luo.tian", "f": "jin.hao", "g": "wu.qing",
    "v": "he.yun", "d": "cen.lu",
}  # fmt: skip
MESSAGE = message_id("cause", "written_notice", "luo.tian")
FAILED = {
    "message_id": MESSAGE, "kind": "written_notice", "duty_id": None, "way": "email", "smtp_message_id": "<a@b>",
    "recipient": {"person": "luo.tian", "unit": "dongqiao.lending"}, "code": 550, "reason": "refused",
}  # fmt: skip
GROUND: Body = {"ground": "原因。"}
STAGES: dict[str, Callable[[Case], Case]] = {
    "decide": Case.investigated, "revise-decision": Case.decided_on, "reply-customer": Case.decided_on,
    "record-satisfaction": Case.answered,
    "report-result": Case.replied, "close": Case.tracked, "archive": Case.closed, "reopen": Case.closed,
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "refuse-handover": {"ground": "not_competent"},
    "assign-unit": {"unit": "dongqiao.hall", **GROUND},
    "name-party": {"person": "gu.heng", **GROUND},
    "delegate": {"person": "luo.tian", **GROUND},
    "reassign": {"person": "tang.yu", **GROUND},
    "hand-over": {},
    "pass-down": {"words": "请尽快办理。"},
    "pass-report-up": {},
    "classify": {"reason": "work_error"},
    "check-authority": {"authority": "proved", "proof": "授权委托书原件"},
    "change-representative": {"add": [{"name": "丙某", "relation": "lawyer", "email": "c@law.example"}]},
    "record-contact": CONTACT,
    "interim-reply": {"way": "sms", "words": "正在核查。"},
    "record-investigation": INVESTIGATION,
    "correct-receipt": {"pointer": "/matter/product", "value": "loan", **GROUND},
    "request-assistance": {"unit": "dongqiao.harbour", "question": "请核实。"},
    "give-assistance": {"request": "none", "words": "无误。"},
    "open-corrective-action": {"what": "修订办法。", "owner": "bai.xue", "due_on": "2020-06-30"},
    "complete-corrective-action": {"action": "none", "words": "已修订。"},
    "pass-suggestion-up": {"words": "增加窗口。", "unit": "province"},
    "answer-suggestion": {"suggestion": "none", "adopted": "yes", "words": "采纳。"},
    "check-evidence": {"document": "none", "result": "genuine"},
    "settle-on-the-spot": SETTLEMENT | {"remedy": {"kind": "apology"}},
    "deny-settlement": GROUND,
    "decide": DECISION,
    "revise-decision": DECISION | {"outcome": "not_upheld", **GROUND, "what_changed": "结论有误。"},
    "review-dissatisfaction": {"outcome": "stands", "words": "已复核。"},
    "flag-major": {"ground": "many_people", "words": "二十人到场。"},
    "offer-plan": PLAN,
    "answer-plan": {"answer": "accepted"},
    "execute-step": {"step": 1, "outcome": "已办。"},
    "execute-remedy": {"remedy": 1, "outcome": "已退款。", "arrived_on": "2020-03-05"},
    "reply-customer": REPLY,
    "record-satisfaction": {"value": "satisfied"},
    "report-result": REPORT,
    "confirm-result": {"checked": "已核对。", "called_back": True},
    "report-overrun-reason": {"reason": "外部鉴定。"},
    "explain-overrun": {"words": "需要更多时间。", "promised_on": "2020-03-12"},
    "answer-transferring-body": {"kind": "interim", "words": "正在办理。", "way": "letter"},
    "answer-media": {"kind": "interim", "outlet": "某晚报", "words": "正在核实。"},
    "escalate": {"reason": "超出权限。", "mode": "supports"},
    "waive-duty": {"approved_by": "tao.rui", **GROUND},
    "approve": {},
    "refuse-approval": {**GROUND},
    "withdraw-request": {**GROUND},
    "record-delivery": {"document": "written_notice"},
    "resend-message": {"message": MESSAGE},
    "withdraw": {"received_at": "2020-03-05T10:00:30+08:00", "way": "letter", "proof": "撤诉书"},
    "not-accept": {"ground": "not_this_bank", "signpost": "他行。", "approved_by": "tao.rui"},
    "archive": {"place": "A-1", "retain_until": "2025-12-31"},
    "reopen": {"received_at": "2020-03-05T10:00:30+08:00", **GROUND},
}

CHANNELS = {"hand-over": "regulator", "pass-down": "letter", "pass-report-up": "letter", "answer-media": "media"}
RECEIVED_AT = {"hand-over": "dongqiao.lending", "pass-report-up": "province"}
"""Where a command has its place: it came in on another channel than the telephone, or at another unit."""


def spoken_for(wanted: bool) -> dict[str, Any]:
    """A receipt by somebody who says that he is the customer's proxy."""
    behalf = {"name": SEALED, "relation": "proxy", "authority": "claimed"}
    return {"complainant": {"name": SEALED, "on_behalf_of": behalf}} if wanted else {}


BESIDE: tuple[tuple[str, str, str, Body], ...] = (
    ("give-assistance", "request-assistance", "request", {"person": "cen.lu"}),
    ("complete-corrective-action", "open-corrective-action", "action", {"owner": "cen.lu"}),
    ("answer-suggestion", "pass-suggestion-up", "suggestion", {}),
)
"""What rests on work that was given beside the case: on which act, and on what it says."""


@lru_cache
def stage(command: str) -> Case:
    """A case so far that the command is in place, whoever may send it."""
    reason = "service_product" if command == "classify" else "service_attitude"
    case = Case(
        matter={"complained_persons": ["mo.ran"], "reason": reason},
        received_by={"unit": RECEIVED_AT.get(command, "dongqiao.hall"), "person": "jin.hao"},
        settlement=sealed_settlement() if command == "deny-settlement" else None,
        **spoken_for(command == "check-authority"),
        origin={"kind": "regulator"} if command == "answer-transferring-body" else {},
        channel=CHANNELS.get(command, "phone"),
        details={"form": "call"} if command == "hand-over" else {},
    )
    if command == "answer-media":
        return case  # which the president's office handles itself
    case.does("luo.tian", "reassign", person="fan.yi", **GROUND)
    case.does("fan.yi", "delegate", person="tang.yu", **GROUND)
    case.handler = "fan.yi"
    case.happens(MessageFailed.model_validate(FAILED))
    if command == "check-evidence":
        BODIES[command]["document"] = case.file_added()
    for needs, first, field, more in BESIDE:
        if command == needs:
            case.does("fan.yi", first, **BODIES[first] | more)
            BODIES[command][field] = case.events[-1].id
    if command == "waive-duty":
        case.does("fan.yi", "record-contact", **CONTACT | {"outcome": "not_reached"})
        duty = case.core.open_duties("contact_customer")[-1].id
        BODIES[command]["duty"] = duty
    if command in ("approve", "refuse-approval", "withdraw-request"):
        case.does("fan.yi", "record-contact", **CONTACT | {"outcome": "not_reached"})
        duty = case.core.open_duties("contact_customer")[-1].id
        case.asks("fan.yi", "waive-duty", duty=duty, **GROUND)
        BODIES[command]["approval"] = case.asked()
    if command == "review-dissatisfaction":
        case.answered().does("fan.yi", "record-satisfaction", value="dissatisfied")
        return case
    if command in ("answer-plan", "execute-step", "execute-remedy"):
        BODIES[command] |= {"plan": case.offered(by="cen.lu")}
        if command != "answer-plan":
            case.does("fan.yi", "answer-plan", **BODIES["answer-plan"] | {"plan": BODIES[command]["plan"]})
    if command in ("confirm-result", "pass-report-up"):
        case.replied().does("fan.yi", "report-result", **REPORT)
        return case
    return STAGES[command](case) if command in STAGES else case


def sent(command: str, actor: str) -> CaseworkEvent:
    """The answer to a command; nothing is folded, so the stage serves every role."""
    case = stage(command)
    fact = case.answer(case.command(actor, command, **BODIES.get(command, {})))
    assert isinstance(fact.data, CaseworkEvent)
    return fact.data


@pytest.mark.parametrize("role", list(PEOPLE))
@pytest.mark.parametrize("command", sorted(ROWS))
def test_every_role_may_do_what_the_matrix_says(command: str, role: str) -> None:
    """And where somebody acts for the debtor, it is recorded for whom."""
    expected, fact = ROWS[command][role], sent(command, PEOPLE[role])

    if expected in CODES:
        assert isinstance(fact, CommandRefused)
        assert CODES[expected] == fact.code
    else:
        assert not isinstance(fact, CommandRefused), fact.code
        assert FOR_WHOM[expected] == fact.acted_for


def test_every_command_has_a_decision_a_row_of_rights_and_is_documented() -> None:
    """One without the other would be a hole."""
    page = (ROOT / "docs" / "reference" / "commands-on-cases.md").read_text(encoding="utf-8")

    assert set(COMMANDS) == set(ROWS)
    assert set(COMMANDS) == set(re.findall(r"^\| `([a-z-]+)` \|", page, re.M))


# -- what the matrix cannot show ---------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["nobody", "ding.ning"])
def test_whoever_is_not_on_duty_does_nothing(actor: str) -> None:
    """Unknown, or gone since before the complaint."""
    assert Refused("unknown_actor") == Case().refuses(actor, "record-contact", **CONTACT)


def test_anybody_may_say_of_himself_that_he_is_concerned() -> None:
    """Of somebody else only who owes something on the case."""
    body = {"person": "cen.lu", **GROUND}

    Case().does("cen.lu", "name-party", **body)
    assert Refused("not_yours") == Case().refuses("cen.lu", "name-party", **body | {"person": "bai.xue"})


def test_everybody_below_a_head_who_is_concerned_is_concerned_too() -> None:
    """Article 3: whoever answers to a party concerned does not act."""
    case = Case(matter={"complained_persons": ["bai.xue"]})

    assert Refused("party_concerned") == case.refuses("jin.hao", "record-contact", **CONTACT)


def test_the_superior_of_a_party_concerned_is_not_concerned() -> None:
    """Only those below."""
    case = Case(matter={"complained_persons": ["luo.tian"]})

    assert Refused("party_concerned") == case.refuses("fan.yi", "record-contact", **CONTACT)
    case.does("qiu.min", "record-contact", **CONTACT)


@pytest.mark.holds("article-2.3.1")
def test_the_named_receptionist_acts_besides_the_holders_of_the_post() -> None:
    """Article 2.3: somebody named receives the visitor."""
    case = Case(channel="walk_in", details={"receptionist": "zhong.an"})

    assert "zhong.an" == person(case.core.accepting)
    case.does("zhong.an", "record-delivery", document="supervision_form")
    case.does("wu.qing", "record-delivery", document="written_notice")


def test_before_a_case_has_owners_nobody_acts_on_it() -> None:
    """Routing answers within moments; a party concerned hears why not at once."""
    case = Case(routed=False, matter={"complained_persons": ["mo.ran"]})

    assert Refused("case_not_routed") == case.refuses("luo.tian", "accept-handover")
    assert Refused("party_concerned") == case.refuses("mo.ran", "accept-handover")


# -- who closes --------------------------------------------------------------------------------------

BOX: Body = {"channel": "opinion_box", "received_by": {"unit": "dongqiao", "person": None}}


def finished(case: Case, handler: str) -> Case:
    """Handled and answered; only what others owe is left."""
    case.does(handler, "record-investigation", **INVESTIGATION)
    case.does(handler, "decide", **DECISION)
    case.does(handler, "reply-customer", **REPLY)
    case.does(handler, "record-satisfaction", value="satisfied")
    case.does(handler, "report-result", **REPORT)
    case.does(handler, "confirm-result", checked="已核对。", called_back=True)
    return case


def test_where_the_accepting_post_handles_the_general_office_closes() -> None:
    """Nobody closes his own case (four eyes)."""
    case = finished(Case(**BOX, matter={"complained_unit": "dongqiao.hall"}), "mo.ran")

    assert Refused("not_entitled") == case.refuses("mo.ran", "close")
    assert None is case.does("wu.qing", "close").acted_for


def test_a_superior_who_handles_does_not_close_either() -> None:
    """He would act for the accepting post on a case of his own."""
    case = Case().accepted()
    case.does("luo.tian", "escalate", reason="…", mode="takes_over", skip_to="president")
    handler = case.core.handler
    assert handler is not None
    case.given.state = case.state._replace(
        core=case.core._replace(handler=handler._replace(unit="dongqiao", person="qiu.min"))
    )

    assert Refused("not_entitled") == case.refuses("qiu.min", "close")


PROTECTION = "  - {unit: province, post: consumer_protection, holders: [gu.heng]}\n"


@pytest.mark.parametrize("protected", [True, False])
def test_a_case_of_the_media_is_closed_by_consumer_protection(protected: bool) -> None:
    """Where no unit has that post, by the general office: the president's office handled it."""
    organisation = ORGANISATION.replace("posts:\n", "posts:\n" + PROTECTION, 1) if protected else ORGANISATION
    case = Case(organisation, channel="media", received_by={"unit": "dongqiao", "person": None})
    closer, other = ("gu.heng", "wu.qing") if protected else ("wu.qing", "gu.heng")

    assert "duties_open" == case.refuses(closer, "close").code
    assert "not_entitled" == case.refuses("qiu.min", "close").code
    assert "not_entitled" == case.refuses(other, "close").code
