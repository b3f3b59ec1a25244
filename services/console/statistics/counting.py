"""The figures that count cases: each is one condition, by which its cases are counted and by which they are found."""

from dataclasses import dataclass
from typing import NamedTuple, get_args

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.projection.counting_tables import counted_case as table
from services.console.statistics.outlet_involved import is_escalated
from services.console.statistics.scope import DIMENSIONS, Scope, Slice, counted
from shared.bank.organisation import Organisation
from shared.contract.codes import RemedyKind, SatisfactionValue

RATED = ("satisfied", "mostly_satisfied", "dissatisfied")
SATISFACTION: tuple[str, ...] = get_args(SatisfactionValue)
REMEDIES: tuple[str, ...] = get_args(RemedyKind)
Conditions = dict[str, ColumnElement[bool]]


def figures(went_up: ColumnElement[bool]) -> Conditions:
    """Every figure by its name: what a row of ``counted_case`` in a scope meets to count for it.

    ``went_up``: the rows of cases whose handler is not of the outlet involved.
    """
    c = table.c
    escalated = or_(c.escalated, went_up)
    return {
        "complaints": true(),
        "inside": c.origin == "none",
        "outside": c.origin != "none",
        "bypassed": c.bypassed,
        "repeat": c.repeat,
        "joint": c.persons > 1,
        "registered_late": c.registered_late,
        "escalated": escalated,
        "resolved": c.resolved,
        "resolved_in_place": and_(c.resolved, ~escalated),
        "judged": c.clocks_judged > 0,
        "on_time": and_(c.clocks_judged > 0, c.clocks_kept == c.clocks_judged),
        "late": c.clocks_kept < c.clocks_judged,
        "late_by_desk": c.late_by_desk > 0,
        "late_by_system": c.late_by_system > 0,
        "bodies_judged": c.bodies_judged > 0,
        "bodies_on_time": and_(c.bodies_judged > 0, c.bodies_kept == c.bodies_judged),
        "bodies_late": c.bodies_kept < c.bodies_judged,
        "rated": c.satisfaction.in_(RATED),
        **{f"satisfaction.{value}": c.satisfaction == value for value in SATISFACTION},
        **{f"remedies.{kind}": c.remedies.contains(f'"{kind}"') for kind in REMEDIES},
    }


NAMES = tuple(figures(false()))
"""The names of all figures that count cases."""
RESTS_ON = {
    "persons": "complaints",
    "joint_persons": "joint",
    "per_10k_customers": "complaints",
    "per_10k_transactions": "complaints",
    "resolved_in_place_rate": "resolved",
    "on_time_rate": "judged",
    "bodies_on_time_rate": "bodies_judged",
    "satisfaction.rate": "rated",
}
"""Into which figure's cases a sum or a rate opens: those that it is taken of."""
BY = "by_"


class Opened(NamedTuple):
    """A figure opens into the cases that count for another, or for itself, of a part of the scope."""

    figure: str
    of: tuple[Slice, ...] = ()


def opened(name: str) -> Opened | None:
    """What a figure opens into, by the name that it has in the answer: ``outside``, ``by_unit.dongqiao``.

    None: there is no such figure.
    """
    figure = RESTS_ON.get(name, name)
    if figure in NAMES:
        return Opened(figure)
    part = part_of(name.removeprefix(BY)) if name.startswith(BY) else None
    return Opened("complaints", (part,)) if part else None


def part_of(text: str) -> Slice | None:
    """A part by dimension and value, ``channel.phone``; None where there is no such dimension."""
    dimension, _, value = text.partition(".")
    return Slice(dimension, value) if dimension in DIMENSIONS and value else None


async def conditions(connection: AsyncConnection, scope: Scope, organisation: Organisation) -> Conditions:
    """The conditions of all figures in a scope. Units and their outlets are those of the organisation in force."""
    pair = (table.c.unit, table.c.handler_unit)
    known = await connection.execute(select(*pair).distinct().where(*await counted(connection, scope)))
    pairs = [(unit, handler) for unit, handler in known if is_escalated(False, unit, handler, organisation)]
    return figures(tuple_(*pair).in_(pairs) if pairs else false())


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a scope, which opens into cases."""

    name: str
    scope: Scope
    organisation: Organisation

    async def cases(self, connection: AsyncConnection) -> Select[tuple[str]]:
        """The ids of the cases that count for it."""
        meets = (await conditions(connection, self.scope, self.organisation))[self.name]
        return select(table.c.case_id).where(*await counted(connection, self.scope), meets)
