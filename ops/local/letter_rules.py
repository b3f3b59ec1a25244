"""The rules of deciding about dead letters: in which order, who waits for whom, when it is enough, who agrees. Pure.

Letters are followers of those of their case that were told before: a command rests on what the case was until then.
What several services tell of the same record is one matter, and its letters follow nobody of each other.
"""

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple

from shared.bank.organisation import Organisation
from shared.contract.governance import GovernanceStep
from shared.contract.letter_standings import Standing
from shared.contract.letters import UNPROVEN
from shared.errors import BadReference

MOST_ALONE = 100
"""Letters that one person may have redriven by one command; of more a second person has to agree."""
MOST_FAILURES = 3
"""Redrives that came to nothing since a letter was told: whatever is wrong is not mended by a fourth."""


class Decision(NamedTuple):
    """Who decides, by which account, why, for which ticket, and who agreed. ``again``: although it failed before."""

    who: str
    account: str
    why: str
    ticket: str | None = None
    approved_by: str | None = None
    again: bool = False

    def made(self, step: GovernanceStep) -> bool:
        """Whether a step was taken by this very decision: whoever was killed halfway repeats it word for word."""
        said = (step.who, step.why, step.ticket, step.approved_by)
        return said == (person(self.who), self.why, self.ticket, person(self.approved_by))


def by_whom(step: GovernanceStep) -> str:
    """Who took a step, when, why and for which ticket."""
    ticket = f", ticket {step.ticket}" if step.ticket else ""
    return f"by {step.who} at {step.at:%Y-%m-%dT%H:%M:%SZ}: {step.why}{ticket}"


def after(first: GovernanceStep, step: GovernanceStep) -> str:
    """What is told of somebody who did the same first; nothing where that was this very step."""
    return "" if first.id == step.id else f"; first {by_whom(first)}"


def person(id_: str | None) -> str | None:
    """How a step names a person."""
    return None if id_ is None else f"person:{id_}"


class Planned(NamedTuple):
    """What is to become of a letter: ``refused`` says why nothing is done about it; ``matter`` counts from its case's
    first.
    """

    standing: Standing
    matter: int
    refused: str | None = None


def in_order(standings: Iterable[Standing]) -> list[Standing]:
    """By case, the case first whose first letter was told first; within a case as they were told."""
    told = sorted(standings, key=lambda one: one.letter.at)
    first: dict[str, int] = {}
    for one in told:
        first.setdefault(one.letter.case_id, one.letter.at)
    return sorted(told, key=lambda one: (first[one.letter.case_id], one.letter.at))


def matters(standings: Iterable[Standing], also: Collection[str] = frozenset()) -> list[tuple[Standing, int]]:
    """The letters that wait and can be tried again, in order, each with which matter of its case it is about.

    ``also``: the ids of those that were set aside and are to be tried all the same.
    """
    found: list[tuple[Standing, int]] = []
    counting = (one for one in standings if one.waits or (one.letter.id in also and one.state == "discarded"))
    waiting = in_order(one for one in counting if one.letter.kind != UNPROVEN)
    for _, of_case in groupby(waiting, key=lambda one: one.letter.case_id):
        numbers: dict[str, int] = {}
        found += [(one, numbers.setdefault(one.letter.cause, len(numbers))) for one in of_case]
    return found


def ahead(standings: Iterable[Standing]) -> dict[str, Standing]:
    """Which letter of its case each one waits behind, by the id of the one that waits."""
    first: dict[str, tuple[Standing, int]] = {}
    found: dict[str, Standing] = {}
    for one, matter in matters(standings):
        before, earliest = first.setdefault(one.letter.case_id, (one, matter))
        if earliest < matter:
            found[one.letter.id] = before
    return found


def plan(chosen: Collection[str], standings: Iterable[Standing], decision: Decision) -> list[Planned]:
    """What is to become of the letters that were chosen by their ids, in order.

    Refused is what failed too often, or by this very decision, unless it is meant to be tried ``again``, and what
    waits behind a letter that is not tried itself.
    """
    held: dict[str, tuple[int, str]] = {}
    planned: list[Planned] = []
    for one, matter in matters(standings, chosen):
        case, mine = one.letter.case_id, one.letter.id in chosen
        first, behind = held.get(case, (matter, None))
        why = behind if mine and first < matter else None
        if mine and why is None and not decision.again:
            why = no_use(one, decision)
        if mine:
            planned.append(Planned(one, matter, why))
        if not mine or why is not None:
            held.setdefault(case, (matter, f"waits behind {one.letter.id}"))
    return planned


def no_use(one: Standing, decision: Decision) -> str | None:
    """Why it is no use to redrive a letter: it failed so often, or by this very decision."""
    failures = one.failures
    if one.asked is not None or not failures:
        return None
    last = failures[-1].reason
    if len(failures) >= MOST_FAILURES:
        return f"redriven {len(failures)} times in vain, last with {last}: mend that, then say --again"
    asked = (s for s in one.steps if s.kind == "redrive_asked" and s.number == failures[-1].number)
    if any(decision.made(step) for step in asked):
        return f"failed by this very decision, with {last}: mend that, then decide anew, or say --again"
    return None


def check_people(organisation: Organisation, on: date, who: str, approved_by: str | None, needed: str | None) -> None:
    """Check who decides, and who agrees where ``needed`` says why somebody has to.

    Raises:
        BadReference: somebody is none of the bank's people, or agrees with himself, or nobody agreed.
    """
    for option, person in (("--who", who), ("--approved-by", approved_by)):
        if person is not None and not (person in organisation.people and organisation.people[person].active(on)):
            raise BadReference(
                f"{option} {person}: nobody of that id is in the organisation today; name a person by id, such as "
                "luo.tian."
            )
    if approved_by == who:
        raise BadReference(f"--approved-by {who}: nobody agrees with himself; name a second person.")
    if needed is not None and approved_by is None:
        raise BadReference(f"{needed}: name the second person who agreed with --approved-by.")


def needs_second(letters: int) -> str | None:
    """Why a second person has to agree to redriving so many letters, if one has to."""
    return f"{letters} letters are more than {MOST_ALONE}" if letters > MOST_ALONE else None
