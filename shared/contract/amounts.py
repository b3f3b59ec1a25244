"""Amounts, dates and times of day, written as people read them: the one place that knows how. Pure.

Babel knows the languages and, after CLDR, the currencies.
"""

from datetime import date, time
from decimal import Decimal

from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_precision

WITH_MORE_PLACES = dict.fromkeys(
    ("AFN", "ALL", "COP", "HUF", "IDR", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "SOS", "SYP", "YER"), 2
) | {"IQD": 3}  # fmt: skip
"""CLDR gives these none, since such small coins are not used; an amount on record counts in ISO 4217's minor units."""
DATES = {"zh": "y年M月d日", "en": "d MMMM y"}
TIMES = {"zh": "H时mm分", "en": "H:mm"}
PREFIXED, IN_YUAN, NAMED = "¤¤ {}", "{}元", "{}¤¤¤"
"""An amount after the currency's code; in Chinese one of yuan, and one before the name of another currency."""


def decimal_places(currency: str) -> int:
    """How many decimal places a currency's minor unit takes (ISO 4217)."""
    return WITH_MORE_PLACES.get(currency, get_currency_precision(currency))


def major_units(amount_minor: int, currency: str) -> Decimal:
    """The amount in major units, with all decimal places of its currency."""
    return Decimal(amount_minor).scaleb(-decimal_places(currency))


def money_in_words(amount_minor: int, currency: str, language: str) -> str:
    """An amount of minor units, as a letter writes it."""
    places = decimal_places(currency)
    figures = "#,##0" + ("." + "0" * places if places else "")
    pattern = PREFIXED if language != "zh" else IN_YUAN if currency == "CNY" else NAMED
    return format_currency(
        major_units(amount_minor, currency), currency, pattern.format(figures), locale=language, currency_digits=False
    )


def date_in_words(day: date, language: str) -> str:
    """A date, as a letter writes it."""
    return format_date(day, DATES[language], locale=language)


def time_in_words(at: time, language: str) -> str:
    """A time of day, as a letter writes it."""
    return format_time(at, TIMES[language], locale=language)
