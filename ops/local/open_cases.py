"""Holds a new reference file against the open cases of the log: what they name is never dropped, it is given an end.

A case that comes in while a file is published may still name what the file drops: whoever looks that up finds it under
the top unit, or as somebody who has left (``shared.bank.organisation``), and the case goes up the ladder.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import aclosing
from typing import Any, NamedTuple

from ops.local.reading import HowFar, batches, opened
from shared.bank.in_force import CALENDAR, PACK
from shared.bank.organisation import Organisation
from shared.bank.organisation_file import parse_organisation
from shared.bank.pack import parse_pack
from shared.bank.reference import BANK, ORGANISATION, Reference, ReferenceDocument
from shared.bank.working_days import parse_year
from shared.case.core import CaseCore
from shared.case.duties import Place
from shared.case.folding import core as case_core
from shared.case.folding.core import CORE_FOLDS
from shared.contract.envelope import Event
from shared.contract.records import EventLog
from shared.errors import BadReference, NotYet
from shared.kernel.fold import Fold
from shared.kernel.service import Folded
from shared.process.settings import Settings

SHOWN = 5
"""How many cases are listed of those that name one thing."""
CLOCKS = frozenset({"ClockStarted", "ClockRecomputed"})
Part = tuple[str, str]
"""What a file can drop: its kind (unit, person, post, class, calendar) and its name."""


class OpenCase(NamedTuple):
    """A case, and the pack and class that its own clock runs by."""

    core: CaseCore
    number: str
    pack: tuple[str, str] | None = None


class OpenCases(NamedTuple):
    """What may stand in the way of a file. ``unread``: cases that this code cannot read, which may name anything."""

    known: list[OpenCase]
    unread: list[str]

    def add(self, fold: Fold[OpenCase]) -> None:
        """Add the cases of a partition that are not in the archive."""
        self.unread.extend(fold.blocked)
        states = (entry.state for _, entry in fold.cases.items() if not entry.blocked)
        self.known.extend(state for state in states if state is not None and not state.core.did("CaseArchived"))


def _evolve(state: OpenCase | None, event: Event) -> OpenCase:
    core = case_core.evolve(state.core if state else None, event) if event.name in CORE_FOLDS else None
    if state is None:
        if core is None:
            raise ValueError(f"{event.type} of a case that was never received")
        return OpenCase(core, event.data["case_number"])
    if core is not None:
        return state._replace(core=core)
    deadline = event.data["deadline"]
    return state._replace(pack=(deadline["pack"]["id"], deadline["complaint_class"] or "")) if _own(event) else state


def _own(event: Event) -> bool:
    return event.data.get("duty_id") is None


FOLDED: Folded[OpenCase] = Folded(
    name="publishing", folds=CORE_FOLDS | CLOCKS, evolve=_evolve, dump=lambda state: {"number": state.number}
)


async def folds(log: EventLog, told: HowFar) -> AsyncGenerator[Fold[OpenCase]]:
    """The fold of each partition that holds anything, up to the end of the log as it is now. One pass over the log.

    Whoever may leave before the last one closes this (``contextlib.aclosing``).
    """
    async with aclosing(batches(log, await log.ends(), told)) as found:
        fold: Fold[OpenCase] | None = None
        async for batch in found:
            fold = fold or Fold(FOLDED, batch.partition)
            for record in batch.records:
                fold.apply(record)
            if batch.last:
                yield fold
                fold = None


async def open_cases(settings: Settings, told: HowFar) -> OpenCases:
    """Every case of the log that is not in the archive. One pass over the log."""
    found = OpenCases([], [])
    async with opened(settings) as log, aclosing(folds(log, told)) as each:
        async for fold in each:
            found.add(fold)
    return found


def check_dropped(known: Reference, new: Iterable[ReferenceDocument], cases: OpenCases) -> None:
    """Refuse files that drop what open cases name, listing it with the cases. Raises BadReference."""
    dropped = {part for document in new for part in _dropped(known, document)}
    if not dropped:
        return
    packs = {id_: known.versions(PACK, id_)[-1].content for id_ in known.ids(PACK)}
    calendars = {id_: parse_pack(content).calendar.lower() for id_, content in packs.items()}
    named: dict[Part, list[str]] = defaultdict(list)
    for case in cases.known:
        for part in dropped.intersection(_named(case, calendars)):
            named[part].append(case.number)
    lines = [f"{kind} {name!r}: {_list(numbers)}" for (kind, name), numbers in sorted(named.items())]
    lines += [f"cannot be read by this version and may name anything: {_list(cases.unread)}"] if cases.unread else []
    if lines:
        raise BadReference(
            "Open cases name what this file drops. Give it an end (`until`) instead, or keep it until they lie in the "
            "archive. " + "; ".join(lines)
        )


def may_drop(known: Reference, new: Iterable[ReferenceDocument]) -> bool:
    """Whether files drop anything at all, so that the open cases have to be looked at."""
    return any(True for document in new for _ in _dropped(known, document))


def _list(numbers: list[str]) -> str:
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    return ", ".join(sorted(numbers)[:SHOWN]) + more


def _dropped(known: Reference, document: ReferenceDocument) -> Iterator[Part]:
    """What the version in force until now has and the new one has not."""
    try:
        before = known.in_force(document.kind, document.id, document.effective_from).content
    except NotYet:
        return
    match document.kind:
        case _ if document.kind == ORGANISATION and document.id == BANK:
            old, new = set(_parts(parse_organisation(before))), set(_parts(parse_organisation(document.content)))
            yield from old - new
        case _ if document.kind == PACK:
            classes = parse_pack(document.content).classes
            yield from (
                ("class", f"{document.id}/{name}") for name in parse_pack(before).classes if name not in classes
            )
        case _ if document.kind == CALENDAR:
            old_country, new_country = parse_year(before).country, parse_year(document.content).country
            if old_country != new_country:
                yield "calendar", old_country.lower()


def _parts(organisation: Organisation) -> Iterator[Part]:
    yield from (("unit", unit) for unit in organisation.units)
    yield from (("person", person) for person in organisation.people)
    yield from (("post", f"{unit}/{post}") for unit, post in organisation.posts)


def _named(case: OpenCase, calendars: Mapping[str, str]) -> Iterator[Part]:
    """What a case names of the bank: who has it, who owes something on it, who is concerned, what its clock runs by."""
    core = case.core
    for place in _places(core):
        yield "unit", place.unit
        if place.person is not None:
            yield "person", place.person
        if place.post is not None:
            yield "post", f"{place.unit}/{place.post}"
    if core.complained_unit is not None:
        yield "unit", core.complained_unit
    yield from (("person", person) for person in (*core.parties, *([core.agent] if core.agent else [])))
    if case.pack is not None:
        yield "class", "/".join(case.pack)
        yield "calendar", calendars.get(case.pack[0], "")


def _places(core: CaseCore) -> Iterator[Place]:
    owners: tuple[Any, ...] = (core.first_asked, core.accepting, core.handler, core.escalated_to)
    sides = (side for duty in core.open_duties() for side in (duty.terms.debtor, duty.terms.creditor))
    yield from (place for place in (*owners, *sides) if isinstance(place, Place))
