"""A disk that is full for a while: nothing that was taken is lost, nothing more is taken, and all goes on by itself."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY
from tests.support.installation import authorization, installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(180)]
RETRY_SECONDS = 1.0


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that is soon full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this account may mount no disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _sent(settings: Settings, key: str) -> httpx.Response:
    headers = authorization(settings) | {"Idempotency-Key": key}
    return httpx.post(f"http://127.0.0.1:{settings.ports + 1}/v1/complaints/phone", json=BODY, headers=headers)


def _fill(disk: Path) -> Path:
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65536):
                pass
        except OSError:
            return filling
    return filling


def test_a_full_disk_refuses_loses_nothing_and_is_no_end(small: Path) -> None:
    """Every answer meanwhile is a 503; with room again the supervisor brings the broker back without anybody."""
    with installed(small / "data", "system") as settings:
        assert [201] * 5 == [_sent(settings, f"before-{n}").status_code for n in range(5)]
        filling = _fill(small)
        refused = [_sent(settings, f"full-{n}") for n in range(5)]
        told = redress("status", "--data", str(settings.data), check=False)
        time.sleep(6)  # until the broker has ended by itself, as Kafka does where its folder takes nothing
        filling.unlink()
        while (after := _sent(settings, "full-0")).status_code == 503:
            time.sleep(RETRY_SECONDS)

        assert {(503, "5")} == {(one.status_code, one.headers["Retry-After"]) for one in refused}
        assert "has 0 MiB left" in told.stdout.replace("\n", " ")
        assert 201 == after.status_code
        assert [200] * 5 == [_sent(settings, f"before-{n}").status_code for n in range(5)]
        redress("rebuild", "verify", "--data", str(settings.data))
