"""What happened to a process is told with why, and one that cannot work as it is told is not started all the time."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from ops.local.processes import MISUSED_PAUSE_SECONDS, Child, Incident

SAID = '{"event":"process.fatal","what":"reader of partition 1","error":"gone","level":"error"}'


def child(folder: Path, script: str) -> Child:
    """A process that runs this."""
    return Child("sla", [sys.executable, "-c", script], {}, folder / "logs" / "sla.log", 0)


def what_happened(process: Child) -> Incident:
    """Wait until something has happened to it."""
    for _ in range(200):
        if (found := process.watch()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing happened")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (f"print({SAID!r}); raise SystemExit(70)", "process.fatal reader of partition 1 gone"),
        ("import sys; sys.exit('redress: no key')", "no key"),
        ("raise RuntimeError('x')", "RuntimeError: x"),
        ("raise SystemExit(3)", "it says nothing"),
        ("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL"),
    ],
)
def test_the_end_of_a_process_is_told_with_its_last_words(tmp_path: Path, script: str, why: str) -> None:
    """Of this start alone, whatever stands in its log from before."""
    process = child(tmp_path, script)
    process.log_file.parent.mkdir()
    process.log_file.write_text("from before\n", encoding="utf-8")
    process.start()

    happened = what_happened(process)

    assert ("process.ended", why) == (happened.event, happened.facts["why"])
    assert happened.line.startswith("sla: ended with ")
    assert "process.started_again" == what_happened(process).event
    process.stop()


def test_a_process_that_refuses_its_settings_is_left_alone_for_a_while(tmp_path: Path) -> None:
    """It says why, once, and is started again later: somebody may have mended it."""
    process = child(tmp_path, "import sys; sys.stderr.write('redress: no key\\n'); sys.exit(2)")
    process.start()

    assert "no key" == what_happened(process).facts["why"] == process.misused
    assert process.next_start_at - time.monotonic() > MISUSED_PAUSE_SECONDS - 5


def test_a_log_that_was_put_aside_meanwhile_is_read_from_its_beginning(tmp_path: Path) -> None:
    """The new one is shorter than the old one was at the start."""
    process = child(tmp_path, "import time; time.sleep(60)")
    process.log_file.parent.mkdir()
    process.log_file.write_text("old\n" * 1000, encoding="utf-8")
    process.start()
    process.log_file.write_text("new\n", encoding="utf-8")
    assert process.process is not None
    os.kill(process.process.pid, signal.SIGTERM)

    assert "new" == process.last_said()
    process.stop()
