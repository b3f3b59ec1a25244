"""What the operator reads about a process that is not there, ends again and again, or answers nothing."""

import socket
import threading
from typing import Any

import pytest

from ops.local.broker import serves
from ops.local.process_alarms import STARTS_SECONDS, add, alarms, passing
from ops.local.supervisor_file import Phase

NOW = 1000.0


def row(**changes: Any) -> dict[str, Any]:
    """A process as the supervisor writes it down."""
    return {"name": "sla", "pid": 7, "restarts": 3, "ended": "", "started_at": NOW - 500, **changes}


@pytest.mark.parametrize(
    ("found", "report", "said"),
    [
        (row(), {"ready": True}, None),
        (row(), {"ready": False}, None),  # it answers, and waits for something that has an alarm of its own
        (row(), {"ready": False, "silent": True}, "sla runs (pid 7) and answers nothing"),
        (row(pid=None, ended="1: no module"), {"ready": False}, "started again 3 times and ended with 1: no module"),
        (row(ended="1: no module", started_at=NOW - 1), {"ready": False}, "ended with 1: no module"),
        (row(ended="1: yesterday"), {"ready": False, "silent": True}, "sla runs (pid 7) and answers nothing"),
    ],
)
def test_an_alarm_says_what_is_wrong_with_the_process_itself(
    found: dict[str, Any], report: dict[str, Any], said: str | None
) -> None:
    """An end of long ago says nothing of a process that does not answer now."""
    told = alarms(found, report, NOW)

    assert (said is not None) == bool(told)
    assert said is None or said in told[0]


@pytest.mark.parametrize(
    ("found", "report", "phase", "expected"),
    [
        (row(started_at=NOW - 3), {"ready": False, "silent": True}, "running", "starting"),
        (row(started_at=NOW - 3), {"ready": True}, "running", ""),
        (row(started_at=NOW - STARTS_SECONDS), {"ready": False, "silent": True}, "running", ""),
        (row(), {"ready": False, "silent": True}, "starting", "starting"),  # `redress up` itself gives it up
        (row(), {"ready": False}, "starting", "starting"),  # it reads the log
        (row(ended="1: no module", started_at=NOW - 3), {"ready": False, "silent": True}, "starting", ""),
        (row(pid=None), {"ready": False}, "running", ""),
        (row(pid=None), {"ready": False}, "stopping", "stopping"),
        (row(), {"ready": False, "silent": True}, "stopping", "stopping"),
    ],
)
def test_a_process_that_is_only_not_up_yet_or_any_more_is_no_frozen_one(
    found: dict[str, Any], report: dict[str, Any], phase: Phase, expected: str
) -> None:
    """Nobody is told to kill what starts or ends by itself; what has ended by a fault of its own says so."""
    told: list[dict[str, Any]] = [{"alarms": ["of another kind"]}]
    add(told, [found], {"sla": report}, phase, NOW)

    assert expected == passing(found, report, phase, NOW) == told[0]["passing"]
    assert "of another kind" == told[0]["alarms"][-1]
    assert not expected or 1 == len(told[0]["alarms"])


@pytest.mark.parametrize("answer", [b"", b"\0\0\0\x06"])
def test_a_broker_serves_that_answers_and_not_one_that_takes_connections_alone(answer: bytes) -> None:
    """As a frozen one does, for which the system takes them; nobody at the port does not serve, too."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
        answering = threading.Thread(target=_answer, args=(server, answer))
        answering.start()
        found = serves(port)
        answering.join()

    assert found == bool(answer)
    assert not serves(port)


def _answer(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(64)
        connection.sendall(answer)
