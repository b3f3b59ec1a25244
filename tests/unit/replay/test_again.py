"""The log decided again: the same code gives the same events, and whatever differs is told with its fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ops.replay.again import TOO_LONG_AGO, Again, Period
from ops.replay.causes import GONE, NOT_CALLED_FOR, QUEUED
from ops.replay.findings import Findings
from ops.replay.known_then import KnownThen
from ops.replay.states_before import StatesBefore
from ops.verify.services import SERVICES
from shared.bank.reference import ReferenceDocument
from shared.contract.commands import UNREAD, Command
from shared.contract.envelope import Event
from shared.contract.records import Record
from shared.kernel.service import Context, Fact, Service, Trigger
from tests.support.facts import NOW, event, receipt, reference
from tests.support.whole_desk import WholeDesk, events_of, numbered

DOCUMENTS = [
    one for kind in reference().kinds() for id_ in reference().ids(kind) for one in reference().versions(kind, id_)
]
LATER = NOW + timedelta(days=9)


@pytest.fixture
async def desk() -> WholeDesk:
    """A telephone complaint that was taken over, refused a command, warned of, and breached."""
    found = WholeDesk(reference())
    async with found.open():
        await found.happens(receipt())
        await found.asks("luo.tian", "accept-handover")
        await found.asks("luo.tian", "accept-handover")
        await found.moves(LATER)
    return found


def again(
    records: Sequence[Record],
    commands: Mapping[str, Command],
    *,
    documents: Sequence[ReferenceDocument] = DOCUMENTS,
    services: Sequence[Service[Any]] = SERVICES,
    period: Period = Period(),  # noqa: B008 - a tuple
) -> Findings:
    """What deciding these records again finds."""
    findings = Findings(100)
    for service in services:
        one = Again(service, 0, KnownThen(documents), commands, findings, period)
        for record in records:
            one.take(record)
        one.end()
    return findings


def kind(one: Event) -> str | None:
    """The kind of a letter."""
    found: str | None = one.data.get("kind")
    return found


def of(desk: WholeDesk, change: Callable[[Event], Event | None] = lambda one: one) -> list[Record]:
    """The desk's records, with some of them changed or left out."""
    return numbered([other for one in events_of(desk.records()) if (other := change(one)) is not None])


async def test_the_same_code_decides_the_same(desk: WholeDesk) -> None:
    """Every event that a service decided is the same again, whatever it answered."""
    found = again(desk.records(), desk.kept_commands())

    assert (0, 0, 0) == tuple(found.total(verdict) for verdict in ("different", "new", "missing")), found.differences
    assert len(desk.records()) - 1 == found.total("same")
    types = {row.type for row in found.rows()}
    assert {"CaseRouted", "HandoverAccepted", "CommandRefused", "ClockWarned", "ClockBreached"} <= types
    assert [] == found.left_out()


async def test_counts_are_by_unit(desk: WholeDesk) -> None:
    """A case counts to the unit that is complained of."""
    rows = again(desk.records(), desk.kept_commands()).rows()

    assert {"dongqiao.lending"} == {row.unit for row in rows}


async def test_another_fact_is_told_with_its_field(desk: WholeDesk) -> None:
    """An event that says something else than what is decided differs in that field, and in no other."""

    def change(one: Event) -> Event:
        if one.name != "HandoverAccepted":
            return one
        return one._replace(data=one.data | {"handler": {"unit": "dongqiao", "person": "he.yun"}})

    found = again(of(desk, change), desk.kept_commands())

    (one,) = (one for one in found.differences if one.type == "HandoverAccepted")
    assert ("different", "casework", "dongqiao.lending") == (one.verdict, one.service, one.unit)
    assert ["/data/handler/person", "/data/handler/unit"] == [field.pointer for field in one.fields]
    assert ("he.yun", "luo.tian") == one.fields[0][1:]


async def test_what_this_code_would_have_said_besides_is_new(desk: WholeDesk) -> None:
    """An answer that is not in the log although later ones are."""
    found = again(of(desk, lambda one: None if kind(one) == "warning_chaser" else one), desk.kept_commands())

    (one,) = (one for one in found.differences if one.verdict == "new")
    assert ("notify", "MessageSendStarted") == (one.service, one.type)


async def test_a_timer_that_was_passed_over_is_new(desk: WholeDesk) -> None:
    """A letter is late, which was not said, although what fell due after it was."""
    *_, passed_over, _ = (one for one in events_of(desk.records()) if kind(one) == "undelivered_notice")

    found = again(of(desk, lambda one: None if one.id == passed_over.id else one), desk.kept_commands())

    (one,) = found.differences
    assert ("new", passed_over.id) == (one.verdict, one.event_id)


async def test_an_answer_that_this_code_does_not_give_is_missing(desk: WholeDesk) -> None:
    """Code that no longer reacts to a type gives no answer to it."""
    quiet = [replace(one, owes=lambda before, event: False) if one.name == "routing" else one for one in SERVICES]

    found = again(desk.records(), desk.kept_commands(), services=quiet)

    assert {("missing", "CaseRouted", NOT_CALLED_FOR), ("missing", "CaseEscalated", NOT_CALLED_FOR)} == {
        (one.verdict, one.type, one.why) for one in found.differences
    }


async def test_a_decision_that_raises_is_told_with_its_error(desk: WholeDesk) -> None:
    """Nothing goes on without it: all that it answered is missing, and why stands beside it."""

    def fails(state: Any, trigger: Trigger, context: Context) -> Sequence[Fact]:
        raise RuntimeError("on purpose")

    broken = [replace(one, decide=fails) if one.name == "routing" else one for one in SERVICES]

    found = again(desk.records(), desk.kept_commands(), services=broken)

    assert {("missing", "RuntimeError('on purpose')")} == {(one.verdict, one.why) for one in found.differences}


async def test_without_its_command_an_act_is_not_decided_again(desk: WholeDesk) -> None:
    """Commands are kept for thirty days: what they brought about is counted with the reason, and is no difference."""
    found = again(desk.records(), {})

    assert 0 == found.total("different", "new", "missing")
    assert {("HandoverAccepted", 1, GONE), ("CommandRefused", 1, GONE)} == {
        (left.type, left.events, left.why) for left in found.left_out()
    }


async def test_only_a_period_is_decided_again(desk: WholeDesk) -> None:
    """What was recorded before it and after it is folded and not decided."""
    everything = again(desk.records(), desk.kept_commands())

    first = again(desk.records(), desk.kept_commands(), period=Period(until=NOW + timedelta(days=1)))
    rest = again(desk.records(), desk.kept_commands(), period=Period(since=NOW + timedelta(days=1)))

    assert 0 < first.total("same") < everything.total("same")
    assert everything.total("same") == first.total("same") + rest.total("same")


async def test_what_nobody_has_answered_yet_is_no_difference() -> None:
    """A receipt alone, as it lies there for a moment."""
    found = again(numbered([event(receipt())]), {})

    assert (0, 2) == (found.total("different", "new", "missing"), found.waiting)


async def test_events_in_between_do_not_disturb(desk: WholeDesk) -> None:
    """What others appended between what a decision rests on and its own event was not known to it."""
    logged = events_of(desk.records())
    routed = next(at for at, one in enumerate(logged) if one.name == "CaseRouted")
    between = [one for one in logged if one.service == "sla" and one.causationid == logged[0].id]
    others = [one for one in logged[1:] if one not in between and one is not logged[routed]]

    found = again(numbered([logged[0], *between, logged[routed], *others]), desk.kept_commands(), services=SERVICES[:1])

    assert between
    assert 0 == found.total("different", "new", "missing"), found.differences


async def test_what_came_back_of_a_sending_is_taken_and_what_it_ends_is_decided() -> None:
    """That the letter was sent nobody decided; which duty it ended somebody did."""
    desk = WholeDesk(reference())
    async with desk.open():
        await desk.happens(receipt())
        started = next(one for one in events_of(desk.records()) if kind(one) == "written_notice")
        await desk.sent(started)

    same = again(desk.records(), {})
    other = again(of(desk, lambda one: with_data(one, duties_ended=[]) if one.name == "MessageSent" else one), {})

    assert (0, 1) == (
        same.total("different", "new", "missing"),
        sum(r.same for r in same.rows() if r.type == "MessageSent"),
    )
    (one,) = other.differences
    assert ("different", "MessageSent", "/data/duties_ended") == (one.verdict, one.type, one.fields[0].pointer)


def with_data(one: Event, **changes: Any) -> Event:
    """The same event saying something else."""
    return one._replace(data=one.data | changes)


async def test_what_was_refused_in_the_queue_is_not_decided_again() -> None:
    """It rested on a place that the log does not have: nothing was decided on it."""
    desk = WholeDesk(reference())
    async with desk.open():
        await desk.happens(receipt())
        await desk.asks("luo.tian", "accept-handover", after=999)

    found = again(desk.records(), desk.kept_commands())

    assert 0 == found.total("different", "new", "missing")
    assert [("CommandRefused", QUEUED)] == [(left.type, left.why) for left in found.left_out()]


async def test_what_was_refused_since_its_sender_could_not_read_the_case_is_refused_again() -> None:
    """Also by code that can read it, and did then."""
    desk = WholeDesk(reference())
    async with desk.open():
        await desk.happens(receipt())
        await desk.asks("luo.tian", "accept-handover", after=UNREAD)

    found = again(desk.records(), desk.kept_commands())

    assert (0, []) == (found.total("different", "new", "missing"), found.left_out())


async def test_what_rests_on_too_long_ago_is_counted(desk: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """States are kept for so many records: without any, only what nothing came between is decided again."""
    monkeypatch.setattr(StatesBefore.__init__, "__defaults__", (0,))

    found = again(desk.records(), desk.kept_commands())

    assert 0 == found.total("different", "new", "missing")
    assert 0 < found.total("same") < len(desk.records()) - 1
    assert {TOO_LONG_AGO} == {left.why for left in found.left_out()}


async def test_a_case_that_this_code_cannot_read_is_told_as_blocked(desk: WholeDesk) -> None:
    """Nothing is decided on it from there on."""
    unknown = event(receipt())._replace(type="redress.ComplaintReceived.v99", id="0" * 36)
    found = again(numbered([unknown, *events_of(desk.records())]), desk.kept_commands())

    assert len(SERVICES) == found.blocked
    assert 0 == found.total("same")
