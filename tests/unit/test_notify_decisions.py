"""Who gets chasers and breach notices, who is deliberately not written to, and what notify keeps."""

import tracemalloc
from datetime import date, datetime

import pytest

from ops.reference import EXAMPLE_ORGANISATION
from services.notify.service import SERVICE
from services.notify.state import NotifyState
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from shared.envelope import Event, from_json, to_json
from shared.errors import NotYet
from shared.events import EventData
from shared.events.notify import (
    CustomerRecipient,
    MessageFailed,
    MessageSendStarted,
    MessageSent,
    MessageSuppressed,
    StaffRecipient,
)
from shared.events.sla import ClockBreached, ClockWarned, TargetPassed
from shared.service import LogTrigger
from tests.facts import Given, event, receipt, reference

ORGANISATION = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
DUE = {"clock_id": "clock", "milestone": "reply", "due_on": date(2020, 3, 10)}
DUE_AT = datetime.fromisoformat("2020-03-11T00:00:00+08:00")
WARNED = event(ClockWarned.model_validate({**DUE, "due_at": DUE_AT, "warning": "day_before_due"}), "timer-1")
PASSED = event(TargetPassed.model_validate({**DUE, "due_at": DUE_AT, "target_on": date(2020, 3, 9)}), "timer-2")
BREACHED = event(ClockBreached.model_validate({**DUE, "due_at": DUE_AT, "duties_opened": []}), "timer-3")
MAX_BYTES_PER_OPEN_CASE = 1024


def under_way(organisation: str = ORGANISATION, **changes: object) -> tuple[Given, Event, list[EventData]]:
    """A case whose clock has just started: the state before, the clock's event, and what notify answers it with."""
    known = reference(organisation=organisation)
    received = event(receipt(**changes))
    routed = event(Given(ROUTING, known=known).when_event(received)[0], received.id)
    clock = event(Given(SLA, known=known).when_event(received)[0], received.id)
    given = Given(SERVICE, received, routed, known=known)
    return given, clock, given.when_event(clock)


def recipients(facts: list[EventData]) -> list[tuple[str, str]]:
    """Kind and person of each letter to staff that is started."""
    started = [fact for fact in facts if isinstance(fact, MessageSendStarted)]
    return [(f.kind, f.recipient.person) for f in started if isinstance(f.recipient, StaffRecipient)]


def reasons(facts: list[EventData]) -> list[tuple[str, str]]:
    """Kind and why of each letter that is deliberately not sent."""
    return [(fact.kind, fact.why) for fact in facts if isinstance(fact, MessageSuppressed)]


# -- who is written to -------------------------------------------------------------------------------


@pytest.mark.parametrize(("cause", "kind"), [(WARNED, "warning_chaser"), (PASSED, "target_chaser")])
def test_the_handler_is_chased(cause: Event, kind: str) -> None:
    """Before the limit, and when the target of a complex complaint is behind."""
    given, _, _ = under_way()

    assert [(kind, "luo.tian")] == recipients(given.when_event(cause))


def test_a_breach_is_told_to_the_handler_and_to_the_accepting_person() -> None:
    """The one owes reason and explanation, the other has to see that they come."""
    given, _, _ = under_way()
    facts = given.when_event(BREACHED)

    assert [("breach_notice", "luo.tian"), ("breach_notice", "lin.fang")] == recipients(facts)
    assert 2 == len({fact.message_id for fact in facts if isinstance(fact, MessageSendStarted)})


@pytest.mark.parametrize("cause", [WARNED, BREACHED], ids=["warned", "breached"])
def test_without_a_handler_the_accepting_person_is_written_to_once(cause: Event) -> None:
    """The case still belongs to somebody."""
    given, _, _ = under_way(matter={"complained_unit": None})

    assert ["lin.fang"] == [person for _, person in recipients(given.when_event(cause))]


def test_before_it_is_routed_there_is_nobody_to_tell() -> None:
    """A warning that comes first is answered all the same, or it would be owed for ever."""
    given = Given(SERVICE, event(receipt()))

    assert [("warning_chaser", "nobody_to_tell")] == reasons(given.when_event(WARNED))


def test_the_customer_is_written_to_in_the_language_of_the_receipt_and_staff_in_the_banks() -> None:
    """Templates are named by language."""
    _, _, facts = under_way(language="en")

    assert [("en", "acknowledgement.en"), ("zh", "written_notice.zh")] == [
        (f.language, f.template.id) for f in facts if isinstance(f, MessageSendStarted)
    ]


def test_the_customers_address_stays_sealed() -> None:
    """Decisions open nothing: the box is handed on as it came."""
    _, _, facts = under_way()

    assert isinstance(facts[0], MessageSendStarted)
    assert isinstance(facts[0].recipient, CustomerRecipient)
    assert ("complainant.email", "BBBB") == (facts[0].recipient.address.label, facts[0].recipient.address.box)


# -- who is not --------------------------------------------------------------------------------------


def test_an_anonymous_complaint_is_not_acknowledged() -> None:
    """Nobody is known who could be thanked."""
    _, _, facts = under_way(anonymous=True, complainant=None, reachable_by=[])

    assert [("acknowledgement", "anonymous")] == reasons(facts)


def test_a_person_concerned_gets_no_letter_on_the_case() -> None:
    """Routing passes them over; if one of them handles after all, notify still does not write."""
    given, _, _ = under_way()
    state = given.state
    assert isinstance(state, NotifyState)
    given.state = state._replace(parties=("luo.tian",))

    assert [("warning_chaser", "party_concerned")] == reasons(given.when_event(WARNED))
    facts = given.when_event(BREACHED)
    assert [("breach_notice", "party_concerned")] == reasons(facts)
    assert [("breach_notice", "lin.fang")] == recipients(facts)


def test_a_handler_without_an_address_is_not_written_to_and_the_duty_stays_open() -> None:
    """The log says that the notice has to be delivered another way."""
    given, _, facts = under_way(ORGANISATION.replace("email: luo.tian@bank.example, ", ""))
    routed_duty = given.state.notice_duty

    assert [("written_notice", "no_email")] == reasons(facts)
    assert routed_duty == next(f.duty_id for f in facts if isinstance(f, MessageSuppressed))


def test_a_letter_waits_while_its_template_is_not_published() -> None:
    """Nothing is decided on words that nobody has released."""
    given, clock, _ = under_way()
    given.reference = reference("organisation")

    with pytest.raises(NotYet, match=r"acknowledgement\.zh"):
        given.when(LogTrigger(clock))


# -- once --------------------------------------------------------------------------------------------


def test_the_same_cause_gives_the_same_message_id() -> None:
    """So a repetition after a crash is recognised by every mail server."""
    first, second = (under_way()[2] for _ in range(2))

    assert first == second
    assert isinstance(first[0], MessageSendStarted)
    assert f"<{first[0].message_id}@example-bank.redress>" == first[0].smtp_message_id


@pytest.mark.parametrize("name", ["clock", "routing"])
def test_a_second_clock_or_routing_calls_for_no_second_acknowledgement(name: str) -> None:
    """Only the first of each counts."""
    given, clock, _ = under_way()
    routed = event(Given(ROUTING).when_event(event(receipt()))[0], "another cause")

    assert [] == given.when_event({"clock": clock._replace(id="another"), "routing": routed}[name])


# -- what is kept ------------------------------------------------------------------------------------


def ended(given: Given, clock: Event, facts: list[EventData]) -> list[Event]:
    """The letters' starts, folded; the events of their ends, not yet folded."""
    ends = []
    for place, fact in enumerate(facts):
        assert isinstance(fact, MessageSendStarted)
        started = event(fact, clock.id, place)
        given.fold(started)
        common = fact.model_dump(exclude={"about", "organisation", "language"})
        if place == 0:
            common.pop("template")
            ends.append(event(MessageFailed(**common, code=550, reason="refused_by_mail_server"), started.id))
        else:
            ends.append(event(MessageSent(**common, content_sha256="ab", smtp_reply="250"), started.id))
    return ends


def test_an_open_sending_is_listed_until_its_end_is_recorded() -> None:
    """That is what a new owner of the partition takes over."""
    given, clock, facts = under_way()
    ends = ended(given, clock, facts)
    assert [end.causationid for end in ends] == list(SERVICE.open_sendings(given.state))

    given.fold(ends[0])
    assert [ends[1].causationid] == list(SERVICE.open_sendings(given.state))

    given.fold(ends[1])
    assert [] == list(SERVICE.open_sendings(given.state))
    assert {"failed", "sent"} == {state for _, _, state in SERVICE.dump(given.state)["messages"]}


def test_the_sealed_address_is_dropped_when_the_acknowledgement_has_started() -> None:
    """Nothing needs it any more."""
    given, clock, facts = under_way()
    assert given.state.email is not None

    ended(given, clock, facts)
    assert None is given.state.email


def test_an_open_case_takes_at_most_a_kibibyte() -> None:
    """A bank has a hundred thousand of them in one process."""
    _, clock, facts = under_way()
    before = given_events(clock)
    starts = [event(fact, clock.id, place) for place, fact in enumerate(facts)]
    bodies = [to_json(one) for one in [*before, *starts]]
    cases = 500
    tracemalloc.start()
    states = [folded(bodies) for _ in range(cases)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 2 == len(states[0].messages)
    assert size / cases <= MAX_BYTES_PER_OPEN_CASE


def given_events(clock: Event) -> tuple[Event, Event, Event]:
    """Receipt, routing and clock."""
    received = event(receipt())
    return received, event(Given(ROUTING).when_event(received)[0], received.id), clock


def folded(bodies: list[bytes]) -> NotifyState:
    """The state after events read from their JSON, as a fold reads them: no text is shared by chance."""
    given = Given(SERVICE, known=reference("none"))
    for body in bodies:
        given.fold(from_json(body))
    assert isinstance(given.state, NotifyState)
    return given.state
