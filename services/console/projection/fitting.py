"""Which generation this code works with: the newest of its version, whatever other versions have built meanwhile.

Consoles of two versions that take turns, in a rolling upgrade or when one goes back, so each go on with a generation of
their own, and none builds what it has already.
"""

from services.console.projection.database import Database
from services.console.projection.generations import Generations, opened_where
from services.console.projection.tables import SCHEMA


async def fitting(partitions: int, kept: Generations) -> Database | None:
    """The newest generation that this code can work with, open. Raises DBAPIError."""
    for number in reversed(await kept.numbers()):
        found = await opened_where(kept, number, lambda database: database.fits(partitions))
        if found is not None:
            return found
    return None


async def next_number(kept: Generations) -> int:
    """The number of a new generation, for whoever may build one; what was left half built is removed.

    Raises DBAPIError.
    """
    live = await kept.live() or 0
    for number in [one for one in await kept.numbers() if one > live]:
        if await _version(kept, number) is None:
            await kept.drop(number)
    return max(await kept.numbers(), default=0) + 1


async def tidy(kept: Generations, answers: int) -> None:
    """Remove what is older than the generation that answers, but for the newest one of another version.

    Its code may still answer from it, and may be gone back to. One that is being built is newer than all.

    Raises DBAPIError.
    """
    others_newest: int | None = None
    for number in reversed(await kept.numbers()):
        if others_newest is None and await _version(kept, number) not in (None, SCHEMA):
            others_newest = number
        elif number < answers:
            await kept.drop(number)


async def _version(kept: Generations, number: int) -> int | None:
    database = await kept.open(number)
    try:
        return await database.version()
    finally:
        await database.close()
