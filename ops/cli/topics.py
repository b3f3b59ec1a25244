"""Commands on the topics on the broker."""

from typing import Annotated

import typer
from rich.table import Table

from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
    WRONG_USE,
    Data,
    err,
    installed,
    out,
    run,
)
from ops.local import acls, topics
from shared.log.acl_admin import Acl

topics_app = typer.Typer(no_args_is_help=True, help="Make, list and guard the topics on the broker.")


@topics_app.command("apply")
def topics_apply(data: Data = DEFAULT_DATA) -> None:
    """Make missing topics; report what differs (exit code 1)."""
    made, different = run(topics.apply(installed(data)))
    for line in [*(f"made {name}" for name in made), *different]:
        out.print(line, markup=False, soft_wrap=True)
    if different:
        raise typer.Exit(NOT_SO)
    out.print("topics are as they have to be")


@topics_app.command("acls")
def topics_acls(
    apply: Annotated[
        bool, typer.Option("--apply", help="Set them on the brokers, and show those that are not wanted (exit code 1).")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="With --apply: take away those that are not wanted.")
    ] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print what each service's principal may do on the brokers, the least that its work needs; or set it."""
    settings = installed(data)
    if remove and not apply:
        err.print("redress: --remove goes with --apply.")
        raise typer.Exit(WRONG_USE)
    if not apply:
        _lines("", acls.wanted(settings))
        return
    done = run(acls.apply(settings, remove=remove))
    _lines("", done.set)
    _lines("beyond this installation, look at it yourself: ", done.beyond)
    _lines("removed: " if remove else "not wanted, --remove takes it away: ", done.unwanted)
    if done.unwanted and not remove:
        raise typer.Exit(NOT_SO)


def _lines(before: str, found: list[Acl]) -> None:
    for acl in found:
        out.print(f"{before}{acl}", markup=False, soft_wrap=True)


@topics_app.command("show")
def topics_show(data: Data = DEFAULT_DATA) -> None:
    """List the topics as they have to be."""
    table = Table("topic", "partitions", "replication", "settings")
    for spec in topics.wanted(installed(data)):
        settings = ", ".join(f"{key}={value}" for key, value in spec.configs.items())
        table.add_row(spec.name, str(spec.partitions), str(spec.replication), settings)
    out.print(table)
