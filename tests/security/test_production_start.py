"""In production no process starts on what is not safe: one line each, all at once, exit code 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.local.process_table import WORKERS

MODULES = [
    *(f"services.{name}.worker" for name in (*WORKERS, "console")),
    "services.casework.http.process", "services.intake.http.process", "ops.local.smtp_sink",
]  # fmt: skip
UNSAFE = {
    "REDRESS_ENVIRONMENT": "production", "REDRESS_HOST": "0.0.0.0",  # noqa: S104 - what is refused
    "REDRESS_KAFKA_BOOTSTRAP": "kafka.bank.example:9092", "REDRESS_SMTP_HOST": "mail.bank.example",
    "REDRESS_BOMBS": "append:1",
}  # fmt: skip
TOLD = {
    "HOST", "KAFKA_SECURITY_PROTOCOL", "SMTP_TLS", "SMTP_PORT", "BOMBS", "MASTER_KEY_FILE", "LOG_KEY_FILE",
    "SIGNING_KEYS",
    "TRUSTED_KEYS_FILE", "TOKEN_KEYS_FILE", "TOKEN_ISSUER",
}  # fmt: skip


def started(data: Path, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """A process that is to end by itself."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("REDRESS_")}
    return subprocess.run(
        [sys.executable, "-m", *command],
        env=environment | UNSAFE | {"REDRESS_DATA": str(data)} | more,
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip


def told(done: "subprocess.CompletedProcess[str]") -> set[str]:
    """The settings that its lines name; every line is one of ours."""
    lines = done.stderr.splitlines()
    assert all(line.startswith("redress: REDRESS_") for line in lines), done.stderr
    return {line.split("REDRESS_", 1)[1].partition(":")[0] for line in lines}


@pytest.mark.parametrize("module", MODULES)
def test_no_process_starts_on_what_is_not_safe(tmp_path: Path, module: str) -> None:
    """And it has done nothing: no key was made, no folder."""
    done = started(tmp_path / "data", module, REDRESS_CLOCK="steered")

    assert (2, TOLD | {"CLOCK"}) == (done.returncode, told(done))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("more", [(), ("--detach",)])
def test_up_starts_no_broker_and_no_service(tmp_path: Path, more: tuple[str, ...]) -> None:
    """With the steered clock asked for on the command line."""
    data = tmp_path / "data"
    clock = "steered:2020-03-02T09:00:00+08:00"
    done = started(data, "ops.cli", "up", "--data", str(data), "--clock", clock, *more)

    assert (2, TOLD | {"CLOCK"}) == (done.returncode, told(done))
    assert not data.exists()


def test_no_token_is_issued(tmp_path: Path) -> None:
    """The bank's own identity service does."""
    done = started(tmp_path, "ops.cli", "token", "--person", "lin.fang", "--data", str(tmp_path))

    assert (2, "") == (done.returncode, done.stdout)
