"""What a case says of other cases: one that the reader does not see is not named to him there either."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http.unsealing import CLOSED
from services.console.projection.tables import case_tie
from shared.bank.sight import Sight

NAMING = frozenset({"case_id", "related_case", "of_case"})
"""The fields that name a case."""


async def only_seen(connection: AsyncConnection, sight: Sight, value: Any, own: str | None = None) -> Any:
    """Plain JSON with ``…`` in place of every other case that a reader does not see. ``own``: the case he looks at."""
    named = set(_named(value)) - {own}
    if not named:
        return value
    ties: dict[str, set[str]] = {}
    for case_id, tie in await connection.execute(
        select(case_tie.c.case_id, case_tie.c.tie).where(case_tie.c.case_id.in_(sorted(named)))
    ):
        ties.setdefault(case_id, set()).add(tie)
    hidden = {one for one in named if not sight.sees(ties.get(one, set()))}
    return _without(value, hidden) if hidden else value


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (one for key, one in value.items() if key in NAMING and isinstance(one, str))
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


def _without(value: Any, hidden: Collection[str]) -> Any:
    if isinstance(value, dict):
        named = {key for key, one in value.items() if key in NAMING and isinstance(one, str) and one in hidden}
        return {key: CLOSED if key in named else _without(inner, hidden) for key, inner in value.items()}
    return [_without(inner, hidden) for inner in value] if isinstance(value, list) else value
