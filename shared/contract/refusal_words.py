"""Says refusals and faults in the reader's language, from the one table of words, ``refusal_words.yaml``. Pure."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from shared.errors import RedressError, Said

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
Table = Mapping[str, Mapping[str, str]]


@cache
def read() -> Mapping[str, Table]:
    """The whole table, read once: a process that answers calls reads it when it starts, since that takes a while."""
    text = resources.files("shared.contract").joinpath("refusal_words.yaml").read_text("utf-8")
    found: Mapping[str, Table] = yaml.safe_load(text)
    return found


def table(section: Literal["refusals", "about", "faults", "things", "acts"]) -> Table:
    """One section of the table; what each holds stands at its head."""
    return read()[section]


def fault(name: str, /, **figures: Any) -> Said:
    """What is wrong with something that was sent, with its figures: a list is put in words of each language."""
    words = table("faults")[name]
    return Said(*(words[language].format(**_listed(figures, language)) for language in LANGUAGES))


def found_wrong(error: Mapping[str, Any]) -> Said:
    """What validation finds wrong at one place, with its limit where there is one."""
    name = error["type"] if error["type"] in table("faults") else "value_error"
    return fault(name, **_figures(error.get("ctx", {})))


def _figures(context: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a fault; of a list of words the words alone, without the English between them."""
    figures = dict(context)
    if isinstance(expected := figures.get("expected"), str):
        figures["expected"] = expected.replace("'", "").replace(" or ", ", ").split(", ")
    return {name: one for name, one in figures.items() if isinstance(one, (str, int, list))}


def _listed(figures: Mapping[str, Any], language: Language) -> dict[str, str]:
    between = ", " if language == "en" else "、"
    return {name: str(one) if isinstance(one, (str, int)) else between.join(one) for name, one in figures.items()}


def words_of(error: RedressError | type[RedressError], code: str) -> Mapping[str, str]:
    """The row of an error: its own, that of the nearest class above it, or else that of its code."""
    rows = table("refusals")
    kind = error if isinstance(error, type) else type(error)
    own = (f"{code}/{above.__name__}" for above in kind.__mro__ if getattr(above, "code", None) == code)
    module = f"{code}/{kind.__module__.rpartition('.')[2]}"
    found = next((row for name in (module, *own, code) if (row := rows.get(name))), None)
    return found if found is not None else rows[RedressError.code]


def title(error: RedressError | type[RedressError], code: str, language: Language) -> str:
    """What is the matter, in a few words."""
    return words_of(error, code)[language]


def sentence(error: RedressError, language: Language) -> str:
    """What happened and what to do.

    What was said in English alone, for whoever runs Redress, is told in Chinese by the sentence of its code.
    """
    if language == "en":
        return error.detail
    return error.said.zh if error.said is not None else words_of(error, error.code)["says"]


def sentence_about(
    error: RedressError, about: Sequence[str], language: Language, called: Callable[[str, Language], str]
) -> str:
    """The same, naming what stands in the way. ``called``: the words of what `about` names."""
    row = table("about").get(error.code)
    if row is None or not about:
        return sentence(error, language)
    named = [called(one, language) for one in about]
    return row[language].format(count=len(named), about=_listed({"": named}, language)[""])


def language_of(accepted: str | None) -> Language:
    """The language that an ``Accept-Language`` header prefers among ours; English where it prefers neither."""
    ranges = [_range(part) for part in (accepted or "").split(",")[:MOST_RANGES]]
    unwanted = {language for language, weight in ranges if weight <= 0}
    for language, weight in sorted(ranges, key=lambda one: -one[1]):
        if weight > 0 and language in {"zh", "*"}:
            return "zh" if language == "zh" or "en" in unwanted else "en"
        if weight > 0 and language == "en":
            return "en"
    return "en"


def _range(part: str) -> tuple[str, float]:
    """A language range without its region, and how much it is wanted."""
    tag, _, parameter = part.strip().lower().partition(";")
    return tag.partition("-")[0], _weight(parameter)


MOST_RANGES = 20
"""A browser sends a few: the rest of a long header is not looked at."""


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(1.0, max(0.0, float(value))) if name == "q" else 0.0
    except ValueError:
        return 0.0
