"""Somebody speaks for a customer: what is held until he has proved that he may, when it leaves, and to whom."""

from datetime import datetime
from typing import Any

import pytest

from services.notify.letters.addressees import Addressee
from services.notify.letters.kinds import KINDS
from services.notify.letters.words import PROOFS, SPEAKS_AS
from services.notify.rechecking import NotNow, recheck
from shared.contract.events.base import Sealed
from shared.contract.events.casework import MessageResendRequested
from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.ending import CaseNotAccepted, CaseReopened, CaseWithdrawn
from shared.contract.events.notify import MessageSendStarted, MessageSuppressed
from shared.contract.events.routing import DutiesAdded
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged
from tests.support.letter_case import (
    NEXT_DAY,
    LetterCase,
    content_about,
    decision,
    noes,
    not_accepted,
    received_again,
    sealed,
    told,
)
from tests.support.speakers import (
    AT_HOME,
    CUSTOMER,
    NIGHT,
    OWN_MAIL,
    PROXYS_MAIL,
    box_of,
    boxes,
    by_himself,
    by_proxy,
    checked,
    context,
    person,
    ways,
)


def proved_until() -> AuthorityChecked:
    """Somebody looked at papers that hold until the end of March."""
    ends_at = datetime.fromisoformat("2020-04-01T00:00:00+08:00")
    return AuthorityChecked.model_validate({"authority": "proved", "until": "2020-03-31", "ends_at": ends_at})


def run_out() -> DutiesAdded:
    """They hold no longer."""
    owed: dict[str, Any] = {"id": "again", "kind": "check_authority", "creditor": None}
    owed |= {"debtor": {"unit": "dongqiao", "post": "complaint_post", "person": "lin.fang"}}
    return DutiesAdded.model_validate({"reason": "authority_ended", "duties_opened": [owed]})


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

    assert NotNow("authority_open", None) == recheck(case.state, one, case.log[0], context(case))


def _a_start(case: LetterCase) -> dict[str, Any]:
    return next(one.data for one in case.log if one.name == "MessageSendStarted" and "address" in one.data["recipient"])


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

    assert NotNow("authority_open", None) == recheck(case.state, letter, case.log[0], context(case))


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


def test_a_proxy_gets_letters_in_the_way_he_asked_for() -> None:
    """Once he may be told anything; the wish is put right as anything else of the receipt is."""
    proxy = by_proxy(authority="proved")
    proxy["complainant"] |= AT_HOME | {"prefers": "letter"}
    case = LetterCase(**proxy)
    assert {"ZA": "print"} == ways(case.when(decision()), "decision_notice")

    case = LetterCase(**proxy)
    case.happens(ReceiptCorrected(pointer="/complainant/prefers", value=None, ground=sealed("ground")))
    assert {"PR": "email"} == ways(case.when(decision()), "decision_notice")


def test_a_proxy_in_place_of_another_gets_what_waited() -> None:
    """If the change proves that he may."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(decision()))
    lawyer = person("lawyer", email="LM")
    changed = {"removed": [sealed("proxy")], "proxy": lawyer, "relation": "lawyer", "authority": "proved"}

    assert ["LM"] == boxes(case.when(RepresentativeChanged.model_validate(changed)), "decision_notice")


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
