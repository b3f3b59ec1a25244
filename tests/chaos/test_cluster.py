"""A short form of ``make cluster-test``: three brokers, two workers of each service, one of each killed under load."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.chaos.cluster.disturbances import FEW
from tests.chaos.cluster.network import possible
from tests.support.paths import ROOT

pytestmark = [
    pytest.mark.kafka, pytest.mark.postgres, pytest.mark.chaos, pytest.mark.alone, pytest.mark.timeout(400),
]  # fmt: skip


@pytest.mark.skipif(not possible(), reason="this account may make no network namespaces")
def test_nothing_is_lost_or_doubled_when_a_broker_and_a_host_of_workers_die(tmp_path: Path) -> None:
    """In a network of its own: each complaint is one case, each event is there once, each letter has left."""
    found = tmp_path / "found.json"
    command = [sys.executable, "-m", "tests.chaos.cluster", "--short", "--folder", str(tmp_path), "--json", str(found)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=360, check=False)

    assert found.exists(), done.stdout + done.stderr
    outcome = orjson.loads(found.read_bytes())
    assert [] == outcome["faults"], done.stdout
    assert 0 == done.returncode
    assert len(FEW) + 1 == len(outcome["pauses"])
    assert outcome["complaints"] > 100
