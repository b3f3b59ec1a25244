"""The organisation file: whatever is wrong in it is refused with its line, before anything rests on it."""

from datetime import date

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from shared.bank.organisation_file import parse_organisation
from shared.errors import BadReference

TEXT = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
LENDING = "post: unit_head, holders: [luo.tian]"
LUO = "{id: luo.tian, name: 罗天, name_en: Tian Luo,"


def test_who_reviews_what_the_top_decides_is_named_or_missed() -> None:
    """Whoever publishes a file without it is warned."""
    assert "province" == parse_organisation(TEXT).reviewer_missing()
    named = TEXT.replace("bank: {", "bank: {review_body: 示例监管局, ", 1)
    assert parse_organisation(named).reviewer_missing() is None


@pytest.mark.parametrize(
    ("line", "replacement", "message"),
    [
        ("parent: province,", "parent: nowhere,", "line 5: parent 'nowhere' is not known"),
        ("kind: branch,", "kind: branch, parent: dongqiao.hall,", "line 4: .* above itself"),
        (LENDING, "post: unit_head, holders: [nobody]", "line 4.: person 'nobody'"),
        (LENDING, "post: unit_head, holders: [{a: b}]", "line 4.: person .* is not known"),
        (LENDING, "post: unit_head, holders: []", "line 4.: .* has no holder"),
        (LENDING, f"{LENDING}, approval_limit_minor: -1", "line 4.: approval_limit_minor of post 'unit_head'"),
        (LENDING, f"{LENDING}, approval_limit_minor: 9007199254740992", "line 4.: approval_limit_minor"),
        (LENDING, f"{LENDING}, approval_limit_minor: true", "line 4.: 'approval_limit_minor' of a post has to be int"),
        ("name: 省分行,", "name: 省分行, colour: red,", "line 4: a unit has no field 'colour'"),
        ("kind: branch,", "kind: palace,", "line 4: kind 'palace' is not known"),
        (
            "kind: branch,",
            "kind: branch, decisions_signed_by: king,",
            "line 4: decisions_signed_by 'king' is not known",
        ),
        ("timezone: Asia/Shanghai", "timezone: Mars/Base", "line 2: time zone 'Mars/Base'"),
        (LUO, "{id: luo tian, name: 罗天,", "line 21: 'luo tian' is no id"),
        (LUO, '{id: luo.tian, name: "罗天\\nBcc: x",', "line 21: 'name' of a person has to be one line"),
        (LUO, '{id: luo.tian, name: "\u3000",', "line 21: 'name' of a person has to be one line"),
        (LUO, "{id: luo.tian, until: 2014-12-31, name: 罗天,", "line 21: 'luo.tian' has duties until 2014-12-31"),
        (LUO, "{id: luo.tian, until: 2026-01-01T10:00:00Z, name: 罗天,", "line 21: 'until' of a person has to be date"),
        ("email: luo.tian@bank.example", "email: luo.tian", "line 21: 'luo.tian' is no e-mail address"),
    ],
)
def test_a_wrong_organisation_file_is_refused_with_its_line(line: str, replacement: str, message: str) -> None:
    """Unknown ids, cycles, empty posts, unknown fields, and values that somebody would stumble over later."""
    assert line in TEXT

    with pytest.raises(BadReference, match=message):
        parse_organisation(TEXT.replace(line, replacement, 1))


def test_a_unit_that_accepts_complaints_needs_an_address_its_letters_come_from() -> None:
    """Its own, one above it, or the bank's: else the letters would wait for ever."""
    silent = TEXT.replace("email: office@province.example, ", "").replace("email: office@dongqiao.example, ", "")

    with pytest.raises(BadReference, match="line 4: unit 'province' can accept complaints"):
        parse_organisation(silent)
    found = parse_organisation(silent.replace("bank: {", "bank: {email: office@bank.example, "))
    assert ["office@bank.example", "hall@dongqiao.example"] == [found.sender(u) for u in ("dongqiao", "dongqiao.hall")]


def test_an_english_name_is_used_in_english_only() -> None:
    """Without one the Chinese name stands there too: a person is called as he is called."""
    found = parse_organisation(TEXT.replace(" name_en: Yi Fan,", ""))
    luo, fan = found.people["luo.tian"], found.people["fan.yi"]

    assert ["罗天", "Tian Luo", "范怡"] == [luo.called("zh"), luo.called("en"), fan.called("en")]


def absent(*absences: str, of: str = "luo.tian") -> str:
    """The example with absences of somebody."""
    rows = ", ".join(f"{{{absence}}}" for absence in absences)
    return TEXT.replace(f"{{id: {of}, ", f"{{id: {of}, absences: [{rows}], ", 1)


@pytest.mark.parametrize(
    ("absences", "message"),
    [
        (["from: 2026-05-06, until: 2026-05-08, stand_in: nobody"], "line 21: stand-in 'nobody' is not known"),
        (
            ["from: 2026-05-06, until: 2026-05-08, stand_in: luo.tian"],
            "line 21: 'luo.tian' cannot stand in for himself",
        ),
        (["from: 2026-05-08, until: 2026-05-12, stand_in: lin.fang"], "line 21: stand-in 'lin.fang' is absent himself"),
        (["from: 2026-05-01, until: 2026-05-31, stand_in: lin.fang"], "line 21: stand-in 'lin.fang' is absent himself"),
        (
            ["from: 2026-05-06, until: 2026-05-08", "from: 2026-05-08, until: 2026-05-09"],
            "line 21: .* is absent already",
        ),
        (["from: 2026-05-06, until: 2026-05-05"], "line 21: an absence until 2026-05-05 ends before it begins"),
        (["from: 2026-05-06"], "line 21: an absence needs 'until'"),
        (["from: 2026-05-06, until: 2026-05-08, why: leave"], "line 21: an absence has no field 'why'"),
    ],
)
def test_an_absence_that_cannot_be_is_refused_with_its_line(absences: list[str], message: str) -> None:
    """Somebody who stands in is somebody else, of the bank and there; nobody is absent twice at a time."""
    with pytest.raises(BadReference, match=message):
        parse_organisation(absent(*absences))


def test_whoever_stands_in_acts_in_the_posts_of_these_days_only() -> None:
    """Both ends are included; the absent person may act all the same; an auditor's sight is lent to nobody."""
    found = parse_organisation(absent("from: 2026-05-11, until: 2026-05-12, stand_in: fan.yi"))
    days = [date(2026, 5, day) for day in (10, 11, 12, 13)]
    everybody, there = ("luo.tian", "fan.yi"), ("fan.yi",)

    held = ("dongqiao.lending", "unit_head")
    assert [("luo.tian",), everybody, everybody, ("luo.tian",)] == [found.people_in(*held, day) for day in days]
    assert [("luo.tian",), there, there, ("luo.tian",)] == [found.present_in(*held, day) for day in days]
    assert [0, 1, 1, 0] == [len(found.posts_on("fan.yi", day)) for day in days]
    audited = parse_organisation(absent("from: 2026-05-11, until: 2026-05-12, stand_in: fan.yi", of="xia.jing"))
    assert ((), ("xia.jing",)) == (
        audited.posts_on("fan.yi", days[1]),
        audited.people_in("province", "auditor", days[1]),
    )
