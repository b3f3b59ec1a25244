"""The register: pages, CSV and XLSX, read again by other programs' means; nothing in them becomes a formula."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest

from services.console.http.parameters import STATES
from services.console.register.columns import COLUMNS, Holds
from services.console.register.exports import CELL_LIMIT, ExportLimits, Sheet, csv_lines, guarded
from services.console.register.wording import OF_COLUMN, Headers, headers
from shared.contract.channels import OUTSIDE
from shared.contract.events.intake import OriginKind
from shared.contract.subjects import Subject
from shared.process.settings import Settings
from shared.sealing.vault import seal_with
from tests.support.casework import KEY
from tests.support.console_in_process import Console, running
from tests.support.console_stories import Story, shuffled
from tests.support.facts import CASE, NOW
from tests.support.memory_log import MemoryLog

CLOCK_STATES = ("running", "paused", "met", "breached", "stopped")
NASTY = '=HYPERLINK("http://x.example","点击"),\n第二行 "引号"'


def sealed(label: str, text: str) -> dict[str, str]:
    """A text as a receipt holds it."""
    return seal_with(KEY, CASE, label, text).model_dump()


def told(number: int = 1, narrative: str = NASTY) -> Story:
    """A case with everything that a customer can say in it."""
    matter = {
        "narrative": sealed("matter.narrative", narrative),
        "request": sealed("matter.request", "退费"),
        "product": "+credit-card",
        "amount_minor": 123456,
        "currency": "CNY",
        "complained_persons": ["fan.yi"],
    }
    who = {
        "name": sealed("complainant.name", "张三"),
        "phone": sealed("complainant.phone", "0000-5559999"),
        "email": sealed("complainant.email", "zhang@mail.example"),
        "identity": {"kind": "passport", "number": sealed("complainant.identity.number", "X0000001")},
    }
    origin = {"kind": "regulator", "body": "监管局", "reference": "@77", "reply_due_on": "2020-03-20"}
    return Story(number, changes={"matter": matter, "complainant": who, "origin": origin})


def row(found: Any, number: int = 0) -> dict[str, Any]:
    """A row of the register by key."""
    line: dict[str, Any] = found["rows"][number]
    return line


EXPECTED = {
    "case_number": "20200305-0000000001-6",
    "external_number": "@77",
    "related_case": None,
    "relation": None,
    "received_at": "2020-03-05T10:00:00+08:00",
    "recorded_at": "2020-03-05T10:00:00+08:00",
    "source": "regulator",
    "repeat": False,
    "receipts": 1,
    "from_regulator": True,
    "channel": "phone",
    "receiving_unit": "dongqiao",
    "first_asked": "wu.qing",
    "outside": True,
    "transferring_body": "监管局",
    "transferring_deadline": "2020-03-20",
    "anonymous": False,
    "complainant_name": "张三",
    "identity_kind": "passport",
    "identity_number": "X0000001",
    "contact": "0000-5559999; zhang@mail.example",
    "on_behalf_of": None,
    "speakers": None,
    "speaks_as": None,
    "authority": None,
    "authority_until": None,
    "persons": 1,
    "narrative": NASTY,
    "request": "退费",
    "reason": "service_attitude",
    "class": "ordinary",
    "jrt_channel": "counter",
    "jrt_business": None,
    "jrt_cause": "service",
    "product": "+credit-card",
    "business_channel": None,
    "amount": "1234.56",
    "currency": "CNY",
    "incident_at": None,
    "complained_unit": "dongqiao.lending",
    "place": "dongqiao",
    "complained_persons": "fan.yi",
    "parties_concerned": "fan.yi",
    "level": "hard",
    "fault": "responsible",
    "findings": "属实。",
    "responsibility": "fan.yi",
    "measures": "已培训。",
    "state": "archived",
    "accepting_unit": "dongqiao",
    "accepting": "lin.fang",
    "handler_unit": "dongqiao.lending",
    "handler": "luo.tian",
    "agent": None,
    "escalated": False,
    "outcome": "upheld",
    "remedies": "",
    "decided_at": "2020-03-05T10:05:00+08:00",
    "replied_at": "2020-03-05T10:06:00+08:00",
    "reported_at": "2020-03-05T10:08:00+08:00",
    "satisfaction": "satisfied",
    "target_on": None,
    "due_on": "2020-03-10",
    "clock": "met",
    "met_at": "2020-03-05T10:10:00+08:00",
    "late_by_working_days": 0,
    "ended_at": "2020-03-05T10:11:00+08:00",
    "retain_until": "2025-12-31",
}


def archived() -> Story:
    """A case that went through everything."""
    jrt = {"channel": "counter", "cause": "service"}
    story = told().clock()
    story.does("lin.fang", "classify", reason="service_attitude", level="hard", ground="客户多次来电。", jrt=jrt)
    found = {"findings": "属实。", "fault": "responsible", "persons_responsible": ["fan.yi"], "measures": "已培训。"}
    story.handled(investigation=found).met().does("lin.fang", "close")
    return story.does("zhong.an", "archive", place="A-1", retain_until="2025-12-31")


@pytest.mark.holds("practice-1")
async def test_a_line_of_the_register_for_somebody_with_the_right_to_it(console: Console) -> None:
    """Every column, opened on demand."""
    await console.append(archived().records())
    found = await console.json("/v1/register", "luo.tian", **await console.opening("luo.tian"))

    assert EXPECTED == row(found)
    assert list(EXPECTED) == [column["key"] for column in found["columns"]]
    assert {"key": "narrative", "zh": "投诉内容", "en": "Narrative"} in found["columns"]


async def test_sealed_columns_stay_closed_unless_asked_for_and_allowed(console: Console) -> None:
    """By default for everybody; for a superior who has no part also when asked for."""
    await console.append(archived().records())
    closed = {
        "complainant_name": "…", "identity_number": "…", "contact": "…; …", "narrative": "…", "request": "…",
        "fault": "…", "findings": "…", "responsibility": "…", "measures": "…",
    }  # fmt: skip
    by_default = row(await console.json("/v1/register", "luo.tian"))
    without_right = row(await console.json("/v1/register", "tao.rui", **await console.opening("tao.rui")))

    assert EXPECTED | closed == by_default
    assert EXPECTED | closed == without_right


async def test_the_register_is_filtered_by_period_unit_and_state_and_paged(console: Console) -> None:
    """Bank days of receipt, both included."""
    await console.append(shuffled([Story(n, at=NOW.replace(day=n)) for n in range(1, 6)]))
    period = {"from": "2020-03-02", "to": "2020-03-04"}
    first = await console.json("/v1/register", limit=2, **period)
    second = await console.json("/v1/register", limit=2, cursor=first["next"], **period)
    days = [line["received_at"][:10] for page in (first, second) for line in page["rows"]]

    assert ["2020-03-04", "2020-03-03", "2020-03-02"] == days
    assert second["next"] is None
    assert [] == (await console.json("/v1/register", unit="dongqiao.hall"))["rows"]
    assert [] == (await console.json("/v1/register", state="closed"))["rows"]


async def test_the_csv_is_read_back_with_commas_quotes_newlines_and_without_formulas(console: Console) -> None:
    """RFC 4180 in UTF-8 with a byte order mark; headers in English unless the reader's browser or address says else."""
    await console.append(archived().records())
    answer = await console.get("/v1/register.csv", "luo.tian", **await console.opening("luo.tian"))
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    found = dict(zip(EXPECTED, lines[1], strict=True))

    assert "text/csv; charset=utf-8" == answer.headers["content-type"]
    assert 'attachment; filename="register.csv"' == answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert ["Case number", "External number"] == lines[0][:2]
    assert 2 == len(lines)
    assert f"'{NASTY}" == found["narrative"]
    assert ["'@77", "'+credit-card", "no", "yes", ""] == [
        found[key] for key in ("external_number", "product", "repeat", "from_regulator", "agent")
    ]


async def test_the_spreadsheet_is_read_back_and_holds_no_formula(console: Console) -> None:
    """By another library than wrote it; every text is a text cell."""
    await console.append(archived().records())
    answer = await console.get("/v1/register.xlsx", "luo.tian", **await console.opening("luo.tian"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    header, line = sheet.iter_rows()
    found = dict(zip(EXPECTED, line, strict=True))

    assert headers(Headers.EN) == [cell.value for cell in header]
    assert NASTY == found["narrative"].value
    assert {"s", "n"} == {cell.data_type for cell in line}
    assert [1, 0, "no", "1234.56"] == [
        found[key].value for key in ("persons", "late_by_working_days", "repeat", "amount")
    ]


async def test_an_export_takes_all_cases_page_by_page(tmp_path: Path) -> None:
    """Also where they do not fit into one page, or fill it exactly."""
    async with running(Settings(data=tmp_path), MemoryLog(), exports=ExportLimits(page_cases=2)) as desk:
        for count in (3, 4):
            await desk.append(Story(count).records() if count == 4 else shuffled([Story(n) for n in range(1, 4)]))
            answer = await desk.get("/v1/register.csv")
            lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
            assert count + 1 == len(list(lines))


async def test_a_spreadsheet_of_too_many_cases_is_refused(tmp_path: Path) -> None:
    """422 says what to do instead."""
    async with running(Settings(data=tmp_path), MemoryLog(), exports=ExportLimits(sheet_lines=1)) as desk:
        await desk.append(shuffled([Story(1), Story(2)]))
        answer = await desk.get("/v1/register.xlsx")

    assert (422, "too_many_lines") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(start: str) -> None:
    """Full-width forms too."""
    assert f"'{start}1+1" == guarded(f"{start}1+1")


def test_other_texts_stay_as_they_are() -> None:
    """Also where such a character stands inside."""
    texts = [
        "1+1=2",
        "",
        "中文-测试",
        "2020-03-05",
        "20200305-0000000001-1",
        "7",
        "12.34",
        "0",
        "2020-03-05T10:00:00+08:00",
    ]

    assert texts == [guarded(text) for text in texts]


@pytest.mark.parametrize(
    "digits",
    ["999999190001010000", "0012345", "000", "123456789012", "12e5", "１２３４５６７８９０１２", " 0012345", "  =1+1"],
)
def test_digits_that_are_a_text_are_not_shortened_to_a_number(digits: str) -> None:
    """An identity number keeps its last digits, a telephone number its zeros; an amount stays a number."""
    assert f"'{digits}" == guarded(digits)
    assert b"123456789012345\r\n" == csv_lines([[123456789012345]])


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    """XLSX holds 32,767 characters a cell; CSV all of it."""
    long = "长" * (CELL_LIMIT + 1)
    sheet = Sheet(headers(Headers.EN))
    sheet.add([[long]])
    found = openpyxl.load_workbook(io.BytesIO(sheet.close())).active
    assert found is not None

    assert CELL_LIMIT == len(str(found["A2"].value))
    assert str(found["A2"].value).endswith("…(cut)")
    assert long in csv_lines([[long]]).decode()


def test_every_column_has_a_header_in_both_languages_once() -> None:
    """No two columns are called alike."""
    assert len(COLUMNS) == len({c.key for c in COLUMNS}) == len({c.zh for c in COLUMNS}) == len({c.en for c in COLUMNS})


@pytest.mark.parametrize(
    ("asked", "language", "expected"),
    [
        ({"headers": "zh"}, "en", ["办理状态", "已归档", "东侨支行信贷部", "罗天", "服务态度", "是", "属实", "电话"]),
        ({"headers": "en"}, "zh", ["State", "archived", "Dongqiao Lending", "Tian Luo", "attitude of staff", "yes"]),
        ({"headers": "key"}, "zh", ["state", "archived", "dongqiao.lending", "luo.tian", "service_attitude", "yes"]),
        ({}, "zh-CN,zh;q=0.9,en;q=0.8", ["办理状态", "已归档", "东侨支行信贷部", "罗天", "服务态度", "是"]),
        (
            {},
            "de, en;q=0.4, zh;q=0.3",
            ["State", "archived", "Dongqiao Lending", "Tian Luo", "attitude of staff", "yes"],
        ),
        ({}, "", ["State", "archived", "Dongqiao Lending", "Tian Luo", "attitude of staff", "yes"]),
    ],
)
async def test_a_file_is_in_the_readers_language_or_in_keys(
    console: Console, asked: dict[str, str], language: str, expected: list[str]
) -> None:
    """Headers and cells: codes, units, people, yes and no."""
    await console.append(archived().records())
    header = console.header(Subject("person", "luo.tian")) | {"Accept-Language": language}
    answer = await console.client.get("/v1/register.csv", params=asked, headers=header)
    first, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    keys = list(EXPECTED)
    found = [line[keys.index(key)] for key in ("state", "complained_unit", "handler", "reason", "outside", "outcome")]

    assert expected[:6] == [first[keys.index("state")], *found[:5]]
    assert expected[6:7] in ([], [found[5]])


async def test_under_chinese_headers_no_code_is_left(console: Console) -> None:
    """Whatever stands in a column of codes, of units or of people has Chinese words."""
    await console.append(archived().records())
    answer = await console.get("/v1/register.csv", "luo.tian", headers="zh")
    _, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    as_is = (Holds.TEXT, Holds.BANK_CODE)
    words = [cell for cell, column in zip(line, COLUMNS, strict=True) if column.holds not in as_is]

    assert [] == [cell for cell in words if re.search("[a-z]", cell)]


def test_every_code_of_a_column_has_words_in_both_languages() -> None:
    """A state, a kind of origin or a relation that is new has to be given words."""
    known = {"state": {*STATES} - {"blocked"}, "source": {*get_args(OriginKind), *OUTSIDE}, "clock": set(CLOCK_STATES)}

    for key, codes in known.items():
        assert set() == codes - set(OF_COLUMN[key]), key


async def test_every_instant_is_in_the_banks_zone(console: Console) -> None:
    """Whatever zone it was sent in."""
    matter = {"incident_at": "2020-03-04T18:30:00+00:00"}
    story = Story(1, changes={"matter": matter, "received_at": "2020-03-05T02:00:00+00:00"})
    await console.append(story.records())
    line = row(await console.json("/v1/register"))

    assert ["2020-03-05T10:00:00+08:00", "2020-03-05T02:30:00+08:00"] == [line["received_at"], line["incident_at"]]


async def test_every_answer_tells_its_instants_in_the_banks_zone(console: Console) -> None:
    """Case, list, clocks, duties and timeline, whatever zone they were sent in."""
    story = Story(1, changes={"received_at": "2020-03-05T02:00:00Z"}).clock().handled()
    await console.append(story.records())
    paths = ["/v1/cases", *(f"/v1/cases/{story.id}{part}" for part in ("", "/clocks", "/duties", "/timeline"))]
    told = [json.dumps(await console.json(path, "luo.tian")) for path in paths]
    told.append(json.dumps(await console.json("/v1/statistics", as_of="2020-03-05T02:01:00Z")))
    instants = [re.findall(r'"(2020-\d\d-\d\dT[^"]*)"', text) for text in told]

    assert 5 <= sum(map(bool, instants))
    assert [] == [one for found in instants for one in found if not one.endswith("+08:00")]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [({"opening": "x"}, "/opening"), ({"opening": "x", "open": "false"}, "/opening"),
     ({"from": "2020-03-06", "to": "2020-03-05"}, "/to")],
)  # fmt: skip
@pytest.mark.parametrize("file", ["", ".csv", ".xlsx"])
async def test_what_would_be_ignored_beside_the_rest_is_refused(
    desk: Console, file: str, said: dict[str, str], pointer: str
) -> None:
    """An opening that opens nothing, a period without a day."""
    found = await desk.get(f"/v1/register{file}", "luo.tian", **said)

    assert (422, "bad_query", [pointer]) == (found.status_code, found.json()["code"], found.json()["pointers"])


async def test_what_a_former_round_found_is_not_that_of_the_present_one(console: Console) -> None:
    """Outcome, satisfaction, findings and measures begin anew when the case is taken up again."""
    story = Story(1).clock().handled().met().does("lin.fang", "close")
    await console.append(
        story.does("lin.fang", "reopen", ground="新情况。", received_at=story.case.now.isoformat()).records()
    )
    line = row(await console.json("/v1/register", "luo.tian", **await console.opening("luo.tian")))

    assert [None] * 5 == [line[key] for key in ("outcome", "satisfaction", "findings", "measures", "decided_at")]
