"""A start that would do harm ends with one line that says what to do, and nothing has been started."""

import fcntl

import pytest

from ops.local.preparing import set_clock
from shared.contract.envelope import outgoing
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.support.broker import FreshTopics, free_ports
from tests.support.facts import event, receipt
from tests.support.installation import redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(120)]
STEERED = "steered:2020-03-05T10:00:00+08:00"


async def append_a_case(settings: Settings) -> None:
    """The receipt of a case whose key no vault here has."""
    log = KafkaLog(settings)
    await log.append([outgoing(event(receipt()))])
    await log.stop()


def refused(settings: Settings, *more: str, **environment: str) -> tuple[int, list[str]]:
    """``redress up`` on this log: its exit code, and the lines of its complaint."""
    installed = {
        "REDRESS_KAFKA_BOOTSTRAP": settings.bootstrap,
        "REDRESS_TOPIC_PREFIX": settings.topic_prefix,
        "REDRESS_INSTALLATION": settings.installation,
        "REDRESS_PARTITIONS": str(settings.partitions),
    }
    place = ("--data", str(settings.data), "--ports", str(settings.ports))
    done = redress("up", *place, *more, check=False, **installed | environment)
    assert not (settings.data / "run" / "supervisor.json").exists()
    return done.returncode, done.stderr.splitlines()


async def test_a_log_goes_on_with_the_clock_it_began_with(fresh_topics: FreshTopics) -> None:
    """A steered log has dates that this machine's clock knows nothing of, and the other way round."""
    steered, real = await fresh_topics(ports=free_ports(100)), await fresh_topics(ports=free_ports(100))
    await set_clock(steered, "2020-03-05T10:00:00+08:00")
    await append_a_case(real)
    code, lines = refused(steered)
    assert (2, 1) == (code, len(lines))
    assert "--clock steered" in lines[0]
    code, lines = refused(real, "--clock", STEERED)

    assert (2, 1) == (code, len(lines))
    assert "without --clock" in lines[0]


async def test_an_empty_vault_under_an_old_log_starts_nothing(fresh_topics: FreshTopics) -> None:
    """What came in would be sealed with keys of its own, and what is there could not be opened."""
    settings = await fresh_topics(ports=free_ports(100))
    await append_a_case(settings)

    code, lines = refused(settings)

    assert (2, 1) == (code, len(lines))
    assert "1 of 1 cases" in lines[0]


async def test_a_process_that_refuses_its_settings_ends_the_start_with_its_own_words(fresh_topics: FreshTopics) -> None:
    """It would refuse them again and again."""
    settings = await fresh_topics(ports=free_ports(100))
    lock = settings.data / "run" / "sla-0.lock"
    lock.parent.mkdir()
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, lines = refused(settings)

    assert (2, 1) == (code, len(lines))
    assert "redress: sla: slot 0 of sla is running already" in lines[0]
