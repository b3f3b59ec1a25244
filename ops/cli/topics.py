"""Commands on the topics on the broker."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
    WRONG_USE,
    Data,
    err,
    guarded,
    installed,
    out,
    run,
)
from ops.local import acls, strimzi, topics
from ops.local.service_accounts import consumers_in, published_consumers
from shared.bank.listed import Consumer
from shared.log.acl_admin import Acl
from shared.process.settings import Settings

topics_app = typer.Typer(no_args_is_help=True, help="Make, list and guard the topics on the broker.")


@topics_app.command("apply")
def topics_apply(data: Data = DEFAULT_DATA) -> None:
    """Make missing topics; report what differs (exit code 1)."""
    made, different = run(topics.apply(installed(data)))
    for line in [*(f"made {name}" for name in made), *different]:
        out.print(line, markup=False)
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
    org: Annotated[
        Path | None, typer.Option(help="Consumers of this organisation file; else of the one in force on the brokers.")
    ] = None,
    as_strimzi: Annotated[
        bool, typer.Option("--strimzi", help="Print them as KafkaUser resources, for Strimzi's operator to set.")
    ] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print what each service, channel system and consumer may do on the brokers, the least it needs; or set it."""
    settings = installed(data)
    if remove and not apply:
        err.print("redress: --remove goes with --apply.")
        raise typer.Exit(WRONG_USE)
    if as_strimzi and apply:
        err.print("redress: --strimzi prints, --apply sets: give one of them.")
        raise typer.Exit(WRONG_USE)
    consumers = guarded(lambda: consumers_in(org)) if org else run(published_consumers(settings))
    if as_strimzi:
        sys.stdout.write(strimzi.user_manifests(settings, consumers))
    elif not apply:
        _lines("", acls.wanted(settings, consumers))
    else:
        _apply(settings, consumers, remove=remove)


def _apply(settings: Settings, consumers: list[Consumer], *, remove: bool) -> None:
    done = run(acls.apply(settings, consumers, remove=remove))
    _lines("", done.set)
    _lines("beyond this installation, look at it yourself: ", done.beyond)
    _lines("removed: " if remove else "not wanted, --remove takes it away: ", done.unwanted)
    if done.unwanted and not remove:
        raise typer.Exit(NOT_SO)


def _lines(before: str, found: list[Acl]) -> None:
    for acl in found:
        out.print(f"{before}{acl}", markup=False)


@topics_app.command("show")
def topics_show(data: Data = DEFAULT_DATA) -> None:
    """List the topics as they have to be."""
    table = Table("topic", "partitions", "replication", "settings")
    for spec in topics.wanted(installed(data)):
        settings = ", ".join(f"{key}={value}" for key, value in spec.configs.items())
        table.add_row(spec.name, str(spec.partitions), str(spec.replication), settings)
    out.print(table, soft_wrap=False)
