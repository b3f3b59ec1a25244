"""Commands that publish reference data."""

from functools import partial
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
    WRONG_USE,
    Data,
    err,
    guarded,
    installed,
    instant_of,
    out,
    run,
    run_telling,
)
from ops.local import reference, steering
from shared.bank.organisation_file import parse_organisation
from shared.bank.reference import ORGANISATION

reference_app = typer.Typer(no_args_is_help=True, help="Publish reference data, such as organisation and packs.")


@reference_app.command("publish")
def reference_publish(
    kind: Annotated[str, typer.Argument(help="organisation, routing, pack, calendar, template, figures or versions.")],
    file: Path,
    who: Annotated[str, typer.Option(help="Who publishes it; kept with the account that runs the command.")],
    why: Annotated[str, typer.Option(help="Why it is published, in a sentence; kept with the version.")],
    effective_from: Annotated[
        str | None, typer.Option(help="In force from this instant, such as 2026-03-05T10:00:00+08:00; now if left out.")
    ] = None,
    instead_of: Annotated[
        str | None,
        typer.Option(help="The version that the file was made from: refused where another one stands by now."),
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Publish a new version of a reference file, after its kind's reader has taken it.

    Exit code 1 if somebody published another one at this very moment, which this one has not been compared with.
    """
    if kind not in reference.PARSERS:
        err.print(f"redress: there is no kind {kind!r}; known: {', '.join(reference.PARSERS)}.", markup=False)
        raise typer.Exit(WRONG_USE)
    by = guarded(lambda: reference.publisher(who, getuser()))
    reason = guarded(lambda: reference.line(why, "--why"))
    ahead = guarded(lambda: instant_of(effective_from)) if effective_from is not None else None
    settings = installed(data)
    source = reference.ReferenceFile(kind, reference.id_of(kind, file), file)
    start = run(steering.present(settings)) if ahead is None else ahead
    work = partial(reference.publish, settings, [source], start, by, reason, instead_of=instead_of)
    (done,) = run_telling("looking through the open cases", work)
    _warn_of(kind, file)
    named = f"{kind}/{source.id} version {done.document.version}"
    out.print(f"{named} is in force from {start.isoformat()}", markup=False)
    if done.instead_of is not None:
        out.print(f"instead of {reference.in_words(done.instead_of)}", markup=False)
    if not done.compared:
        err.print(
            f"redress: {reference.in_words(done.instead_of)} was published at the same moment, and {named} was not "
            "compared with it: compare the files, and publish one that has both changes.",
            markup=False,
        )
        raise typer.Exit(NOT_SO)


def _warn_of(kind: str, file: Path) -> None:
    """Warn of what an organisation file may leave out, and what a letter then cannot say."""
    if kind != ORGANISATION:
        return
    top = parse_organisation(file.read_text(encoding="utf-8")).reviewer_missing()
    if top is not None:
        err.print(
            f"redress: nobody reviews what {top} decides: it has no unit above it. Name in bank.review_body who does, "
            "else its decision notices send customers back to it.",
            style="yellow",
        )
