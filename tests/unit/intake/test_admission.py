"""What a caller and a submission are checked against, without any I/O."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION, shipped_calendar
from services.intake.admission import Admission
from services.intake.http.examples import COMPLAINT, SETTLEMENT
from services.intake.refusals import BadSubmission, ChannelNotAllowed, TimeTooEarly, UnknownSubmitter
from shared.bank.organisation_file import parse_organisation
from shared.contract.subjects import Subject
from shared.contract.submissions import SUBMISSIONS, Submission
from tests.support.facts import NOW

LEFT = "  - {id: lu.yao, name: 陆瑶, unit: dongqiao, from: 2015-01-01, until: 2020-03-03}\n"
TO_COME = "  - {id: xu.ning, name: 徐宁, unit: dongqiao, from: 2020-03-06}\n"
FILE = EXAMPLE_ORGANISATION.read_text(encoding="utf-8").replace("posts:\n", LEFT + TO_COME + "posts:\n", 1)
HOTLINE = Subject("channel", "hotline")
ADMISSION = Admission(parse_organisation(FILE), shipped_calendar(), NOW)
LATE = {"cause": "outage", "explanation": "系统故障。"}


def changed(**changes: Any) -> Submission:
    """The example complaint, with changes; those of ``matter`` are put into it."""
    matter = COMPLAINT["matter"] | changes.pop("matter", {})
    raw = COMPLAINT | {"matter": matter} | changes
    return SUBMISSIONS["phone"].model_validate({name: value for name, value in raw.items() if value is not ...})


def settled(**changes: Any) -> dict[str, Any]:
    """The example settlement, with changes."""
    return SETTLEMENT | changes


@pytest.mark.parametrize(
    "submission",
    [
        changed(),
        changed(complainant=None, received_by=None),
        changed(settlement=SETTLEMENT),
        changed(settlement=settled(remedy={"kind": "apology"})),
        changed(relates_to={"case": "20200305-0000000001-1", "relation": "same_receipt"}),
        changed(matter={"amount_minor": 0, "currency": "CNY"}),
        changed(group={"size": 2, "members": ["甲", "乙"]}),
        changed(matter={"complained_persons": ["lu.yao", "xu.ning"]}),
        changed(received_at="2020-03-03T17:00:00Z", received_by={"unit": "dongqiao", "person": "lin.fang"}),
        changed(
            received_at="2020-03-03T15:59:59Z",
            received_by={"unit": "dongqiao", "person": "lu.yao"},
            late_registration=LATE,
        ),
    ],
)
def test_a_submission_that_can_be_is_taken(submission: Submission) -> None:
    """Also where people complained of have left, and where the taker has left since."""
    ADMISSION.check(submission, HOTLINE)


@pytest.mark.parametrize(
    ("changes", "code", "pointers"),
    [
        # Times: five seconds of difference between two clocks are nobody's fault, six are.
        ({"received_at": (NOW + timedelta(seconds=6)).isoformat()}, "time_in_future", ["/received_at"]),
        ({"origin": {"reply_due_on": "9999-12-31"}}, "time_too_far", ["/origin/reply_due_on"]),
        ({"origin": {"reply_due_on": "1899-12-31"}}, "invalid_submission", ["/origin/reply_due_on"]),
        ({"matter": {"incident_at": "9999-12-31T23:59:59-23:59"}}, "time_in_future", ["/matter/incident_at"]),
        ({"matter": {"incident_at": "0001-01-01T00:00:00+14:00"}}, "invalid_submission", ["/matter/incident_at"]),
        (
            {
                "settlement": settled(
                    satisfaction={"value": "not_reached", "attempts": [{"at": "9999-01-01T00:00:00Z", "way": "phone"}]}
                )
            },
            "time_in_future",
            ["/settlement/satisfaction/attempts/0/at"],
        ),
        ({"matter": {"incident_at": "2020-03-06T00:00:00Z"}}, "time_in_future", ["/matter/incident_at"]),
        ({"origin": {"received_at": "2020-03-06T00:00:00Z"}}, "time_in_future", ["/origin/received_at"]),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "invalid_submission", ["/received_at"]),
        ({"matter": {"incident_at": "1020-03-05T00:00:00Z"}}, "invalid_submission", ["/matter/incident_at"]),
        (
            {"first_received": {"at": "2020-03-05T02:00:03Z", "unit": "dongqiao"}},
            "invalid_submission",
            ["/first_received/at"],
        ),
        # Two working days ago in the bank's time zone, one minute before that day ended there.
        (
            {"received_at": "2020-03-03T15:59:00Z"},
            "late_registration_unexplained",
            ["/received_at", "/late_registration"],
        ),
        # Units.
        ({"matter": {"complained_unit": "mars"}}, "invalid_submission", ["/matter/complained_unit"]),
        ({"received_by": {"unit": "mars"}}, "invalid_submission", ["/received_by/unit"]),
        (
            {"first_received": {"at": "2020-03-05T01:00:00Z", "unit": "mars"}},
            "invalid_submission",
            ["/first_received/unit"],
        ),
        ({"settlement": settled(copy_to=["dongqiao", "mars"])}, "invalid_submission", ["/settlement/copy_to/1"]),
        # People: nobody such, gone before, not there yet.
        ({"matter": {"complained_persons": ["no.one"]}}, "invalid_submission", ["/matter/complained_persons/0"]),
        ({"received_by": {"unit": "dongqiao", "person": "no.one"}}, "invalid_submission", ["/received_by/person"]),
        ({"received_by": {"unit": "dongqiao", "person": "lu.yao"}}, "invalid_submission", ["/received_by/person"]),
        ({"received_by": {"unit": "dongqiao", "person": "xu.ning"}}, "invalid_submission", ["/received_by/person"]),
        # Contents.
        ({"group": {"size": 2, "members": ["甲", "乙", "丙"]}}, "invalid_submission", ["/group/size"]),
        ({"matter": {"amount_minor": 5}}, "invalid_submission", ["/matter/currency"]),
        ({"matter": {"currency": "CNY"}}, "invalid_submission", ["/matter/amount_minor"]),
        # Settlements.
        (
            {"settlement": settled(customer_agreed=False, agreed_proof=None)},
            "settlement_incomplete",
            ["/settlement/customer_agreed", "/settlement/agreed_proof"],
        ),
        (
            {"settlement": {name: value for name, value in SETTLEMENT.items() if name != "agreed_proof"}},
            "settlement_incomplete",
            ["/settlement/agreed_proof"],
        ),
        (
            {
                "settlement": SETTLEMENT,
                "relates_to": {"case": "20200305-0000000001-1", "relation": "same_receipt"},
            },
            "invalid_submission",
            ["/settlement"],
        ),
    ],
)
def test_a_submission_that_cannot_be_is_refused_with_the_place(
    changes: dict[str, Any], code: str, pointers: list[str]
) -> None:
    """A stable code, and a pointer to what has to be corrected."""
    with pytest.raises(BadSubmission) as refused:
        ADMISSION.check(changed(**changes), HOTLINE)

    assert (code, pointers) == (refused.value.code, list(refused.value.pointers))


def test_a_person_may_submit_while_in_office_and_a_system_on_its_channels() -> None:
    """Each for its own unit."""
    assert "dongqiao" == ADMISSION.unit_of(Subject("person", "lin.fang"), "phone")
    assert "dongqiao" == ADMISSION.unit_of(Subject("channel", "hotline"), "phone")
    assert ADMISSION.organisation.channel_systems["mailroom"] == ADMISSION.admit(Subject("channel", "mailroom"))


@pytest.mark.parametrize(
    ("subject", "error"),
    [
        (Subject("person", "no.one"), UnknownSubmitter),
        (Subject("person", "lu.yao"), UnknownSubmitter),
        (Subject("person", "xu.ning"), UnknownSubmitter),
        (Subject("channel", "lin.fang"), UnknownSubmitter),
        (Subject("person", "hotline"), UnknownSubmitter),
        (Subject("channel", "mailroom"), ChannelNotAllowed),
    ],
)
def test_whoever_may_not_submit_is_refused(subject: Subject, error: type[Exception]) -> None:
    """Unknown, gone, not there yet, a system posing as a person, a channel that is not its own."""
    with pytest.raises(error) as caught:
        ADMISSION.unit_of(subject, "phone")

    assert error is caught.type


def test_the_day_of_receipt_is_the_banks() -> None:
    """17:00 in London is already tomorrow in Shanghai."""
    assert "2020-03-06" == ADMISSION.bank_date(datetime.fromisoformat("2020-03-05T17:00:00Z")).isoformat()


@pytest.mark.parametrize("field", ["received_at", "first_received"])
def test_a_receipt_of_before_the_first_pack_and_calendar_is_refused(field: str) -> None:
    """Its limit could not be counted; the refusal names the day. When it happened may lie before."""
    late = {"late_registration": {"cause": "other", "explanation": "旧档案。"}}
    at = "1999-12-31T23:59:59+08:00"
    early = {"received_at": at} if field == "received_at" else {"first_received": {"at": at, "unit": "dongqiao"}}
    since = replace(ADMISSION, since=date(2000, 1, 1))

    with pytest.raises(TimeTooEarly, match="2000-01-01"):
        since.check(SUBMISSIONS["phone"].model_validate(COMPLAINT | late | early), HOTLINE)
    happened = COMPLAINT["matter"] | {"incident_at": at}
    since.check(SUBMISSIONS["phone"].model_validate(COMPLAINT | {"matter": happened}), HOTLINE)
