"""What channel systems are told of what they submitted: owed by the case, once per state, given up after four days."""

import pytest

from ops.replay.sendings import result_of
from services.notify.decisions import SERVICE
from services.notify.falls_due import next_due
from services.notify.webhooks.hook import TRIED_FOR, WEBHOOKS
from shared.contract.events.casework import CustomerReplied
from shared.contract.events.ending import CaseClosed, CaseReopened, CaseWithdrawn
from shared.contract.events.notify import WebhookDelivered, WebhookGivenUp
from shared.kernel.service import NoLongerDue, ResultTrigger
from tests.support.facts import CASE, NOW, event
from tests.support.hooked_case import HookedCase
from tests.support.letter_case import ORGANISATION, LetterCase, not_accepted, sealed

TAKEN = {"outcome": "delivered", "status": 204}


def answered(case: LetterCase) -> CustomerReplied:
    """The customer has the answer."""
    ended = case.ending("reply_customer")
    return CustomerReplied(way="phone", content=sealed("content"), remedies_told=True, duties_ended=ended)


def test_a_system_with_a_webhook_is_promised_to_be_told_with_the_first_letters() -> None:
    """Acknowledged is what it is told first: the number was told on the telephone."""
    case = HookedCase()

    assert [("hotline", case.log[0].data["case_number"])] == [(one.system, one.case_number) for one in case.agreed]
    assert [("acknowledged", None)] == case.owed()
    assert (WEBHOOKS,) == tuple(SERVICE.keys(case.state))


def test_a_system_without_a_webhook_is_promised_nothing_and_nothing_is_kept() -> None:
    """Also where its organisation file names one later: what was submitted before is told nobody."""
    case = LetterCase()
    case.happens(CaseClosed())

    assert case.state.hook is None
    assert [] == list(SERVICE.open_sendings(case.state))


@pytest.mark.parametrize("submitter", ["person:lin.fang", "smtp:office@dongqiao.example", "channel:counter"])
def test_nobody_else_is_told(submitter: str) -> None:
    """People and senders of mail have other ways; another system hears nothing of this one's cases."""
    case = HookedCase(submitter=submitter)

    assert ([], None) == (case.agreed, case.state.hook)


def test_a_submission_through_the_inbox_is_told_to_its_system() -> None:
    """It is the same system, by another way."""
    assert "hotline" == HookedCase(submitter="inbox:hotline").hook.system


def test_each_state_is_owed_once_in_its_order() -> None:
    """Whatever else happens on the case."""
    case = HookedCase()
    case.happens(answered(case))
    case.happens(CaseClosed())

    assert [("acknowledged", None), ("answered", None), ("ended", "closed")] == case.owed()
    assert 3 == len({notice.id for notice in case.hook.owed})


@pytest.mark.parametrize(
    ("ending", "how"),
    [(CaseWithdrawn(received_at=NOW, way="phone"), "withdrawn"), (not_accepted(), "not_accepted")],
)
def test_it_is_told_how_a_case_ended(ending: CaseWithdrawn, how: str) -> None:
    """Withdrawn and not accepted are no answers."""
    case = HookedCase()
    case.happens(ending)

    assert ("ended", how) == case.owed()[-1]


def test_a_case_that_is_reopened_ends_once_more() -> None:
    """Under another id: it is another notice."""
    case = HookedCase()
    case.happens(CaseClosed())
    case.happens(CaseReopened(ground=sealed("ground"), received_at=NOW))
    case.happens(CaseClosed())

    assert ["acknowledged", "ended", "ended"] == [notice.state for notice in case.hook.owed]
    assert 3 == len({notice.id for notice in case.hook.owed})


def test_what_was_taken_is_recorded_and_owed_no_more() -> None:
    """A second result of the same notice changes nothing."""
    case = HookedCase()
    notice = case.hook.owed[0]
    fact = case.comes_back(notice, **TAKEN)

    assert isinstance(fact, WebhookDelivered)
    assert (notice.id, "hotline", "acknowledged", 204) == (fact.webhook_id, fact.system, fact.state, fact.status)
    assert ([], ()) == (case.owed(), tuple(SERVICE.keys(case.state)))
    with pytest.raises(NoLongerDue):
        case.given.when(ResultTrigger(notice.id, CASE, TAKEN))


def test_a_system_that_is_gone_is_recorded_as_such() -> None:
    """410 says that it wants no more of it."""
    case = HookedCase()
    fact = case.comes_back(case.hook.owed[0], outcome="given_up", reason="gone")

    assert isinstance(fact, WebhookGivenUp)
    assert ("gone", []) == (fact.reason, case.owed())


def test_a_notice_is_given_up_after_four_days() -> None:
    """By the state's own clock, whoever was away meanwhile; once."""
    case = HookedCase()
    notice = case.hook.owed[0]
    (timer,) = (one for one in SERVICE.timers(CASE, case.state) if one.kind == "not_taken")
    (fact,) = (fact.data for fact in case.given.when(timer, timer.due_at))

    assert isinstance(fact, WebhookGivenUp)
    assert ("not_taken", notice.at + TRIED_FOR.total_seconds()) == (fact.reason, timer.due_at.timestamp())
    assert timer.due_at.timestamp() == next_due(case.state)
    case.fold(event(fact, timer.id))
    with pytest.raises(NoLongerDue):
        case.given.when(timer, timer.due_at)


def test_a_notice_is_decided_again_on_what_was_recorded_of_it() -> None:
    """A replay finds in the log what came back."""
    case = HookedCase()
    notice = case.hook.owed[0]
    fact = case.given.when(ResultTrigger(notice.id, CASE, TAKEN))[0].data

    again = result_of(event(fact, notice.id))
    assert again is not None
    assert fact == case.given.when(ResultTrigger(notice.id, CASE, again))[0].data


def test_the_example_bank_has_no_webhook() -> None:
    """Else the tests of everything else would tell somebody."""
    assert "webhook" not in ORGANISATION
