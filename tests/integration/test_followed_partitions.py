"""A worker follows the partitions that are its own; what it folded of others waits until they come back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from services.routing.decisions import SERVICE
from shared.process.settings import Settings
from tests.chaos.submitter import submit
from tests.support.broker import FreshTopics
from tests.support.waiting import until
from tests.support.workers import WithoutFaust

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.usefixtures("nothing_left_open")]
CASES = 40


class SteeredWorker(WithoutFaust):
    """Owns what the test says, instead of what Faust's group would say."""

    async def settle_on(self, *partitions: int) -> None:
        """A rebalance that ends so; returns once everything is folded, decided and read back."""
        await self.partitions.revoke()
        await self.own(*partitions)
        await until(self.at_rest)

    def at_rest(self) -> bool:
        """Whether it has nothing left to do."""
        return self.ready() and not self.settled()["owed"]


def cases_of(worker: SteeredWorker, partition: int) -> dict[str, Any]:
    """The states of the cases that a worker has of a partition."""
    return {case: entry.state for case, entry in worker.folds[partition].cases.items()}


@pytest.fixture
async def settings(fresh_topics: FreshTopics) -> Settings:
    """An installation with its reference data."""
    made = await fresh_topics()
    await publish_defaults(made, EXAMPLE_ORGANISATION)
    return made


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[SteeredWorker]:
    """A running worker that owns nothing yet."""
    one = SteeredWorker(SERVICE, settings)
    running = asyncio.create_task(one.run())
    await one.opened.wait()
    await one.broadcasts.caught_up()
    yield one
    one.stop()
    await running


async def test_what_others_own_is_not_folded_until_it_comes_back(settings: Settings, worker: SteeredWorker) -> None:
    """Else every worker would in the end read and keep the whole log, whoever owns it."""
    await worker.settle_on(0, 1)
    lost = worker.folds[0]
    await worker.settle_on(1)
    stood = lost.position
    await submit(settings, CASES)
    await until(lambda: bool(cases_of(worker, 1)) and worker.at_rest())

    assert (stood, {}) == (lost.position, dict(lost.cases.items()))
    await worker.settle_on(0, 1)

    found = cases_of(worker, 0)
    assert len(found) > 0
    assert None not in found.values()
