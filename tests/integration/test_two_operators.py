"""Two operators who decide about one dead letter at once are both kept, and the second hears of the first."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ops.local.dead_letters import DONE, Governing, Outcome
from ops.local.letter_rules import Decision, Planned
from ops.local.reading import read_topic
from shared.contract.governance import GovernanceStep, outgoing_step, step_from, step_id
from shared.contract.letter_standings import Standing, Standings
from shared.contract.topics import GOVERNANCE
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.support.broker import FreshTopics
from tests.support.letters import as_record, letter

pytestmark = pytest.mark.kafka
DECISIONS = (
    Decision("luo.tian", "ops1", "the rules are corrected", "INC-7", "wu.qing"),
    Decision("jin.hao", "ops2", "it was posted anew", "INC-8", "wu.qing"),
)


def known() -> tuple[Standings, Standing]:
    """What one of them knows before he decides: a letter, and nothing of the other."""
    found = Standings()
    found.take_letter(as_record(letter(0).letter))
    return found, found.by_id["letter-0"]


async def kept(settings: Settings) -> list[GovernanceStep]:
    """The steps that count, as whoever reads the topic anew has them."""
    found, one = known()
    for record in await read_topic(settings, GOVERNANCE):
        found.take_step(record)
    return one.steps


async def answered(settings: Settings, asks: int) -> None:
    """The service: does what was asked for once so many have asked, and says so."""
    log = KafkaLog(settings, GOVERNANCE)
    try:
        reader, read = await log.read(0), list[GovernanceStep]()
        while len(read) < asks:
            read += [step_from(record) for record in await reader.batch(0.1)]
        await reader.stop()
        step = GovernanceStep(
            id=step_id("letter-0", "redrive_answered", 1), kind="redrive_answered", at=datetime.now(UTC),
            letter="letter-0", service="sla", case="case-1", number=1, outcome="done",
        )  # fmt: skip
        await log.append([outgoing_step(step)])
    finally:
        await log.stop()


async def redriven(settings: Settings, decision: Decision) -> Outcome:
    """One of them has it tried again."""
    standings, one = known()
    governing = Governing(settings, standings, decision)
    try:
        (outcome,) = await governing.redrive([Planned(one, 0)], lambda _: None)
    finally:
        await governing.stop()
    return outcome


async def discarded(settings: Settings, decision: Decision) -> str:
    """One of them sets it aside; what he is told of the other."""
    standings, one = known()
    governing = Governing(settings, standings, decision)
    try:
        return await governing.discard(one)
    finally:
        await governing.stop()


def told_of_each_other(first: GovernanceStep, told: dict[str, str]) -> bool:
    """Whether the second alone was told, and what the first did."""
    others = [said for who, said in told.items() if f"person:{who}" != first.who]
    said = f"first by {first.who} at {first.at:%Y-%m-%dT%H:%M:%SZ}: {first.why}, ticket {first.ticket}"
    return "first by" not in told[str(first.who).removeprefix("person:")] and all(said in one for one in others)


async def test_two_who_redrive_a_letter_at_once_are_both_kept(fresh_topics: FreshTopics, tmp_path: Path) -> None:
    """It is done once, and both get the outcome."""
    settings = await fresh_topics(data=tmp_path)
    service = asyncio.create_task(answered(settings, asks=2))
    outcomes = await asyncio.gather(*(redriven(settings, one) for one in DECISIONS))
    await service
    asked = [step for step in await kept(settings) if step.kind == "redrive_asked"]

    assert [DONE, DONE] == [one.outcome for one in outcomes]
    assert {(f"person:{one.who}", one.account, one.why, one.ticket) for one in DECISIONS} == {
        (one.who, one.account, one.why, one.ticket) for one in asked
    }
    assert told_of_each_other(asked[0], {d.who: o.said for d, o in zip(DECISIONS, outcomes, strict=True)})


async def test_who_asks_while_a_redrive_is_under_way_is_kept_beside_it(
    fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """Whoever repeats his own command is not kept twice."""
    settings = await fresh_topics(data=tmp_path)
    first = asyncio.create_task(redriven(settings, DECISIONS[0]))
    while not await kept(settings):
        await asyncio.sleep(0.1)
    standings = Standings()
    standings.take_letter(as_record(letter(0).letter))
    for record in await read_topic(settings, GOVERNANCE):
        standings.take_step(record)
    one = standings.by_id["letter-0"]
    second, again = (Governing(settings, standings, decision) for decision in (DECISIONS[1], DECISIONS[0]))
    joined, repeated = await second._ask(one), await again._ask(one)
    service = asyncio.create_task(answered(settings, asks=2))
    outcome = await first
    await service
    for one_of_them in (second, again):
        await one_of_them.stop()

    assert (DONE, 1, 1) == (outcome.outcome, joined.number, repeated.number)
    assert ["person:luo.tian", "person:jin.hao", None] == [step.who for step in await kept(settings)]


async def test_two_who_discard_a_letter_at_once_are_both_kept(fresh_topics: FreshTopics, tmp_path: Path) -> None:
    """Each with who agreed, why and for which ticket."""
    settings = await fresh_topics(data=tmp_path)
    told = await asyncio.gather(*(discarded(settings, one) for one in DECISIONS))
    steps = await kept(settings)

    assert {(f"person:{one.who}", one.why, one.ticket) for one in DECISIONS} == {
        (one.who, one.why, one.ticket) for one in steps
    }
    assert told_of_each_other(steps[0], {d.who: said for d, said in zip(DECISIONS, told, strict=True)})
