"""The register in the words of its reader: names before codes, Chinese signs in Chinese."""

import re

import pytest

from services.console.register.columns import COLUMNS, Cell, Holds
from services.console.register.wording import OF_COLUMN, Headers, headers, wording
from tests.support.facts import organisation, shipped_pack


def line(**cells: Cell) -> list[Cell]:
    """A line of the register in which these cells stand."""
    return [cells.get(column.key) for column in COLUMNS]


def shown(said: Headers, **cells: Cell) -> list[Cell]:
    """What a reader gets of these cells."""
    return [cell for cell in wording(said, organisation(), shipped_pack())(line(**cells)) if cell is not None]


def test_codes_under_chinese_headers_are_told_by_name_with_the_code_beside() -> None:
    """A class or a product is no code to whoever reads a list; under keys it stays one."""
    codes: dict[str, Cell] = {"class": "ordinary", "product": "credit_card", "business_channel": "counter"}

    assert ["一般投诉", "信用卡（credit_card）", "网点柜台（counter）"] == shown(Headers.ZH, **codes)
    assert ["ordinary complaint", "credit card (credit_card)", "counter (counter)"] == shown(Headers.EN, **codes)
    assert ["ordinary", "credit_card", "counter"] == shown(Headers.KEY, **codes)


def test_a_code_of_the_banks_own_list_stays() -> None:
    """Nobody invents a name for it."""
    assert ["wmp-7"] == shown(Headers.ZH, product="wmp-7")


def test_several_in_one_cell_stand_between_signs_of_their_language() -> None:
    """As people list them."""
    assert ["赔礼道歉；退款"] == shown(Headers.ZH, remedies="apology; refund")


@pytest.mark.parametrize(
    "text", [*headers(Headers.ZH), *(zh for words in OF_COLUMN.values() for zh, _ in words.values())]
)
def test_chinese_headers_and_words_have_chinese_signs(text: str) -> None:
    """No half-width sign beside a Chinese one, no second term for a thing."""
    assert not re.search(r"[\u4e00-\u9fff][,:;()]|[,:;()][\u4e00-\u9fff]", text)
    assert not re.search("完成|满意度|转办机构|受理单位|补充来件|逾期|过期", text)


def test_every_column_of_codes_has_words() -> None:
    """What stands in one column only has a table of its own."""
    assert {"class", "product", "business_channel", "state", "clock"} <= {
        column.key for column in COLUMNS if column.holds in (Holds.CODE, Holds.BANK_CODE)
    }
