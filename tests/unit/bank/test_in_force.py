"""What is in force of the bank at an instant, and that every service has it from the same look-up."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from services.intake.admission import Admission
from services.intake.http.examples import COMPLAINT
from services.intake.refusals import LateUnexplained, NothingToCheckAgainst, TimeTooEarly
from services.intake.submission_intake import SubmissionIntake
from services.sla.decisions import SERVICE as SLA
from services.sla.limits import Limits
from shared.bank.in_force import bank_calendar, bank_day, organisation_in_force, organisation_named
from shared.bank.organisation_file import parse_organisation
from shared.bank.reference import Reference
from shared.contract.subjects import Subject
from shared.contract.submissions import SUBMISSIONS, Submission
from shared.errors import NotYet
from shared.kernel.service import CommandTrigger, LogTrigger
from shared.process.clock import SteeredClock
from tests.support.casework import CONTACT, Case, Refused
from tests.support.facts import NOW, Given, document, event, receipt, reference

FILE = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
LATER = NOW + timedelta(days=1)


def admission(known: Reference, now: datetime) -> Admission:
    """What intake checks submissions against."""
    clock, unused = SteeredClock(), Any
    clock.set(now)
    return SubmissionIntake(unused, unused, unused, known, clock, unused).admission()  # type: ignore[arg-type]


# -- one look-up -------------------------------------------------------------------------------------


def test_the_organisation_in_force_comes_with_its_version_and_since_when() -> None:
    """A later file counts from its day; an event names the one it was decided under."""
    known, moved = reference(), FILE.replace("Asia/Shanghai", "Asia/Tokyo")
    later = replace(document("organisation", "bank", moved), effective_from=LATER)
    known.add(later)
    before, after = organisation_in_force(known, NOW), organisation_in_force(known, LATER)

    assert ("Asia/Shanghai", "Asia/Tokyo") == (before.organisation.bank.timezone, after.organisation.bank.timezone)
    assert ("bank", later.version, LATER) == (*after.version.model_dump().values(), after.since)
    assert before.organisation is organisation_named(known, before.version.version)


def test_the_banks_day_is_that_of_its_organisation() -> None:
    """17:00Z on Thursday is Friday in Shanghai, which ends at midnight there."""
    day = bank_day(reference(), NOW)

    assert date(2020, 3, 6) == day.date_of(datetime.fromisoformat("2020-03-05T17:00:00+00:00"))
    assert "2020-03-07T00:00:00+08:00" == day.end_of(date(2020, 3, 6)).isoformat()


def test_an_outlet_and_a_department_are_on_the_ladder_of_what_is_nearest_above_them() -> None:
    """A department inside a department too; the top unit is its own superior."""
    more = "  - {id: desk, name: 柜台, kind: department, parent: dongqiao.lending}\npeople:\n"
    bank = parse_organisation(FILE.replace("people:\n", more, 1))

    assert ["dongqiao"] * 3 == [bank.ladder_unit(unit) for unit in ("dongqiao", "dongqiao.lending", "desk")]
    assert ["province"] * 3 == [bank.superior(unit) for unit in ("province", "dongqiao", "desk")]


# -- the same answer from every service --------------------------------------------------------------


def test_without_any_calendar_every_service_waits() -> None:
    """1 October 2019 is nobody's working day, nor anybody's day off, before a calendar says so."""
    known = reference("organisation", "routing", "pack", "template")
    late = Case()
    late.given.reference = known

    with pytest.raises(NotYet, match="calendar"):
        bank_calendar(known, NOW)
    with pytest.raises(NothingToCheckAgainst):
        admission(known, NOW)
    with pytest.raises(NotYet, match="calendar"):
        late.given.when(CommandTrigger(late.command("luo.tian", "record-contact", NOW, **CONTACT)))
    with pytest.raises(NotYet, match="calendar"):
        Given(SLA, event(receipt()), known=known).when(LogTrigger(event(receipt())))


@pytest.mark.parametrize(
    ("received", "first", "pointer"),
    [
        ("1999-12-31T23:59:59+08:00", None, "/received_at"),
        ("1999-12-31T15:59:59Z", None, "/received_at"),
        ("2000-01-03T10:00:00+08:00", "1999-12-31T23:59:59+08:00", "/first_received/at"),
    ],
)
def test_a_receipt_of_before_the_first_pack_and_calendar_is_refused(
    received: str, first: str | None, pointer: str
) -> None:
    """No rule and no working day is known of then; a second later it is taken."""
    said = {"received_at": received, "late_registration": {"cause": "found_later", "explanation": "迟登。"}}
    said |= {"first_received": {"at": first, "unit": "dongqiao"}} if first else {}
    complaint = {"matter": {"narrative": "在柜台等了一个小时。"}, "complainant": {"name": "旧"}} | said
    check = admission(reference(), NOW).check

    with pytest.raises(TimeTooEarly) as refused:
        check(SUBMISSIONS["phone"].model_validate(complaint), Subject("channel", "hotline"))
    assert (pointer,) == refused.value.pointers
    at_once = {"received_at": "2000-01-03T10:00:00+08:00", "first_received": None}
    check(SUBMISSIONS["phone"].model_validate(complaint | at_once), Subject("channel", "hotline"))


@pytest.mark.parametrize(
    ("holiday", "before", "next_day", "second_day"),
    [
        ("2018-10-01", "2018-09-28", "2018-10-02", "2018-10-03"),
        ("2027-10-01", "2027-09-30", "2027-10-04", "2027-10-05"),
    ],
)
def test_a_year_without_a_calendar_counts_weekdays_in_every_service(
    holiday: str, before: str, next_day: str, second_day: str
) -> None:
    """Before the first file and after the last: 1 October, a holiday in every published year, is a working day."""
    known, intake = reference(), admission(reference(), at(next_day))
    intake.check(submission(holiday), Subject("channel", "hotline"))
    with pytest.raises(LateUnexplained):
        intake.check(submission(before), Subject("channel", "hotline"))

    case = Case(received_at=at(before), first_received={"at": at(before), "unit": "dongqiao"})
    case.now = at(second_day)
    case.does("luo.tian", "record-contact", at(holiday), **CONTACT)
    assert Refused("late_without_proof", ("/at", "/proof")) == case.refuses(
        "luo.tian", "record-contact", at(before, 11), **CONTACT
    )

    _, deadline = Limits(known, at(before)).own(None, at(before))
    assert (second_day, True) == (deadline.due_on.isoformat(), deadline.provisional)


def at(day: str, hour: int = 10) -> datetime:
    """An hour of a day in the bank's zone."""
    return datetime.fromisoformat(f"{day}T{hour}:00:00+08:00")


def submission(day: str) -> Submission:
    """A complaint received on a day, without an explanation of why it comes later."""
    return SUBMISSIONS["phone"].model_validate(COMPLAINT | {"received_at": at(day).isoformat(), "received_by": None})
