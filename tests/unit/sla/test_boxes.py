"""Opinion boxes: a review is owed on each working day on which a box hangs there; one that is missed is said once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from ops.verify import naive_fold
from services.sla.decisions import SERVICE
from shared.bank.reference import Reference
from shared.contract.envelope import Event, outgoing, to_json
from shared.contract.topics import partition_of
from shared.kernel.fold import Fold
from shared.kernel.refolding import refold
from shared.kernel.session import Session
from tests.support.facts import document, event, receipt, reference
from tests.support.one_session import Bench
from tests.support.opinion_boxes import BOX, reviewed, with_box
from tests.support.waiting import until

WITHOUT = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")


def at(text: str) -> datetime:
    """An instant of March 2020 in Shanghai, such as "05 16:30"; the 5th is a Thursday."""
    return datetime.fromisoformat(f"2020-03-{text}:00+08:00")


def bank(box: str) -> Reference:
    """What is published, with this box in the sub-branch."""
    return reference(organisation=with_box(box))


class Boxes(Bench):
    """The session of sla on the partition of the box."""

    def __init__(self, known: Reference, now: datetime, *before: Event) -> None:
        super().__init__(SERVICE, known=known, partition=partition_of(BOX, 4), now=now)
        self.known, self.before = known, before

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Boxes"]:
        """At work; whatever came before is answered."""
        await self.log.append([outgoing(one) for one in self.before])
        self.fold: Fold[Any] = Fold(self.service, self.partition)
        self.at_work = Session(self.ports, self.service, self.fold)
        async with self.working(self.at_work):
            await self.at_rest()
            yield self

    async def at_rest(self) -> None:
        """Wait until all that is owed is said; nobody may be held up."""
        await until(lambda: self.at_work.open and not self.at_work.behind_reference())
        await asyncio.sleep(0.05)
        await until(lambda: self.fold.open_work() == 0 and not self.at_work.behind_reference())
        assert list(self.fold.blocked) == [case for case, _ in self.letters.announced]

    async def move(self, text: str) -> None:
        """Move the clock."""
        self.clock.set(at(text))
        await self.at_rest()

    async def publish(self, kind: str, id_: str, content: str) -> None:
        """Publish a document, in force from now."""
        self.known.add(replace(document(kind, id_, content, self.clock.now()), effective_from=self.clock.now()))
        await self.at_rest()

    async def review(self, one: Event) -> None:
        """A review comes into the log."""
        position = self.fold.position
        await self.log.append([outgoing(one)])
        await until(lambda: self.fold.position > position)
        await self.at_rest()

    def missed(self) -> list[str]:
        """The days whose review was told missing, in log order."""
        return [one.data["date"] for one in self.events() if one.name == "BoxReviewMissed"]


SINCE_THURSDAY = '{since: 2020-03-05, closes_at: "17:00"}'


@pytest.mark.holds("article-2.2.1")
async def test_each_working_day_without_a_review_is_missed_once_and_at_its_closing() -> None:
    """Thursday and Friday; on Saturday and Sunday none is owed; not again after a start anew."""
    desk = Boxes(bank(SINCE_THURSDAY), at("05 10:00"))
    async with desk.open():
        assert [] == desk.missed()
        assert at("05 17:00").timestamp() == desk.at_work.next_due()
        await desk.move("05 16:59")
        assert [] == desk.missed()
        await desk.move("05 17:00")
        assert ["2020-03-05"] == desk.missed()
        await desk.move("09 16:59")
        assert ["2020-03-05", "2020-03-06"] == desk.missed()
    async with desk.open():
        await desk.move("09 17:00")

    assert ["2020-03-05", "2020-03-06", "2020-03-09"] == desk.missed()
    assert [at(f"{day} 17:00").isoformat() for day in ("05", "06", "09")] == [one.time for one in desk.events()]


@pytest.mark.holds("article-2.2.1")
async def test_a_review_in_time_is_none_missed_and_a_late_one_heals_nothing() -> None:
    """Thursday's was in time; Friday's came on Saturday: Friday stays missed, though nobody need be chased."""
    desk = Boxes(bank(SINCE_THURSDAY), at("05 17:30"), reviewed("2020-03-05", at("05 16:30")))
    async with desk.open():
        await desk.move("06 18:00")
        assert ["2020-03-06"] == desk.missed()
        assert [BOX] == desk.fold.keys.cases("unreviewed")
        await desk.review(reviewed("2020-03-06", at("07 09:00"), late=True))

    assert ["2020-03-06"] == desk.missed()
    assert [] == desk.fold.keys.cases("unreviewed")


async def test_what_was_missed_while_the_clocks_stood_still_is_said_also_where_a_late_review_came_first() -> None:
    """Sla was down over the closing; when it is back, intake has taken the late review already."""
    desk = Boxes(bank(SINCE_THURSDAY), at("06 09:00"), reviewed("2020-03-05", at("05 18:00"), late=True))
    async with desk.open():
        pass

    assert ["2020-03-05"] == desk.missed()


async def test_nothing_is_owed_from_before_the_first_day_of_the_installation() -> None:
    """The box has hung there for years; the organisation was published on Thursday after it had closed."""
    known = bank('{since: 2010-01-04, closes_at: "17:00"}')
    first = known._documents[("organisation", "bank")]
    first[:] = [replace(one, published_at=at("05 17:01")) for one in first]
    desk = Boxes(known, at("09 10:00"))
    async with desk.open():
        pass

    assert ["2020-03-06"] == desk.missed()


async def test_a_box_that_is_put_up_moved_or_taken_down_by_a_later_file_counts_as_the_file_in_force_says() -> None:
    """Put up on Thursday noon; Friday's closing moved ahead of now: missed at once; taken down on Monday noon."""
    desk = Boxes(reference(), at("05 12:00"))
    async with desk.open():
        await desk.publish("organisation", "bank", with_box('{since: 2020-01-02, closes_at: "17:00"}'))
        await desk.move("05 18:00")
        assert ["2020-03-05"] == desk.missed()
        await desk.move("06 12:00")
        await desk.publish("organisation", "bank", with_box('{since: 2020-01-02, closes_at: "11:30"}'))
        assert ["2020-03-05", "2020-03-06"] == desk.missed()
        await desk.move("09 11:00")
        await desk.publish("organisation", "bank", WITHOUT + "\n# taken down")
        await desk.move("12 18:00")

    assert ["2020-03-05", "2020-03-06"] == desk.missed()


async def test_a_box_that_could_not_be_read_is_looked_after_again_as_soon_as_it_can() -> None:
    """Not with the closing of the next day that is worked only."""
    old = True

    def evolve(state: Any, one: Event) -> Any:
        if old and one.causationid == "unread":
            raise KeyError(one.name)
        return SERVICE.evolve(state, one)

    reviews = reviewed("2020-03-05", at("05 16:00")), reviewed("2020-03-06", at("06 16:00"), cause="unread")
    desk = Boxes(bank(SINCE_THURSDAY), at("06 16:30"), *reviews)
    desk.service = replace(SERVICE, evolve=evolve)
    async with desk.open():
        await desk.move("09 18:00")
        passed_over, old = desk.missed(), False
        await refold(desk.log, desk.fold, [BOX])
        await until(lambda: desk.missed() == ["2020-03-09"])

    assert [] == passed_over


async def test_a_box_that_is_put_up_after_its_closing_begins_with_the_next_day() -> None:
    """Nobody could have looked into it before."""
    desk = Boxes(reference(), at("05 18:00"))
    async with desk.open():
        await desk.publish("organisation", "bank", with_box(SINCE_THURSDAY))
        assert [] == desk.missed()
        await desk.move("06 18:00")

    assert ["2020-03-06"] == desk.missed()


async def test_a_day_that_the_calendar_makes_a_day_off_beforehand_owes_no_review() -> None:
    """And one that it makes a day off only afterwards was missed all the same."""
    desk = Boxes(bank(SINCE_THURSDAY), at("05 18:00"))
    calendar = next(d for d in desk.known.versions("calendar", "cn-2020")).content
    day_off = "days_off:\n  - {date: 2020-03-0%s, name: invented}"
    async with desk.open():
        await desk.publish("calendar", "cn-2020", calendar.replace("days_off:", day_off % 6, 1))
        await desk.move("06 18:00")
        assert ["2020-03-05"] == desk.missed()
        await desk.publish("calendar", "cn-2020", calendar.replace("days_off:", day_off % 5, 1))

    assert "2020-03-05" == desk.missed()[0]
    assert 1 == desk.missed().count("2020-03-05")


async def test_a_box_disturbs_no_case_and_an_independent_fold_says_the_same() -> None:
    """What is said of a box is folded by no service as if it were a case, and a rebuild gives the same days."""
    facts = [reviewed("2020-03-05", at("05 16:00")), reviewed("2020-03-05", at("05 16:10"), cause="again", late=True)]
    desk = Boxes(bank(SINCE_THURSDAY), at("09 18:00"), *facts)
    async with desk.open():
        state: Any = desk.fold.state(BOX)
        assert {} == desk.fold.blocked
    expected = naive_fold.fold([to_json(one) for one in (event(receipt()), *desk.events())])

    assert SERVICE.dump(state) == expected["sla"][BOX]
    assert {"kept": ["2020-03-05"], "late": [], "missed": ["2020-03-06", "2020-03-09"]} == expected["sla"][BOX]
    assert BOX not in expected["routing"]
