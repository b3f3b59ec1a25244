"""News of a case: what its people read of a reopening, a further receipt, a failed letter, a request to approve."""

from typing import Any

from services.notify.letters.content import quoted
from services.notify.letters.dossier import CaseDossier
from services.notify.letters.kinds import KINDS
from shared.contract.events.ending import CaseClosed
from shared.contract.events.notify import CustomerRecipient, MessageSendStarted
from tests.support.letter_case import (
    ADDRESS,
    BAI,
    LetterCase,
    content_about,
    moved,
    noes,
    received_again,
    reopened,
    rerouted,
    sealed,
    told,
)
from tests.support.told_facts import (
    ACCEPTING,
    AGENT,
    CUSTOMER,
    HANDLER,
    SAID,
    approval_asked,
    called_for,
    failed,
    with_agent,
)


def test_a_customer_on_paper_is_told_of_a_reopening_and_when_that_date_moves() -> None:
    """Both letters go to the print room: by no other way does he learn either."""
    case = LetterCase(complainant={"address": ADDRESS}, reachable_by=["post"])
    case.happens(CaseClosed())
    letters = reopened(case)
    case.all_sent(letters)
    moved_on = case.when(moved(case, 7))

    assert [("reopening_confirmation", "print")] == on_paper(letters)
    assert [("limit_notice", "print")] == on_paper(moved_on)


def on_paper(letters: list[Any]) -> list[tuple[str, str]]:
    """The letters to the customer that are started, each with its way."""
    return [
        (letter.kind, letter.way)
        for letter in letters
        if isinstance(letter, MessageSendStarted) and isinstance(letter.recipient, CustomerRecipient)
    ]


def test_a_reopening_is_told_with_the_date_that_runs_from_it() -> None:
    """To handler, agent and customer, when the clock of the new round starts; the first letters are decided once."""
    case = with_agent()
    case.happens(CaseClosed())
    letters = reopened(case)

    assert [("reopened_notice", HANDLER), ("reopened_notice", AGENT), ("reopening_confirmation", CUSTOMER)] == told(
        letters
    )
    assert {"2020年3月12日"} == {content_about(case, letter)["due_on"] for letter in letters}


def test_on_a_closed_case_a_further_receipt_proposes_to_take_it_up_received_again() -> None:
    """To the accepting post, which may; the handler has no case any more."""
    case = with_agent()
    case.happens(CaseClosed())

    assert [("reopening_proposal", ACCEPTING)] == told(called_for(case, received_again()))


def test_whoever_gets_the_case_afterwards_reads_what_was_said_in_between() -> None:
    """The notice holds every further receipt: it moved the case, so nobody else was told."""
    case = with_agent()
    case.happens(received_again(matter={"narrative": sealed("matter.narrative")}))
    notice = case.when(rerouted(case, BAI))[0]
    said = content_about(case, notice)["said_again"]

    assert ("2020年3月6日：matter.narrative",) == said


def test_a_letter_that_says_that_another_failed_says_nothing_of_itself() -> None:
    """Else two addresses that take nothing would write of each other for ever."""
    case = LetterCase()
    (notice,) = case.when(failed(case))
    gone = case.result(case.started(notice), outcome="failed", code=550, reason="refused_by_mail_server")

    assert [("failed_letter_notice", "no_longer_needed")] == noes(case.when(gone))


def test_what_an_approver_must_not_know_stays_out() -> None:
    """The request names act, asker and cost; no text of the customer or of the act is opened for it."""
    case = LetterCase()
    (letter,) = called_for(case, approval_asked(case), ACCEPTING)
    content = content_about(case, letter)

    assert ("处理决定", "林芳", ("50.00元",)) == (content["act"], content["asked_by"], content["amounts"])
    assert letter.about == content["approval"]
    assert SAID.box not in str(content)
    assert {} == quoted(KINDS["approval_request"], CaseDossier.of(case.log, case.log[-1]))
