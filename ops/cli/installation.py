"""Commands that start, stop and watch an installation, and that print a token for it."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
    OUT_OF_REACH,
    WRONG_USE,
    AsJson,
    Data,
    Ports,
    document,
    err,
    guarded,
    installed,
    instant_of,
    out,
)
from ops.local import completeness, preparing, status_words, stopping, supervisor, supervisor_file
from ops.local import status as statuses
from ops.local.installation import hold_folder, last_ports, remember
from ops.local.process_table import MOST_WORKERS
from ops.local.starting import UNDER_WAY, Say
from ops.local.tokens import issuer_for
from shared.contract.subjects import Subject, SubjectKind
from shared.errors import BadReference
from shared.process import logs
from shared.process.settings import Settings
from shared.sealing import process_start
from shared.sealing.production import faults

READY = "ready after"
FAULT = "redress: "
up_app, down_app = typer.Typer(add_completion=False), typer.Typer(add_completion=False)
prepare_app = typer.Typer(add_completion=False)
status_app, token_app = typer.Typer(add_completion=False), typer.Typer(add_completion=False)


@up_app.command()
def up(
    data: Data = DEFAULT_DATA,
    ports: Ports = None,
    clock: Annotated[
        str, typer.Option(help="system, or steered:2026-03-05T10:00:00+08:00 for an instant to start at.")
    ] = "system",
    org: Annotated[Path | None, typer.Option(help="Organisation file, for an empty log.")] = None,
    workers: Annotated[
        int, typer.Option(help="Workers of each service on this machine, 1 to 4; they share the partitions out.")
    ] = 1,
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything is ready.")] = False,
) -> None:
    """Start broker and all services; restart what dies; stop in order on Ctrl-C."""
    kind, _, instant = clock.partition(":")
    settings = guarded(lambda: _settings(data.resolve(), ports, kind, instant))
    guarded(lambda: _enough_partitions(settings, workers))
    if detach:
        guarded(lambda: _detach(settings, clock, org, workers))
        return
    guarded(lambda: logs.configure_logging("supervisor", "info", _logs(settings) / "supervisor.log", alone=False))
    started = time.monotonic()
    with told() as say:

        def ready() -> None:
            say(f"{READY} {time.monotonic() - started:.1f} s: complaints to http://127.0.0.1:{settings.ports + 1}")

        prepared = partial(preparing.make_ready, settings, org, instant or None, workers, say)
        guarded(lambda: supervisor.start(settings, workers, prepared, say, ready))


def _settings(data: Path, ports: int | None, kind: str, instant: str) -> Settings:
    if kind not in ("system", "steered") or (kind == "steered") != bool(instant):
        raise BadReference("--clock is `system` or `steered:<ISO instant with offset>`.")
    first = last_ports(data) if ports is None else ports
    settings = Settings(data=data, ports=first, clock="steered" if kind == "steered" else "system")
    process_start.refuse(faults(settings))
    if settings.clock == "steered":
        instant_of(instant)
    return settings


@prepare_app.command()
def prepare(
    data: Data = DEFAULT_DATA,
    ports: Ports = None,
    org: Annotated[Path | None, typer.Option(help="Organisation file, for an empty log.")] = None,
) -> None:
    """Make topics and publish what comes with Redress, on brokers whose processes something else starts.

    Other commands then find the installation in the data folder. It may be run again: what is there stays.
    """
    settings = guarded(lambda: _settings(data.resolve(), ports, "system", ""))
    if settings.kafka_bootstrap is None:
        err.print("redress: REDRESS_KAFKA_BOOTSTRAP: name the brokers; `redress up` starts one of its own.")
        raise typer.Exit(WRONG_USE)
    logs.configure_logging("prepare", "warning")
    guarded(lambda: remember(settings))
    with told() as say:
        guarded(lambda: asyncio.run(preparing.prepare(settings, org, None, say)))


def _enough_partitions(settings: Settings, workers: int) -> None:
    if not 1 <= workers <= MOST_WORKERS:
        raise BadReference(f"--workers is 1 to {MOST_WORKERS} on one machine: for more, start it on further ones.")
    if workers > settings.partitions:
        raise BadReference(
            f"--workers {workers}: there are {settings.partitions} partitions to share out (REDRESS_PARTITIONS), so "
            "some would have nothing to do."
        )


def _logs(settings: Settings) -> Path:
    folder = settings.data / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _detach(settings: Settings, clock: str, org: Path | None, workers: int) -> None:
    """Start the supervisor as a daemon, show its progress, return when it is ready.

    Raises:
        AlreadyRunning: what the one that runs has said stays as it is.
    """
    os.close(hold_folder(settings.data))
    said = _logs(settings) / "supervisor.out"
    said.write_bytes(b"")
    command = [sys.executable, "-m", "ops.cli", "up", "--data", str(settings.data), "--ports", str(settings.ports)]
    command += ["--workers", str(workers), "--clock", clock, *(["--org", str(org)] if org else [])]
    with said.open("ab") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    shown = 0
    with told() as say:
        while True:
            ended = child.poll() is not None
            lines = said.read_text(errors="replace").splitlines()
            for line in lines[shown:]:
                say(line)
            shown = len(lines)
            if any(line.startswith(READY) for line in lines):
                return
            if ended and not child.returncode:
                say(f"{FAULT}somebody stopped it before everything was ready.")
            elif ended and not any(line.startswith(FAULT) for line in lines):
                say(f"{FAULT}it ended with {child.returncode} and could not say why: is there room on the disk?")
            if ended:
                raise typer.Exit(child.returncode or OUT_OF_REACH)
            time.sleep(0.1)


@contextlib.contextmanager
def told() -> Iterator[Say]:
    """Tell the person at the terminal line by line; on a terminal what is under way is one line that changes."""
    with out.status("") as status:
        status.stop()

        def say(line: str) -> None:
            if line.startswith(UNDER_WAY) and out.is_terminal:
                status.update(escape(line))
                status.start()
            else:
                status.stop()
                with contextlib.suppress(OSError):  # a full disk, a terminal that is gone: what runs goes on
                    (err if line.startswith(FAULT) else out).print(line, markup=False)

        yield say


@down_app.command()
def down(data: Data = DEFAULT_DATA) -> None:
    """Stop an installation in order: intake first, the broker last."""
    settings = installed(data)
    guarded(lambda: stopping.stop(settings))
    out.print("stopped")


@status_app.command()
def status(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """What runs: pid, port, restarts, ready, behind, owed, letters, how far all cases have come, alarms.

    Exit code 1 while something needs somebody: a process is not ready, something has waited for more than a minute or
    cannot be read, a case misses what it should have, or somebody else wrote to a topic within a day.
    """
    settings = installed(data)
    passing = guarded(lambda: supervisor_file.passing(settings))
    rows = guarded(lambda: statuses.status(settings))
    if as_json:
        document(rows)
    else:
        out.print(_table(rows), soft_wrap=False)
        for line in (*passing, *_lines(rows)):
            out.print(line, markup=False)
    if passing or not all(row["ready"] for row in rows) or any(row["alarms"] for row in rows):
        raise typer.Exit(NOT_SO)


def _table(rows: list[dict[str, Any]]) -> Table:
    """The processes, a row each."""
    whole = (Column(name, no_wrap=True) for name in ("name", "pid", "port", "restarts", "ready", "behind", "owed"))
    rest = (Column(name, min_width=7) for name in ("letters", "dead letters", "cases that wait"))
    table = Table(*whole, *rest, box=None, padding=(0, 1, 0, 0))
    for row in rows:
        cells = [row["name"], row["pid"], row["port"], row["restarts"], "yes" if row["ready"] else "no"]
        cells += [status_words.behind_in_words(row), status_words.owed_in_words(row), status_words.letters(row)]
        table.add_row(*map(str, [*cells, row["dead_letters"] or "-", status_words.waiting(row)]))
    return table


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """What is told below the table: of the whole installation first, then what somebody has to look at."""
    for counted in (row["completeness"] for row in rows if row["completeness"] is not None):
        yield f"cases: {completeness.in_words(counted)}"
    for unpublished in filter(None, (completeness.unpublished_in_words(row["partitions_unpublished"]) for row in rows)):
        yield f"for analysts: {unpublished}"
    for inbox in (row["inbox"] for row in rows if row["inbox"] is not None):
        yield f"inbox, not answered: {status_words.inbox_in_words(inbox)}"
    if waiting_candidates := status_words.candidates(rows):
        yield f"candidates: {waiting_candidates}"
    for topic, row in statuses.unproven(rows).items():
        found = row["unproven"][topic]
        yield f"not ours: {found['records']} records of {topic}, last at {found['last']}"
    for phase in ("starting", "stopping"):
        if names := [row["name"] for row in rows if row["passing"] == phase]:
            yield f"{phase}: {', '.join(names)}"
    if waiting := [row["name"] for row in rows if not (row["ready"] or row["alarms"] or row["passing"])]:
        yield f"not ready: {', '.join(waiting)}: `redress doctor` looks at what they need, `redress logs NAME` at one"
    for alarm in (alarm for row in rows for alarm in row["alarms"]):
        yield f"alarm: {alarm}"


@token_app.command()
def token(
    person: Annotated[
        str | None, typer.Option(help="A person's id in the organisation file, such as luo.tian.")
    ] = None,
    channel_system: Annotated[str | None, typer.Option(help="A channel system's id in the organisation file.")] = None,
    consumer: Annotated[
        str | None, typer.Option(help="A consumer's id in the organisation file: the token opens its topics.")
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print a signed development token for a person, a channel system or a consumer."""
    asked: dict[SubjectKind, str | None] = {"person": person, "channel": channel_system, "consumer": consumer}
    named = [Subject(kind, id_) for kind, id_ in asked.items() if id_ is not None]
    if len(named) != 1:
        err.print("redress: name one of --person, --channel-system and --consumer.")
        raise typer.Exit(WRONG_USE)
    settings = guarded(lambda: Settings(data=data.resolve()))
    if settings.environment == "production":
        err.print("redress: tokens are issued by the bank's own identity service in production.")
        raise typer.Exit(WRONG_USE)
    sys.stdout.write(guarded(lambda: issuer_for(settings)).issue(named[0]) + "\n")
