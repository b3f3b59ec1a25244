"""A process writes its log into a file of its own, bounded, and kept over its starts."""

import subprocess
import sys
from pathlib import Path

import orjson

from shared.process.logs import KEPT_FILES

WRITES = """
import sys
from pathlib import Path
import structlog
from shared.process import logs
logs.FILE_BYTES = 4096
logs.configure_logging("sla", "info", Path(sys.argv[1]), alone=sys.argv[3] == "alone")
for number in range(int(sys.argv[2])):
    structlog.get_logger().info("line", number=number)
print("said otherwise", flush=True)
raise RuntimeError("dies")
"""


def written(file: Path, lines: int, alone: str = "alone") -> subprocess.CompletedProcess[str]:
    """A process that writes so many lines, says something otherwise, and dies."""
    command = [sys.executable, "-c", WRITES, str(file), str(lines), alone]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_lines_are_json_and_kept_over_starts(tmp_path: Path) -> None:
    """With time and name; what Python says as it dies stands among them."""
    file = tmp_path / "sla.log"
    for _ in range(2):
        written(file, 2)

    lines = file.read_text(encoding="utf-8").splitlines()
    said = [orjson.loads(line) for line in lines if line.startswith("{")]
    assert [("line", 0, "sla"), ("line", 1, "sla")] * 2 == [(o["event"], o["number"], o["service"]) for o in said]
    assert all(one["timestamp"].endswith("Z") for one in said)
    assert 2 == lines.count("said otherwise") == lines.count("RuntimeError: dies")


def test_a_large_file_is_put_aside_and_what_is_said_otherwise_goes_to_the_new_one(tmp_path: Path) -> None:
    """So many are kept, the youngest lines among them; none of them is much larger than it may be."""
    file = tmp_path / "sla.log"
    written(file, 2000)

    kept = {path.name for path in tmp_path.iterdir()}
    assert {"sla.log", *(f"sla.log.{number}" for number in range(1, KEPT_FILES + 1))} == kept
    assert all(path.stat().st_size < 8192 for path in tmp_path.iterdir())
    youngest = file.read_text(encoding="utf-8")
    assert '"number":1999' in youngest
    assert "said otherwise" in youngest
    assert "RuntimeError: dies" in youngest


def test_who_has_a_terminal_keeps_it(tmp_path: Path) -> None:
    """The supervisor talks to a person and writes its log beside."""
    ended = written(tmp_path / "supervisor.log", 2, "beside")

    assert "said otherwise\n" == ended.stdout
    assert "RuntimeError: dies" in ended.stderr
    assert 2 == len((tmp_path / "supervisor.log").read_bytes().splitlines())
