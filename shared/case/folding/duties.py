"""An event opens and ends the duties of a case as it lists them, also where facts crossed. Pure."""

from collections.abc import Iterator, Sequence
from sys import intern

from shared.case.crossings import ANSWERED_ANEW, LETTING_GO, NEW_ROUND, REACH_AHEAD, carries, lets_go
from shared.case.duties import (
    CASEWORK_SOURCE,
    CountingActs,
    ListsDuties,
    Opening,
    Openings,
    Place,
    Terms,
    once,
    place_of,
)
from shared.case.duty_kinds import ANSWER, ANTICIPATED
from shared.contract.envelope import Event
from shared.contract.events.stored.parts import DutyEndedData, DutyOpenedData
from shared.contract.ids import duty_id

NamedDuty = tuple[str, str, str | None]
"""A duty by the event that opened it, its kind and level."""
KindAndLevel = tuple[str, str | None]
"""What a duty has in common with its successor."""
TOLD: set[KindAndLevel] = {(ANSWER, None)}
"""What tells the customer a decision, and none that was revised since (crossings, rule 6)."""
_all_terms: dict[tuple[str, Place, Place | str | None, str | None], Terms] = {}
"""The one object of equal terms, found without making it first: an event that routes a case has two dozen of them."""


def opened_by(event: Event) -> Sequence[DutyOpenedData]:
    """The duties that an event lists as opened; none where its type cannot open any."""
    data: ListsDuties = event.data
    return data.get("duties_opened") or ()


def _last(acts: CountingActs, wanted: str) -> int:
    """The ordinal of the last event of a type that counts; -1 where none does."""
    return next((ordinal for name, ordinal in acts if name == wanted), -1)


def end(openings: Openings, event: Event, acts: CountingActs) -> Openings:
    """End the duties that an event lists, and those that it ends too where facts crossed (crossings, rules 3 to 6).

    ``acts``: what counts on the case: a reopening since which duties are of the present round, a revised decision.
    """
    data: ListsDuties = event.data
    listed = {ended["id"]: ended for ended in data.get("duties_ended") or ()}
    name = event.name
    done: set[KindAndLevel] = {(kind, None) for kind, before in ANTICIPATED.items() if before == name}
    done |= {(duty["kind"], duty["level"]) for duty in opened_by(event) if duty["state"] == "discharged"}
    if not listed and not done and name not in LETTING_GO and name != NEW_ROUND:
        return openings
    named = dict(_named(openings, listed))
    done |= {(kind, level) for (_, kind, level), state in named.items() if state == "discharged"}
    round_ordinal, revised = _last(acts, NEW_ROUND), _last(acts, ANSWERED_ANEW)
    former = event.basis_ordinal < round_ordinal < event.ordinal
    unseen = event.basis_ordinal < revised < event.ordinal
    if not former:
        instead = _instead(openings, listed, named)
        named |= dict.fromkeys((duty for duty in instead if not (unseen and duty[1] == ANSWER)), "discharged")
    since = revised if unseen else event.ordinal
    ended = [_ended(o, event, name, named, done - TOLD if o.ordinal >= since else done) for o in openings]
    return tuple(
        old if former and old.ordinal >= round_ordinal else new for old, new in zip(openings, ended, strict=True)
    )


def _instead(openings: Openings, listed: dict[str, DutyEndedData], named: dict[NamedDuty, str]) -> Iterator[NamedDuty]:
    """The open duties that a fact did in the place of those it lists, which a routing had set aside (rule 1).

    For each that is not open any more the one of its kind and level; for one that never counted the first of its kind.
    """
    open_ = [(o.event, t.kind, t.level) for o in openings for t, end in zip(o.terms, o.ends, strict=True) if end == 0]
    done = {(kind, level) for (_, kind, level), state in named.items() if state == "discharged"}
    told = {kind for kind, _ in done}
    unknown = {e["kind"] for e in listed.values() if e["state"] == "discharged"} - told
    for duty in open_:
        _, kind, level = duty
        if carries(kind) and ((kind, level) in done or kind in unknown):
            unknown.discard(kind)
            yield duty


def without(openings: Openings, act: int, by: int) -> Openings:
    """The duties without what the act of an ordinal changed, set aside by the event of another one.

    What it opened is let go, what it ended is owed again, unless it was done meanwhile by whoever owed it then.
    """
    done = {
        (terms.kind, terms.level): end
        for opening in openings
        if opening.ordinal == act
        for terms, end in zip(opening.terms, opening.ends, strict=True)
        if end > act + 1 and carries(terms.kind)
    }
    return tuple(_without(opening, act, by, done) for opening in openings)


def _without(opening: Opening, act: int, by: int, done: dict[KindAndLevel, int]) -> Opening:
    ends, by_casework = list(opening.ends), opening.by_casework
    for at, (terms, end) in enumerate(zip(opening.terms, opening.ends, strict=True)):
        if opening.ordinal == act and end == 0:
            ends[at] = -by - 1
            by_casework &= ~(1 << at)
        elif opening.ordinal != act and abs(end) == act + 1:
            ends[at] = done.get((terms.kind, terms.level), 0)
            by_casework = by_casework | (1 << at) if ends[at] else by_casework & ~(1 << at)
    return opening._replace(ends=once(tuple(ends)), by_casework=by_casework)


def _named(openings: Openings, listed: dict[str, DutyEndedData]) -> Iterator[tuple[tuple[str, str, str | None], str]]:
    """The listed duties by the event that opened them, kind and level, each with the state it gets."""
    kinds = {e["kind"] for e in listed.values()}
    for opening in openings:
        for terms in opening.terms:
            if terms.kind in kinds and (found := listed.get(duty_id(opening.event, terms.kind, terms.level))):
                yield (opening.event, terms.kind, terms.level), found["state"]


def _ended(
    opening: Opening, event: Event, name: str, named: dict[tuple[str, str, str | None], str], done: set[KindAndLevel]
) -> Opening:
    crossed = opening.ordinal > event.basis_ordinal
    by_casework, own = opening.by_casework, event.source == CASEWORK_SOURCE
    ends = list(opening.ends)
    for at, terms in enumerate(opening.terms):
        if ends[at] != 0:
            continue
        state = named.get((opening.event, terms.kind, terms.level))
        if state is None and crossed and (terms.kind, terms.level) in done and carries(terms.kind):
            state = "discharged"
        if state is None and crossed and lets_go(name, terms.kind):
            state = "waived"
        if state is not None:
            ends[at] = event.ordinal + 1 if state == "discharged" else -event.ordinal - 1
            by_casework |= own << at
    return opening._replace(ends=once(tuple(ends)), by_casework=by_casework)


def opening_of(openings: Openings, event: Event, acts: CountingActs) -> Opening | None:
    """The duties that an event opens; what was done or let go meanwhile begins so (crossings, rules 3 and 4)."""
    opened = opened_by(event)
    if not opened:
        return None
    terms = once(tuple([_terms(duty) for duty in opened]))
    meanwhile = [(name, at) for name, at in acts if at > event.basis_ordinal and name in REACH_AHEAD]
    ends = tuple([_first_end(openings, event, meanwhile, duty) for duty in opened])
    ended_by_others = event.source != CASEWORK_SOURCE
    by_casework = sum(
        1 << at for at, end in enumerate(ends) if end and not (ended_by_others and abs(end) == event.ordinal + 1)
    )
    return Opening(event.id, event.ordinal, terms, once(ends), by_casework)


def _terms(duty: DutyOpenedData) -> Terms:
    creditor = duty["creditor"]
    to = creditor if creditor is None or isinstance(creditor, str) else place_of(creditor)
    key = (duty["kind"], place_of(duty["debtor"]), to, duty["level"])
    return _all_terms.get(key) or _all_terms.setdefault(key, Terms(intern(duty["kind"]), *key[1:]))


def _first_end(openings: Openings, event: Event, meanwhile: list[tuple[str, int]], duty: DutyOpenedData) -> int:
    if duty["state"] != "open":
        return event.ordinal + 1 if duty["state"] == "discharged" else -event.ordinal - 1
    kind = duty["kind"]
    anew = event.name == NEW_ROUND or (event.name == ANSWERED_ANEW and kind == ANSWER)
    if not anew and carries(kind) and (end := _done_meanwhile(openings, event, (kind, duty["level"]))):
        return end
    if not meanwhile:
        return 0
    done = next((ordinal for name, ordinal in meanwhile if name == ANTICIPATED.get(kind)), None)
    if done is not None:
        return done + 1
    if event.source == CASEWORK_SOURCE:
        return 0  # what lets go is casework's own
    return next((-ordinal - 1 for name, ordinal in meanwhile if lets_go(name, kind)), 0)


def _done_meanwhile(openings: Openings, event: Event, wanted: KindAndLevel) -> int:
    """The end of a duty of this kind and level that was discharged after the event's basis; 0 if none crossed it."""
    own = event.source == CASEWORK_SOURCE
    for opening in openings:
        for at, (terms, end) in enumerate(zip(opening.terms, opening.ends, strict=True)):
            crossed = end - 1 > event.basis_ordinal and not (own and opening.by_casework >> at & 1)
            if crossed and (terms.kind, terms.level) == wanted:
                return end
    return 0
