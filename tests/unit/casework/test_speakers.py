"""Who speaks for a customer proves it, and representatives change: what is owed, refused, waived and owed again."""

from typing import Any

import orjson
import pytest

from shared.case.speakers import Speakers
from shared.contract.commands import Command
from shared.contract.events.routing import DutiesAdded
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged
from shared.sealing.vault import seal_with
from tests.support.casework import (
    CONTACT,
    DECISION,
    KEY,
    REPLY,
    REPORT,
    SETTLEMENT,
    Case,
    Refused,
    ended,
    opened,
)
from tests.support.facts import CASE, Body, event

PROVED: Body = {"authority": "proved", "proof": "授权委托书原件"}
REFUSED: Body = {"authority": "not_proved"}
GONE: Body = {"received_at": "2020-03-05T10:00:30+08:00", "way": "letter", "proof": "撤诉书"}
INTERIM: Body = {"way": "phone", "words": "正在核实。"}


def said(label: str, text: str) -> dict[str, str]:
    """A text as intake seals it."""
    return seal_with(KEY, CASE, label, text).model_dump()


def proxied(**more: Any) -> Case:
    """A case of which only somebody speaks who has not proved that he may."""
    behalf = {"name": said("complainant.on_behalf_of.name", "乙某"), "relation": "proxy", "authority": "claimed"}
    who = {
        "name": said("complainant.name", "甲某"), "email": said("complainant.email", "a@proxy.example"),
        "on_behalf_of": behalf,
    }  # fmt: skip
    return Case(complainant=who, reachable_by=["email"], **more)


def joint(*names: str) -> Case:
    """A joint complaint with these representatives."""
    people = [
        {
            "name": said(f"group.representatives.{at}.name", name),
            "email": said(f"group.representatives.{at}.email", f"{at}@group.example"),
            "reachable_by": ["email"],
        }
        for at, name in enumerate(names)
    ]
    group = {"size": 30, "representatives": people}
    return Case(complainant=None, anonymous=False, reachable_by=[], group=group)


def run_out(duty: str) -> DutiesAdded:
    """The last day for which the authority was given is over."""
    owed: dict[str, Any] = {"id": duty, "kind": "check_authority", "creditor": None}
    owed |= {"debtor": {"unit": "dongqiao", "post": "complaint_post", "person": "lin.fang"}}
    return DutiesAdded.model_validate({"reason": "authority_ended", "duties_opened": [owed]})


def speakers(case: Case) -> Speakers:
    """Who speaks."""
    assert case.core.speakers is not None
    return case.core.speakers


# -- checking -----------------------------------------------------------------------------------------


def test_a_claim_opens_the_duty_to_check_it_and_the_check_ends_it() -> None:
    """The accepting post owes it; the case is not closed before."""
    case = proxied()

    assert "check_authority" in case.owed()
    assert {"check_authority": "discharged"} == ended(case.does("lin.fang", "check-authority", **PROVED))
    assert "proved" == speakers(case).authority
    assert "check_authority" not in Case().owed()


def test_what_is_proved_needs_a_proof_and_is_proved_once() -> None:
    """And nothing is checked where nobody speaks for somebody else."""
    case = proxied()

    assert Refused("proof_missing", ("/proof",)) == case.refuses("lin.fang", "check-authority", authority="proved")
    past = PROVED | {"until": "2020-03-01"}
    assert Refused("time_past", ("/until",)) == case.refuses("lin.fang", "check-authority", **past)
    assert Refused("invalid_command", ("/until",)) == case.refuses(
        "lin.fang", "check-authority", **REFUSED, until="2021-03-01"
    )
    case.does("lin.fang", "check-authority", **PROVED)
    assert Refused("confirmed_already") == case.refuses("lin.fang", "check-authority", **PROVED)
    nothing = Refused("nothing_owed", (), ("check_authority",))
    assert nothing == Case().refuses("lin.fang", "check-authority", **PROVED)


def test_what_is_proved_until_a_day_may_be_proved_for_longer_before_it_runs_out() -> None:
    """Until a later day or for good; for no shorter time, and it is not taken back."""
    case = proxied()
    first = case.does("lin.fang", "check-authority", **PROVED, until="2020-12-31")
    shorter = [PROVED | {"until": "2020-12-31"}, PROVED | {"until": "2020-06-30"}, REFUSED]
    assert [Refused("confirmed_already")] * 3 == [case.refuses("lin.fang", "check-authority", **b) for b in shorter]
    unproved: Body = {"authority": "proved", "until": "2021-06-30"}
    assert Refused("proof_missing", ("/proof",)) == case.refuses("lin.fang", "check-authority", **unproved)

    later = case.does("lin.fang", "check-authority", **PROVED, until="2021-06-30")

    assert isinstance(first, AuthorityChecked)
    assert isinstance(later, AuthorityChecked)
    ends = [one.ends_at.isoformat() for one in (first, later) if one.ends_at is not None]
    assert ["2021-01-01T00:00:00+08:00", "2021-07-01T00:00:00+08:00"] == ends
    case.does("lin.fang", "check-authority", **PROVED)
    assert (None, "proved") == (speakers(case).until, speakers(case).authority)


def test_once_it_has_run_out_it_is_looked_at_again() -> None:
    """Until then nobody is told anything."""
    case = proxied().decided_on()
    case.does("lin.fang", "check-authority", **PROVED, until="2020-03-05")
    case.happens(run_out("again"), "over")
    assert Refused("authority_not_proved") == case.refuses("luo.tian", "reply-customer", **REPLY)

    assert {"check_authority": "discharged"} == ended(case.does("lin.fang", "check-authority", **PROVED))
    case.does("luo.tian", "reply-customer", **REPLY)


def test_a_look_that_was_asked_for_while_it_was_proved_for_longer_is_done_by_a_look() -> None:
    """Neither had seen the other: the authority stands, and the case can still be closed."""
    case = proxied().decided_on()
    case.does("lin.fang", "check-authority", **PROVED, until="2020-03-05")
    seen = case.events[-1].id
    case.does("lin.fang", "check-authority", **PROVED)
    case.given.fold(event(run_out("crossed"), "crossed")._replace(basisid=seen))

    case.does("luo.tian", "reply-customer", **REPLY)
    assert {"check_authority": "discharged"} == ended(case.does("lin.fang", "check-authority", **PROVED))


@pytest.mark.parametrize(
    ("command", "body"), [("reply-customer", REPLY), ("interim-reply", INTERIM), ("settle-on-the-spot", SETTLEMENT)]
)
def test_nobody_tells_anything_to_whom_nothing_is_proved(command: str, body: Body) -> None:
    """Until it is; speaking with him goes on, he has to be asked for the papers."""
    case = proxied() if command == "settle-on-the-spot" else proxied().decided_on()
    case.does("luo.tian", "record-contact", **CONTACT)

    assert Refused("authority_not_proved") == case.refuses("luo.tian", command, **body)
    case.does("lin.fang", "check-authority", **PROVED)
    case.does("luo.tian", command, **body)


def test_where_it_is_not_proved_nobody_is_answered_and_the_case_comes_to_its_end() -> None:
    """It is decided, reported, tracked, closed and archived; nothing is waived that others wait for."""
    case = proxied().investigated()
    case.does("luo.tian", "decide", **DECISION)
    fact = case.does("lin.fang", "check-authority", **REFUSED)

    assert {"check_authority": "discharged", "reply_customer": "waived"} == ended(fact)
    assert not case.core.customer_known
    assert Refused("authority_not_proved") == case.refuses("luo.tian", "reply-customer", **REPLY)
    case.does("luo.tian", "report-result", **REPORT)
    case.does("lin.fang", "confirm-result", checked="已核对。", called_back=False)
    case.does("lin.fang", "close")
    case.does("zhong.an", "archive", place="A-1", retain_until="2025-12-31")
    assert "archived" == case.core.life


def test_a_later_proof_lets_the_answer_be_owed_again() -> None:
    """He brought the papers after all."""
    case = proxied().decided_on()
    case.does("lin.fang", "check-authority", **REFUSED)
    fact = case.does("lin.fang", "check-authority", **PROVED)

    assert {"reply_customer": "luo.tian"} == opened(fact)
    case.does("luo.tian", "reply-customer", **REPLY)


def test_a_case_that_is_not_accepted_is_still_checked() -> None:
    """What its notice says may be the customer's affairs; so the notice waits, and can leave."""
    case = proxied()
    case.does("lin.fang", "not-accept", ground="not_this_bank", signpost="他行。", approved_by="qiu.min")

    assert {"reply_customer", "archive", "check_authority"} == case.owed()
    assert {"check_authority": "discharged", "reply_customer": "waived"} == ended(
        case.does("lin.fang", "check-authority", **REFUSED)
    )
    case.does("zhong.an", "archive", place="A-1", retain_until="2025-12-31")


# -- joint complaints ------------------------------------------------------------------------------------


def test_a_joint_complaint_is_withdrawn_by_all_its_representatives_by_name() -> None:
    """One alone speaks for himself; of a single customer nobody is named; two of one name are two."""
    case = joint("甲某", "乙某", "甲某")

    assert Refused("not_all_representatives", ("/by",)) == case.refuses("lin.fang", "withdraw", **GONE)
    two = GONE | {"by": ["甲某", "乙某"]}
    assert Refused("not_all_representatives", ("/by",)) == case.refuses("lin.fang", "withdraw", **two)
    strange = GONE | {"by": ["甲某", "丁某"]}
    assert Refused("unknown_representative", ("/by/1",)) == case.refuses("lin.fang", "withdraw", **strange)
    fact = case.does("lin.fang", "withdraw", **GONE | {"by": ["甲某", "乙某", "甲某"]})
    assert 3 == len(orjson.loads(fact.model_dump_json())["by"])
    Case().does("lin.fang", "withdraw", **GONE)


@pytest.mark.parametrize(("said_so", "counts"), [(True, True), (False, False)])
def test_a_withdrawal_that_was_sent_before_counts_as_it_did(said_so: bool, counts: bool) -> None:
    """It names nobody, and says that all representatives withdraw, or not."""
    case = joint("甲某", "乙某")
    body = {name: value for name, value in GONE.items() if name != "proof"} | {"by_all_representatives": said_so}
    old = Command(
        id="c", name="withdraw", case=CASE, actor="person:lin.fang", at=None, after=0, fingerprint="f",
        body=body | {"proof": said("withdraw.proof", "撤诉书")},
    )  # fmt: skip

    assert counts == ("CaseWithdrawn" == type(_answer(case, old)).__name__)


def _answer(case: Case, command: Command) -> Any:
    return case.answer(command).data


def test_representatives_change_by_name_and_five_are_the_most() -> None:
    """An unknown name, a sixth, and nobody at all are refused."""
    case = joint("甲某", "乙某", "丙某", "丁某", "戊某")
    more: dict[str, Any] = {"add": [{"name": "己某", "phone": "0000-5550177"}]}

    assert Refused("too_many_representatives", ("/add",)) == case.refuses("lin.fang", "change-representative", **more)
    unknown = case.refuses("lin.fang", "change-representative", remove=["庚某"])
    assert Refused("unknown_representative", ("/remove/0",)) == unknown
    everybody = ["甲某", "乙某", "丙某", "丁某", "戊某"]
    assert "nobody_would_remain" == case.refuses("lin.fang", "change-representative", remove=everybody).code
    assert "invalid_command" == case.refuses("lin.fang", "change-representative").code

    fact = case.does("lin.fang", "change-representative", remove=["甲某"], **more)
    assert isinstance(fact, RepresentativeChanged)
    assert (1, ("phone",), None) == (len(fact.removed), fact.added[0].reachable_by, fact.proxy)
    assert {} == opened(fact)
    assert Refused("unknown_representative", ("/remove/0",)) == case.refuses(
        "lin.fang", "change-representative", remove=["甲某"]
    )
    case.does("lin.fang", "change-representative", remove=["己某"])  # sealed with a command, not with the receipt
    assert 4 == len(speakers(case).representatives)


# -- another proxy ----------------------------------------------------------------------------------------

LAWYER: Body = {"name": "律某", "email": "c@law.example", "relation": "lawyer"}


def test_another_proxy_has_to_prove_it_anew_unless_the_change_does() -> None:
    """What was owed for the former one is let go."""
    case = proxied()
    fact = case.does("lin.fang", "change-representative", remove=["甲某"], add=[LAWYER])
    assert ({"check_authority": "waived"}, {"check_authority": "lin.fang"}) == (ended(fact), opened(fact))

    case.does("lin.fang", "check-authority", **PROVED)
    again = case.does("lin.fang", "change-representative", remove=["律某"], add=[LAWYER | {"name": "师某"}])
    assert {"check_authority": "lin.fang"} == opened(again)
    proved = case.does(
        "lin.fang", "change-representative", remove=["师某"], add=[LAWYER | {"relation": "heir"}], proof="公证书"
    )
    assert ({"check_authority": "discharged"}, {}) == (ended(proved), opened(proved))
    assert ("heir", "proved") == (speakers(case).relation, speakers(case).authority)


def test_one_at_most_speaks_for_a_customer() -> None:
    """The former one is taken out first; without anybody else he is not."""
    case = proxied()

    assert "too_many_representatives" == case.refuses("lin.fang", "change-representative", add=[LAWYER]).code
    assert "nobody_would_remain" == case.refuses("lin.fang", "change-representative", remove=["甲某"]).code
    own = Case()
    own.does("lin.fang", "change-representative", add=[LAWYER])
    assert "check_authority" in own.owed()
    own.does("lin.fang", "change-representative", remove=["律某"])
    assert "check_authority" not in own.owed()


def test_somebody_who_may_be_told_lets_the_answer_be_owed_again() -> None:
    """After one who could not prove it."""
    case = proxied().decided_on()
    case.does("lin.fang", "check-authority", **REFUSED)
    fact = case.does("lin.fang", "change-representative", remove=["甲某"], add=[LAWYER], proof="公证书")

    assert {"reply_customer": "luo.tian"} == opened(fact)


def test_the_event_says_what_was_looked_at() -> None:
    """With the day until which it holds."""
    fact = proxied().does("lin.fang", "check-authority", **PROVED, until="2020-12-31")

    assert isinstance(fact, AuthorityChecked)
    assert ("proved", "2020-12-31") == (fact.authority, str(fact.until))
    assert fact.proof is not None
