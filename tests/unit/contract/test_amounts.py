"""An amount reads alike in a letter and in the register, in every currency and in both languages."""

from datetime import date, time

import pytest
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from hypothesis import given as for_all
from hypothesis import strategies as st

from shared.contract.amounts import date_in_words, decimal_places, major_units, money_in_words, time_in_words

NO_PLACES = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THREE_PLACES = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
TENDERS = sorted({c for land in get_global("territory_currencies") for c in get_territory_currencies(land)})
"""The currencies that are legal tender somewhere today."""
LONGEST = 2**53
LANGUAGES = ("zh", "en")


@pytest.mark.parametrize(
    ("amount", "currency", "zh", "en"),
    [
        (5, "CNY", "0.05元", "CNY 0.05"),
        (123456789, "CNY", "1,234,567.89元", "CNY 1,234,567.89"),
        (100, "USD", "1.00美元", "USD 1.00"),
        (1500, "JPY", "1,500日元", "JPY 1,500"),
        (1234, "BHD", "1.234巴林第纳尔", "BHD 1.234"),
        (1234, "IQD", "1.234伊拉克第纳尔", "IQD 1.234"),
        (123400, "HUF", "1,234.00匈牙利福林", "HUF 1,234.00"),
        (0, "KWD", "0.000科威特第纳尔", "KWD 0.000"),
    ],
)
def test_an_amount_is_written_in_its_currency(amount: int, currency: str, zh: str, en: str) -> None:
    """Minor units have two places, but not everywhere."""
    assert [zh, en] == [money_in_words(amount, currency, language) for language in LANGUAGES]


def test_every_tender_has_the_places_of_iso_4217() -> None:
    """CLDR leaves out coins that are not used; what is on record counts in them all the same."""
    expected = {c: 0 if c in NO_PLACES else 3 if c in THREE_PLACES else 2 for c in TENDERS}

    assert expected.keys() >= NO_PLACES | THREE_PLACES | {"CNY"}
    assert expected == {c: decimal_places(c) for c in TENDERS}


@for_all(st.integers(0, LONGEST), st.sampled_from([*TENDERS, "QQQ"]), st.sampled_from(LANGUAGES))
def test_a_letter_and_the_register_say_the_same_amount(amount: int, currency: str, language: str) -> None:
    """To the last minor unit, with the currency named; also of a code that nobody knows."""
    written, registered = money_in_words(amount, currency, language), str(major_units(amount, currency))
    figures = "".join(sign for sign in written if sign in "0123456789,.")

    assert registered == figures.replace(",", "")
    assert amount == int(registered.replace(".", ""))
    assert written[0].isdigit() == (not written[-1].isdigit()) == (language == "zh")
    assert written.startswith(f"{currency} ") == (language == "en")


@for_all(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_a_date_is_written_whole_in_both_languages(day: date) -> None:
    """Without zeros before the figures; the month by its name in English."""
    month = Locale("en").months["format"]["wide"][day.month]

    assert f"{day.year}年{day.month}月{day.day}日" == date_in_words(day, "zh")
    assert f"{day.day} {month} {day.year}" == date_in_words(day, "en")


@for_all(st.times())
def test_a_time_of_day_is_written_to_the_minute(at: time) -> None:
    """By the clock of 24 hours."""
    assert f"{at.hour}时{at.minute:02}分" == time_in_words(at, "zh")
    assert f"{at.hour}:{at.minute:02}" == time_in_words(at, "en")
