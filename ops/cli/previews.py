"""Commands that append nothing and ask no installation: a deadline, a routing, a letter with invented facts."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from ops.cli.terminal import WRONG_USE, AsJson, document, err, guarded, instant_of, out
from ops.local import reference
from ops.previews import deadline_and_routing as previews
from ops.previews import letters as letter_previews
from shared.errors import BadReference

letter_app = typer.Typer(no_args_is_help=True, help="Look at letters as they will read.")
deadline_app, route_app = typer.Typer(add_completion=False), typer.Typer(add_completion=False)


@deadline_app.command()
def deadline(
    received: Annotated[str, typer.Option(help="When it was received, such as 2026-03-05T10:00:00+08:00.")],
    pack: Annotated[str | None, typer.Option(help="The pack, by id or file; else the example bank's.")] = None,
    class_: Annotated[
        str | None, typer.Option("--class", help="A class of the pack; else that of unclassified complaints.")
    ] = None,
    calendar: Annotated[list[Path] | None, typer.Option(help="Calendar files instead of the shipped ones.")] = None,
    as_json: AsJson = False,
) -> None:
    """When a complaint would be due, with every day that counts and every day that does not."""
    found = guarded(lambda: previews.deadline(pack, class_, instant_of(received), calendar or []))
    if as_json:
        document(found)
        return
    out.print(f"due {found['due_on']}" + (f", target {found['target_on']}" if found["target_on"] else ""))
    out.print(f"provisional: {'yes' if found['provisional'] else 'no'}")
    out.print("counted: " + ", ".join(found["counted"]))
    skipped = ", ".join(f"{one['date']} ({one['reason']})" for one in found["skipped"])
    out.print(f"skipped: {skipped or 'none'}", markup=False)


@route_app.command()
def route(
    file: Annotated[Path, typer.Argument(help="A submission as JSON, with its channel.")],
    org: Annotated[
        Path, typer.Option(help="Organisation file; else the example bank's.")
    ] = reference.EXAMPLE_ORGANISATION,
    as_json: AsJson = False,
) -> None:
    """How a submission would be routed: owners, duties, and everyone passed over."""

    def work() -> dict[str, Any]:
        try:
            submission = orjson.loads(file.read_bytes())
        except orjson.JSONDecodeError as error:
            raise BadReference(f"{file} is not JSON: {error}") from error
        if not isinstance(submission, dict):
            raise BadReference(f"{file} is no submission: it has to be one JSON object, as it is posted.")
        return previews.route(submission, org)

    found = guarded(work)
    if as_json:
        document(found)
        return
    for role in ("first_asked", "accepting", "handler"):
        place = found[role] or {"person": None, "unit": "-"}
        out.print(f"{role}: {place['person'] or 'nobody'} ({place['unit']})", markup=False)
    for duty in found["duties"]:
        debtor = duty["debtor"]["person"] or duty["debtor"]["post"]
        out.print(f"  {duty['kind']}: {debtor}, {duty['state']}", markup=False)
    for refused in found["refused"]:
        out.print(f"passed over: {refused['person']} ({refused['reason']})", markup=False)


@letter_app.command("preview")
def letter_preview(
    kind: Annotated[str, typer.Argument(help="The kind of letter, such as decision_notice.")],
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    pdf: Annotated[Path | None, typer.Option(help="Write it as a PDF, as the print room gets it.")] = None,
    org: Annotated[
        Path, typer.Option(help="Organisation file; else the example bank's.")
    ] = reference.EXAMPLE_ORGANISATION,
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
    out.print(f"{letter.subject}\n\n{letter.body}", end="", markup=False)
