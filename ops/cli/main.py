"""The ``redress`` command. Exit codes: 0 done, 1 the thing checked is not so, 2 wrong use, 3 out of reach."""

import os
import subprocess
import sys
import time
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from typer.core import TyperGroup
from typer.main import get_command, get_group

from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
    OUT_OF_REACH,
    WRONG_USE,
    AsJson,
    Data,
    document,
    err,
    guarded,
    installed,
    instant_of,
    out,
    run,
)
from ops.local import reference, steering, supervisor
from ops.local import status as statuses
from shared.bank.in_force import bank_day, calendar_in_force
from shared.bank.reference import Reference
from shared.contract.subjects import Subject
from shared.errors import BadReference
from shared.process import logs
from shared.process.settings import Settings
from shared.web.auth import tokens_for

DETACH_SECONDS = 90.0

GROUPS = {
    "case": ("ops.cli.log", "case_app"),
    "topics": ("ops.cli.log", "topics_app"),
    "schemas": ("ops.cli.log", "schemas_app"),
    "reference": ("ops.cli.log", "reference_app"),
    "rebuild": ("ops.cli.rebuild", "rebuild_app"),
    "console": ("ops.cli.console", "console_app"),
    "letter": ("ops.cli.previews", "letter_app"),
}
PREVIEWS = {"deadline": ("ops.cli.previews", "deadline_app"), "route": ("ops.cli.previews", "route_app")}
"""Groups and single commands of other modules, which load half of the services: imported when they are asked for."""


class Commands(TyperGroup):
    """All commands; those of other modules too."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return [*super().list_commands(ctx), *GROUPS, *PREVIEWS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One of them."""
        if cmd_name in GROUPS:
            found: Any = get_group(_imported(*GROUPS[cmd_name]))
        elif cmd_name in PREVIEWS:
            found = get_command(_imported(*PREVIEWS[cmd_name]))
        else:
            return super().get_command(ctx, cmd_name)
        found.name = cmd_name
        return found


def _imported(module: str, name: str) -> typer.Typer:
    found: typer.Typer = getattr(import_module(module), name)
    return found


app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help="Redress, a bank's complaint desk on Kafka."
)
clock_app = typer.Typer(no_args_is_help=True, help="The steered clock.")
app.add_typer(clock_app, name="clock")


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    ports: Annotated[int, typer.Option(help="First port; all others follow from it.")] = 8100,
    clock: Annotated[str, typer.Option(help="system, or steered:<ISO instant>.")] = "system",
    org: Annotated[Path | None, typer.Option(help="Organisation file, for an empty log.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything is ready.")] = False,
) -> None:
    """Start broker and all services; restart what dies; stop in order on Ctrl-C."""
    kind, _, instant = clock.partition(":")
    settings = guarded(lambda: _settings(data.resolve(), ports, kind, instant))
    if detach:
        guarded(lambda: _detach(settings, clock, org))
        return
    logs.configure_logging("supervisor", "warning")
    started = time.monotonic()

    def ready() -> None:
        out.print(f"ready after {time.monotonic() - started:.1f} s: complaints to http://127.0.0.1:{ports + 1}")

    def say(line: str) -> None:
        out.print(line, markup=False)

    guarded(lambda: supervisor.start(settings, org, instant or None, say, ready))


def _settings(data: Path, ports: int, kind: str, instant: str) -> Settings:
    if kind not in ("system", "steered") or (kind == "steered") != bool(instant):
        raise BadReference("--clock is `system` or `steered:<ISO instant with offset>`.")
    settings = Settings(data=data, ports=ports, clock="steered" if kind == "steered" else "system")
    if settings.clock == "steered":
        if settings.environment == "production":
            raise BadReference("The steered clock is refused in production.")
        instant_of(instant)
    return settings


def _detach(settings: Settings, clock: str, org: Path | None) -> None:
    """Start the supervisor as a daemon, show its progress, return when it is ready."""
    log_file = settings.data / "logs" / "supervisor.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    log_file.write_bytes(b"")
    command = [sys.executable, "-m", "ops.cli", "up", "--data", str(settings.data), "--ports", str(settings.ports)]
    command += ["--clock", clock, *(["--org", str(org)] if org else [])]
    with log_file.open("ab") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    shown = 0
    deadline = time.monotonic() + DETACH_SECONDS
    while time.monotonic() < deadline:
        lines = log_file.read_text(errors="replace").splitlines()
        for line in lines[shown:]:
            out.print(line, markup=False)
        shown = len(lines)
        if any(line.startswith("ready after") for line in lines):
            return
        if child.poll() is not None:
            raise typer.Exit(child.returncode or OUT_OF_REACH)
        time.sleep(0.1)
    raise supervisor.NotReady(f"Not ready after {DETACH_SECONDS:.0f} s: read {log_file}.")


@app.command()
def down(data: Data = DEFAULT_DATA) -> None:
    """Stop an installation in order: intake first, the broker last."""
    settings = installed(data)
    pid = guarded(lambda: statuses.supervised(settings))["pid"]
    try:
        os.kill(pid, 15)
    except ProcessLookupError:
        (settings.data / "run" / "supervisor.json").unlink(missing_ok=True)
    while (settings.data / "run" / "supervisor.json").exists() and Path(f"/proc/{pid}").exists():
        time.sleep(0.1)
    out.print("stopped")


@app.command()
def status(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """What runs: pid, port, restarts, ready, lag, owed, letters. Exit code 1 while something is not ready."""
    rows = guarded(lambda: statuses.status(installed(data)))
    if as_json:
        document(rows)
    else:
        table = Table("name", "pid", "port", "restarts", "ready", "lag", "owed", "letters", "cases that wait")
        for row in rows:
            waiting = ", ".join([*row["held"], *row["blocked"]]) or "-"
            cells = [row["name"], row["pid"], row["port"], row["restarts"], "yes" if row["ready"] else "no"]
            table.add_row(*(str(cell) for cell in (*cells, row["lag"], row["owed"], statuses.letters(row), waiting)))
        out.print(table)
    if not all(row["ready"] for row in rows):
        raise typer.Exit(NOT_SO)


@app.command()
def token(
    person: Annotated[str | None, typer.Option(help="A person's id.")] = None,
    channel_system: Annotated[str | None, typer.Option(help="A channel system's id.")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print a signed development token for a person or a channel system."""
    if (person is None) == (channel_system is None):
        err.print("redress: name either --person or --channel-system.")
        raise typer.Exit(WRONG_USE)
    settings = Settings(data=data.resolve())
    if settings.environment == "production":
        err.print("redress: tokens are issued by the bank's own identity service in production.")
        raise typer.Exit(WRONG_USE)
    subject = Subject("person", person) if person is not None else Subject("channel", str(channel_system))
    sys.stdout.write(guarded(lambda: tokens_for(settings)).issue(subject) + "\n")


@clock_app.command("show")
def clock_show(data: Data = DEFAULT_DATA) -> None:
    """Print where the steered clock stands."""
    out.print(run(steering.shown(installed(data))).isoformat())


@clock_app.command("advance-to")
def clock_advance_to(instant: str, data: Data = DEFAULT_DATA) -> None:
    """Move the clock to an instant, by way of everything that falls due; return when all is settled."""
    _advance(installed(data), guarded(lambda: instant_of(instant)))


@clock_app.command("advance")
def clock_advance(
    working_days: Annotated[int, typer.Option(min=1, help="How many working days.")], data: Data = DEFAULT_DATA
) -> None:
    """Move the clock forward by working days, at the same time of day."""
    settings = installed(data)
    now, known = run(steering.shown(settings)), run(reference.published(settings))
    _advance(settings, guarded(lambda: _later(known, now, working_days)))


def _later(known: Reference, now: datetime, working_days: int) -> datetime:
    """So many of the bank's working days later, at the same time of its day."""
    local = bank_day(known, now).local(now)
    to = calendar_in_force(known, now).calendar.nth_after(local.date(), working_days)
    return local + (to - local.date())


def _advance(settings: Settings, to: datetime) -> None:
    with err.status(f"advancing to {to.isoformat()}") as progress:
        stops = run(steering.advance(settings, to, lambda now: progress.update(f"at {now.isoformat()}")))
    out.print(f"{to.isoformat()} ({stops} instants on the way)")


def main() -> None:
    """Entry point. What a library has to say about a failure is in the one line that tells it."""
    logs.quiet_libraries()
    app()
