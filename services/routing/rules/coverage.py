"""Coverage checks that the rule table has no hole: every column has an accepting post, every owner a column. Pure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.routing.rules.cells import Cell
from services.routing.rules.lines import RuleTable
from shared.bank.posts import UNIT_KINDS
from shared.contract.channels import CHANNELS


class Arrival(NamedTuple):
    """How a complaint may come in: a channel, and the form where the channel has any."""

    channel: str
    form: str

    def __str__(self) -> str:
        """As a refusal names it."""
        return f"{self.channel}: {self.form}" if self.form else self.channel


def check_whole(table: RuleTable, headings: list[Cell], owners: list[Cell], kinds: list[Cell]) -> None:
    """Refuse a hole or a repetition at the cell that shows it.

    Args:
        table: all of the file.
        headings, owners, kinds: the cells of the columns' headings, of the owners' channels, of the kinds of duty.

    Raises:
        BadReference: a column without an accepting post, an owner without a column, a column or a duty twice.
    """
    columns = [list(_arrivals(column.channel, column.forms)) for column in table.columns]
    _check_once(zip(headings, columns, strict=True))
    _check_once((cell, [line.kind]) for cell, line in zip(kinds, table.duties, strict=True))
    for heading, arrivals in zip(headings, columns, strict=True):
        for arrival in arrivals:
            _check_accepted(table, heading, arrival)
    known = {arrival for arrivals in columns for arrival in arrivals}
    for cell, line in zip(owners, table.owners, strict=True):
        for arrival in _arrivals(line.channel, line.forms):
            if arrival not in known:
                raise cell.refused(f"{arrival} has no column among the duties: write one.")


def _arrivals(channel: str, forms: tuple[str, ...]) -> Iterator[Arrival]:
    yield from (Arrival(channel, form) for form in forms or CHANNELS[channel].forms or ("",))


def _check_once(named: Iterable[tuple[Cell, Iterable[object]]]) -> None:
    seen: set[object] = set()
    for cell, names in named:
        for name in names:
            if name in seen:
                raise cell.refused(f"{name} is there twice: leave one of them out.")
            seen.add(name)


def _check_accepted(table: RuleTable, heading: Cell, arrival: Arrival) -> None:
    lines = [
        o
        for o in table.owners
        if o.channel == arrival.channel and arrival.form in (*o.forms, arrival.form if not o.forms else "")
    ]
    without = [kind for kind in UNIT_KINDS if not any(not o.unit_kinds or kind in o.unit_kinds for o in lines)]
    if without:
        where = "" if len(without) == len(UNIT_KINDS) else f" when received in {', '.join(without)}"
        raise heading.refused(f"{arrival} has no accepting post{where}: write a line for it among the owners.")
