"""Whoever the details of a channel name could act there on that day, each case typed by hand (contract 3 and 7)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ops.local.reference import shipped_calendar
from services.intake.admission import Admission
from shared.bank.boxes import BoxHistory, FileInForce
from shared.bank.organisation_file import parse_organisation
from shared.contract.channel_details import DETAILS, Part
from shared.contract.refusal_words import LANGUAGES, sentence, title
from shared.contract.subjects import Subject
from shared.contract.submissions import SUBMISSIONS
from shared.errors import RedressError
from tests.support.facts import NOW
from tests.support.opinion_boxes import with_box

BOX = '{since: 2020-03-02, until: 2020-03-04, closes_at: "17:00"}'
MORE = """
  - {id: lu.yao, name: 陆瑶, unit: dongqiao, from: 2015-01-01, until: 2020-03-03}
  - {id: qi.shan, name: 祁山, unit: dongqiao, from: 2015-01-01}
  - {id: an.ping, name: 安平, unit: dongqiao, from: 2015-01-01, absences: [AWAY]}
posts:
""".replace("AWAY", "{from: 2020-03-04, until: 2020-03-04, stand_in: qi.shan}")
MORE_UNITS = """
  - {id: province.care, name: 省分行消保部, kind: department, parent: province, email: care@province.example}
  - {id: xiqiao, name: 西桥支行, kind: sub_branch, parent: province, email: office@xiqiao.example}
  - {id: old.branch, name: 旧分行, kind: branch, parent: province, email: old@province.example, until: 2020-03-03}
people:
"""
FILE = (
    with_box(BOX)
    .replace("\nposts:\n", MORE, 1)
    .replace("\npeople:\n", MORE_UNITS, 1)
    .replace("post: general_office, holders: [wu.qing]", "post: general_office, holders: [wu.qing, lu.yao, an.ping]", 1)
)
ORGANISATION = parse_organisation(FILE)
ADMISSION = Admission(ORGANISATION, shipped_calendar(), NOW)
YESTERDAY, TUESDAY = "2020-03-04T10:00:00+08:00", "2020-03-03T10:00:00+08:00"
LATE = {"late_registration": {"cause": "found_later", "explanation": "补录。"}}
UPPER = {"details": {"unit": "province"}}


def answer(channel: str, changes: dict[str, Any], admission: Admission = ADMISSION) -> tuple[str, ...] | None:
    """The code and the pointers that a submission of the sub-branch is refused with; None where it is taken."""
    matter = {"narrative": "内容。", "complained_unit": "dongqiao.lending"} | changes.pop("matter", {})
    body = {"received_by": {"unit": "dongqiao"}, "matter": matter} | changes
    refused: RedressError | None = None
    try:
        admission.check(SUBMISSIONS[channel].model_validate(body), Subject("person", "wu.qing"))
    except RedressError as error:
        refused = error
    if refused is None:
        return None
    assert all(title(refused, refused.code, language) and sentence(refused, language) for language in LANGUAGES)
    return refused.code, *refused.pointers


RECEPTIONIST, BOX_UNIT, DATED = "/details/receptionist", "/details/unit", "/details/dated"
CASES: list[tuple[str, dict[str, Any], tuple[str, ...] | None]] = [
    # A visitor is received by whoever acts in the general office that accepts there, on that very day.
    ("walk_in", {"details": {"receptionist": "wu.qing"}}, None),
    ("walk_in", {"details": {"receptionist": "no.body"}}, ("invalid_submission", RECEPTIONIST)),
    ("walk_in", {"details": {"receptionist": "cen.lu"}}, ("no_receptionist", RECEPTIONIST)),
    ("walk_in", {"details": {"receptionist": "ye.lan"}}, ("no_receptionist", RECEPTIONIST)),
    ("walk_in", {"details": {"receptionist": "lu.yao"}}, ("no_receptionist", RECEPTIONIST)),
    ("walk_in", {"details": {"receptionist": "lu.yao"}, "received_at": TUESDAY} | LATE, None),
    ("walk_in", {"details": {"receptionist": "qi.shan"}}, ("no_receptionist", RECEPTIONIST)),
    ("walk_in", {"details": {"receptionist": "qi.shan"}, "received_at": YESTERDAY}, None),
    ("walk_in", {"details": {"receptionist": "ye.lan"}, "received_by": {"unit": "xiqiao"}}, None),
    ("walk_in", {"details": {"receptionist": "wu.qing"}, "received_by": {"unit": "dongqiao.hall"}}, None),
    # An entry comes out of a box that hung there on the day it bears, else on that of its receipt.
    ("opinion_box", {"details": {"unit": "dongqiao", "dated": "2020-03-04"}}, None),
    ("opinion_box", {"details": {"unit": "dongqiao"}, "received_at": YESTERDAY}, None),
    ("opinion_box", {"details": {"unit": "dongqiao"}}, ("box_not_up", BOX_UNIT)),
    ("opinion_box", {"details": {"unit": "dongqiao", "dated": "2020-03-01"}}, ("box_not_up", BOX_UNIT)),
    ("opinion_box", {"details": {"unit": "dongqiao.hall"}}, ("box_not_up", BOX_UNIT)),
    ("opinion_box", {"details": {"unit": "mars"}}, ("invalid_submission", BOX_UNIT)),
    (
        "opinion_box",
        {"details": {"unit": "dongqiao", "dated": "2020-03-04"}, "received_at": TUESDAY} | LATE,
        ("time_after_receipt", DATED),
    ),
    # What was passed on comes from above: from a unit over the one that received it and the one complained of.
    ("upper_branch", UPPER, None),
    ("upper_branch", UPPER | {"matter": {"complained_unit": None}}, None),
    ("upper_branch", UPPER | {"matter": {"complained_unit": "xiqiao"}}, None),
    ("upper_branch", {"details": {"unit": "province.care"}}, None),
    ("upper_branch", {"details": {"unit": "mars"}}, ("invalid_submission", BOX_UNIT)),
    ("upper_branch", {"details": {"unit": "dongqiao"}}, ("not_above", BOX_UNIT)),
    ("upper_branch", {"details": {"unit": "dongqiao.hall"}}, ("not_above", BOX_UNIT)),
    ("upper_branch", {"details": {"unit": "xiqiao"}}, ("not_above", BOX_UNIT)),
    ("upper_branch", {"details": {"unit": "old.branch"}}, ("not_above", BOX_UNIT)),
    ("upper_branch", UPPER | {"received_by": {"unit": "province"}}, ("not_above", BOX_UNIT)),
    ("upper_branch", UPPER | {"matter": {"complained_unit": "province"}}, ("not_above", BOX_UNIT)),
    # Who passed it on is told once, or alike.
    ("regulator", {"details": {"body": "某监管局", "form": "visit"}, "origin": {"body": "某监管局"}}, None),
    (
        "regulator",
        {"details": {"body": "某监管局", "form": "visit"}, "origin": {"body": "某银保会"}},
        ("two_bodies", "/origin/body", "/details/body"),
    ),
    (
        "upper_branch",
        {"details": {"unit": "province", "reference": "转7"}, "origin": {"reference": "转8"}},
        ("two_bodies", "/origin/reference", "/details/reference"),
    ),
    # What is told was before the receipt.
    ("letter", {"details": {"postmarked_on": "2020-03-04"}}, None),
    (
        "letter",
        {"details": {"postmarked_on": "2020-03-05"}, "received_at": YESTERDAY},
        ("time_after_receipt", "/details/postmarked_on"),
    ),
    (
        "media",
        {"details": {"form": "post", "outlet": "某网", "published_at": NOW.isoformat()}, "received_at": YESTERDAY},
        ("time_after_receipt", "/details/published_at"),
    ),
    (
        "phone",
        {"matter": {"incident_at": NOW.isoformat()}, "received_at": YESTERDAY},
        ("time_after_receipt", "/matter/incident_at"),
    ),
    (
        "phone",
        {"origin": {"kind": "regulator", "received_at": NOW.isoformat()}, "received_at": YESTERDAY},
        ("time_after_receipt", "/origin/received_at"),
    ),
    # Nobody works in a unit that was closed before; how many came are no more than all.
    ("phone", {"received_by": {"unit": "old.branch"}}, ("invalid_submission", "/received_by/unit")),
    ("phone", {"received_by": {"unit": "old.branch"}, "received_at": TUESDAY} | LATE, None),
    (
        "phone",
        {"first_received": {"unit": "old.branch", "at": YESTERDAY}},
        ("invalid_submission", "/first_received/unit"),
    ),
    ("phone", {"group": {"size": 20, "face_to_face": 21}}, ("invalid_submission", "/group/size")),
    ("phone", {"group": {"size": 2, "representatives": ["甲", "乙", "丙"]}}, ("invalid_submission", "/group/size")),
]


@pytest.mark.parametrize(("channel", "changes", "expected"), CASES)
def test_who_is_named_could_act_there_on_that_day(
    channel: str, changes: dict[str, Any], expected: tuple[str, ...] | None
) -> None:
    """Taken, or refused with a code and the place, in words of both languages."""
    assert expected == answer(channel, dict(changes))


def test_an_entry_is_taken_in_where_its_box_is_kept() -> None:
    """Another head of operations would be told of a box that he never looks into."""
    ops = "\n  - {unit: xiqiao, post: operations_head, holders: [ye.lan]}\nchannel_systems:\n"
    admission = replace(ADMISSION, organisation=parse_organisation(FILE.replace("\nchannel_systems:\n", ops, 1)))
    entry = {"details": {"unit": "dongqiao", "dated": "2020-03-04"}, "received_by": {"unit": "xiqiao"}}

    assert ("box_elsewhere", BOX_UNIT, "/received_by/unit") == answer("opinion_box", entry, admission)


def test_who_held_the_post_is_judged_by_the_file_of_that_day() -> None:
    """A visit is registered late, after another holder was published."""
    noon = datetime.fromisoformat("2020-03-04T12:00:00+08:00")
    now = FILE.replace(
        "post: general_office, holders: [wu.qing, lu.yao, an.ping]", "post: general_office, holders: [he.yun]"
    )
    later = parse_organisation(now)
    files = (FileInForce(datetime.fromisoformat(TUESDAY), noon, ORGANISATION), FileInForce(noon, None, later))
    admission = replace(ADMISSION, organisation=later, box_history=BoxHistory(files, files[0].since))
    visits = {
        (who, at): answer("walk_in", {"details": {"receptionist": who}, "received_at": at}, admission)
        for who in ("wu.qing", "he.yun")
        for at in (YESTERDAY, NOW.isoformat())
    }

    refused = ("no_receptionist", RECEPTIONIST)
    assert {
        ("wu.qing", YESTERDAY): None, ("wu.qing", NOW.isoformat()): refused,
        ("he.yun", YESTERDAY): None, ("he.yun", NOW.isoformat()): None,
    } == visits  # fmt: skip


def test_every_person_and_unit_that_details_name_has_a_part() -> None:
    """A channel to come that forgets it is found by the names that such fields bear."""
    naming = {
        (code, field): info.metadata
        for code, shape in DETAILS.items()
        for field, info in shape.model_fields.items()
        if field in ("unit", "person", "receptionist", "reviewer", "branch")
    }

    assert {("walk_in", "receptionist"), ("upper_branch", "unit"), ("opinion_box", "unit")} == set(naming)
    assert [] == [place for place, metadata in naming.items() if not any(isinstance(one, Part) for one in metadata)]
