"""Commands that decide the log again, or publish records of it once more."""

from collections.abc import Sequence
from datetime import datetime
from getpass import getuser
from typing import Annotated, Any

import typer

from ops.cli.replay_words import shown, tell, totals
from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
    AsJson,
    Data,
    check_known,
    document,
    guarded,
    installed,
    instant_of,
    out,
    run,
    run_telling,
)
from ops.local.reference import ReferenceFile, checked, line
from ops.replay import checking, publishing
from ops.replay.checking import Checked, Wanted
from ops.replay.publishing import Wish
from ops.replay.selection import Selection
from ops.replay.unit_cases import cases_of
from ops.replay.what_if import file_of, supposed
from ops.verify.services import SERVICES
from ops.verify.timeline import told_of
from shared.contract.envelope import name_and_version
from shared.contract.events.base import CATALOGUE
from shared.errors import BadReference, Unreadable
from shared.process.settings import Settings

DECIDING = tuple(service.name for service in SERVICES)
replay_app = typer.Typer(no_args_is_help=True, help="Decide the log again, or publish records of it for consumers.")
Since = Annotated[str | None, typer.Option("--from", help="Recorded at this instant or later.")]
Until = Annotated[str | None, typer.Option("--to", help="Recorded before this instant.")]
Case = Annotated[str | None, typer.Option(help="Of this case, by id or number.")]


@replay_app.command("check")
def replay_check(
    since: Since = None,
    until: Until = None,
    service: Annotated[list[str] | None, typer.Option(help="Only of this service; may be given several times.")] = None,
    case: Case = None,
    with_: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="KIND=FILE", help="What if organisation, routing, pack or calendar said this."),
    ] = None,
    most: Annotated[int, typer.Option(min=0, help="Differences that are listed; all are counted.")] = 50,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Decide the log again in processes that can append and send nothing, and say what is decided otherwise.

    Exit code 1 on a difference.
    """
    files = guarded(lambda: _files(with_ or ()))
    wanted = guarded(lambda: _wanted(since, until, service, most))
    wanted = wanted._replace(suppose=lambda published: supposed(published, files))
    settings = installed(data)
    run(check_known(settings, "--from", wanted.since))
    if case is not None:
        wanted = wanted._replace(case=_id_of(settings, case))
    found = run_telling("deciding again", lambda told: checking.check(settings, wanted, told))
    if as_json:
        document(_document(found, wanted, files))
    else:
        tell(found.findings)
        rate, how = f"{found.records / max(found.seconds, 0.01):,.0f}", "processes without brokers, keys or mail"
        took = f"{found.records:,} records in {found.seconds:.1f} s ({rate}/s), {found.processes} {how}"
        out.print(f"{took}: {totals(found.findings)}")
    if found.findings.total("different", "new", "missing"):
        raise typer.Exit(NOT_SO)


def _wanted(since: str | None, until: str | None, services: list[str] | None, most: int) -> Wanted:
    """What is asked for. Raises BadReference."""
    first, last = period_of(since, until)
    for name in services or ():
        if name not in DECIDING:
            raise BadReference(f"--service {name}: it decides nothing on the log; choose of {', '.join(DECIDING)}.")
    return Wanted(services or DECIDING, first, last, told_of=most)


def _files(said: Sequence[str]) -> list[ReferenceFile]:
    """The files that are to be tried. Raises BadReference."""
    found = [file_of(one) for one in said]
    if len({(one.kind, one.id) for one in found}) < len(found):
        raise BadReference("--with names one file twice: give each kind and id once.")
    for one in found:
        checked(one)
    return found


def _document(found: Checked, wanted: Wanted, files: Sequence[ReferenceFile]) -> dict[str, Any]:
    return {
        "records": found.records,
        "seconds": round(found.seconds, 2),
        "processes": found.processes,
        "services": list(wanted.services),
        "with": [{"kind": one.kind, "id": one.id, "file": str(one.path)} for one in files],
        **shown(found.findings),
    }


def period_of(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """From when to when. Raises BadReference."""
    first = instant_of(since) if since is not None else None
    last = instant_of(until) if until is not None else None
    if first is not None and last is not None and first >= last:
        raise BadReference(f"--from {since} is not before --to {until}: turn them round.")
    return first, last


def _id_of(settings: Settings, case: str) -> str:
    """The id of a case that is named by id or number. Wrong use if there is none."""
    return run_telling("reading the log", lambda told: told_of(settings, case, None, told)).case


@replay_app.command("publish")
def replay_publish(
    into: Annotated[str, typer.Option(help="The topic, which is none of Redress's.")],
    who: Annotated[str, typer.Option(help="Who wants it; kept with the account that runs the command.")],
    why: Annotated[str, typer.Option(help="Why, in a sentence; kept with it. The same again goes on with the replay.")],
    since: Since = None,
    until: Until = None,
    case: Case = None,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Of this type, such as ClockMet; may be given several times.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Of the cases of this unit and what lies below it.")] = None,
    rate: Annotated[int | None, typer.Option(min=1, help="Records in a second at most.")] = None,
    create: Annotated[bool, typer.Option("--create", help="Make the topic if there is none.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count: nothing is written.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Publish records of the log as they are once more, for consumers: in order per case, each of them once.

    One that was killed goes on when the same command is given again.
    """
    chosen = guarded(lambda: _selection(since, until, types, unit))
    said = guarded(lambda: (line(who, "--who"), line(why, "--why")))
    settings = installed(data)
    run(check_known(settings, "--from", chosen.since))
    guarded(lambda: publishing.check_name(settings, into))
    if case is not None:
        chosen = chosen._replace(case=_id_of(settings, case))
    cases = None if unit is None else run_telling("looking for its cases", lambda told: cases_of(settings, unit, told))
    wish = Wish(into, chosen, said[0], getuser(), said[1], rate, create, cases)
    work = publishing.count if dry_run else publishing.publish
    done = run_telling("publishing", lambda told: work(settings, wish, told))
    before = f", {done.before:,} were there before" if done.before else ""
    how = "would be published" if dry_run else "were published"
    out.print(f"{done.records:,} records {how} into {into} in {done.seconds:.1f} s{before}")
    out.print(f"replay {done.replay}")


def _selection(since: str | None, until: str | None, types: list[str] | None, unit: str | None) -> Selection:
    """What is chosen. Raises BadReference."""
    for one in types or ():
        if _name_of(one) not in CATALOGUE:
            raise BadReference(f"--type {one}: there is no such event; docs/reference/topics-and-events.md lists them.")
    first, last = period_of(since, until)
    return Selection(first, last, None, tuple(types or ()), unit)


def _name_of(type_: str) -> str:
    try:
        return name_and_version(type_)[0]
    except Unreadable:
        return type_
