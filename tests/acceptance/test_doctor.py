"""The doctor tells what is well, and of what is wrong what to do; it changes nothing."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY
from tests.support.broker import free_ports
from tests.support.installation import authorization, installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
LOOKED_AT = ["settings", "disk", "processes", "brokers", "keys", "clock", "versions", "mail server", "webhooks"]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One installation with a case, for all tests of this file."""
    with installed(tmp_path_factory.mktemp("doctor") / "data", "system") as settings:
        headers = authorization(settings) | {"Idempotency-Key": "one"}
        url = f"http://127.0.0.1:{settings.ports + 1}/v1/complaints/phone"
        assert 201 == httpx.post(url, json=BODY, headers=headers, timeout=20).status_code
        yield settings


@pytest.fixture
def closed() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wrong(data: Path, **environment: str) -> dict[str, str]:
    """What the doctor finds wrong, by what it is about; its exit code says whether there is anything."""
    done = redress("doctor", "--json", "--data", str(data), check=False, **environment)
    findings = json.loads(done.stdout)
    found = {one["about"]: " ".join(one["wrong"]) for one in findings if one["wrong"]}

    assert LOOKED_AT == [one["about"] for one in findings]
    assert bool(found) == (done.returncode == 1), done.stderr
    return found


def test_all_is_well_where_everything_is_as_it_has_to_be(bank: Settings) -> None:
    """A line each, for whoever reads it at a terminal; a case of the log was looked up in the vault."""
    said = redress("doctor", "--data", str(bank.data)).stdout

    assert [("well", about.split()[0]) for about in LOOKED_AT] == [
        tuple(line.split()[:2]) for line in said.splitlines()
    ]
    assert "1 cases looked at" in said


def test_before_the_first_start_nothing_is_wrong(tmp_path: Path) -> None:
    """It says what would start it, and leaves nothing behind."""
    assert {} == wrong(tmp_path / "data", REDRESS_PORTS=str(free_ports(100)))
    assert [] == list(tmp_path.iterdir())


def test_ports_that_others_use_are_named_where_nothing_runs(bank: Settings, tmp_path: Path) -> None:
    """Before a start fails by them."""
    found = wrong(tmp_path / "data", REDRESS_PORTS=str(bank.ports))

    assert {"processes", "brokers"} >= found.keys()
    assert f"{bank.ports + 1}" in found["processes"]
    assert "choose others with --ports" in found["processes"]


def test_a_master_key_that_does_not_fit_the_log_is_found(bank: Settings, tmp_path: Path) -> None:
    """Before anybody fails to open something."""
    other = tmp_path / "other.key"
    other.write_bytes(bytes(range(32)))

    assert "1 of 1 cases" in wrong(bank.data, REDRESS_MASTER_KEY_FILE=str(other))["keys"]


def test_a_mail_server_that_does_not_answer_is_found(bank: Settings, closed: int) -> None:
    """Nothing is sent to find out."""
    assert ["settings", "mail server"] == [*wrong(bank.data, REDRESS_SMTP_PORT=str(closed))]


def test_brokers_that_cannot_be_reached_are_found(tmp_path: Path, closed: int) -> None:
    """In bounded time."""
    found = wrong(tmp_path / "data", REDRESS_KAFKA_BOOTSTRAP=f"127.0.0.1:{closed}")

    assert {"brokers", "keys", "clock", "versions", "webhooks"} == found.keys()


def test_a_shell_with_other_settings_than_what_runs_is_told(bank: Settings, closed: int) -> None:
    """Names alone. What works on what is kept is refused: it would work elsewhere, and say that all is done."""
    other = {"REDRESS_CONSOLE_URL": f"postgresql://redress:secret@127.0.0.1:{closed}/postgres"}
    place = ("--data", str(bank.data))
    refused = redress("console", "rebuild", *place, check=False, **other)

    assert "with another REDRESS_CONSOLE_URL:" in wrong(bank.data, **other)["settings"]
    assert (2, 1) == (refused.returncode, refused.stderr.count("\n"))
    assert "with another REDRESS_CONSOLE_URL:" in refused.stderr
    assert "secret" not in refused.stderr


def test_a_setting_that_no_start_takes_is_found(bank: Settings) -> None:
    """In production such as these are refused; one that is misspelled is refused by every command."""
    found = wrong(bank.data, REDRESS_ENVIRONMENT="production")
    misspelled = redress("doctor", "--data", str(bank.data), check=False, REDRESS_MASTER_KEYFILE="x")

    assert "REDRESS_SIGNING_KEYS" in found["settings"]
    assert (2, True) == (misspelled.returncode, "REDRESS_MASTER_KEYFILE" in misspelled.stderr)


def test_a_secret_of_a_channel_system_that_has_no_webhook_is_found(bank: Settings) -> None:
    """Somebody thinks that it is told what becomes of its submissions."""
    secret = "hotline=whsec_" + "aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGU="
    found = wrong(bank.data, REDRESS_WEBHOOK_SECRETS=secret)

    assert ["settings", "webhooks"] == [*found]
    assert "hotline, which has no webhook" in found["webhooks"]
