"""Commands on dead letters: what waits by case, and what operators decide about it."""

from collections.abc import Sequence
from datetime import datetime
from getpass import getuser
from itertools import groupby
from typing import Annotated, Any

import typer

from ops.cli.bank_zone import day_of
from ops.cli.letter_words import facts, line, shown, step_line
from ops.cli.terminal import DEFAULT_DATA, NOT_SO, AsJson, Data, document, guarded, installed, instant_of, out, run
from ops.local import dead_letters, reference, steering
from ops.local.dead_letters import DONE, Governing, Outcome, Wanted, named
from ops.local.letter_rules import Decision, Planned, check_people, in_order, needs_second, plan
from ops.verify.timeline import case_id_of
from shared.bank.bank_day import BankDay
from shared.bank.in_force import organisation_in_force
from shared.bank.organisation import Organisation
from shared.contract.letter_standings import Standing, Standings
from shared.contract.letters import UNPROVEN
from shared.errors import BadReference
from shared.process import bombs
from shared.process.settings import Settings

dead_letters_app = typer.Typer(no_args_is_help=True, help="What nobody could read or decide, by case.")
Case = Annotated[str | None, typer.Option(help="Of this case, by id or number; of the inbox such as inbox/0:12.")]
Service = Annotated[str | None, typer.Option(help="Of this service, such as sla or intake-inbox.")]
Reason = Annotated[str | None, typer.Option(help="With this reason or of this kind, such as unreadable.")]
Since = Annotated[str | None, typer.Option(help="Told from this instant on, such as 2026-03-05T10:00:00+08:00.")]
Who = Annotated[str, typer.Option(help="Who decides: a person of the organisation, by id.")]
Why = Annotated[str, typer.Option(help="Why, in a sentence; kept with the step.")]
Ticket = Annotated[str | None, typer.Option(help="The ticket that it is done for; kept with the step.")]
DISCARDING = "Nothing is ever done about a letter that is discarded"


@dead_letters_app.command("list")
def letters_list(
    case: Case = None,
    service: Service = None,
    reason: Reason = None,
    since: Since = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is settled or discarded.")] = False,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """What waits for somebody, by case, in the order in which it has to be done."""
    settings = installed(data)
    known = run(dead_letters.standings(settings))
    wanted = _wanted(settings, case, service, reason, since)
    found = in_order(o for o in known.by_id.values() if wanted.fits(o) and (everything or o.waits))
    day = run(_day(settings))
    rows = [facts(one, known.by_id.values(), day) for one in found]
    if as_json:
        document({"dead_letters": rows})
    else:
        _tell(rows)


def _tell(rows: Sequence[dict[str, Any]]) -> None:
    for of, letters in groupby(rows, key=lambda row: row["case_id"]):
        out.print(f"case {of}" if "/" not in of else of, markup=False, soft_wrap=True)
        for row in letters:
            out.print(f"  {line(row)}", markup=False, soft_wrap=True)
    if not rows:
        out.print("no dead letters")


@dead_letters_app.command("show")
def letters_show(
    letter: Annotated[str, typer.Argument(help="Its id, or the beginning of it.", metavar="ID")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """A dead letter: what failed and why, what a redrive would do, what was decided. What is sealed stays sealed."""
    settings = installed(data)
    known = run(dead_letters.standings(settings))
    (one,) = guarded(lambda: named(known, [letter]))
    found = shown(one, known.by_id.values(), run(_day(settings)))
    if as_json:
        document(found)
        return
    steps = found.pop("steps")
    record = found.pop("record")
    found["record"] = f"{record['bytes']:,} bytes, kept sealed {'whole' if record['whole'] else 'only in part'}"
    for name, value in found.items():
        if value is not None:
            out.print(f"{name.replace('_', ' '):12}  {value}", markup=False, soft_wrap=True)
    for step in steps:
        out.print(step_line(step), markup=False, soft_wrap=True)


@dead_letters_app.command("redrive")
def letters_redrive(
    who: Who,
    why: Why,
    letters: Annotated[list[str] | None, typer.Argument(help="Ids, or their beginnings.", metavar="[ID]...")] = None,
    case: Case = None,
    service: Service = None,
    reason: Reason = None,
    since: Since = None,
    ticket: Ticket = None,
    approved_by: Annotated[
        str | None, typer.Option(help="The second person who agreed; needed for more than 100 letters.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also what was redriven three times in vain.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Have what failed tried again, by case and in order: what follows a letter that fails again waits.

    What that means depends on what failed (`redress dead-letters show`). Each step is a record of
    `complaints.governance`. Exit code 1 unless all of it was done.
    """
    settings = installed(data)
    guarded(lambda: _choice(letters, case, service, reason, since))
    known = run(dead_letters.standings(settings))
    chosen = _chosen(settings, known, letters, (case, service, reason, since))
    decision = _decision(settings, who, why, ticket, approved_by, needs_second(sum(one.waits for one in chosen)))
    decision = decision._replace(again=again)
    planned = plan({one.letter.id for one in chosen}, known.by_id.values(), decision)
    for one in chosen:
        if one.state == "settled":
            _say(Outcome(one, DONE, "nothing waits any more"))
    if dry_run:
        for each in planned:
            _say(Outcome(each.standing, "", each.refused or "would be redriven"))
        return
    bombs.arm(settings.bombs)
    outcomes = run(_redriven(settings, known, decision, planned))
    done = sum(one.outcome == DONE for one in outcomes)
    out.print(f"{done} of {len(outcomes)} letters done" if outcomes else "nothing to be redriven")
    if done < len(outcomes):
        raise typer.Exit(NOT_SO)


@dead_letters_app.command("discard")
def letters_discard(
    letter: Annotated[str, typer.Argument(help="Its id, or the beginning of it.", metavar="ID")],
    who: Who,
    why: Why,
    approved_by: Annotated[str | None, typer.Option(help="The second person who agreed; always needed.")] = None,
    ticket: Ticket = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Set a letter aside: somebody has seen it, and nothing is to be done about it any more. Two people decide that.

    Nothing is taken out of the log. A case that nobody can read stays blocked; `redress rebuild verify` names it, and
    is no longer wrong because of it.
    """
    settings = installed(data)
    known = run(dead_letters.standings(settings))
    (one,) = guarded(lambda: named(known, [letter]))
    decision = _decision(settings, who, why, ticket, approved_by, DISCARDING)
    if one.state == "discarded":
        _say(Outcome(one, DONE, "was discarded before"))
        return
    guarded(lambda: _check_open(one))
    bombs.arm(settings.bombs)
    run(_discarded(settings, known, decision, one))
    _say(Outcome(one, DONE, "discarded"))


def _check_open(one: Standing) -> None:
    """Raise BadReference where nothing waits for a letter."""
    if one.state == "settled":
        raise BadReference(f"Nothing waits for {one.letter.id} any more: there is nothing to discard.")


async def _redriven(
    settings: Settings, known: Standings, decision: Decision, planned: Sequence[Planned]
) -> list[Outcome]:
    governing = Governing(settings, known, decision)
    try:
        return await governing.redrive(planned, _say)
    finally:
        await governing.stop()


async def _discarded(settings: Settings, known: Standings, decision: Decision, one: Standing) -> None:
    governing = Governing(settings, known, decision)
    try:
        await governing.discard(one)
    finally:
        await governing.stop()


def _say(one: Outcome) -> None:
    letter = one.standing.letter
    what = f"{letter.service} {letter.kind} {letter.reason or ''}".rstrip()
    out.print(f"{letter.case_id}  {what}  {letter.id}: {one.said}", markup=False, soft_wrap=True)


def _choice(letters: Sequence[str] | None, *filters: str | None) -> None:
    """Raise BadReference where neither ids nor filters are given, or both."""
    if bool(letters) == any(filters):
        raise BadReference("Name the letters either by their ids or by --case, --service, --reason and --since.")


def _wanted(settings: Settings, case: str | None, service: str | None, reason: str | None, since: str | None) -> Wanted:
    instant = guarded(lambda: instant_of(since)) if since else None
    of = run(case_id_of(settings, case)) if case else None
    return Wanted(of, service, reason, instant)


def _chosen(
    settings: Settings,
    known: Standings,
    letters: Sequence[str] | None,
    filters: tuple[str | None, str | None, str | None, str | None],
) -> list[Standing]:
    """The letters that are meant. Those of a foreign record are refused by id, and passed over by filters."""
    if not letters:
        wanted = _wanted(settings, *filters)
        return [one for one in known.by_id.values() if one.waits and wanted.fits(one)]
    found = guarded(lambda: named(known, letters))
    guarded(lambda: _check_proven(found))
    return found


def _check_proven(found: Sequence[Standing]) -> None:
    for one in found:
        if one.letter.kind == UNPROVEN:
            raise BadReference(
                f"{one.letter.id} is about a record that nobody of ours wrote: it is never tried again. If our keys "
                "were changed see docs/how-to/keys.md, else discard it."
            )


def _decision(
    settings: Settings, who: str, why: str, ticket: str | None, approved_by: str | None, needed: str | None
) -> Decision:
    """Who decides, checked against the organisation of today."""
    reason = guarded(lambda: reference.line(why, "--why"))
    of = guarded(lambda: reference.line(ticket, "--ticket")) if ticket is not None else None
    now = run(steering.present(settings))
    organisation = run(_organisation(settings, now))
    guarded(lambda: check_people(organisation, organisation.day.date_of(now), who, approved_by, needed))
    return Decision(who, getuser(), reason, of, approved_by)


async def _organisation(settings: Settings, now: datetime) -> Organisation:
    return organisation_in_force(await reference.published(settings), now).organisation


async def _day(settings: Settings) -> BankDay:
    return await day_of(settings, await steering.present(settings))
