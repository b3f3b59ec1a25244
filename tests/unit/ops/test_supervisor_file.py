"""What a supervisor tells of itself counts as long as it lives, and nobody else is taken for it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from ops.local import installation, stopping, supervisor_file
from ops.local.installation import NotRunning
from ops.local.stopping import NotOurs, NotStopped
from ops.local.supervisor_file import SupervisorGone
from shared.process.settings import Settings
from tests.support.installation import redress

SUPERVISING = """
import os, signal, sys, time
from pathlib import Path
from ops.local import supervisor_file
from shared.process.settings import Settings
settings = Settings(data=Path(sys.argv[1]))
def stopped(number, frame):
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    supervisor_file.remove(settings)
    raise SystemExit
signal.signal(signal.SIGTERM, signal.SIG_IGN if sys.argv[2] == "deaf" else stopped)
supervisor_file.write(settings, "running", [{"name": "sla"}])
print("written", flush=True)
time.sleep(60)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation in a folder of its own."""
    (tmp_path / "run").mkdir()
    return Settings(data=tmp_path)


@pytest.fixture
def supervising(settings: Settings, request: pytest.FixtureRequest) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that says of itself what a supervisor does. Asked to end, it stays (``deaf``), or dies (``killed``)."""
    how = getattr(request, "param", "hearing")
    command = [sys.executable, "-c", SUPERVISING, str(settings.data), how]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert b"written" in process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_what_a_supervisor_tells_is_read_while_it_lives(
    settings: Settings, supervising: "subprocess.Popen[bytes]"
) -> None:
    """Once it was killed nothing runs any more, and it is said so."""
    assert supervising.pid == supervisor_file.read(settings)["pid"]

    supervising.kill()
    supervising.wait()

    with pytest.raises(SupervisorGone, match="redress up"):
        supervisor_file.read(settings)


def test_whoever_has_its_number_now_is_not_taken_for_it(
    settings: Settings, supervising: "subprocess.Popen[bytes]"
) -> None:
    """He is not asked to end, either."""
    told = supervisor_file.read(settings)
    supervisor_file.place(settings).write_bytes(orjson.dumps({**told, "born": "1"}))

    with pytest.raises(SupervisorGone):
        supervisor_file.read(settings)
    stopping.stop(settings)

    assert not supervisor_file.place(settings).exists()
    assert supervising.poll() is None


def test_half_a_file_is_of_a_machine_that_went_down(settings: Settings) -> None:
    """As far as anybody knows nothing runs."""
    supervisor_file.place(settings).write_bytes(b'{"pid": 1')

    with pytest.raises(SupervisorGone):
        supervisor_file.read(settings)


def test_of_what_somebody_else_supervises_nobody_says_when_it_was_born(settings: Settings) -> None:
    """It counts as running; where there is no file, nothing was started."""
    with pytest.raises(NotRunning):
        supervisor_file.read(settings)
    supervisor_file.place(settings).write_bytes(orjson.dumps({"pid": 0, "processes": []}))

    assert [] == supervisor_file.read(settings)["processes"]
    assert [] == supervisor_file.passing(settings)


@pytest.mark.parametrize(
    ("phase", "said"), [("starting", ["being started"]), ("running", []), ("stopping", ["being stopped"])]
)
def test_a_start_and_a_stop_that_are_under_way_are_told(
    settings: Settings, phase: supervisor_file.Phase, said: list[str]
) -> None:
    """What runs by then may all be ready, and is not all."""
    supervisor_file.write(settings, phase, [])

    told = supervisor_file.passing(settings)

    assert len(said) == len(told)
    assert all(one in line for one, line in zip(said, told, strict=True))


def test_a_supervisor_that_stands_still_is_told(settings: Settings, supervising: "subprocess.Popen[bytes]") -> None:
    """Nobody starts what dies meanwhile."""
    os.kill(supervising.pid, signal.SIGSTOP)
    os.waitpid(supervising.pid, os.WUNTRACED)
    (told,) = supervisor_file.passing(settings)
    os.kill(supervising.pid, signal.SIGCONT)
    os.waitpid(supervising.pid, os.WCONTINUED)

    assert f"kill -CONT {supervising.pid}" in told
    assert [] == supervisor_file.passing(settings)


def test_a_supervisor_is_waited_for_until_it_has_ended(
    settings: Settings, supervising: "subprocess.Popen[bytes]"
) -> None:
    """It takes its file away in the end."""
    stopping.stop(settings)

    assert not supervisor_file.place(settings).exists()
    assert 0 == supervising.wait(10)


@pytest.mark.parametrize("supervising", ["killed"], indirect=True)
def test_a_supervisor_that_is_killed_while_it_stops_leaves_nothing_behind(
    settings: Settings, supervising: "subprocess.Popen[bytes]"
) -> None:
    """It is stopped: `status` has nobody to say of that he was killed."""
    stopping.stop(settings)

    assert not supervisor_file.place(settings).exists()
    assert -signal.SIGKILL == supervising.wait(10)


def test_what_something_else_supervises_is_stopped_by_that(
    settings: Settings, supervising: "subprocess.Popen[bytes]"
) -> None:
    """Its number says nothing on this machine: 0 would be whoever gave the command, and all that he has started."""
    told = {"pid": supervising.pid, "processes": []}
    supervisor_file.place(settings).write_bytes(orjson.dumps(told))

    with pytest.raises(NotOurs, match="stop it by what started it"):
        stopping.stop(settings)
    assert supervising.poll() is None


@pytest.mark.parametrize("supervising", ["deaf"], indirect=True)
def test_a_supervisor_that_does_not_end_is_named_with_what_ends_it(
    settings: Settings, supervising: "subprocess.Popen[bytes]"
) -> None:
    """Nobody waits for ever."""
    os.kill(supervising.pid, signal.SIGSTOP)

    with pytest.raises(NotStopped, match=f"kill -9 {supervising.pid}"):
        stopping.stop(settings, patience_seconds=0.3)


@pytest.mark.parametrize(("phase", "code"), [("starting", 1), ("running", 0), ("stopping", 1)])
def test_status_is_not_well_while_something_is_under_way(
    settings: Settings, phase: supervisor_file.Phase, code: int
) -> None:
    """Although whatever is there by then is ready."""
    installation.remember(settings)
    supervisor_file.write(settings, phase, [])

    assert code == redress("status", "--data", str(settings.data), check=False).returncode


def test_a_process_that_lives_no_more_has_no_number(settings: Settings, supervising: "subprocess.Popen[bytes]") -> None:
    """Although its supervisor could not write that down: nobody is told to kill whoever has that number."""
    lives, dead = {"name": "lives", "pid": os.getpid()}, {"name": "dead", "pid": 2**22 - 1}
    another = {"name": "another has its number", "pid": os.getpid(), "born": "1"}
    found = supervisor_file.read(settings) | {"processes": [lives, dead, {"name": "ended", "pid": None}, another]}

    assert [os.getpid(), None, None, None] == [row["pid"] for row in supervisor_file.as_they_are(found)]
    assert found["processes"] == supervisor_file.as_they_are({"processes": found["processes"]})


@pytest.mark.parametrize("phase", ["starting", "stopping"])
def test_what_starts_or_stops_is_named_and_nobody_is_told_to_kill_it(
    settings: Settings, phase: supervisor_file.Phase
) -> None:
    """It answers nothing yet, or any more."""
    installation.remember(settings)
    row = {
        "name": "sla",
        "service": "sla",
        "pid": os.getpid(),
        "port": 9,
        "restarts": 0,
        "started_at": 0.0,
        "ended": "",
    }
    nobody = {"health": "http://127.0.0.1:9/health/ready", "internal": "http://127.0.0.1:9"}
    supervisor_file.write(settings, phase, [row | nobody])
    status, doctor = (redress(one, "--data", str(settings.data), check=False) for one in ("status", "doctor"))

    assert f"{phase}: sla" in status.stdout.splitlines()
    assert f"sla is {phase}" in doctor.stdout
    assert "kill -9" not in status.stdout + doctor.stdout
    assert "not ready" not in status.stdout + doctor.stdout


def test_commands_say_that_the_supervisor_was_killed(settings: Settings) -> None:
    """They do not advise to kill what is not there; `down` has done all it can."""
    installation.remember(settings)
    dead = {"pid": 1, "born": "0", "phase": "running", "processes": []}
    supervisor_file.place(settings).write_bytes(orjson.dumps(dead))
    place = ("--data", str(settings.data))
    told = [redress(*command, *place, check=False) for command in (("status",), ("restart", "sla"), ("doctor",))]
    down = redress("down", *place, check=False)

    assert [3, 3, 1] == [one.returncode for one in told]
    assert all("was killed here" in one.stdout + one.stderr for one in told)
    assert (0, "stopped\n") == (down.returncode, down.stdout)
