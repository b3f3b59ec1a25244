"""Who gets the first letters, chasers and breach notices, who is deliberately not written to, and what notify keeps."""

import gc
import tracemalloc

import pytest

from ops import naive_fold
from services.notify.service import SERVICE
from services.notify.state import NotifyState
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from shared.envelope import Event, from_json, to_json
from shared.errors import NotYet
from shared.events import EventData
from shared.events.base import Sealed
from shared.events.casework import CaseWithdrawn, HandlerReassigned, PartyConcernedNamed
from shared.events.notify import CustomerRecipient, MessageFailed, MessageSendStarted, MessageSent
from shared.service import LogTrigger
from tests.facts import CASE, NOW, Given, event, receipt, reference
from tests.letter_case import (
    ADDRESS,
    FAN,
    ORGANISATION,
    LetterCase,
    breached,
    decision,
    noes,
    passed,
    report,
    sealed,
    told,
    warned,
)

MAX_BYTES_PER_OPEN_CASE = 1024
SEALED_ADDRESS = 76
"""Characters of a sealed e-mail address of 28."""


def first_facts(**changes: object) -> tuple[Event, Event, Event]:
    """The receipt, its routing and its clock."""
    cause = event(receipt(**changes))
    routed = event(Given(ROUTING).when_event(cause)[0], cause.id)
    return cause, routed, event(Given(SLA).when_event(cause)[0], cause.id)


# -- the first letters ---------------------------------------------------------------------------------


@pytest.mark.parametrize("clock_first", [True, False])
def test_the_first_letters_are_owed_by_whichever_fact_comes_second(clock_first: bool) -> None:
    """Routing and clock cross in any order; the letters name both and go out once."""
    cause, routed, clock = first_facts()
    earlier, later = (clock, routed) if clock_first else (routed, clock)
    given = Given(SERVICE, cause)

    assert [] == given.when_event(earlier)
    assert ["acknowledgement", "written_notice"] == [f.kind for f in given.when_event(later)]  # type: ignore[attr-defined]


def test_the_first_letters_wait_for_the_clock_to_the_reply() -> None:
    """A duty's clock names no limit that a customer could be told."""
    cause, routed, clock = first_facts()
    given = Given(SERVICE, cause, routed)
    of_a_duty = clock._replace(id="other", data=clock.data | {"milestone": "contact_customer"})

    assert [] == given.when_event(of_a_duty)
    assert 2 == len(given.when_event(clock))


@pytest.mark.parametrize("name", ["clock", "routing"])
def test_a_second_clock_or_routing_calls_for_no_second_acknowledgement(name: str) -> None:
    """Only the first of each counts: a reopened case has a clock of its own."""
    case = LetterCase()
    _, routed, clock = first_facts()

    assert [] == case.when_event({"clock": clock, "routing": routed}[name]._replace(id="another"))


def test_the_customer_is_written_to_in_the_language_of_the_receipt_and_staff_in_the_banks() -> None:
    """Templates are named by language."""
    assert [("en", "acknowledgement.en"), ("zh", "written_notice.zh")] == [
        (f.language, f.template.id) for f in LetterCase(language="en").first if isinstance(f, MessageSendStarted)
    ]


def test_the_customers_address_stays_sealed() -> None:
    """Decisions open nothing: the box is handed on as it came."""
    letter = LetterCase().first[0]

    assert isinstance(letter, MessageSendStarted)
    assert isinstance(letter.recipient, CustomerRecipient)
    assert ("complainant.email", "BBBB") == (letter.recipient.address.label, letter.recipient.address.box)


def test_an_acknowledgement_goes_out_also_at_night_and_where_its_duty_is_done() -> None:
    """On the telephone the number was told in person; in writing it is kept (CONTRACT section 3)."""
    cause, routed, clock = first_facts()
    given = Given(SERVICE, cause, routed)

    assert [] == given.state.core.open_duties("acknowledge_customer")
    assert ("acknowledgement", "customer") in told(given.when_event(clock, NOW.replace(hour=23)))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"complainant": {}, "reachable_by": ["phone"]}, "not_reachable_by_email"),
        ({"complainant": {"address": ADDRESS}, "reachable_by": ["post"]}, "not_reachable_by_email"),
        ({"anonymous": True, "complainant": None, "reachable_by": []}, "anonymous"),
    ],
)
def test_a_customer_without_email_is_not_acknowledged_and_the_log_says_why(
    changes: dict[str, object], why: str
) -> None:
    """A deliberate no is a fact too; an acknowledgement is never printed."""
    assert [("acknowledgement", why)] == noes(LetterCase(first_letters=False, **changes).first)


def test_nothing_is_acknowledged_after_a_withdrawal() -> None:
    """Nor does the handler have anything left to do."""
    cause, routed, clock = first_facts()
    withdrawn = event(CaseWithdrawn(received_at=NOW, way="phone"), "withdrawn")

    assert [("acknowledgement", "withdrawn"), ("written_notice", "withdrawn")] == noes(
        Given(SERVICE, cause, routed, withdrawn).when_event(clock)
    )


def test_a_notice_without_a_handler_is_suppressed() -> None:
    """Nobody handles while the unit is not determined."""
    case = LetterCase(first_letters=False, matter={"complained_unit": None})

    assert [("written_notice", "nobody_to_tell")] == noes(case.first)


def test_a_handler_without_an_address_is_not_written_to_and_the_duty_stays_open() -> None:
    """The log says that the notice has to be delivered another way."""
    case = LetterCase(ORGANISATION.replace("email: luo.tian@bank.example, ", ""))

    assert [("written_notice", "no_email")] == noes(case.first)
    assert case.duty("deliver_written_notice").id == case.first[1].duty_id  # type: ignore[attr-defined]


def test_a_letter_waits_while_its_template_is_not_published() -> None:
    """Nothing is decided on words that nobody has released."""
    cause, routed, clock = first_facts()
    given = Given(SERVICE, cause, routed, clock, known=reference("organisation"))

    with pytest.raises(NotYet, match=r"acknowledgement\.zh"):
        given.when(LogTrigger(clock))


# -- chasers and breaches ------------------------------------------------------------------------------


@pytest.mark.parametrize(("fact", "kind"), [(warned(), "warning_chaser"), (passed(), "target_chaser")])
def test_the_handler_is_chased(fact: EventData, kind: str) -> None:
    """Before the limit, and when the target of a complex complaint is behind."""
    assert [(kind, "luo.tian")] == told(LetterCase().when(fact))


@pytest.mark.parametrize("fact", [warned(), passed()], ids=["warned", "passed"])
def test_nobody_is_chased_for_what_is_done(fact: EventData) -> None:
    """Reply and report came while the reminder was on its way; the chaser of another clock goes out all the same."""
    case = LetterCase()
    case.happens(decision(duties_ended=case.ending("handle", "reply_customer")))
    case.happens(report(duties_ended=case.ending("report_result")))

    assert ["no_longer_needed"] == [why for _, why in noes(case.when(fact))]
    assert 1 == len(told(case.when(fact.model_copy(update={"milestone": "decision"}))))


@pytest.mark.parametrize("fact", [warned(), passed()], ids=["warned", "passed"])
def test_a_reminder_of_a_dutys_clock_calls_for_no_letter(fact: EventData) -> None:
    """Only its breach does."""
    assert [] == LetterCase().when(fact, duty_id="a duty")


def test_a_breach_is_told_to_the_handler_and_to_the_accepting_person() -> None:
    """The one owes reason and explanation, the other has to see that they come."""
    letters = LetterCase().when(breached())

    assert [("breach_notice", "luo.tian"), ("breach_notice", "lin.fang")] == told(letters)
    assert 2 == len({letter.message_id for letter in letters})


@pytest.mark.parametrize("fact", [warned(), breached()], ids=["warned", "breached"])
def test_without_a_handler_the_accepting_person_is_written_to_once(fact: EventData) -> None:
    """The case still belongs to somebody."""
    case = LetterCase(matter={"complained_unit": None})

    assert ["lin.fang"] == [person for _, person in told(case.when(fact))]


def test_before_it_is_routed_there_is_nobody_to_tell() -> None:
    """A warning that comes first is answered all the same, or it would be owed for ever."""
    given = Given(SERVICE, event(receipt()))

    assert [("warning_chaser", "nobody_to_tell")] == noes(given.when_event(event(warned(), "timer")))


@pytest.mark.parametrize("fact", [warned(), breached()], ids=["warned", "breached"])
def test_nobody_is_chased_after_a_withdrawal(fact: EventData) -> None:
    """The procedure has ended (order 2020 no. 3, art. 15)."""
    case = LetterCase()
    case.happens(CaseWithdrawn(received_at=NOW, way="phone"))
    letters = case.when(fact)

    assert [] == told(letters)
    assert {"withdrawn"} == {why for _, why in noes(letters)}


def test_a_person_concerned_gets_no_letter_on_the_case() -> None:
    """Whoever was named, and everybody in the unit that they head (article 3)."""
    case = LetterCase()
    case.happens(PartyConcernedNamed(person="luo.tian", ground=sealed("ground")))

    assert [("warning_chaser", "party_concerned")] == noes(case.when(warned()))
    letters = case.when(breached())
    assert [("breach_notice", "party_concerned")] == noes(letters)
    assert [("breach_notice", "lin.fang")] == told(letters)


def test_whom_a_person_concerned_heads_gets_no_letter_either() -> None:
    """Luo Tian heads the lending department, in which Fan Yi works."""
    case = LetterCase()
    case.happens(HandlerReassigned(handler=FAN, ground=sealed("ground")))
    assert [("warning_chaser", "fan.yi")] == told(case.when(warned()))

    case.happens(PartyConcernedNamed(person="luo.tian", ground=sealed("ground")))
    assert [("warning_chaser", "party_concerned")] == noes(case.when(warned()))


def test_who_owes_an_overdue_duty_is_chased() -> None:
    """By name, about that duty; the bank's own breach notice is for its own clock."""
    case = LetterCase()
    duty = case.duty("contact_customer")
    letters = case.when(breached(milestone="contact_customer"), duty_id=duty.id)

    assert [("duty_chaser", "luo.tian")] == told(letters)
    assert duty.id == letters[0].duty_id


def test_a_duty_that_nobody_is_named_for_is_chased_at_who_holds_its_post() -> None:
    """Nobody of the sub-branch archives any more, so the branch does."""
    left = 'zhong.an@bank.example, phone: "0000-5550116", from: 2015-01-01'
    case = LetterCase(ORGANISATION.replace(left, f"{left}, until: 2019-12-31"))
    duty = case.duty("archive")

    assert None is duty.terms.debtor.person
    assert [("duty_chaser", "ye.lan")] == told(case.when(breached(milestone="archive"), duty_id=duty.id))


@pytest.mark.parametrize("known", [True, False])
def test_a_duty_that_is_done_or_unknown_is_not_chased(known: bool) -> None:
    """It was done while the clock ran out."""
    case = LetterCase()
    duty = case.duty("handle").id
    case.happens(decision(duties_ended=case.ending("handle")))
    letters = case.when(breached(milestone="handle"), duty_id=duty if known else "another")

    assert [("duty_chaser", "no_longer_needed" if known else "nobody_to_tell")] == noes(letters)


def test_what_is_still_owed_after_a_withdrawal_is_chased() -> None:
    """The archive is not the customer's business."""
    case = LetterCase()
    duty = case.duty("archive")
    case.happens(CaseWithdrawn(received_at=NOW, way="phone"))

    assert [("duty_chaser", "zhong.an")] == told(case.when(breached(milestone="archive"), duty_id=duty.id))


# -- once --------------------------------------------------------------------------------------------


def test_the_same_cause_gives_the_same_message_id() -> None:
    """So a repetition after a crash is recognised by every mail server."""
    first, second = (LetterCase().first for _ in range(2))

    assert first == second
    assert isinstance(first[0], MessageSendStarted)
    assert f"<{first[0].message_id}@example-bank.redress>" == first[0].smtp_message_id


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
    """Such a result is a mistake, never a second fact."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[1])
    case.fold(event(case.result(begun), begun.id))

    with pytest.raises(ValueError, match="not open"):
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

    assert [["acknowledgement", "customer", "sent"]] == [row[1:] for row in dump["messages"]]
    assert [["written_notice", "no_email"]] == dump["suppressed"]


def test_the_independent_fold_says_the_same() -> None:
    """Letters to people, to a mailbox, on paper and to nobody; sent, refused, open and kept back."""
    case = LetterCase(complainant={"address": ADDRESS}, reachable_by=["post"])
    case.all_sent(case.when(decision()))
    case.all_sent(case.when(decision(), NOW.replace(hour=22)))
    reports = [case.started(letter) for letter in case.when(report(copy_to=["dongqiao.operations"]))]
    case.fold(event(case.result(reports[-1], outcome="failed", code=550, reason="x"), reports[-1].id))
    expected = naive_fold.fold(to_json(one) for one in case.log)["notify"][CASE]

    assert expected == SERVICE.dump(case.state)
    assert {"sent", "started", "failed"} == {row[3] for row in expected["messages"]}
    assert ["decision_notice", "quiet_hours"] in expected["suppressed"]


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
    cases = 500
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
