"""Letters on paper: what stands on the sheet, that it is the same every time, and what cannot be printed."""

import re
import subprocess
import sys
from datetime import datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from ops.paths import ROOT
from services.notify.letters.paper import Paper, printed
from shared.process.typesetting import NotPrintable

AT = datetime.fromisoformat("2020-03-05T10:00:00+08:00")
ZH = Paper(
    language="zh", bank="示例银行", sender=("东侨支行", "示例路2号", "电话 0000-5550110"),
    to=("甲某", "示例市示例区示例路3号", "000000"), reference=("编号 20200305-0000000001-1",),
    subject="关于投诉的处理决定",
    body="尊敬的甲某：\n\n经核实，情况属实。\n\n1. 核查；\n2. 诉讼。\n\n示例银行 东侨支行\n2020年3月5日\n",
)  # fmt: skip
EN = ZH._replace(
    language="en", bank="Example Bank", sender=("Dongqiao",), to=("J. Doe", "3 Example Road"),
    reference=("Reference 1", "5 March 2020"), subject="Our decision",
    body="Dear J. Doe,\n\nWe agree.\n\nExample Bank\n",
)  # fmt: skip


def pages(paper: Paper) -> list[str]:
    """What can be read on each page, without the blanks that a typesetter puts between letters and figures."""
    reader = PdfReader(BytesIO(printed(paper, AT)))
    return [page.extract_text().replace(" ", "").replace("　", "") for page in reader.pages]


def test_the_font_comes_without_what_its_package_asks_for() -> None:
    """Pinned in both places to one version; nothing else of it is installed."""
    pinned = re.search(r"^font = \[(.+)\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    names = re.findall(r"^[a-z0-9-]+==\S+", (ROOT / "requirements-font.lock").read_text(encoding="utf-8"), re.M)

    assert pinned is not None
    assert sorted(names) == sorted(part.strip(' "') for part in pinned[1].split(","))
    assert "matplotlib" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_a_sheet_has_letterhead_address_reference_subject_and_text() -> None:
    """Everything that makes it a letter of the bank."""
    (page,) = pages(ZH)
    wanted = [*ZH.sender, *ZH.to, *ZH.reference, ZH.bank, ZH.subject, "经核实，情况属实。", "1.核查；", "2020年3月5日"]

    assert [] == [text for text in wanted if text.replace(" ", "") not in page]


@pytest.mark.parametrize("lines", range(20, 45))
def test_a_signature_stands_on_no_page_alone(lines: int) -> None:
    """However long the letter is: the paragraph before the signature goes with it to the next page."""
    body = "\n".join(["一行。"] * lines) + "\n\n感谢您的理解。\n\n示例银行 东侨支行\n2020年3月5日\n"
    last = pages(ZH._replace(body=body))[-1]

    assert "感谢您的理解。示例银行东侨支行" in last.replace("\n", "")


@pytest.mark.parametrize(("paper", "first", "last"), [(ZH, "第1页共2页", "第2页共2页"), (EN, "Page1of2", "Page2of2")])
def test_pages_are_numbered_in_the_letters_language(paper: Paper, first: str, last: str) -> None:
    """Nobody can take a page away unseen."""
    found = pages(paper._replace(body="\n\n".join(["word 词语 " * 60] * 7)))

    assert [True, True] == [number in page for number, page in zip((first, last), found, strict=True)]


def test_the_same_letter_is_the_same_to_the_byte_in_every_process() -> None:
    """A repetition after a crash replaces the file by itself."""
    code = "import sys; from tests.unit.notify.test_paper import *; sys.stdout.buffer.write(printed(ZH, AT))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout

    assert printed(ZH, AT) == other
    assert b"D:20200305020000Z" in other


def test_the_copy_is_archival() -> None:
    """PDF/A: it can be read after the years of retention, fonts and all."""
    metadata = PdfReader(BytesIO(printed(ZH, AT))).xmp_metadata

    assert metadata is not None
    assert b"pdfaid:part" in metadata.stream.get_data()


@pytest.mark.parametrize("text", ["#strong[x]", "$a$ *b* _c_ @d <e> \\ `f`", '"); #read("/etc/passwd")', "= heading"])
def test_nothing_that_somebody_typed_acts_as_markup(text: str) -> None:
    """It stands there as it was typed."""
    (page,) = pages(ZH._replace(body=f"甲\n\n{text}\n\n乙\n"))

    assert text.replace(" ", "") in page


@pytest.mark.parametrize("text", ["Łukasz Žižek", "Привет", "Ελληνικά", "①㈠℃§€", "a\tb", "\u200b"])
def test_names_in_other_alphabets_can_be_printed(text: str) -> None:
    """The fonts that typst has inside know them."""
    assert printed(EN._replace(to=(text,)), AT)


@pytest.mark.parametrize("name", ["𠮷田", "𠮟", "㐂", "𠀋", "𰻝"])
def test_rare_characters_of_names_are_printed(name: str) -> None:
    """They stand in a second font, and can be read and searched in the copy."""
    (page,) = pages(ZH._replace(to=(name, *ZH.to[1:])))

    assert name in page


@pytest.mark.parametrize("text", ["😀", "𪚥", "\x07", "孙\ue000", "孙\ufffd", "孙\ufdd0", "孙\U0010fffd"])
def test_a_character_that_no_font_shows_is_said_so_without_repeating_it(text: str) -> None:
    """A name with a hole in it is no letter: somebody has to write it by hand."""
    with pytest.raises(NotPrintable) as raised:
        printed(ZH._replace(to=(text,)), AT)

    assert "" == str(raised.value)


@pytest.mark.parametrize("text", ["\ufeff甲某", "甲\ufeff某", "甲某\ufeff"])
def test_a_byte_order_mark_leaves_no_trace(text: str) -> None:
    """It came with a file somebody copied from: the letter is that without it, to the byte."""
    assert printed(ZH, AT) == printed(ZH._replace(to=(text, *ZH.to[1:])), AT)


@pytest.mark.parametrize(
    ("name", "fits"), [("Wolfeschlegelstein" * 23, 65), ("甲" * 400, 35), ("A1." * 140, 65), ("W" * 400, 35)]
)
def test_a_name_without_a_blank_stays_on_the_sheet_and_off_the_number(name: str, fits: int) -> None:
    """It is broken where its column ends; the number stands beside it, whole. ``fits``: letters in the column."""
    page = PdfReader(BytesIO(printed(ZH._replace(to=(name, *ZH.to[1:])), AT))).pages[0]
    lines = page.extract_text().splitlines()

    assert name in "".join(lines)
    assert ZH.reference[0] in lines
    assert [] == [line for line in lines if len(line) > fits]
