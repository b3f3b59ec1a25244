"""Dead letters of an installation: how they stand, and what operators decide about them.

Deciding is one record per letter in ``complaints.governance``, under an id that the same decision has again; the
service whose letter it is does the rest. So whoever is killed in between runs the same command again.
"""

import asyncio
from collections.abc import Callable, Container, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from ops.local.letter_rules import Decision, Planned, after, person
from ops.local.reading import reading
from shared.contract.governance import GovernanceStep, StepKind, outgoing_step, step_id
from shared.contract.letter_standings import Standing, Standings
from shared.contract.records import Reader
from shared.contract.topics import DEAD_LETTERS, GOVERNANCE
from shared.errors import BadReference
from shared.log.kafka_log import KafkaLog
from shared.process import bombs
from shared.process.settings import Settings

ANSWER_SECONDS = 45.0
"""So long a service may take for its next answer, or it does not run: longer than it tries (``kernel.redriving``)."""
POLL_SECONDS = 0.1
DONE, ASKED, FAILED, REFUSED, BEHIND = "done", "asked", "failed", "refused", "behind"


class Wanted(NamedTuple):
    """The letters that are asked for; None means all."""

    case: str | None = None
    service: str | None = None
    reason: str | None = None
    since: datetime | None = None

    def fits(self, one: Standing) -> bool:
        """Whether a letter is one of them; as reason also its kind counts."""
        letter = one.letter
        lately = self.since is None or datetime.fromisoformat(letter.first_at) >= self.since
        named = self.case in (None, letter.case_id) and self.service in (None, letter.service)
        return lately and named and self.reason in (None, letter.reason, letter.kind)


class Outcome(NamedTuple):
    """What became of a letter: ``done``, ``failed``, ``asked`` (nobody has answered), ``refused`` or ``behind``."""

    standing: Standing
    outcome: str
    said: str


async def standings(settings: Settings) -> Standings:
    """Every dead letter, and what was decided about it. What somebody else wrote into the topics counts for nothing."""
    found = Standings()
    async with reading(settings, DEAD_LETTERS) as letters:
        async for record in letters:
            found.take_letter(record)
    async with reading(settings, GOVERNANCE) as steps:
        async for record in steps:
            found.take_step(record)
    return found


def named(known: Standings, ids: Iterable[str]) -> list[Standing]:
    """The letters of these ids, or of their beginnings. Raises BadReference."""
    found: list[Standing] = []
    for id_ in ids:
        of_it = [one for key, one in known.by_id.items() if key.startswith(id_)] if id_ else []
        if len(of_it) != 1:
            what = "is no dead letter" if not of_it else f"begins the ids of {len(of_it)} dead letters"
            raise BadReference(f"{id_!r} {what}: `redress dead-letters list --all` shows their ids.")
        found += [one for one in of_it if one not in found]
    return found


class Governing:
    """Takes steps about dead letters and hears what comes of them."""

    def __init__(self, settings: Settings, known: Standings, decision: Decision) -> None:
        self._known = known
        self._decision = decision
        self._log = KafkaLog(settings, GOVERNANCE)
        self._away: set[str] = set()

    async def stop(self) -> None:
        """Let go of the log."""
        await self._log.stop()

    async def redrive(self, planned: Sequence[Planned], tell: Callable[[Outcome], None]) -> list[Outcome]:
        """Have the letters tried again, case by case in order: what follows one that fails waits; told as it comes."""
        outcomes: list[Outcome] = []

        def ended(one: Outcome) -> None:
            outcomes.append(one)
            tell(one)

        for one in planned:
            if one.refused is not None:
                ended(Outcome(one.standing, REFUSED, one.refused))
        left = [one for one in planned if one.refused is None]
        reader = await self._log.read(0, await self._log.beginning(0))
        try:
            while left:
                now, left = _next_matters(left)
                await self._try(now, reader, ended)
                held = {o.standing.letter.case_id: o.standing.letter.id for o in outcomes if o.outcome != DONE}
                behind, left = _parted(left, held)
                for one in behind:
                    ended(Outcome(one.standing, BEHIND, f"waits behind {held[one.standing.letter.case_id]}"))
        finally:
            await reader.stop()
        return outcomes

    async def _try(self, now: Sequence[Planned], reader: Reader, ended: Callable[[Outcome], None]) -> None:
        """Ask the services to try these letters, and wait for their answers."""
        waiting = {one.standing.letter.id: one.standing for one in now}
        mine = {id_: await self._ask(one) for id_, one in waiting.items()}
        loop = asyncio.get_running_loop()
        until = loop.time() + ANSWER_SECONDS
        while waiting and loop.time() < until:
            if all(one.letter.service in self._away for one in waiting.values()):
                break
            for record in await reader.batch(POLL_SECONDS):
                self._known.take_step(record)
            for one in [one for id_, one in waiting.items() if one.first(mine[id_]) and one.asked is None]:
                del waiting[one.letter.id]
                ended(_answered(one, mine[one.letter.id]))
                until = loop.time() + ANSWER_SECONDS
        for id_, one in waiting.items():
            self._away.add(one.letter.service)
            silent = f"{one.letter.service} has not answered: it will when it runs, then run it again"
            ended(Outcome(one, ASKED, silent + _beside(one, mine[id_])))

    async def _ask(self, one: Standing) -> GovernanceStep:
        """Ask for a redrive; beside whoever asked for one that is under way."""
        return await self._take(one, "redrive_asked", one.asked.number if one.asked else one.count("redrive_asked") + 1)

    async def discard(self, one: Standing) -> str:
        """Set a letter aside; what is told of who did so at the same time and was first."""
        step = await self._take(one, "discarded", one.count("discarded") + 1)
        reader = await self._log.read(0, await self._log.beginning(0))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while (first := one.first(step)) is None:
                    for record in await reader.batch(POLL_SECONDS):
                        self._known.take_step(record)
        finally:
            await reader.stop()
        return after(first, step)

    async def _take(self, one: Standing, kind: StepKind, number: int) -> GovernanceStep:
        """Take a step, unless this very one was taken; where it comes to lie among others is known once it is read."""
        letter, said = one.letter, self._decision
        step = GovernanceStep(
            id=step_id(letter.id, kind, number, *said), kind=kind, at=datetime.now(UTC), letter=letter.id,
            service=letter.service, case=letter.case_id, number=number, who=person(said.who), account=said.account,
            why=said.why, ticket=said.ticket, again=said.again,
            approved_by=person(said.approved_by),
        )  # fmt: skip
        if one.first(step) is None:
            await self._log.append([outgoing_step(step)])
            bombs.hit("step_taken")
        return step


def _answered(one: Standing, mine: GovernanceStep) -> Outcome:
    beside = _beside(one, mine)
    answer = next(step for step in reversed(one.steps) if step.kind == "redrive_answered")
    if answer.outcome == "done":
        return Outcome(one, DONE, ("nothing waited any more" if answer.reason else "done") + beside)
    return Outcome(one, FAILED, f"failed: {answer.reason}{beside}")


def _beside(one: Standing, mine: GovernanceStep) -> str:
    """What is told of whoever asked for the same first."""
    return after(one.first(mine) or mine, mine)


def _next_matters(left: Sequence[Planned]) -> tuple[list[Planned], list[Planned]]:
    """The first matter of each case that is left, and the rest."""
    first: dict[str, int] = {}
    now, rest = list[Planned](), list[Planned]()
    for one in left:
        (now if one.matter == first.setdefault(one.standing.letter.case_id, one.matter) else rest).append(one)
    return now, rest


def _parted(left: Sequence[Planned], held: Container[str]) -> tuple[list[Planned], list[Planned]]:
    """Those of held cases, and the others."""
    behind, others = list[Planned](), list[Planned]()
    for one in left:
        (behind if one.standing.letter.case_id in held else others).append(one)
    return behind, others
