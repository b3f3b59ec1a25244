"""A random journey: one case in one bank, people who act, services that lag, letters that fail, a bank that changes.

A journey is told by its seed and by the steps of it that are taken; each step draws from a seed of its own, so that
steps can be left out and the rest stays what it was.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache
from random import Random
from typing import Any

from pydantic import ValidationError

from services.casework.decisions import COMMANDS
from services.routing.rules.evaluation import parse_rules
from shared.bank.in_force import organisation_in_force
from shared.bank.organisation import Organisation
from shared.case.duty_kinds import KINDS as DUTY_KINDS
from shared.contract.channels import CHANNELS, WATCHED
from shared.contract.events.intake import EvidenceAdded, ReceiptAdded
from shared.contract.submissions import SUBMISSIONS
from shared.sealing.vault import seal_with
from tests.support.banks import BANKS, CHANGES, changed, publish, published
from tests.support.casework import SETTLEMENT
from tests.support.drawn_bodies import SPEAKER, drawn_body
from tests.support.exits import NOT_TRUE, Helper, entitled
from tests.support.facts import CASE, SEALED, receipt
from tests.support.outside_facts import outside
from tests.support.world import KEY, NAMES, World

STEPS = 30
KINDS = {
    "act": 9, "go_on": 9, "hear": 6, "answer": 6, "fire": 2, "deliver": 3, "wait": 2, "recheck": 1, "change": 1,
    "again": 1, "outside": 1,
}  # fmt: skip
"""What can happen next, and how often it does."""
FOLLOWING = {"execute-step": "execute_step", "execute-remedy": "execute_remedy"}
REASONS = ("work_error", "service_product", "violation", None)


@lru_cache
def channels() -> tuple[str, ...]:
    """The channels on which everything that is owed can be done: there is a command, a letter or the receipt for it."""
    known = published("example")
    rules = known.parsed(known.in_force("routing", "rules", World.BEGIN), parse_rules)
    made = {declared.becomes.__name__ for declared in COMMANDS.values()} | {"MessageSent", "ComplaintReceived"}
    kinds = {kind for kind, declared in DUTY_KINDS.items() if made.intersection(declared.discharged_by)}
    forms = [(code, form) for code, channel in CHANNELS.items() for form in channel.forms or ("",)]
    owed = {pair: {duty.kind for duty in rules(pair[0], "sub_branch", pair[1]).duties} for pair in forms}
    return tuple(code for code in CHANNELS if all(owed[pair] <= kinds for pair in forms if pair[0] == code))


def begun(seed: int) -> World:
    """The receipt of a journey, in its bank."""
    rng = Random(seed)
    bank = rng.choice((*BANKS, "example"))
    known = published(bank)
    world = World(_receipt(known, rng), known)
    world.mail_works = rng.random() < 0.8
    return world


def _receipt(known: Any, rng: Random) -> Any:
    organisation = organisation_in_force(known, World.BEGIN).organisation
    units, people = [*organisation.units], [*organisation.people]
    anonymous = rng.random() < 0.2
    reach = [] if rng.random() < 0.25 else [rng.choice((["email"], ["phone"], ["email", "phone"]))][0]
    email = {"email": SEALED.model_copy(update={"label": "complainant.email"})} if "email" in reach else {}
    concerned = [rng.choice(people)] if rng.random() < 0.2 else []
    taker = rng.choice([None, *people]) if rng.random() < 0.6 else None
    channel = rng.choice((*channels(), *SUBMISSIONS))
    changes = {
        "channel": channel,
        "details": _details(channel, units, people, rng),
        "received_by": {"unit": _receiving(organisation, taker, rng), "person": taker},
        "origin": {"kind": rng.choice(("none", "none", "none", "regulator", "consumer_body"))},
        "anonymous": anonymous,
        "reachable_by": [] if anonymous else reach,
        "complainant": None if anonymous else email,
        "matter": {
            "reason": rng.choice(REASONS),
            "complained_unit": rng.choice([None, *units, *units]),
            "complained_persons": concerned,
        },
    }
    changes |= _speakers(changes, rng)
    if rng.random() < 0.25:
        changes["settlement"] = _settlement()
    return receipt(**changes)


def _speakers(receipt: dict[str, Any], rng: Random) -> dict[str, Any]:
    """Of some complaints somebody else than the customer speaks, proved or not; of some several do."""
    chance, who = rng.random(), receipt["complainant"]
    if who is not None and chance < 0.25:
        return {"complainant": who | on_behalf(rng)}
    if who is not None and chance < 0.4:
        one = {"reachable_by": receipt["reachable_by"], **who}
        people = [one | {"name": name_at(f"group.representatives.{at}.name")} for at in (0, 1)]
        return {"group": {"size": 30, "representatives": people}, "complainant": None}
    return {}


def on_behalf(rng: Random) -> dict[str, Any]:
    """Somebody speaks for the customer."""
    behalf = {"name": SEALED, "relation": rng.choice(("proxy", "heir")), "authority": "claimed"}
    proved = {"authority": "proved", "proof": SEALED} if rng.random() < 0.2 else {}
    return {"name": name_at("complainant.name"), "on_behalf_of": behalf | proved}


def name_at(label: str) -> Any:
    """The name by which commands that are drawn call whoever speaks."""
    return seal_with(KEY, CASE, label, SPEAKER)


def _receiving(organisation: Organisation, taker: str | None, rng: Random) -> str:
    """The unit that received it; where nobody is named sometimes the one at the top, which passes it down."""
    if taker is not None:
        return organisation.people[taker].unit
    top = next(unit.id for unit in organisation.units.values() if unit.parent is None)
    return top if rng.random() < 0.6 else "dongqiao"


def _details(channel: str, units: Sequence[str], people: Sequence[str], rng: Random) -> dict[str, Any]:
    """What of a channel's details decides who has the case, or until when."""
    if CHANNELS[channel].forms:
        return {"form": rng.choice(CHANNELS[channel].forms), "body": "某监管局"} | _found(channel, rng)
    if CHANNELS[channel].transferred:
        return {"unit": rng.choice(units)}
    if channel == "walk_in" and rng.random() < 0.3:
        return {"receptionist": rng.choice(people)}
    return _found(channel, rng)


def _found(channel: str, rng: Random) -> dict[str, Any]:
    """What is found in media and networks is confirmed by the receipt that names it."""
    return {"candidate": "found"} if channel in WATCHED and rng.random() < 0.3 else {}


def _settlement() -> dict[str, Any]:
    texts = ("findings", "words", "agreed_proof", "lessons_and_measures", "treatment_of_persons", "handler_and_phone")
    return SETTLEMENT | dict.fromkeys(texts, SEALED.model_dump()) | {"remedy": {"kind": "apology"}}


def answers(seed: int) -> bool:
    """Whether the customer of a journey can be spoken with when it comes to an end."""
    return seed % 3 != 0


def told(seed: int, steps: Sequence[int] = range(STEPS)) -> World:
    """The case after these steps of a journey; not everybody has heard everything yet."""
    world = begun(seed)
    for step in steps:
        rng = Random(seed * 1000 + step)
        kind = rng.choices([*KINDS], [*KINDS.values()])[0]
        _STEPS[kind](world, rng)
    return world


def _act(world: World, rng: Random) -> None:
    """Somebody does something, mostly somebody who may, mostly on what has happened so far."""
    if rng.random() < 0.8:
        for name in ("routing", "casework"):
            world.catch_up(name)
            world.answer(name)
        world.catch_up("casework")
    if not world.may_act():
        return
    organisation = organisation_in_force(world.known, world.now).organisation
    people, units = [*organisation.people], [*organisation.units]
    world.passes(timedelta(minutes=rng.choice((1, 1, 60))))
    for _ in range(6):  # so long until one fits
        name = rng.choice([name for name in COMMANDS if name not in NOT_TRUE or rng.random() < 0.35])
        asked = [one.act for one in world.state("casework").asked]
        if rng.random() < 0.3:  # else what needs a second person would hardly ever happen
            name = "approve" if asked else "waive-duty"
        elif (next_ := _agreed_next(world)) is not None and rng.random() < 0.4:
            name = next_
        body = drawn_body(COMMANDS[name].body, world, people, units, rng)
        may = entitled(world, COMMANDS[name], body) if rng.random() < 0.95 else people
        try:
            if may and world.acts(rng.choice(may), name, body):
                return
        except ValidationError:
            continue  # the API would not have taken it


def _agreed_next(world: World) -> str | None:
    """What follows an offer of a plan, and what is granted: by chance alone it would hardly ever come."""
    core = world.state("casework").core
    if core.agreed.open_plan is not None:
        return "answer-plan"
    owed = {duty.terms.kind: name for name, kind in FOLLOWING.items() for duty in core.open_duties(kind)}
    return next(iter(owed.values()), "offer-plan" if not core.agreed.plans and not core.ended else None)


def _go_on(world: World, rng: Random) -> None:
    """Somebody does what is owed next."""
    if rng.random() < 0.8:
        for name in ("routing", "casework"):
            world.catch_up(name)
            world.answer(name)
        world.catch_up("casework")
    if world.may_act():
        world.passes(timedelta(minutes=rng.choice((1, 60))))
        Helper(world, answers=rng.random() < 0.8).does_something()


def _hear(world: World, rng: Random) -> None:
    world.catch_up(rng.choice(NAMES), rng.choice((None, None, 1, 2)))


def _answer(world: World, rng: Random) -> None:
    world.answer(rng.choice(NAMES))


def _fire(world: World, rng: Random) -> None:
    world.fire()


def _deliver(world: World, rng: Random) -> None:
    """A letter comes to its end; sometimes one that was to be written first."""
    if rng.random() < 0.5:
        world.catch_up("sla")
        world.answer("sla")
        world.catch_up("notify")
        world.answer("notify")
    world.deliver(rng.random() < 0.6)


def _wait(world: World, rng: Random) -> None:
    world.passes(rng.choice((timedelta(hours=3), timedelta(days=1), timedelta(days=12))))


def _recheck(world: World, rng: Random) -> None:
    world.recheck(rng.choice(NAMES))


def _change(world: World, rng: Random) -> None:
    """The bank becomes another one."""
    latest = world.known.versions("organisation", "bank")[-1].content
    publish(world.known, changed(latest, rng.choice([*CHANGES])), world.now)


def _again(world: World, rng: Random) -> None:
    """The same complaint is received once more, perhaps with somebody complained about, perhaps by a known customer."""
    organisation = organisation_in_force(world.known, world.now).organisation
    email = {"email": SEALED.model_copy(update={"label": "complainant.email"})}
    known = rng.random() < 0.6
    concerned = [rng.choice([*organisation.people])] if rng.random() < 0.4 else []
    said = {"receipt_id": "again", "channel": "letter", "received_at": world.now, "fingerprint": "again"}
    said |= {"received_by": {"unit": "dongqiao", "person": None}, "reachable_by": ["email"] if known else []}
    matter = {"narrative": SEALED, "complained_persons": concerned}
    email |= on_behalf(rng) if rng.random() < 0.3 else {}
    more = {"anonymous": not known, "complainant": email if known else None, "matter": matter}
    world.receives(ReceiptAdded.model_validate(said | more))
    if rng.random() < 0.5:
        file = {"sha256": "00", "size_bytes": 1, "kind": "photo", "media_type": "image/png", "file_name": SEALED}
        world.receives(EvidenceAdded.model_validate(file))


_STEPS: dict[str, Callable[[World, Random], None]] = {
    "act": _act, "go_on": _go_on, "hear": _hear, "answer": _answer, "fire": _fire, "deliver": _deliver, "wait": _wait,
    "recheck": _recheck, "change": _change, "again": _again, "outside": outside,
}  # fmt: skip


def shortened(seed: int, fails: Callable[[World], bool]) -> list[int]:
    """The fewest steps of a journey that still fail, by leaving out what can be left out."""
    steps = list(range(STEPS))
    for step in reversed(range(STEPS)):
        fewer = [one for one in steps if one != step]
        if fails(told(seed, fewer)):
            steps = fewer
    return steps


def story(world: World) -> str:
    """What happened, line by line."""
    lines = [f"{n:3} {one.name:24} {one.actor:20} {_about(one)}" for n, one in enumerate(world.log)]
    core = world.state("casework").core
    owed = [(d.terms.kind, d.terms.level, d.terms.debtor) for d in core.open_duties()]
    owners = f"accepting {core.accepting}, handler {core.handler}, parties {core.parties}, unit {core.complained_unit}"
    return "\n".join([*lines, f"life {core.life}; {owners}", *map(str, owed)])


def _about(one: Any) -> str:
    keep = ("ground", "code", "about", "kind", "milestone", "unit", "person", "outcome", "mode", "why", "document")
    return str({name: one.data[name] for name in keep if isinstance(one.data.get(name), str | list)})
