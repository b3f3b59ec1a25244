"""Reference data that say something else, by a document or by a day that is over: each change is answered once."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ops.local.reference import EXAMPLE_ORGANISATION
from ops.paths import SERVICES
from services.routing.decisions import SERVICE as ROUTING
from services.routing.owners_gone import recheck_at
from services.sla.decisions import SERVICE as SLA
from shared.bank.event_versions import EVENTS, VERSIONS
from shared.bank.reference import Reference
from shared.contract.envelope import Event, outgoing
from shared.contract.topics import partition_of
from shared.kernel.fold import Fold
from shared.kernel.refolding import refold
from shared.kernel.service import Service
from shared.kernel.session import Session
from tests.support.facts import CASE, NOW, Given, document, event, receipt, reference
from tests.support.one_session import Bench
from tests.support.waiting import until

CALENDAR = (SERVICES / "sla" / "calendars" / "cn-2020.yaml").read_text(encoding="utf-8")
ORGANISATION = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
ALWAYS_THERE = re.sub(r", absences: \[[^]]*\]", "", ORGANISATION)
HOUR = timedelta(hours=1)


def without(person: str, last_day: str = "2020-01-31") -> str:
    """The organisation file, in which somebody's duties end; Fan Yi comes after Luo Tian as head of his department."""
    lines = ORGANISATION.splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if f"id: {person}," in line)
    assert "from: 2015-01-01" in lines[at]
    lines[at] = lines[at].replace("from: 2015-01-01", f"from: 2015-01-01, until: {last_day}")
    return "".join(lines).replace(
        "post: unit_head, holders: [luo.tian]", "post: unit_head, holders: [luo.tian, fan.yi]"
    )


class Desk(Bench):
    """The session of a service on one case, which it has received."""

    def __init__(self, service: Service[Any], known: Reference, *events: Event) -> None:
        super().__init__(service, known=known, partition=partition_of(CASE, 4), now=NOW)
        self.known, self.before = known, events
        self.fold = Fold(service, self.partition)
        self.at_work = Session(self.ports, service, self.fold)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Desk"]:
        """At work, everything that happened so far answered."""
        await self.log.append([outgoing(one) for one in self.before])
        async with self.working(self.at_work):
            await self.at_rest()
            yield self

    async def publish(self, kind: str, id_: str, content: str, at: datetime) -> None:
        """Publish a document, in force from an instant."""
        self.known.add(replace(document(kind, id_, content, self.clock.now()), effective_from=at))
        await self.at_rest()

    async def move(self, to: datetime) -> None:
        """Move the clock."""
        self.clock.set(to)
        await self.at_rest()

    async def at_rest(self) -> None:
        """Wait until the session has looked at everything and answered it; nobody may be held up."""
        await until(lambda: self.at_work.open and not self.at_work.behind_reference() and self.fold.position > 0)
        await asyncio.sleep(0.05)
        await until(lambda: self.fold.open_work() == 0)
        assert [] == self.letters.announced

    def said(self, name: str) -> list[Event]:
        """What it said of this type."""
        return [one for one in self.events() if one.name == name]


def handlers(desk: Desk) -> list[tuple[str, str]]:
    """When the case was given to whom."""
    return [(one.recordedtime, one.data["decision"]["handler"]["person"]) for one in desk.said("CaseRerouted")]


async def test_an_organisation_counts_from_the_day_it_comes_into_force() -> None:
    """Published beforehand, as a bank does: the handler keeps the case until then, and is replaced at that instant."""
    async with Desk(ROUTING, reference(), event(receipt())).open() as desk:
        await desk.publish("organisation", "bank", without("luo.tian"), NOW + 2 * HOUR)
        await desk.move(NOW + HOUR)
        before = handlers(desk)
        await desk.move(NOW + 2 * HOUR)

    assert [] == before
    assert [((NOW + 2 * HOUR).isoformat(), "fan.yi")] == handlers(desk)


async def test_whoever_has_had_his_last_day_is_replaced() -> None:
    """The day after it begins, in the bank's zone; nothing is published for that."""
    known = reference(organisation=without("luo.tian", "2020-03-06"))
    async with Desk(ROUTING, known, event(receipt())).open() as desk:
        next_due = desk.at_work.next_due()
        await desk.move(datetime.fromisoformat("2020-03-06T23:59:59+08:00"))
        before = handlers(desk)
        await desk.move(datetime.fromisoformat("2020-03-07T00:00:00+08:00"))

    assert [] == before
    assert datetime.fromisoformat("2020-03-07T00:00:00+08:00").timestamp() == next_due
    assert [("2020-03-07T00:00:00+08:00", "fan.yi")] == handlers(desk)


async def test_an_organisation_that_comes_again_is_a_change_of_its_own() -> None:
    """First the one is gone, then the other, then the first again, by the very same files."""
    async with Desk(ROUTING, reference(), event(receipt())).open() as desk:
        for n, gone in enumerate(("luo.tian", "fan.yi", "luo.tian", "fan.yi")):
            await desk.move(NOW + n * HOUR)
            await desk.publish("organisation", "bank", without(gone), NOW + n * HOUR)

    assert ["fan.yi", "luo.tian", "fan.yi", "luo.tian"] == [person for _, person in handlers(desk)]


async def test_a_calendar_that_is_taken_back_and_comes_again_is_a_change_of_its_own() -> None:
    """Friday 6 March off, a working day, off again: every running clock is computed anew each time."""
    routed = Given(ROUTING).when_event(event(receipt()))[0]
    holiday = CALENDAR.replace("days_off:\n", "days_off:\n  - {date: 2020-03-06, name: invented}\n", 1)
    assert holiday != CALENDAR
    async with Desk(SLA, reference(), event(receipt()), event(routed, "routed")).open() as desk:
        for n, calendar in enumerate((holiday, CALENDAR, holiday), start=1):
            await desk.move(NOW + n * timedelta(minutes=1))
            await desk.publish("calendar", "cn-2020", calendar, desk.clock.now())
    recomputed = [one.data for one in desk.said("ClockRecomputed")]

    assert ["2020-03-11", "2020-03-10", "2020-03-11"] == [
        data["deadline"]["due_on"] for data in recomputed if data["milestone"] == "reply"
    ]


def test_no_day_turns_where_nobody_has_a_last_one() -> None:
    """Nor before an organisation is published."""
    assert None is recheck_at(reference(organisation=ALWAYS_THERE), NOW)
    assert None is recheck_at(Reference(), NOW)


async def test_a_fact_that_may_not_be_written_yet_holds_its_case_until_reference_data_allow_it() -> None:
    """No step leads back from its version, so it waits, as for a calendar; nobody needs to be told."""
    known = reference("organisation", "routing", "pack", "calendar")
    known.add(document(VERSIONS, EVENTS, "ComplaintReceived: 5"))
    desk = Desk(ROUTING, known, event(receipt()))
    await desk.log.append([outgoing(one) for one in desk.before])
    async with desk.working(desk.at_work):
        held = desk.at_work.deciding.picking.held
        await until(lambda: CASE in held)
        why = held[CASE].why
        before = [one.name for one in desk.events()]
        await desk.publish(VERSIONS, EVENTS, "ComplaintReceived: 5\nCaseRouted: 2", NOW)

    assert "reference_missing: redress.CaseRouted.v2 may not be written yet" in why
    assert (["ComplaintReceived"], "redress.CaseRouted.v2") == (before, desk.events()[1].type)


async def test_a_calendar_that_came_while_a_case_could_not_be_read_counts_for_it_once_it_can() -> None:
    """It was passed over, and looked at again with the next publication at the earliest."""
    routed, old = event(Given(ROUTING).when_event(event(receipt()))[0], "routed"), True

    def evolve(state: Any, one: Event) -> Any:
        if old and one.causationid == "again":
            raise KeyError(one.name)
        return state if one.causationid == "again" else SLA.evolve(state, one)

    holiday = CALENDAR.replace("days_off:\n", "days_off:\n  - {date: 2020-03-06, name: invented}\n", 1)
    desk = Desk(replace(SLA, evolve=evolve), reference(), event(receipt()), routed)
    async with desk.open():
        await desk.log.append([outgoing(event(receipt(), "again"))])
        await until(lambda: desk.fold.is_blocked(CASE))
        desk.letters.announced.clear()
        await desk.publish("calendar", "cn-2020", holiday, desk.clock.now())
        passed_over, old = desk.said("ClockRecomputed"), False
        await refold(desk.log, desk.fold, [CASE])
        await until(lambda: bool(desk.said("ClockRecomputed")))

    assert [] == passed_over
