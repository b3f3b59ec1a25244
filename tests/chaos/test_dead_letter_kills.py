"""Whoever is killed while dead letters are seen to: the same command again does all of it, and nothing of it twice."""

import asyncio
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from ops.local import installation
from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.contract.governance import GovernanceStep
from shared.contract.topics import GOVERNANCE, INBOX, topic_name
from shared.process.bombs import EXIT_CODE
from shared.process.settings import Settings
from tests.chaos import alone, intake_lives
from tests.chaos.lives import Life, killed_afterwards, live
from tests.chaos.submitter import submit
from tests.chaos.test_announcing import announced, unreadable, until_announced
from tests.support.broker import FreshTopics, free_ports
from tests.support.installation import redress

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(300), pytest.mark.long]
LETTERS = 5
DEATHS = ("append:1", "append:2", "step_taken:1", "step_taken:1")
"""Where the tool dies, one run after the other: as a step is handed over, and once it is durable."""
WHO = ("--who", "luo.tian", "--why", "as the runbook says")


async def run(settings: Settings, *arguments: str, bombs: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the tool, with a bomb armed."""
    place = ("--data", str(settings.data))
    return await asyncio.to_thread(redress, "dead-letters", *arguments, *place, check=False, REDRESS_BOMBS=bombs)


async def steps(settings: Settings) -> list[GovernanceStep]:
    """What stands in the topic of governance, as often as it does."""
    return [GovernanceStep.model_validate_json(record.value) for record in await read_topic(settings, GOVERNANCE)]


async def per_letter(settings: Settings) -> Counter[tuple[tuple[str, str | None], ...]]:
    """How many letters have these steps, each with its outcome."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    for one in await steps(settings):
        found.setdefault(one.letter, []).append((one.kind, one.outcome))
    return Counter(tuple(kinds) for kinds in found.values())


async def told(settings: Settings, life: Life, service: str, letters: int) -> None:
    """Let a service tell of so many dead letters."""
    async with killed_afterwards(life, settings, service), asyncio.timeout(40):
        while len(await announced(settings)) < letters:
            await asyncio.sleep(0.3)


async def test_a_redrive_that_is_killed_at_any_step_is_done_once_when_it_is_run_again(
    fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """The tool dies again and again, then the service; each letter is tried once by one decision."""
    settings = await fresh_topics(data=tmp_path, ports=free_ports(100))
    installation.remember(settings)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    await submit(settings, LETTERS)
    cases = [await unreadable(settings, number) for number in range(LETTERS)]
    async with killed_afterwards(alone.stay, settings, "routing"):
        await until_announced(settings, *cases)
    redrive = ("redrive", "--service", "routing", *WHO)

    died = [(await run(settings, *redrive, bombs=bomb)).returncode for bomb in DEATHS]
    asked = await per_letter(settings)
    service_died = await live(alone.stay, settings, "routing", bomb="redriven:1")
    async with killed_afterwards(alone.stay, settings, "routing"):
        last = await run(settings, *redrive)
        again = await run(settings, *redrive)

    tried = (("redrive_asked", None), ("redrive_answered", "failed"))
    assert ([EXIT_CODE] * len(DEATHS), True) == (died, service_died)
    assert {(("redrive_asked", None),)} == set(asked)
    assert (1, LETTERS) == (last.returncode, last.stdout.count("failed: JSONDecodeError"))
    assert (1, LETTERS) == (again.returncode, again.stdout.count("failed by this very decision"))
    assert {tried: LETTERS} == await per_letter(settings)


@pytest.mark.parametrize("bomb", ["append:1", "step_taken:1"])
async def test_a_letter_is_discarded_once_whoever_dies(fresh_topics: FreshTopics, tmp_path: Path, bomb: str) -> None:
    """Run again it says that it was, or does it."""
    settings = await fresh_topics(data=tmp_path, ports=free_ports(100))
    installation.remember(settings)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    await submit(settings, 1)
    case = await unreadable(settings, 0)
    async with killed_afterwards(alone.stay, settings, "routing"):
        await until_announced(settings, case)
    ((_, letter),) = await announced(settings)
    discard = ("discard", letter, *WHO, "--approved-by", "jin.hao")
    ran = [(await run(settings, *discard, bombs=said)).returncode for said in (bomb, "", "")]

    assert [EXIT_CODE, 0, 0] == ran
    assert {(("discarded", None),): 1} == await per_letter(settings)


async def test_an_inbox_that_dies_behind_a_redrive_does_it_once_more_and_says_so_once(
    fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """It stands in the topic until it is answered."""
    settings = await fresh_topics(data=tmp_path, ports=free_ports(100))
    installation.remember(settings)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap, acks="all") as producer:
        await producer.send_and_wait(topic_name(settings, INBOX), b"[]", key=b"key")
    await told(settings, intake_lives.run, "inbox", 1)
    asked = await run(settings, "redrive", "--service", "intake-inbox", *WHO, bombs="step_taken:1")
    died = await live(intake_lives.run, settings, "inbox", bomb="inbox_redriven:1")
    async with killed_afterwards(intake_lives.run, settings, "inbox"), asyncio.timeout(40):
        while len(await steps(settings)) < 2:
            await asyncio.sleep(0.3)

    assert (EXIT_CODE, True) == (asked.returncode, died)
    assert {(("redrive_asked", None), ("redrive_answered", "failed")): 1} == await per_letter(settings)
