"""The table of processes: every worker has its own ports, and every process says how it goes where the table says."""

import importlib

import pytest

from ops.local.process_table import MOST_WORKERS, PROCESSES, SINK, Process, ports
from shared.process.settings import Settings
from shared.sealing.signing_keys import SIGNERS
from tests.support.installation import redress

BROKER = {90, 91}


@pytest.mark.parametrize("workers", [1, 2, MOST_WORKERS])
def test_no_two_processes_of_a_machine_listen_at_one_port(workers: int) -> None:
    """Nor at those of the broker that stands beside them."""
    found = ports(Settings(ports=0), workers)

    assert len(found) == len(set(found))
    assert not BROKER & set(found)


def test_one_worker_more_would_be_one_too_many() -> None:
    """What the bound is for."""
    assert BROKER & set(ports(Settings(ports=0), MOST_WORKERS + 1))


def test_where_letters_go_elsewhere_nobody_listens_in_the_place_of_the_sink() -> None:
    """Its ports are free then."""
    assert not {SINK.port, SINK.serves} & set(ports(Settings(ports=0, smtp_port=2525), 1))


@pytest.mark.parametrize("process", [p for p in PROCESSES if not p.worker], ids=lambda p: p.name)
def test_a_process_listens_where_the_table_says(process: Process) -> None:
    """By what stands in its own module."""
    module = importlib.import_module(process.module)

    assert process.port == getattr(module, "HEALTH_PORT", None) or process.port == getattr(module, "PORT_OFFSET", None)
    assert process.serves == getattr(module, "PORT", None)


def test_every_process_is_somebody_who_signs() -> None:
    """And everybody who signs is a process, or the command line."""
    assert set(SIGNERS) - {"ops"} == {process.user for process in PROCESSES}


@pytest.mark.parametrize(("workers", "told"), [("0", "1 to 4"), ("5", "1 to 4"), ("4", "3 partitions")])
def test_so_many_workers_are_refused_with_one_line(workers: str, told: str) -> None:
    """More than there are ports, or partitions to share out."""
    done = redress("up", "--workers", workers, check=False, REDRESS_PARTITIONS="3")

    assert (2, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert told in done.stderr


def test_prepare_needs_brokers_that_are_there() -> None:
    """It starts none of its own."""
    done = redress("prepare", check=False)

    assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "REDRESS_KAFKA_BOOTSTRAP" in done.stderr
