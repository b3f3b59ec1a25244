"""Commands that tell one case, straight from the log."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from ops.cli.bank_zone import day_of
from ops.cli.terminal import (
    DEFAULT_DATA,
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
from ops.local import steering
from ops.local.other_settings import check_places
from ops.local.published_reference import published_reference
from ops.verify import exported_case, timeline
from ops.verify.timeline import ToldCase
from shared.bank.bank_day import BankDay
from shared.bank.in_force import organisation_in_force
from shared.bank.names import Names
from shared.bank.shown_instants import in_zone
from shared.process.settings import Settings
from shared.sealing.stores import open_blobs

LATE_BY = {"desk": ("办理迟", "the desk was"), "system": ("系统迟", "the system was")}
case_app = typer.Typer(no_args_is_help=True, help="One case, straight from the log.")


@case_app.command("timeline")
def case_timeline(
    case: str,
    as_of: Annotated[
        str | None, typer.Option(help="Only what was recorded by then, such as 2026-03-05T10:00:00+08:00.")
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """What happened on a case, one sentence per event, in Chinese and English."""
    settings, told = _told(case, as_of, data)
    known = run(published_reference(settings))
    at = run(_last(settings, told))
    organisation = guarded(lambda: organisation_in_force(known, at)).organisation
    rows = timeline.with_unread(timeline.entries(told.events, Names(organisation)), told.unread)
    if as_json:
        number = told.events[0].data.get("case_number") if told.events else None
        head = {"case_id": told.case, "case_number": number}
        document(head | {"entries": in_zone(rows, organisation.day)})
        return
    tell(rows, organisation.day)


def _told(case: str, as_of: str | None, data: Path) -> tuple[Settings, ToldCase]:
    """A case straight from the log of an installation; to read a long one takes a while."""
    limit = guarded(lambda: instant_of(as_of)) if as_of is not None else None
    settings = installed(data)
    run(check_known(settings, "--as-of", limit))
    return settings, run_telling("reading the log", lambda told: timeline.told_of(settings, case, limit, told))


async def _last(settings: Settings, told: ToldCase) -> datetime:
    """When the last event of a case was recorded; now where none can be read."""
    return told.events[-1].recorded_at if told.events else await steering.present(settings)


def tell(rows: list[dict[str, Any]], day: BankDay) -> None:
    """Print a timeline, in the time of the bank's zone; what cannot be read has its place in the log instead."""
    for row in rows:
        zh, en = ("（与其他决定交叉，不生效）", " (overtaken: without effect)") if row["overtaken"] else ("", "")
        if late := row.get("late"):
            by, whose = timedelta(seconds=late["by_seconds"]), LATE_BY[late["whose"]]
            zh, en = f"{zh}（{whose[0]} {by}）", f"{en} ({whose[1]} {by} late)"
        when = timeline.local(row["time"], day) if row["time"] else f"{row['log']:16}"
        out.print(f"{when}  {row['sentence']['zh']}{zh}", markup=False)
        out.print(f"                  {row['sentence']['en']}{en}", markup=False)


@case_app.command("export")
def case_export(
    case: str,
    folder: Annotated[Path, typer.Argument(help="A new folder, or one with an earlier export of the case.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Write a case into a folder: events as they lie, timeline, sealed letters and files, and the rules it cites.

    What is sealed stays sealed. `sha256sum --check files.sha256` in the folder shows that nothing was changed since.
    """
    settings, told = _told(case, None, data)
    guarded(lambda: check_places(settings))
    target = exported_case.CaseFolder(folder.resolve())
    guarded(lambda: target.check(told.case))
    done = run(_export(settings, told, target))
    counts = f"{done.events} events, {done.documents} letters and files, {done.rules} rules"
    out.print(f"{folder}: {counts}", markup=False)


async def _export(settings: Settings, told: ToldCase, target: exported_case.CaseFolder) -> exported_case.Exported:
    known = await published_reference(settings)
    organisation = organisation_in_force(known, await _last(settings, told)).organisation
    rows = timeline.with_unread(timeline.entries(told.events, Names(organisation)), told.unread)
    target.add(exported_case.FIRST, _pretty(in_zone(timeline.all_of(told), organisation.day)))
    target.add("timeline.json", _pretty(in_zone(rows, organisation.day)))
    target.add("events.jsonl", exported_case.lines(told.records))
    documents = await exported_case.add_documents(target, open_blobs(settings), told.events)
    rules = exported_case.add_rules(target, known.all(), told.events)
    target.close()
    return exported_case.Exported(len(told.records), documents, rules)


def _pretty(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@case_app.command("show")
def case_show(
    case: str,
    as_of: Annotated[str | None, typer.Option(help="As it was then, such as 2026-03-05T10:00:00+08:00.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """A case's owners, duties, clock and letters, folded from the log."""
    settings, told = _told(case, as_of, data)
    found = in_zone(timeline.all_of(told), run(day_of(settings, run(_last(settings, told)))))
    if as_json:
        document(found)
        return
    for key, value in found.items():
        out.print(f"{key}: {orjson.dumps(value).decode()}", markup=False)
