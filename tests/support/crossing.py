"""What two services can decide on one basis: drawn from random journeys, by what services declare that they answer."""

import copy
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from pydantic import ValidationError

from services.casework.decisions import COMMANDS
from shared.bank.in_force import organisation_in_force
from shared.contract.envelope import Event
from shared.errors import RedressError
from shared.kernel.service import CommandTrigger, LogTrigger, NoLongerDue, ReferenceTrigger, ResultTrigger, Trigger
from tests.support.banks import CHANGES, changed, publish
from tests.support.drawn_bodies import drawn_body
from tests.support.exits import Helper, entitled
from tests.support.facts import CASE, event
from tests.support.journey import told
from tests.support.world import World, result_of

LEVEL_BY_LEVEL = ("letter", "upper_branch")
ACTS_TO_A_REPORT = 12
"""The channels whose reports go up level by level, and after how many acts one is on its way on some of them."""
LATE_SHARE, LATEST = 0.25, 25
"""So many bases lie at most so many acts later than their journey."""


class Decided(NamedTuple):
    """What one service decided on a basis: the events of one answer."""

    service: str
    events: tuple[Event, ...]

    @property
    def name(self) -> str:
        """The type of the first of them."""
        return self.events[0].name


def basis(seed: int) -> World:
    """A case in the middle of a journey, as everybody has read it."""
    rng = Random(seed)
    world = told(seed, range(rng.randrange(4, 28)))
    for name in world.readers:
        world.catch_up(name)
    if rng.random() < LATE_SHARE:
        _brought_on(world, rng.randrange(LATEST))
    if rng.random() < 0.5:
        latest = world.known.versions("organisation", "bank")[-1].content
        publish(world.known, changed(latest, rng.choice([*CHANGES])), world.now)
    return world


def reported_up(seed: int) -> World | None:
    """A case that goes level by level, just as its report is on its way up; None where this journey has none."""
    world = told(seed, range(6))
    for name in world.readers:
        world.catch_up(name)
    state = world.state("routing")
    if state is None or state.core.channel not in LEVEL_BY_LEVEL:
        return None
    _brought_on(world, ACTS_TO_A_REPORT)
    return world


def _brought_on(world: World, acts: int) -> None:
    """Let somebody do what is owed, one act after the other: journeys alone seldom come near the end of a case."""
    helper = Helper(world, answers=True)
    world.settle()
    for _ in range(acts):
        world.passes(timedelta(minutes=1))
        if not helper.does_something():
            return
        world.settle()


def decided(world: World, rng: Random) -> Iterator[Decided]:
    """Everything that anybody could append next, each on the same basis."""
    for name, reader in world.readers.items():
        if reader.given.state is None:
            continue
        found: set[str] = set()
        for trigger in _triggers(world, name, rng):
            made = _made(world, name, trigger)
            if made and made[0].name not in found:  # one of a type is enough
                found.add(made[0].name)
                yield Decided(name, made)


def _triggers(world: World, name: str, rng: Random) -> Iterator[Trigger]:
    reader = world.readers[name]
    service, state = reader.service, reader.given.state
    yield from (LogTrigger(one) for one in reader.owed[: 1 if name == "sla" else None])  # clocks are told in order
    yield from service.stale(CASE, state, world.known, world.now)
    yield from sorted(service.timers(CASE, state), key=lambda timer: timer.due_at)[:6]
    for one in world.log:
        if name == "notify" and one.name == "MessageSendStarted":
            message = state.message(one.data["message_id"])
            if message is not None and message.state == "started":
                yield ResultTrigger(one.id, CASE, result_of(one, taken=rng.random() < 0.5))
    if name == "casework" and world.may_act():
        yield from _commands(world, rng)


def _commands(world: World, rng: Random) -> Iterator[CommandTrigger]:
    organisation = organisation_in_force(world.known, world.now).organisation
    for name, declared in COMMANDS.items():
        for _ in range(3):
            body = drawn_body(declared.body, world, [*organisation.people], [*organisation.units], rng)
            if may := entitled(world, declared, body):
                with suppress(ValidationError, RedressError):  # the API would not have taken it
                    yield CommandTrigger(world.command(rng.choice(may), name, body))


def _made(world: World, name: str, trigger: Trigger) -> tuple[Event, ...]:
    """The events of an answer; nothing where it is refused or needs none."""
    reader = world.readers[name]
    now = world.now + timedelta(minutes=1)
    now = max(now, trigger.due_at) if not isinstance(trigger, ANSWERS) else now
    try:
        facts = list(reader.given.when(trigger, now))
    except (RedressError, NoLongerDue):
        return ()
    made = (event(fact.data, trigger.id, at, fact.happened_at or now) for at, fact in enumerate(facts))
    return tuple(one._replace(basisid=world.log[-1].id, recordedtime=now.isoformat()) for one in made)


ANSWERS = (LogTrigger, ReferenceTrigger, ResultTrigger, CommandTrigger)


def after(world: World, name: str, events: list[Event]) -> Any:
    """The state of a service after further events."""
    given = copy.copy(world.readers[name].given)
    given._ids = list(given._ids)
    for one in events:
        given.fold(one)
    return given.state
