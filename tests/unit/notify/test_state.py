"""What becomes of a sending, and what notify keeps of a case."""

import gc
import tracemalloc

import pytest

from ops.verify import naive_fold
from services.notify.decisions import SERVICE
from services.notify.state import NotifyState
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.contract.envelope import Event, from_json, to_json
from shared.contract.events.base import Sealed
from shared.contract.events.notify import MessageFailed, MessageSent
from shared.kernel.service import NoLongerDue
from tests.support.facts import CASE, NOW, Given, event, receipt, reference
from tests.support.letter_case import ADDRESS, ORGANISATION, LetterCase, decision, report, warned

MAX_BYTES_PER_OPEN_CASE = 1024
SEALED_ADDRESS = 76
"""Characters of a sealed e-mail address of 28."""


def first_facts(**changes: object) -> tuple[Event, Event, Event]:
    """The receipt, its routing and its clock."""
    cause = event(receipt(**changes))
    routed = event(Given(ROUTING).when_event(cause)[0], cause.id)
    return cause, routed, event(Given(SLA).when_event(cause)[0], cause.id)


# -- what becomes of a sending -------------------------------------------------------------------------


def test_a_notice_that_was_sent_discharges_its_duty() -> None:
    """The duty of routing's event ends with the message."""
    case = LetterCase(first_letters=False)
    duty = case.duty("deliver_written_notice").id
    fact = case.result(case.started(case.first[1]))

    assert isinstance(fact, MessageSent)
    assert [("deliver_written_notice", duty)] == [(d.kind, d.id) for d in fact.duties_ended]


def test_an_acknowledgement_ends_its_duty_where_it_is_still_open() -> None:
    """By e-mail nobody was told the number in person."""
    case = LetterCase(first_letters=False, channel="mail")
    fact = case.result(case.started(case.first[0]))

    assert isinstance(fact, MessageSent)
    assert ["acknowledge_customer"] == [d.kind for d in fact.duties_ended]


def test_a_refused_message_leaves_its_duty_open() -> None:
    """A 5xx is a fact that somebody has to act on."""
    case = LetterCase(first_letters=False)
    fact = case.result(case.started(case.first[1]), outcome="failed", code=550, reason="refused_by_mail_server")

    assert isinstance(fact, MessageFailed)
    assert 550 == fact.code


def test_a_result_of_a_sending_that_is_not_open_is_refused() -> None:
    """It came too late, such as after the letter was given up; never a second fact."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[1])
    case.fold(event(case.result(begun), begun.id))

    with pytest.raises(NoLongerDue, match="not open"):
        case.result(begun)


# -- what is kept ------------------------------------------------------------------------------------


def test_an_open_sending_is_listed_until_its_end_is_recorded() -> None:
    """That is what a new owner of the partition takes over."""
    case = LetterCase(first_letters=False)
    begun = [case.started(letter) for letter in case.first]
    assert [one.id for one in begun] == list(SERVICE.open_sendings(case.state))

    case.fold(event(case.result(begun[0], outcome="failed", code=550, reason="x"), begun[0].id))
    assert [begun[1].id] == list(SERVICE.open_sendings(case.state))

    case.fold(event(case.result(begun[1]), begun[1].id))
    assert [] == list(SERVICE.open_sendings(case.state))
    assert {"failed", "sent"} == {row[3] for row in SERVICE.dump(case.state)["messages"]}


def test_the_dump_says_to_whom_and_why_not() -> None:
    """What the independent fold has to say as well."""
    case = LetterCase(ORGANISATION.replace("email: luo.tian@bank.example, ", ""))
    dump = SERVICE.dump(case.state)

    said = [["acknowledgement", "customer", "sent"], ["written_notice", "luo.tian", "no_email"]]
    assert said == sorted(row[1:] for row in dump["messages"])


def test_the_independent_fold_says_the_same() -> None:
    """Letters to people, to a mailbox, on paper and to nobody; sent, refused, open and kept back."""
    case = LetterCase(complainant={"address": ADDRESS}, reachable_by=["post"])
    case.all_sent(case.when(decision()))
    case.all_sent(case.when(decision(), NOW.replace(hour=22)))
    reports = [case.started(letter) for letter in case.when(report(copy_to=["dongqiao.operations"]))]
    case.fold(event(case.result(reports[-1], outcome="failed", code=550, reason="x"), reports[-1].id))
    expected = naive_fold.fold(to_json(one) for one in case.log)["notify"][CASE]

    assert expected == SERVICE.dump(case.state)
    assert {"sent", "started", "failed"} < {row[3] for row in expected["messages"]}
    assert ["decision_notice", "customer", "quiet_hours"] in [row[1:] for row in expected["messages"]]


def test_a_fact_of_a_case_that_was_never_received_is_refused() -> None:
    """It blocks its case; nothing is guessed."""
    with pytest.raises(ValueError, match="never received"):
        SERVICE.evolve(None, event(warned(), "timer"))


def test_an_open_case_takes_at_most_a_kibibyte() -> None:
    """A bank has a hundred thousand of them in one process."""
    address = Sealed(label="complainant.email", box="A" * SEALED_ADDRESS)
    case = LetterCase(first_letters=False, complainant={"email": address})
    bodies = [to_json(one) for one in case.log]
    bodies += [to_json(event(letter, case.log[-1].id, place)) for place, letter in enumerate(case.first)]
    cases = 1000  # so many that what is there once for all of them weighs little in it
    states = [folded(bodies)]  # what all cases share is there already
    gc.collect()
    tracemalloc.start()
    states = [folded(bodies) for _ in range(cases)]
    gc.collect()  # the interpreter's free lists hold up to 2000 dead tuples of every length: they are no case's
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 2 == len(states[0].messages)
    assert size / cases <= MAX_BYTES_PER_OPEN_CASE


def folded(bodies: list[bytes]) -> NotifyState:
    """The state after events read from their JSON, as a fold reads them: no text is shared by chance."""
    given = Given(SERVICE, known=reference("none"))
    for body in bodies:
        given.fold(from_json(body))
    assert isinstance(given.state, NotifyState)
    return given.state
