"""The yearly report of a unit: what it says, from the year's figures, in a language. Pure."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from services.console.register.wording import ORIGINS, PRODUCTS
from services.console.report import charts
from services.console.report.charts import Bar
from services.console.report.words import COLUMNS, FIGURES, MONTHS, TEXTS, meaning, named
from services.console.statistics.counting import SATISFACTION
from services.console.statistics.scope import NONE
from shared.bank.organisation import Organisation
from shared.contract.amounts import date_in_words, money_in_words, time_in_words
from shared.contract.words import WORDS

Cell = str | int
SECTIONS = {
    "channel": "channels", "origin": "origins", "reason": "reasons", "unit": "units", "product": "products",
    "handler": "handlers",
}  # fmt: skip
"""The dimensions that have a section each, and its title."""
UNUSUAL = re.compile(r"[^ -~\u3000-\u303f\u4e00-\u9fff\uff00-\uff5e]")
"""What a code of a channel system may hold and perhaps no font shows: one sign of it must not keep back a report."""
DRAWN = ("channel", "reason")
"""Those whose section begins with a chart."""


class Section(NamedTuple):
    """A section has a title, and of chart (SVG), table and lines what it needs. A table's first row is its head."""

    title: str
    table: tuple[tuple[Cell, ...], ...] = ()
    chart: str | None = None


class Report(NamedTuple):
    """What stands on the report. ``lines``: below the title."""

    language: str
    bank: str
    title: str
    lines: tuple[str, ...]
    page: str
    sections: tuple[Section, ...]


class Asked(NamedTuple):
    """Who asks for the report of a year, when, in which language."""

    person: str
    at: datetime
    language: str
    year: int


def report(found: dict[str, Any], organisation: Organisation, asked: Asked) -> Report:
    """The report of the figures of a year, as ``/v1/statistics`` gives them."""
    return _Writer(found, organisation, asked).report()


class _Writer:
    """Writes in one language."""

    def __init__(self, found: dict[str, Any], organisation: Organisation, asked: Asked) -> None:
        self.found, self.organisation, self.asked = found, organisation, asked
        self.language, self.text = asked.language, TEXTS[asked.language]
        self.at = 0 if asked.language == "zh" else 1

    def report(self) -> Report:
        text, unit = self.text, self.found["unit"]
        start, end = (date_in_words(date.fromisoformat(self.found[day]), self.language) for day in ("from", "to"))
        local = self.organisation.day.local(self.asked.at)
        counted_at = f"{date_in_words(local.date(), self.language)} {time_in_words(local.time(), self.language)}"
        name = self.organisation.units[unit].called(self.language) if unit else text["all"]
        asker = self.organisation.people[self.asked.person].called(self.language)
        lines = (
            text["subject"].format(start=start, end=end),
            text["counted"].format(at=counted_at, person=asker),
            text["parties"],
        )
        title = text["title"].format(unit=name, year=self.asked.year)
        sections = tuple(self._sections())
        return Report(self.language, self._bank(), title, lines, text["page"], sections)

    def _bank(self) -> str:
        bank = self.organisation.bank
        return bank.name_en if self.language == "en" and bank.name_en else bank.name

    def _sections(self) -> Iterator[Section]:
        yield Section(self.text["overview"], tuple(self._overview()))
        yield self._months()
        for dimension, title in SECTIONS.items():
            yield self._dimension(dimension, self.text[title])
        yield Section(self.text["satisfaction"], tuple(self._satisfaction()))
        yield Section(self.text["remedies"], tuple(self._remedies()))
        yield Section(self.text["definitions"], tuple(self._definitions()))

    def _overview(self) -> Iterator[tuple[Cell, ...]]:
        yield self.text["figure"], self.text["value"], self.text["basis"]
        for name in FIGURES:
            value = self.found["satisfaction"]["rate"] if name == "rate" else self.found[name]
            yield named(name, self.language), self._value(name, value), self._basis(name)

    def _basis(self, name: str) -> str:
        """What a rate per 10,000 rests on, and who says so."""
        if not name.startswith("per_10k_"):
            return ""
        base = name.removeprefix("per_10k_")
        source = self.found[f"{base}_source"]
        if source is None:
            return self.text["unknown"]
        said = self.text["by_hand"] if source == "address" else source
        return f"{self.found[base]:,}{'，' if self.at == 0 else '; '}{self.text['source'].format(source=said)}"

    def _value(self, name: str, value: Any) -> Cell:
        if value is None:
            return "–"
        return f"{value}%" if name.endswith("rate") else value

    def _months(self) -> Section:
        table = self.found["tables"]["month"]
        months = [f"{self.asked.year}-{month:02d}" for month in range(1, 13)]
        bars = [
            Bar(name, *(table.get(month, {}).get(n, 0) for n in ("inside", "outside")))
            for name, month in zip(MONTHS[self.language], months, strict=True)
        ]
        title = self.text["months"]
        head = (self.text["by_month"], *self._legend())
        return Section(title, (head, *bars_told(bars)), charts.columns(title, bars, self._legend()))

    def _legend(self) -> tuple[str, str]:
        return named("inside", self.language), named("outside", self.language)

    def _dimension(self, dimension: str, title: str) -> Section:
        rows = self.found["tables"][dimension]
        if not rows:
            return Section(title, ((self.text["no_cases"],),))
        ordered = sorted(rows.items(), key=lambda row: (-row[1]["complaints"], row[0]))
        told = [(self._word(dimension, value), *(self._cell(row, name) for name in COLUMNS)) for value, row in ordered]
        bars = [Bar(self._word(dimension, value), row["inside"], row["outside"]) for value, row in ordered]
        head = (_bare(title), *(named(name, self.language) for name in COLUMNS))
        chart = charts.rows(title, bars, self._legend()) if dimension in DRAWN else None
        return Section(title, (head, *told), chart)

    def _cell(self, row: dict[str, Any], name: str) -> Cell:
        return self._value(name, row["satisfaction"]["rate"] if name == "rate" else row[name])

    def _word(self, dimension: str, value: str) -> str:
        """A value of a dimension in words."""
        if value == NONE.get(dimension):
            return self.text[value]
        if dimension == "unit" and value in self.organisation.units:
            return self.organisation.units[value].called(self.language)
        if dimension == "handler" and value in self.organisation.people:
            return self.organisation.people[value].called(self.language)
        words = {"origin": ORIGINS, "product": PRODUCTS}.get(dimension, {})
        return words[value][self.at] if value in words else WORDS[self.language].get(value, UNUSUAL.sub("□", value))

    def _satisfaction(self) -> Iterator[tuple[Cell, ...]]:
        yield self.text["answer"], self.text["cases"]
        for value in SATISFACTION:
            yield WORDS[self.language][value], self.found["satisfaction"][value]
        yield named("rate", self.language), self._value("rate", self.found["satisfaction"]["rate"])

    def _remedies(self) -> Iterator[tuple[Cell, ...]]:
        yield _bare(self.text["remedies"]), *(self.text[name] for name in ("cases", "times", "money", "executed"))
        for kind, row in self.found["remedies"].items():
            money = (self._money(row[name]) for name in ("granted_minor", "executed_minor"))
            yield WORDS[self.language][kind], row["cases"], row["times"], *money

    def _money(self, amounts: dict[str, int]) -> str:
        told = [money_in_words(amount, unit, self.language) for unit, amount in amounts.items()]
        return ("；" if self.at == 0 else "; ").join(told) or "–"

    def _definitions(self) -> Iterator[tuple[Cell, ...]]:
        yield self.text["figure"], self.text["what"]
        for name in FIGURES:
            yield named(name, self.language), meaning(name, self.language)


def _bare(title: str) -> str:
    """The title of a section without its number, as the head of a column."""
    return title.replace("、", ". ").partition(". ")[2]


def bars_told(bars: list[Bar]) -> Iterator[tuple[Cell, ...]]:
    """The figures of a chart, a row each."""
    return ((bar.label, bar.inside, bar.outside) for bar in bars)
