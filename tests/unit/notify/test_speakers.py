"""Somebody speaks for a customer, or several for a joint complaint: who is written to, what is held, when it leaves."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from services.notify.falls_due import held_letters
from services.notify.letters.addressees import Addressee
from services.notify.letters.kinds import DECLARED, KINDS
from services.notify.letters.words import PROOFS, SPEAKS_AS
from services.notify.rechecking import NotNow, recheck
from shared.contract.events.base import EventData, Sealed
from shared.contract.events.casework import (
    CaseNotAccepted,
    CaseReopened,
    CaseWithdrawn,
    DissatisfactionReviewed,
    MessageResendRequested,
)
from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.notify import CustomerRecipient, MessageSendStarted, MessageSuppressed
from shared.contract.events.routing import DutiesAdded
from shared.contract.events.second_looks import DecisionRevised
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged
from shared.kernel.service import Context, Timer
from tests.support.facts import CASE
from tests.support.letter_case import (
    NEXT_DAY,
    ORGANISATION,
    LetterCase,
    content_about,
    decision,
    noes,
    not_accepted,
    plan_answered,
    plan_offered,
    received_again,
    sealed,
    settlement,
    told,
)

PROXYS_MAIL = Sealed(label="complainant.email", box="PROXYPROXYPROXY0MAIL")
OWN_MAIL = Sealed(label="complainant.email", box="OWNOWNOWNOWNOWN0MAIL")
TEXTING = ORGANISATION.replace("bank: {", 'bank: {sms_signature: "示例银行", ', 1)
NIGHT = datetime.fromisoformat("2020-03-06T22:00:00+08:00")
CUSTOMER = "customer"


def behalf(relation: str = "proxy", authority: str = "claimed") -> dict[str, Any]:
    """For whom somebody complains, and as what."""
    return {"name": sealed("customer"), "relation": relation, "authority": authority}


def by_proxy(email: Sealed | None = PROXYS_MAIL, **who: Any) -> dict[str, Any]:
    """A receipt by somebody who speaks for the customer."""
    complainant = {"name": sealed("proxy"), "email": email, "on_behalf_of": behalf(**who)}
    return {"complainant": complainant, "reachable_by": ["email"] if email else ["phone"]}


def checked(authority: str) -> AuthorityChecked:
    """Somebody looked at the papers."""
    return AuthorityChecked.model_validate({"authority": authority})


def proved_until() -> AuthorityChecked:
    """Somebody looked at papers that hold until the end of March."""
    ends_at = datetime.fromisoformat("2020-04-01T00:00:00+08:00")
    return AuthorityChecked.model_validate({"authority": "proved", "until": "2020-03-31", "ends_at": ends_at})


def run_out() -> DutiesAdded:
    """They hold no longer."""
    owed: dict[str, Any] = {"id": "again", "kind": "check_authority", "creditor": None}
    owed |= {"debtor": {"unit": "dongqiao", "post": "complaint_post", "person": "lin.fang"}}
    return DutiesAdded.model_validate({"reason": "authority_ended", "duties_opened": [owed]})


def box_of(letter: Any) -> str:
    """Where a letter to the customer goes."""
    assert isinstance(letter.recipient, CustomerRecipient)
    return letter.recipient.address.box


def by_himself() -> dict[str, Any]:
    """A further receipt of the customer himself."""
    return {"complainant": {"name": sealed("himself"), "email": OWN_MAIL}, "reachable_by": ["email"]}


# -- nothing but what is missing, until it is proved ----------------------------------------------------------


def test_who_has_not_proved_that_he_may_speak_gets_one_letter_and_nothing_else() -> None:
    """It has number, date and the papers that are missing; the acknowledgement waits."""
    case = LetterCase(first_letters=False, **by_proxy())

    assert [("written_notice", "luo.tian"), ("authority_check", CUSTOMER), ("duty_notice", "lin.fang")] == told(
        case.first
    )
    assert [("acknowledgement", "authority_open")] == noes(case.first)
    case.all_sent(case.first)
    assert [] == case.state.core.open_duties("acknowledge_customer")
    assert [("decision_notice", "authority_open")] == noes(case.when(decision()))


@pytest.mark.parametrize("kind", sorted(name for name, kind in KINDS.items() if Addressee.CUSTOMER in kind.to))
def test_no_letter_to_the_customer_leaves_for_whom_nothing_is_proved(kind: str) -> None:
    """Whatever its kind: each goes through the same door, also those that come later to the catalogue."""
    case = LetterCase(**by_proxy())
    one = MessageSendStarted.model_validate(_a_start(case)).model_copy(update={"kind": kind})

    assert NotNow("authority_open", None) == recheck(case.state, one, case.log[0], _context(case))


def _a_start(case: LetterCase) -> dict[str, Any]:
    return next(one.data for one in case.log if one.name == "MessageSendStarted" and "address" in one.data["recipient"])


def _context(case: LetterCase) -> Any:
    return Context("notify", CASE, "cause", NEXT_DAY, case.known)


def test_what_was_held_leaves_under_its_own_id_once_it_is_proved() -> None:
    """And the acknowledgement need not be sent any more: the letter about the proof said it."""
    case = LetterCase(**by_proxy())
    (held,) = [one for one in case.when(decision()) if isinstance(one, MessageSuppressed)]
    case.all_sent([held])

    letters = case.when(checked("proved"))

    assert [("decision_notice", CUSTOMER), ("authority_notice", "luo.tian")] == told(letters)
    assert held.message_id == letters[1].message_id
    assert PROXYS_MAIL.box == box_of(letters[1])
    assert [("acknowledgement", "already_told")] == noes(letters)
    assert "findings" == content_about(case, letters[1])["findings"]
    assert 1 == len(list(case.state.waiting_letters()))  # the decision has left as it is begun


def test_what_was_held_and_is_not_true_any_more_does_not_leave() -> None:
    """A reopened case has no decision."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(decision()))
    case.happens(CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY))

    assert ("decision_notice", "no_longer_needed") in noes(case.when(checked("proved")))


def test_what_is_proved_at_night_leaves_in_the_morning() -> None:
    """It is held for the night then, as any letter."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(decision()))

    letters = case.when(checked("proved"), now=NIGHT)

    assert ("decision_notice", "quiet_hours") in noes(letters)
    case.all_sent(letters)
    assert ["decision_notice"] == [case.state.shared_parts[one.at].kind for one in case.state.held]
    assert [] == list(case.state.waiting_letters())


def test_what_cannot_be_proved_stays_held_and_he_is_told_so() -> None:
    """The handler is told too, and a later proof lets it out."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(decision()))

    letters = case.when(checked("not_proved"))

    assert [("authority_refused", CUSTOMER), ("authority_notice", "luo.tian")] == told(letters)
    assert ("decision_notice", "authority_not_proved") in noes(letters)
    case.all_sent(letters)
    assert ("decision_notice", CUSTOMER) in told(case.when(checked("proved")))


def test_once_the_authority_has_run_out_letters_are_held_again_and_the_handler_knows() -> None:
    """The accepting post is told what it owes; what was held leaves once it is proved anew."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(proved_until()))

    letters = case.when(run_out())

    assert {("authority_ended", "luo.tian"), ("duty_notice", "lin.fang")} == set(told(letters))
    assert (
        "2020年3月31日" == content_about(case, next(one for one in letters if one.kind == "authority_ended"))["until"]
    )
    case.all_sent(letters)
    held = case.when(decision())
    assert [("decision_notice", "authority_open")] == noes(held)
    case.all_sent(held)
    assert ("decision_notice", CUSTOMER) in told(case.when(checked("proved")))


def test_a_letter_on_its_way_when_the_authority_runs_out_does_not_leave() -> None:
    """It is held, as if it had been decided since."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(proved_until()))
    (letter,) = [one for one in case.when(decision()) if one.kind == "decision_notice"]
    case.happens(run_out())

    assert NotNow("authority_open", None) == recheck(case.state, letter, case.log[0], _context(case))


def test_the_customer_himself_gets_what_waited_when_he_speaks() -> None:
    """At his own address, under his own name; the proxy's address gets nothing."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(decision()))

    letters = case.when(received_again(**by_himself()))

    (notice,) = [one for one in letters if one.kind == "decision_notice"]
    assert OWN_MAIL.box == box_of(notice)
    assert "himself" == content_about(case, notice)["customer_name"]


def test_a_proxy_who_comes_later_takes_nobodys_letters() -> None:
    """The customer gets them on; the proxy is asked for his papers, and gets them once that is proved."""
    case = LetterCase()
    letters = case.when(received_again(**by_proxy()))

    (asked,) = [one for one in letters if one.kind == "authority_check"]
    assert PROXYS_MAIL.box == box_of(asked)
    case.all_sent(letters)
    (to_him,) = [one for one in case.when(decision()) if one.kind == "decision_notice"]
    assert PROXYS_MAIL.box != box_of(to_him)
    case.happens(checked("proved"))
    (to_proxy,) = [one for one in case.when(decision()) if one.kind == "decision_notice"]
    assert PROXYS_MAIL.box == box_of(to_proxy)


def test_who_proved_it_at_once_is_acknowledged_like_a_customer() -> None:
    """Nothing is asked of him."""
    case = LetterCase(first_letters=False, **by_proxy(authority="proved"))

    assert [("acknowledgement", CUSTOMER), ("written_notice", "luo.tian")] == told(case.first)
    assert [] == noes(case.first)


def test_the_sender_is_told_that_he_is_not_the_complainant() -> None:
    """There is nobody else to tell; of other grounds he is told nothing, which may be the customer's affairs."""
    case = LetterCase(**by_proxy())
    his = CaseNotAccepted(ground="not_the_complainant", signpost=sealed("signpost"), approved_by="qiu.min")

    assert ("not_accepted_notice", CUSTOMER) in told(case.when(his))
    assert ("not_accepted_notice", "authority_open") in noes(LetterCase(**by_proxy()).when(not_accepted()))


def test_nothing_leaves_after_a_withdrawal_whatever_is_proved_then() -> None:
    """The held letters are let go."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(decision()))
    case.happens(CaseWithdrawn(received_at=NEXT_DAY, way="letter"))

    assert [] == [kind for kind, to in told(case.when(checked("proved"))) if to == CUSTOMER]


def test_a_held_letter_is_not_sent_twice_by_asking_for_it() -> None:
    """It waits as it is."""
    case = LetterCase(**by_proxy())
    (held,) = [one for one in case.when(decision()) if isinstance(one, MessageSuppressed)]
    case.all_sent([held])

    again = case.when(MessageResendRequested(message_id=str(held.message_id)))

    assert [("decision_notice", "already_told")] == noes(again)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("relation", ["proxy", "lawyer", "guardian", "heir"])
def test_each_is_asked_for_his_own_proof(relation: str, language: str) -> None:
    """An heir for the relation and the death, a guardian for the guardianship, a lawyer for his licence."""
    case = LetterCase(first_letters=False, language=language, **by_proxy(relation=relation))
    (letter,) = [one for one in case.first if one.kind == "authority_check"]
    content = content_about(case, letter)

    assert PROOFS[language][relation] == content["proof_wanted"]
    assert SPEAKS_AS[language][relation] == content["spoken_as"]


# -- joint complaints -----------------------------------------------------------------------------------------


def person(name: str, **ways: str) -> dict[str, Any]:
    """A representative, and how to reach him."""
    where = {way: Sealed(label=f"group.{way}", box=(text * 20)[:20]) for way, text in ways.items()}
    reach = {"email": "email", "phone": "phone", "address": "post"}
    return {"name": sealed(name), **where, "reachable_by": [reach[way] for way in ways]}


def joint(*representatives: dict[str, Any]) -> dict[str, Any]:
    """A complaint of thirty people."""
    return {
        "complainant": None, "anonymous": False, "reachable_by": [],
        "group": {"size": 30, "representatives": list(representatives)},
    }  # fmt: skip


A, B = person("zhao", email="AM"), person("qian", email="BM")


def boxes(letters: list[Any], kind: str) -> list[str]:
    """Where letters of a kind go."""
    return [box_of(one)[:2] for one in letters if one.kind == kind and isinstance(one, MessageSendStarted)]


def test_each_representative_gets_his_own_letter_under_his_own_name() -> None:
    """Acknowledgement and decision; who has no address gets none."""
    case = LetterCase(first_letters=False, **joint(A, B, person("sun", phone="CM")))

    assert ["AM", "BM"] == boxes(case.first, "acknowledgement")
    names = [content_about(case, one)["customer_name"] for one in case.first if one.kind == "acknowledgement"]
    assert ["zhao", "qian"] == names


def test_the_answer_is_one_duty_that_ends_when_each_has_it() -> None:
    """The first letter ends nothing, the last one does."""
    case = LetterCase(**joint(A, B))
    assert [] == case.state.core.open_duties("acknowledge_customer")
    first, second = [one for one in case.when(decision()) if one.kind == "decision_notice"]

    begun = [case.started(one) for one in (first, second)]
    results: list[Any] = []
    for one in begun:
        results.append(case.result(one))
        case.happens(results[-1])

    assert [[], ["reply_customer"]] == [[duty.kind for duty in one.duties_ended] for one in results]


@pytest.mark.parametrize("other", [person("sun", phone="CM"), person("sun", address="CM")])
def test_who_can_be_reached_otherwise_only_still_waits_for_his_answer(other: dict[str, Any]) -> None:
    """By telephone or by post it is the handler who answers."""
    case = LetterCase(**joint(A, other))
    letters = [one for one in case.when(decision()) if one.kind == "decision_notice"]
    begun = [case.started(one) for one in letters]

    result: Any = case.result(begun[0])
    assert () == result.duties_ended


def test_a_letter_held_for_the_night_leaves_for_the_representative_it_was_for() -> None:
    """Each under its own id."""
    case = LetterCase(**joint(A, B))
    held = [one for one in case.when(decision(), now=NIGHT) if one.kind == "decision_notice"]
    assert ["quiet_hours", "quiet_hours"] == [one.why for one in held]
    case.all_sent(held)

    due = {due.clock: due for due, _ in held_letters(CASE, case.state)}
    sent: list[Any] = [case.given.when(due[one.message_id], due[one.message_id].due_at)[0].data for one in held]

    assert [one.message_id for one in held] == [one.message_id for one in sent]
    assert ["AM", "BM"] == boxes(sent, "decision_notice")
    assert all(isinstance(timer, Timer) for timer in due.values())


def test_letters_go_to_the_new_ones_from_then_on() -> None:
    """Not even what is on its way goes to who speaks no longer."""
    case = LetterCase(**joint(A, B))
    letters = [one for one in case.when(decision()) if one.kind == "decision_notice"]
    begun = [case.started(one) for one in letters]
    changed = {"removed": [B["name"]], "added": [person("sun", email="CM")]}
    case.all_sent(case.when(RepresentativeChanged.model_validate(changed)))

    on_its_way = MessageSendStarted.model_validate(begun[1].data)
    assert NotNow("no_longer_speaks", None) == recheck(case.state, on_its_way, begun[1], _context(case))
    assert ["AM", "CM"] == boxes(case.when(not_accepted()), "not_accepted_notice")
    again = case.when(MessageResendRequested(message_id=on_its_way.message_id))
    assert [("decision_notice", "no_longer_speaks")] == noes(again)


CHANGED = {"removed": [B["name"]], "added": [person("sun", email="CM")]}


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
        assert recheck(case.state, letter, case.log[-2], _context(case)) is None
        case.happens(case.result(begun))
        assert [] == boxes(case.when(RepresentativeChanged.model_validate({"removed": [A["name"]]})), kind)


LATER: dict[str, Callable[[], tuple[EventData, ...]]] = {
    "plan_notice": lambda: (plan_offered(),),
    "review_result": lambda: (decision(), DissatisfactionReviewed(outcome="stands", words=sealed("words"))),
    "not_accepted_notice": lambda: (not_accepted(),),
}
"""What the customer was told besides outcomes, by the letter that tells it."""


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


def test_of_every_letter_to_the_customer_it_is_said_whether_who_speaks_later_gets_it() -> None:
    """A new one has to be put into one of the lists."""
    customers = {name for name, kind in DECLARED.items() if Addressee.CUSTOMER in kind.to}

    assert customers == LASTING | PASSING.keys()
    assert LASTING == {name for name, kind in DECLARED.items() if kind.lasts}


# -- each by the way he asked for ------------------------------------------------------------------------------


def joint_with(who: dict[str, Any], organisation: str = TEXTING) -> LetterCase:
    """A joint complaint that somebody brings for all, with a representative who has only a telephone."""
    phone_only = person("sun", phone="CM")
    said = joint(A, phone_only) | {"complainant": who, "reachable_by": []}
    return LetterCase(organisation, first_letters=False, **said)


def ways(letters: list[Any], kind: str) -> dict[str, str]:
    """By which way a letter goes to each address."""
    found = [one for one in letters if one.kind == kind and isinstance(one, MessageSendStarted)]
    return {box_of(one)[:2]: one.way for one in found}


OWN = {"name": sealed("zhou"), "email": Sealed(label="complainant.email", box="ZM" + "0" * 18)}
AT_HOME = {"address": Sealed(label="complainant.address", box="ZA" + "0" * 18)}
RUNG = {"phone": Sealed(label="complainant.phone", box="ZP" + "0" * 18)}


def test_of_a_joint_complaint_who_wants_letters_gets_letters_and_the_others_what_reaches_them() -> None:
    """The wish is his who said it; a printed decision is no answer yet, as in any other case."""
    case = joint_with(OWN | AT_HOME | {"prefers": "letter"})

    assert {"ZM": "email", "AM": "email", "CM": "sms"} == ways(case.first, "acknowledgement")
    case.all_sent(case.first)
    assert [] == case.state.core.open_duties("acknowledge_customer")
    told_it = case.when(decision())
    assert {"ZA": "print", "AM": "email"} == ways(told_it, "decision_notice")
    case.all_sent(told_it)
    assert case.state.core.open_duties("reply_customer")


def test_who_wants_text_messages_gets_them_and_who_has_only_a_telephone_too() -> None:
    """Where the bank sends any; where it sends none, who wants them is mailed."""
    assert {"ZP": "sms", "AM": "email", "CM": "sms"} == ways(
        joint_with(OWN | RUNG | {"prefers": "sms"}).first, "acknowledgement"
    )
    assert {"ZM": "email", "AM": "email"} == ways(
        joint_with(OWN | RUNG | {"prefers": "sms"}, ORGANISATION).first, "acknowledgement"
    )
    assert {"ZP": "sms", "AM": "email", "CM": "sms"} == ways(
        joint_with({"name": sealed("zhou")} | RUNG).first, "acknowledgement"
    )


def test_a_proxy_gets_letters_in_the_way_he_asked_for() -> None:
    """Once he may be told anything; the wish is put right as anything else of the receipt is."""
    proxy = by_proxy(authority="proved")
    proxy["complainant"] |= AT_HOME | {"prefers": "letter"}
    case = LetterCase(**proxy)
    assert {"ZA": "print"} == ways(case.when(decision()), "decision_notice")

    case = LetterCase(**proxy)
    case.happens(ReceiptCorrected(pointer="/complainant/prefers", value=None, ground=sealed("ground")))
    assert {"PR": "email"} == ways(case.when(decision()), "decision_notice")


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


def test_who_complains_and_speaks_for_the_group_gets_one_letter_where_the_address_is_the_same() -> None:
    """The same box is the same address; of different labels nobody can tell (decision 64)."""
    mail = Sealed(label="complainant.email", box="SAMESAMESAMESAME")
    said = joint(A, {"name": sealed("li"), "email": mail, "reachable_by": ["email"]})
    said |= {"complainant": {"name": sealed("li"), "email": mail}, "reachable_by": ["email"]}

    case = LetterCase(**said)
    assert ["SA", "AM"] == boxes(case.first, "acknowledgement")
    assert [] == case.state.core.open_duties("acknowledge_customer")  # everybody has it


def test_a_proxy_in_place_of_another_gets_what_waited() -> None:
    """If the change proves that he may."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(decision()))
    lawyer = person("lawyer", email="LM")
    changed = {"removed": [sealed("proxy")], "proxy": lawyer, "relation": "lawyer", "authority": "proved"}

    assert ["LM"] == boxes(case.when(RepresentativeChanged.model_validate(changed)), "decision_notice")


# -- what was taken down wrongly is put right of whoever said it ----------------------------------------------


def test_an_address_put_right_is_that_of_who_spoke_in_the_first_receipt() -> None:
    """Of a proxy who came first it is his, and no way to the customer; of the customer who came first it is his own."""
    right = Sealed(label="complainant.email", box="RIGHTRIGHTRIGHT0MAIL")
    case = LetterCase(**by_proxy(authority="proved", email=PROXYS_MAIL))
    case.when(address_put_right(right))

    letters = (one for one in case.when(decision()) if isinstance(one, MessageSendStarted))
    (letter,) = [one for one in letters if one.kind == "decision_notice"]
    assert right.box == box_of(letter)
    assert case.state.reach is None
    assert case.state.core.speakers is not None
    assert case.state.core.speakers.proxy is not None
    assert ("email",) == case.state.core.speakers.proxy.reachable_by


def test_an_address_put_right_of_a_customer_is_not_his_proxys() -> None:
    """The proxy came by a further receipt: the first one, which is put right, is the customer's own."""
    right = Sealed(label="complainant.email", box="RIGHTRIGHTRIGHT0MAIL")
    case = LetterCase(**by_himself())
    case.when(received_again(**by_proxy()))
    case.when(address_put_right(right))

    assert right.box == case.state.box
    assert case.state.core.speakers is not None
    assert case.state.core.speakers.proxy is not None
    assert PROXYS_MAIL.box == getattr(case.state.core.speakers.proxy.email, "box", None)


def address_put_right(right: Sealed) -> ReceiptCorrected:
    """The e-mail address of the first receipt's complainant was another one."""
    return ReceiptCorrected(pointer="/complainant/email", value=right, ground=sealed("ground"))
