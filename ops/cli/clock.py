"""Commands that show and move the steered clock."""

from datetime import datetime
from typing import Annotated

import typer

from ops.cli.bank_zone import day_of
from ops.cli.terminal import (
    DEFAULT_DATA,
    Data,
    err,
    guarded,
    installed,
    instant_of,
    out,
    run,
)
from ops.local import steering
from ops.local.published_reference import published_reference
from shared.bank.in_force import bank_calendar, bank_day
from shared.bank.reference import Reference
from shared.process.settings import Settings

MOST_DAYS = 2_500
"""Working days of some ten years: a rehearsal goes no further."""
clock_app = typer.Typer(
    no_args_is_help=True, help="Show or advance the steered clock of an installation that runs on one."
)


@clock_app.command("show")
def clock_show(data: Data = DEFAULT_DATA) -> None:
    """Print where the steered clock stands."""
    settings = installed(data)
    now = run(steering.shown(settings))
    out.print(run(day_of(settings, now)).local(now).isoformat())


@clock_app.command("advance-to")
def clock_advance_to(instant: str, data: Data = DEFAULT_DATA) -> None:
    """Move the clock to an instant, by way of everything that falls due; return when all is settled."""
    _advance(installed(data), guarded(lambda: instant_of(instant)))


@clock_app.command("advance")
def clock_advance(
    working_days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How many working days.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Move the clock forward by working days, at the same time of day."""
    settings = installed(data)
    now, known = run(steering.shown(settings)), run(published_reference(settings))
    _advance(settings, guarded(lambda: _later(known, now, working_days)))


def _later(known: Reference, now: datetime, working_days: int) -> datetime:
    """So many of the bank's working days later, at the same time of its day."""
    local = bank_day(known, now).local(now)
    to = bank_calendar(known, now).calendar.nth_after(local.date(), working_days)
    return local + (to - local.date())


def _advance(settings: Settings, to: datetime) -> None:
    to = run(day_of(settings, to)).local(to)
    with err.status(f"advancing to {to.isoformat()}") as progress:
        stops = run(steering.advance(settings, to, progress.update))
    out.print(f"{to.isoformat()} ({stops} instants on the way)")
