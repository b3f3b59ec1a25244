"""What a night engineer does with one process of a running installation: reads what it says, and restarts it."""

from collections.abc import Iterator

import httpx
import pytest

from ops.local.status import processes
from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY
from tests.support.installation import authorization, installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.long]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One installation for all tests of this file."""
    with installed(tmp_path_factory.mktemp("single") / "data", "system") as settings:
        yield settings


def test_a_process_that_is_restarted_is_another_one_and_ready_when_the_command_returns(bank: Settings) -> None:
    """The others go on; a complaint is taken in at once."""
    before = {row["name"]: row["pid"] for row in processes(bank)}
    said = redress("restart", "intake", "--data", str(bank.data)).stdout
    after = {row["name"]: row["pid"] for row in processes(bank)}
    headers = authorization(bank) | {"Idempotency-Key": "after"}
    answer = httpx.post(
        f"http://127.0.0.1:{bank.ports + 1}/v1/complaints/phone", json=BODY, headers=headers, timeout=20
    )

    assert said.startswith("intake is ready again after ")
    assert ["intake"] == [name for name in before if before[name] != after[name]]
    assert 201 == answer.status_code


@pytest.mark.parametrize("name", ["broker", "slo"])
def test_what_cannot_be_restarted_is_refused_with_what_can(bank: Settings, name: str) -> None:
    """The broker is the installation's own; everybody hangs on it."""
    done = redress("restart", name, "--data", str(bank.data), check=False)

    assert 2 == done.returncode
    assert f"redress: '{name}' is no process that may be restarted: choose of smtp-sink, routing, " in done.stderr


def test_the_logs_of_all_are_one_in_the_order_of_time(bank: Settings) -> None:
    """Of one process alone they are its own; as JSON as they were written."""
    all_ = redress("logs", "--data", str(bank.data)).stdout.splitlines()
    own = redress("logs", "sla", "--last", "3", "--data", str(bank.data)).stdout.splitlines()
    raw = redress("logs", "sla", "--json", "--data", str(bank.data)).stdout.splitlines()
    times = [line[:20] for line in all_ if line.startswith("20")]

    assert times == sorted(times)
    assert {"routing", "sla", "intake"} <= {line.split()[1] for line in all_}
    assert 3 == len(own)
    assert {"sla"} == {line.split()[1] for line in own}
    assert all(line.startswith("{") for line in raw)


def test_a_log_that_there_is_not_is_refused_with_those_that_there_are(bank: Settings) -> None:
    """One line that says what to do."""
    done = redress("logs", "slo", "--data", str(bank.data), check=False)

    assert 2 == done.returncode
    assert "redress: There is no log of 'slo': broker, casework, casework-api, " in done.stderr
