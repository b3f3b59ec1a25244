"""Who may work beside whom: a place in a group is one worker's, and stores in a data folder are one machine's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ops.local import installation
from shared.kernel.faust_group import FaustGroup
from shared.log.group_admin import members
from shared.log.membership import (
    PlaceTaken,
    StoresOfOneMachine,
    check_place,
    check_stores,
    identity,
    instance_id,
    own_stores,
)
from shared.process.settings import Settings
from tests.support.broker import FreshTopics, free_ports
from tests.support.installation import redress
from tests.support.processes import environment

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200), pytest.mark.long]
SHARED: dict[str, Any] = {
    "vault_url": SecretStr("postgresql://redress@db.bank.example/vault"), "documents_bucket": "documents",
}  # fmt: skip


def on(settings: Settings, folder: Path, **other: Any) -> Settings:
    """The same installation from another data folder, as on another machine."""
    (folder / "run").mkdir(parents=True, exist_ok=True)
    return settings.model_copy(update={"data": folder, **other})


@asynccontextmanager
async def working(settings: Settings, service: str = "routing") -> AsyncIterator[None]:
    """A worker's membership, from its first assignment on."""
    (settings.data / "run").mkdir(parents=True, exist_ok=True)
    assigned = asyncio.Event()

    async def take(partitions: set[int]) -> None:
        assigned.set()

    async def give() -> None:
        pass

    group = FaustGroup(settings, service, take, give)
    member = asyncio.create_task(group.run())
    try:
        async with asyncio.timeout(60):
            await assigned.wait()
        yield
    finally:
        member.cancel()
        await group.stop()


async def test_a_second_worker_with_one_instance_id_is_refused(fresh_topics: FreshTopics, tmp_path: Path) -> None:
    """One line that names the place, the other machine, and the setting by which there are two places."""
    first = await fresh_topics(machine="hall-1", **SHARED)
    second = on(first, tmp_path / "second")
    async with working(first):
        with pytest.raises(PlaceTaken) as refused:
            await FaustGroup(second, "routing", _nobody, _nothing).run()
        await check_place(on(second, tmp_path / "second", machine="hall-2"), "routing", [0])

    assert "\n" not in refused.value.detail
    assert "routing-hall-1-0 is a live worker already, at 127.0.0.1 of machine hall-1" in refused.value.detail
    assert "REDRESS_MACHINE" in refused.value.detail


async def _nobody(partitions: set[int]) -> None:
    raise AssertionError("who is refused gets no partition")


async def _nothing() -> None:
    pass


async def test_whoever_holds_the_same_folder_takes_the_place_of_his_former_process(fresh_topics: FreshTopics) -> None:
    """The brokers still have the dead one, and he is no stranger: a restart waits for no session to time out."""
    settings = await fresh_topics(machine="hall-1")
    async with working(settings):
        pass
    still = await members(settings, [f"{settings.installation}.routing"])
    await check_place(settings, "routing", [0])
    async with working(settings):
        again = await members(settings, [f"{settings.installation}.routing"])

    assert [(instance_id(settings, "routing", 0), str(identity(settings)))] == [(m.instance, m.client) for m in still]
    assert len(again) == 1


async def test_a_dead_worker_of_another_machine_is_waited_for(fresh_topics: FreshTopics, tmp_path: Path) -> None:
    """A machine that takes another's name begins once the other's session has timed out."""
    first = await fresh_topics(machine="hall-1", **SHARED)
    async with working(first):
        pass
    second = on(first, tmp_path / "second")
    async with working(second):
        found = await members(second, [f"{second.installation}.routing"])

    assert [str(identity(second))] == [one.client for one in found]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({}, {}, "this one"),
        (SHARED, {}, "this one"),
        (SHARED, {"vault_url": SHARED["vault_url"], "documents_bucket": None}, "REDRESS_DOCUMENTS_BUCKET"),
        ({}, SHARED, "that one"),
    ],
)
async def test_a_second_machine_with_stores_in_its_data_folder_is_refused(
    fresh_topics: FreshTopics, tmp_path: Path, first: dict[str, Any], second: dict[str, Any], told: str
) -> None:
    """Whichever of the two has them, and whether it is a worker or one who only looks."""
    settings = await fresh_topics(machine="hall-1", **first)
    none = dict.fromkeys(SHARED)
    beside = on(settings, tmp_path / "second", machine="hall-2", **(none | second))
    async with working(settings, "sla"):  # each of them waits for as long as a session lasts: both at once
        checks = check_place(beside, "routing", [0]), check_stores(beside)
        refused = await asyncio.gather(*checks, return_exceptions=True)

    assert [StoresOfOneMachine] * len(checks) == [type(one) for one in refused]
    assert all(told in str(one) and "\n" not in str(one) for one in refused)


async def test_machines_with_shared_stores_work_side_by_side(fresh_topics: FreshTopics, tmp_path: Path) -> None:
    """Whoever starts a console there needs its database shared as well."""
    settings = await fresh_topics(machine="hall-1", **SHARED)
    beside = on(settings, tmp_path / "second", machine="hall-2")
    async with working(settings):
        await check_place(beside, "routing", [0, 1])
        await check_stores(beside)
        with pytest.raises(StoresOfOneMachine) as refused:
            await check_stores(beside, "REDRESS_CONSOLE_URL")

    assert [] == own_stores(beside)
    assert "REDRESS_CONSOLE_URL" in refused.value.detail


async def test_up_refuses_a_second_machine_with_one_line(fresh_topics: FreshTopics, tmp_path: Path) -> None:
    """Exit code 2, before anything is started there."""
    settings = await fresh_topics()
    beside = on(settings, tmp_path / "second", ports=free_ports(100))
    async with working(settings):
        done = await asyncio.to_thread(
            redress, "up", "--data", str(beside.data), "--ports", str(beside.ports), check=False, **environment(beside)
        )

    assert (2, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
    assert f"this one ({beside.data}) has stores in its data folder" in done.stderr
    assert not (beside.data / "run" / "supervisor.json").exists()


def test_too_few_brokers_for_the_replicas_are_refused_with_one_line(kafka: str, tmp_path: Path) -> None:
    """One broker holds no three replicas; nothing is made."""
    settings = Settings(kafka_bootstrap=kafka, installation="few", topic_prefix="few.", data=tmp_path, replication=3)
    installation.remember(settings)
    done = redress("topics", "apply", "--data", str(tmp_path), check=False, **environment(settings))

    assert (2, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert "REDRESS_REPLICATION=3 needs 3 brokers before topics can be made, and there is 1" in done.stderr
