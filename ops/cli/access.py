"""Commands that read who opened what is sealed, and who was refused."""

from typing import Annotated, get_args

import typer

from ops.cli.bank_zone import day_of
from ops.cli.terminal import DEFAULT_DATA, AsJson, Data, check_been, document, guarded, installed, instant_of, out, run
from ops.local.accesses import Wanted, recorded
from shared.contract.access import AccessKind, AccessRecord
from shared.errors import BadReference

KINDS: tuple[str, ...] = get_args(AccessKind)
access_app = typer.Typer(no_args_is_help=True, help="Who opened what is sealed, and who was refused.")


@access_app.command("list")
def access_list(
    case: Annotated[str | None, typer.Option(help="Of this case, by its id.")] = None,
    person: Annotated[str | None, typer.Option(help="By this person, by id.")] = None,
    since: Annotated[str | None, typer.Option(help="From this instant on, such as 2026-03-05T10:00:00+08:00.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="opened, refused, opening_requested, opening_approved or opening_refused.")
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """What `complaints.access` holds, oldest first; what is sealed in it stays sealed."""
    guarded(lambda: _check(kind))
    instant = guarded(lambda: instant_of(since)) if since is not None else None
    guarded(lambda: check_been("--since", instant))
    settings = installed(data)
    found = run(recorded(settings, Wanted(case, person, instant, kind)))
    day = run(day_of(settings, found[-1].at)) if found else None
    found = [one.model_copy(update={"at": day.local(one.at)}) for one in found if day is not None]
    if as_json:
        document({"accesses": [one.model_dump(mode="json", exclude_none=True) for one in found]})
        return
    for one in found:
        out.print(told(one), markup=False)


def told(one: AccessRecord) -> str:
    """One access in a line."""
    what = [one.kind, one.who, one.role, f"case {one.case}" if one.case else None, one.call, one.why, one.opening]
    fields = f"[{', '.join(one.fields)}]" if one.fields else None
    return "  ".join(part for part in (one.at.isoformat(timespec="seconds"), *what, fields) if part)


def _check(kind: str | None) -> None:
    if kind is not None and kind not in KINDS:
        raise BadReference(f"--kind {kind}: there is no such kind; choose of {', '.join(KINDS)}.")
