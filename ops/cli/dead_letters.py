"""Commands on dead letters: what waits by case, and what operators decide about it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from getpass import getuser
from itertools import groupby
from typing import Annotated, Any, NamedTuple

import typer

from ops.cli.bank_zone import day_of
from ops.cli.letter_words import facts, line, shown, step_line
from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
    AsJson,
    Data,
    check_been,
    document,
    guarded,
    installed,
    instant_of,
    out,
    run,
    run_telling,
)
from ops.local import dead_letters, reference, steering
from ops.local.dead_letters import DONE, Governing, Outcome, Wanted, named
from ops.local.letter_rules import Decision, Planned, ahead, by_whom, check_people, in_order, needs_second, plan
from ops.local.process_table import PROCESSES
from ops.local.published_reference import published_reference
from ops.verify.timeline import case_id_of, check_named
from shared.bank.bank_day import BankDay
from shared.bank.in_force import organisation_in_force
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
TELLING = tuple(process.name for process in PROCESSES)
"""Who may tell dead letters."""


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
    filters = guarded(lambda: Filters.of(case, service, reason, since))
    settings = installed(data)
    known = run(dead_letters.standings(settings))
    wanted = filters.wanted(settings)
    found = in_order(o for o in known.by_id.values() if wanted.fits(o) and (everything or o.waits))
    day = run(_day(settings))
    behind = ahead(known.by_id.values())
    rows = [facts(one, behind.get(one.letter.id), day) for one in found]
    if as_json:
        document({"dead_letters": rows})
    else:
        _tell(rows)


class Filters(NamedTuple):
    """Which letters are meant, as far as it can be checked before anybody is asked."""

    case: str | None
    service: str | None
    reason: str | None
    since: datetime | None

    @classmethod
    def of(cls, case: str | None, service: str | None, reason: str | None, since: str | None) -> "Filters":
        """Of the options. Raises BadCaseNumber, BadReference."""
        if service is not None and service not in TELLING:
            raise BadReference(
                f"--service {service}: none of that name tells dead letters; choose of {', '.join(TELLING)}."
            )
        if case is not None:
            check_named(case)
        found = cls(case, service, reason, instant_of(since) if since is not None else None)
        check_been("--since", found.since)
        return found

    def check_choice(self, letters: Sequence[str] | None) -> None:
        """Raise BadReference where neither ids nor filters are given, or both."""
        if bool(letters) == any(one is not None for one in self):
            raise BadReference("Name the letters either by their ids or by --case, --service, --reason and --since.")

    def wanted(self, settings: Settings) -> Wanted:
        """The same with the id of the case that a number means. Wrong use if there is none."""
        case = None if self.case is None else _id_of(settings, self.case)
        return Wanted(case, self.service, self.reason, self.since)


def _id_of(settings: Settings, case: str) -> str:
    return run_telling("reading the log", lambda told: case_id_of(settings, case, told))


def _tell(rows: Sequence[dict[str, Any]]) -> None:
    for of, letters in groupby(rows, key=lambda row: row["case_id"]):
        out.print(f"case {of}" if "/" not in of else of, markup=False)
        for row in letters:
            out.print(f"  {line(row)}", markup=False)
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
    found = shown(one, ahead(known.by_id.values()).get(one.letter.id), run(_day(settings)), datetime.now(UTC))
    if as_json:
        document(found)
        return
    steps = found.pop("steps")
    record = found.pop("record")
    kept = f"kept sealed {'whole' if record['whole'] else 'only in part'}" if record["kept"] else "kept no longer"
    found["record"] = f"{record['bytes']:,} bytes, {kept}"
    for name, value in found.items():
        if value is not None:
            out.print(f"{name.replace('_', ' '):12}  {value}", markup=False)
    for step in steps:
        out.print(step_line(step), markup=False)


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
    filters = guarded(lambda: Filters.of(case, service, reason, since))
    guarded(lambda: filters.check_choice(letters))
    decision = guarded(lambda: _decision(who, why, ticket, approved_by, again=again))
    settings = installed(data)
    known = run(dead_letters.standings(settings))
    chosen = guarded(lambda: _named(known, letters)) if letters else _fitting(known, filters.wanted(settings))
    run(_check(settings, decision, needs_second(sum(one.waits for one in chosen))))
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
    decision = guarded(lambda: _decision(who, why, ticket, approved_by))
    settings = installed(data)
    known = run(dead_letters.standings(settings))
    (one,) = guarded(lambda: named(known, [letter]))
    run(_check(settings, decision, DISCARDING))
    if one.state == "discarded":
        before = next(step for step in reversed(one.steps) if step.kind == "discarded")
        _say(Outcome(one, DONE, f"was discarded before {by_whom(before)}"))
        return
    guarded(lambda: _check_open(one))
    bombs.arm(settings.bombs)
    _say(Outcome(one, DONE, "discarded" + run(_discarded(settings, known, decision, one))))


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


async def _discarded(settings: Settings, known: Standings, decision: Decision, one: Standing) -> str:
    governing = Governing(settings, known, decision)
    try:
        return await governing.discard(one)
    finally:
        await governing.stop()


def _say(one: Outcome) -> None:
    letter = one.standing.letter
    what = f"{letter.service} {letter.kind} {letter.reason or ''}".rstrip()
    out.print(f"{letter.case_id}  {what}  {letter.id}: {one.said}", markup=False)


def _named(known: Standings, letters: Sequence[str]) -> list[Standing]:
    """The letters of these ids. Raises BadReference, also where one is about a record that nobody of ours wrote."""
    found = named(known, letters)
    for one in found:
        if one.letter.kind == UNPROVEN:
            raise BadReference(
                f"{one.letter.id} is about a record that nobody of ours wrote: it is never tried again. If our keys "
                "were changed see docs/how-to/keys.md, else discard it."
            )
    return found


def _fitting(known: Standings, wanted: Wanted) -> list[Standing]:
    """The letters that wait and fit; what nobody of ours wrote is passed over later."""
    return [one for one in known.by_id.values() if one.waits and wanted.fits(one)]


def _decision(who: str, why: str, ticket: str | None, approved_by: str | None, *, again: bool = False) -> Decision:
    """The decision as it is kept with every step. Raises BadReference."""
    of = reference.line(ticket, "--ticket") if ticket is not None else None
    by = reference.line(who, "--who")
    agreed = reference.line(approved_by, "--approved-by") if approved_by is not None else None
    return Decision(by, getuser(), reference.line(why, "--why"), of, agreed, again)


async def _check(settings: Settings, decision: Decision, needed: str | None) -> None:
    """Check who decides against the organisation of today. Raises BadReference."""
    now = await steering.present(settings)
    organisation = organisation_in_force(await published_reference(settings), now).organisation
    check_people(organisation, organisation.day.date_of(now), decision.who, decision.approved_by, needed)


async def _day(settings: Settings) -> BankDay:
    return await day_of(settings, await steering.present(settings))
