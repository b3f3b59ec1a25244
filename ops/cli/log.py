"""Commands that look into the log and what is computed from it, and those that publish reference data."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
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
from ops.local import reference, steering, topics
from ops.verify import timeline
from shared.bank.bank_day import BankDay
from shared.bank.in_force import bank_day
from shared.contract.events import CATALOGUE

case_app = typer.Typer(no_args_is_help=True, help="One case, straight from the log.")
topics_app = typer.Typer(no_args_is_help=True, help="The topics on the broker.")
schemas_app = typer.Typer(no_args_is_help=True, help="The events' JSON Schemas.")
reference_app = typer.Typer(no_args_is_help=True, help="Reference data.")


@case_app.command("timeline")
def case_timeline(
    case: str,
    as_of: Annotated[str | None, typer.Option(help="Only what was recorded by then.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """What happened on a case, one sentence per event, in Chinese and English."""
    limit = guarded(lambda: instant_of(as_of)) if as_of else None
    settings = installed(data)
    events = run(timeline.events_of(settings, case, limit))
    rows = timeline.entries(events)
    if as_json:
        number = events[0].data.get("case_number") if events else None
        document({"case_id": events[0].subject, "case_number": number, "entries": rows})
        return
    if events:
        known = run(reference.published(settings))
        tell(rows, guarded(lambda: bank_day(known, events[-1].recorded_at)))


def tell(rows: list[dict[str, Any]], day: BankDay) -> None:
    """Print a timeline, in the time of the bank's zone."""
    for row in rows:
        zh, en = ("（与其他决定交叉，不生效）", " (overtaken: without effect)") if row["overtaken"] else ("", "")
        out.print(f"{timeline.local(row['time'], day)}  {row['sentence']['zh']}{zh}", markup=False, soft_wrap=True)
        out.print(f"                  {row['sentence']['en']}{en}", markup=False, soft_wrap=True)


@case_app.command("show")
def case_show(
    case: str,
    as_of: Annotated[str | None, typer.Option(help="As it was then.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """A case's owners, duties, clock and letters, folded from the log."""
    limit = guarded(lambda: instant_of(as_of)) if as_of else None
    found = timeline.shown(run(timeline.events_of(installed(data), case, limit)))
    if as_json:
        document(found)
        return
    for key, value in found.items():
        out.print(f"{key}: {orjson.dumps(value).decode()}", markup=False, soft_wrap=True)


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
    start = instant_of(effective_from) if effective_from else run(steering.present(settings))
    documents = run(reference.publish(settings, [source], start, who, why))
    out.print(f"{kind}/{source.id} version {documents[0].version} is in force from {start.isoformat()}")
