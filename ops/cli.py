"""The ``redress`` command. Exit codes: 0 done, 1 the thing checked is not so, 2 wrong use, 3 out of reach."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import httpx
import orjson
import typer
from aiokafka.errors import KafkaError
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from ops import installation, letter_previews, previews, rebuild, reference, steering, supervisor, timeline, topics
from ops import status as statuses
from services.console import building
from shared import observability
from shared.auth import Subject, tokens_for
from shared.errors import BadReference, RedressError
from shared.events import CATALOGUE
from shared.settings import Settings

T = TypeVar("T")
NOT_SO, WRONG_USE, OUT_OF_REACH = 1, 2, 3
DETACH_SECONDS = 90.0

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Redress, a bank's complaint desk on Kafka.")
clock_app = typer.Typer(no_args_is_help=True, help="The steered clock.")
case_app = typer.Typer(no_args_is_help=True, help="One case, straight from the log.")
rebuild_app = typer.Typer(no_args_is_help=True, help="State rebuilt from the log.")
console_app = typer.Typer(no_args_is_help=True, help="The console's database.")
topics_app = typer.Typer(no_args_is_help=True, help="The topics on the broker.")
schemas_app = typer.Typer(no_args_is_help=True, help="The events' JSON Schemas.")
reference_app = typer.Typer(no_args_is_help=True, help="Reference data.")
letter_app = typer.Typer(no_args_is_help=True, help="Letters.")
for name, group in (
    ("clock", clock_app), ("case", case_app), ("rebuild", rebuild_app), ("console", console_app),
    ("topics", topics_app), ("schemas", schemas_app), ("reference", reference_app), ("letter", letter_app),
):  # fmt: skip
    app.add_typer(group, name=name)

Data = Annotated[Path, typer.Option("--data", help="Folder of the installation.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, nothing else.")]
DEFAULT_DATA = Path("data")
out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def guarded(action: Callable[[], T]) -> T:
    """Run an action; a known error becomes one clear line and its exit code."""
    try:
        return action()
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        place = "/".join(str(part) for part in fault["loc"])
        err.print(f"redress: {place}{': ' if place else ''}{fault['msg']}", markup=False)
        raise typer.Exit(WRONG_USE) from error
    except RedressError as error:
        err.print(f"redress: {error.detail}", markup=False)
        raise typer.Exit(OUT_OF_REACH if error.status == 503 else WRONG_USE) from error
    except (KafkaError, httpx.HTTPError, OSError) as error:
        err.print(f"redress: cannot be reached: {error!r}. Is it running? `redress status` tells.", markup=False)
        raise typer.Exit(OUT_OF_REACH) from error


def run(work: Coroutine[Any, Any, T]) -> T:
    """The same for asynchronous work."""
    return guarded(lambda: asyncio.run(work))


def document(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def installed(data: Path) -> Settings:
    """The settings of a running or stopped installation."""
    return guarded(lambda: installation.load(data.resolve()))


# -- the installation ----------------------------------------------------------------------------------


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
    observability.configure_logging("supervisor", "warning")
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
        _instant(instant)
    return settings


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadReference(f"{text!r} is no ISO 8601 instant.") from error
    if found.tzinfo is None:
        raise BadReference(f"{text!r} needs an offset, such as +08:00.")
    return found


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


# -- the clock -------------------------------------------------------------------------------------------


@clock_app.command("show")
def clock_show(data: Data = DEFAULT_DATA) -> None:
    """Print where the steered clock stands."""
    out.print(run(steering.shown(installed(data))).isoformat())


@clock_app.command("advance-to")
def clock_advance_to(instant: str, data: Data = DEFAULT_DATA) -> None:
    """Move the clock to an instant, by way of everything that falls due; return when all is settled."""
    _advance(installed(data), guarded(lambda: _instant(instant)))


@clock_app.command("advance")
def clock_advance(
    working_days: Annotated[int, typer.Option(min=1, help="How many working days.")], data: Data = DEFAULT_DATA
) -> None:
    """Move the clock forward by working days, at the same time of day."""
    settings = installed(data)
    now = run(steering.shown(settings)).astimezone(ZoneInfo("Asia/Shanghai"))
    calendar = previews.shipped_calendar()
    days = (calendar.nth_after(now.date(), working_days) - now.date()).days
    _advance(settings, now + timedelta(days=days))


def _advance(settings: Settings, to: datetime) -> None:
    with err.status(f"advancing to {to.isoformat()}") as progress:
        stops = run(steering.advance(settings, to, lambda now: progress.update(f"at {now.isoformat()}")))
    out.print(f"{to.isoformat()} ({stops} instants on the way)")


# -- pure previews -----------------------------------------------------------------------------------------


@app.command()
def deadline(
    received: Annotated[str, typer.Option(help="When it was received, ISO with offset.")],
    pack: Annotated[str, typer.Option(help="The pack.")] = "cn-bank-internal",
    class_: Annotated[str, typer.Option("--class", help="ordinary or complex.")] = "ordinary",
    calendar: Annotated[list[Path] | None, typer.Option(help="Calendar files instead of the shipped ones.")] = None,
    as_json: AsJson = False,
) -> None:
    """When a complaint would be due, with every day that counts and every day that does not."""
    found = guarded(lambda: previews.deadline(pack, class_, _instant(received), calendar or []))
    if as_json:
        document(found)
        return
    out.print(f"due {found['due_on']}" + (f", target {found['target_on']}" if found["target_on"] else ""))
    out.print(f"provisional: {'yes' if found['provisional'] else 'no'}")
    out.print("counted: " + ", ".join(found["counted"]))
    out.print("skipped: " + (", ".join(f"{s['date']} ({s['reason']})" for s in found["skipped"]) or "none"))


@app.command()
def route(
    file: Annotated[Path, typer.Argument(help="A submission as JSON, with its channel.")],
    org: Annotated[Path, typer.Option(help="Organisation file.")] = reference.EXAMPLE_ORGANISATION,
    as_json: AsJson = False,
) -> None:
    """How a submission would be routed: owners, duties, and everyone passed over."""

    def work() -> dict[str, Any]:
        try:
            return previews.route(orjson.loads(file.read_bytes()), org)
        except orjson.JSONDecodeError as error:
            raise BadReference(f"{file} is not JSON: {error}") from error

    found = guarded(work)
    if as_json:
        document(found)
        return
    for role in ("first_asked", "accepting", "handler"):
        place = found[role] or {"person": None, "unit": "-"}
        out.print(f"{role}: {place['person'] or 'nobody'} ({place['unit']})")
    for duty in found["duties"]:
        out.print(f"  {duty['kind']}: {duty['debtor']['person'] or duty['debtor']['post']}, {duty['state']}")
    for refused in found["refused"]:
        out.print(f"passed over: {refused['person']} ({refused['reason']})")


@letter_app.command("preview")
def letter_preview(
    kind: Annotated[str, typer.Argument(help="The kind of letter, such as decision_notice.")],
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    pdf: Annotated[Path | None, typer.Option(help="Write it as a PDF, as the print room gets it.")] = None,
    org: Annotated[Path, typer.Option(help="Organisation file.")] = reference.EXAMPLE_ORGANISATION,
) -> None:
    """Print a letter with invented facts, or write it as a PDF where letters of its kind are printed."""
    if language not in ("zh", "en"):
        err.print("redress: --language is zh or en.")
        raise typer.Exit(WRONG_USE)
    if pdf is not None:
        guarded(lambda: pdf.write_bytes(letter_previews.on_paper(kind, language, org)))
        out.print(f"{pdf}", markup=False)
        return
    letter = guarded(lambda: letter_previews.preview(kind, language, org))
    out.print(f"{letter.subject}\n\n{letter.body}", end="", markup=False, soft_wrap=True)


# -- cases, rebuild, topics, schemas, reference -----------------------------------------------------------


@case_app.command("timeline")
def case_timeline(
    case: str,
    as_of: Annotated[str | None, typer.Option(help="Only what was recorded by then.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """What happened on a case, one sentence per event, in Chinese and English."""
    limit = guarded(lambda: _instant(as_of)) if as_of else None
    events = run(timeline.events_of(installed(data), case, limit))
    rows = timeline.entries(events)
    if as_json:
        number = events[0].data.get("case_number") if events else None
        document({"case_id": events[0].subject, "case_number": number, "entries": rows})
        return
    for row in rows:
        out.print(f"{timeline.local(row['time'])}  {row['sentence']['zh']}", markup=False, soft_wrap=True)
        out.print(f"                  {row['sentence']['en']}", markup=False, soft_wrap=True)


@case_app.command("show")
def case_show(
    case: str,
    as_of: Annotated[str | None, typer.Option(help="As it was then.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """A case's owners, duties, clock and letters, folded from the log."""
    limit = guarded(lambda: _instant(as_of)) if as_of else None
    found = timeline.shown(run(timeline.events_of(installed(data), case, limit)))
    if as_json:
        document(found)
        return
    for key, value in found.items():
        out.print(f"{key}: {orjson.dumps(value).decode()}", markup=False, soft_wrap=True)


@rebuild_app.command("verify")
def rebuild_verify(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Compare every service's live fold and the console's database with an independent fold of the log."""
    found = run(rebuild.verify(installed(data)))
    if as_json:
        document(
            {"events": found.events, "cases": found.cases, "fields": found.fields, "differences": found.differences}
        )
    else:
        for line in found.differences:
            out.print(line, markup=False, soft_wrap=True)
        verdict = "all as the log says" if not found.differences else f"{len(found.differences)} differ"
        out.print(f"{found.events} events, {found.cases} cases, {found.fields} fields compared: {verdict}")
    if found.differences:
        raise typer.Exit(NOT_SO)


@console_app.command("rebuild")
def console_rebuild(data: Data = DEFAULT_DATA) -> None:
    """Build the console's database anew from the beginning of the log, beside the one that serves, then change over."""
    observability.configure_logging("console-rebuild", "warning")
    with err.status("building from the beginning of the log"):
        built = run(building.rebuild(installed(data)))
    rate = f"{built.events / built.seconds:,.0f}" if built.seconds else "-"
    out.print(f"generation {built.number} is live: {built.events} events in {built.seconds:.1f} s ({rate}/s)")


@topics_app.command("apply")
def topics_apply(data: Data = DEFAULT_DATA) -> None:
    """Make missing topics; report what differs (exit code 1)."""
    made, different = run(topics.apply(installed(data)))
    for line in [*(f"made {name}" for name in made), *different]:
        out.print(line, markup=False, soft_wrap=True)
    if different:
        raise typer.Exit(NOT_SO)
    out.print("topics are as they have to be")


@topics_app.command("show")
def topics_show(data: Data = DEFAULT_DATA) -> None:
    """List the topics as they have to be."""
    table = Table("topic", "partitions", "replication", "settings")
    for spec in topics.wanted(installed(data)):
        settings = ", ".join(f"{key}={value}" for key, value in spec.configs.items())
        table.add_row(spec.name, str(spec.partitions), str(spec.replication), settings)
    out.print(table)


@schemas_app.command("export")
def schemas_export(folder: Path) -> None:
    """Write the JSON Schema of every event type."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, shape in sorted(CATALOGUE.items()):
        schema = orjson.dumps(shape.model_json_schema(), option=orjson.OPT_INDENT_2)
        (folder / f"redress.{name}.v{shape.version}.json").write_bytes(schema + b"\n")
    out.print(f"{len(CATALOGUE)} schemas in {folder}")


@reference_app.command("publish")
def reference_publish(
    kind: Annotated[str, typer.Argument(help="organisation, routing, pack, calendar, template or figures.")],
    file: Path,
    who: Annotated[str, typer.Option(help="Who publishes it.")],
    why: Annotated[str, typer.Option(help="Why.")],
    effective_from: Annotated[str | None, typer.Option(help="In force from; now if left out.")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Publish a new version of a reference file, after its kind's reader has taken it."""
    if kind not in reference.PARSERS:
        err.print(f"redress: there is no kind {kind!r}; known: {', '.join(reference.PARSERS)}.")
        raise typer.Exit(WRONG_USE)
    settings = installed(data)
    source = reference.ReferenceFile(kind, reference.id_of(kind, file), file)
    start = _instant(effective_from) if effective_from else run(steering.present(settings))
    documents = run(reference.publish(settings, [source], start, who, why))
    out.print(f"{kind}/{source.id} version {documents[0].version} is in force from {start.isoformat()}")


def main() -> None:
    """Entry point. What a library has to say about a failure is in the one line that tells it."""
    observability.quiet_libraries()
    app()


if __name__ == "__main__":
    main()
