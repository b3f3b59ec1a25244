"""The yearly report of a sub-branch, as a PDF and as a spreadsheet: what can be read in it, in both languages."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from services.console.http.report_forms import PDF
from services.console.register.exports import XLSX
from shared.contract.subjects import Subject
from tests.support.console_in_process import Console
from tests.support.console_stories import Story, shuffled

YEAR: dict[str, Any] = {"unit": "dongqiao", "year": 2020}
AUDITOR = "an.jie"


def year_2020() -> list[Story]:
    """The published year: 25 complaints, 4 from outside, all settled in place (rules: figures-2020)."""
    origins = ["regulator", "consumer_body", "consumer_body", "consumer_body", *["none"] * 21]
    stories = []
    for number, kind in enumerate(origins, 1):
        story = Story(number, changes={"origin": {"kind": kind}}).clock().settled().met()
        stories.append(story.does("lin.fang", "close"))
    return stories


async def report(console: Console, kind: str, person: str = AUDITOR, **params: Any) -> bytes:
    """The file that the call gives."""
    headers = console.header(Subject("person", person)) | {"Accept": kind}
    answer = await console.client.get("/v1/reports/yearly", params=YEAR | params, headers=headers)
    assert (200, kind) == (answer.status_code, answer.headers["content-type"]), answer.text
    return answer.content


def read(pdf: bytes) -> str:
    """What can be read, without the blanks that a typesetter puts in."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace(" ", "").replace("\n", "")


GOLDEN = {
    "zh": (
        "东侨支行2020年度客户投诉报告", "投诉件数25", "万户投诉率3.20578,000，来源：东侨支行2020年年报",
        "万笔投诉率4.38657,000",
        "内部投诉21", "外部转来4", "网点解决率100.000%", "升级0", "越级4", "重复投诉0", "监管机构11", "消费者组织33",
        "电话254", "满意25", "退款2525500.00元500.00元", "指标说明", "罗天25", "第1页",
    ),
    "en": (
        "Dongqiao Sub-branch:customercomplaintsin2020", "Complaints25", "Per10,000customers3.20578,000",
        "Per10,000transactions4.38657,000", "Inside21", "Outside4", "Resolvedinplace100.000%", "Escalated0",
        "Repeated0", "regulator11", "consumerbody33", "Whatthefiguresmean", "Page1of",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_published_year_stands_in_the_pdf(desk: Console, language: str) -> None:
    """25 complaints, 3.205 and 4.386 per 10,000, 21 inside, 4 outside, 100 % in place, none escalated or repeated."""
    await desk.append(shuffled(year_2020()))
    said = read(await report(desk, PDF, language=language))

    assert [] == [text for text in GOLDEN[language] if text.replace(" ", "") not in said]
    assert "None" not in said
    assert "{" not in said


async def test_the_spreadsheet_holds_the_same_as_numbers(desk: Console) -> None:
    """A sheet per section; counts and rates are numbers, nothing is a formula."""
    await desk.append(shuffled(year_2020()))
    book = openpyxl.load_workbook(BytesIO(await report(desk, XLSX, language="zh")))
    overview = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    months = {row[0]: row[1:3] for row in book.worksheets[1].iter_rows(values_only=True)}

    assert 11 == len(book.worksheets)
    assert [25, 25, 3.205, 4.386, 21, 4, 100, 0, 0] == [
        overview[name]
        for name in (
            "投诉件数", "投诉人数", "万户投诉率", "万笔投诉率", "内部投诉", "外部转来", "网点解决率", "升级",
            "重复投诉",
        )
    ]  # fmt: skip
    assert (21, 4) == months["3月"]
    assert {"n", "s"} == {cell.data_type for sheet in book for row in sheet for cell in row if cell.value is not None}


async def test_a_year_without_complaints_has_a_report_too(desk: Console) -> None:
    """Nothing is divided by nothing, and the empty tables say so."""
    said = read(await report(desk, PDF, language="zh", year=2019))

    assert "投诉件数0" in said
    assert "本期没有投诉。" in said


async def test_the_report_leaves_out_what_its_asker_may_not_know(desk: Console) -> None:
    """And says so to everybody, so that it tells nobody anything."""
    await desk.append(Story(1, changes={"matter": {"complained_persons": ["luo.tian"]}}).records())

    for person, count in (("luo.tian", 0), (AUDITOR, 1)):
        said = read(await report(desk, PDF, person, language="zh"))
        assert f"投诉件数{count}" in said
        assert "调取人为当事人的投诉不在其报告之内" in said


@pytest.mark.parametrize(
    ("params", "accept", "status", "code"),
    [
        ({"unit": "nowhere"}, PDF, 422, "unknown_unit"),
        ({"year": 12}, PDF, 422, "bad_query"),
        ({"language": "fr"}, PDF, 422, "bad_query"),
        ({}, "text/html", 406, "not_acceptable"),
    ],
)
async def test_what_cannot_be_reported_is_refused(
    desk: Console, params: dict[str, Any], accept: str, status: int, code: str
) -> None:
    """With what to do."""
    headers = desk.header(Subject("person", AUDITOR)) | {"Accept": accept}
    answer = await desk.client.get("/v1/reports/yearly", params=YEAR | params, headers=headers)

    assert (status, code) == (answer.status_code, answer.json()["code"])


async def test_a_code_that_no_font_shows_keeps_no_report_back(desk: Console) -> None:
    """Channel systems name products; what is asked for after that has its report, in both forms."""
    await desk.append(Story(1, changes={"matter": {"product": "贷\ue000\U0001f600款"}}).records())

    assert "贷□□款1" in read(await report(desk, PDF, language="zh"))
    assert b"PK" == (await report(desk, XLSX))[:2]


async def test_the_same_report_has_the_same_bytes(desk: Console) -> None:
    """Fonts come with the packages, the date with the question."""
    await desk.append(Story(1).records())

    assert await report(desk, PDF) == await report(desk, PDF)
