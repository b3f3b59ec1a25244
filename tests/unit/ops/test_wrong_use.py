"""Whatever is wrong with a command, it ends with one line and an exit code, and never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.local import installation
from shared.process.settings import Settings
from tests.support.installation import redress

CASE = "063c7b13-50c9-5e7f-a1c3-6499dd7d6e28"
NOW = "2026-03-05T10:00:00+08:00"
AHEAD = "2199-01-01T00:00:00+08:00"
SAID = ("--who", "luo.tian", "--why", "a test")
FAILING = """
import sys
from ops.cli import main
@main.app.command("fail")
def fail() -> None:
    secret = "what a customer wrote"
    raise KeyError(secret)
sys.argv = ["redress", "fail"]
main.main()
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder from which something was started once; nothing of it answers now."""
    folder = tmp_path_factory.mktemp("stopped")
    installation.remember(Settings(data=folder, ports=9))
    return folder


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("reference", "publish", "calendar", "2026.yaml", *SAID, "--effective-from", "tomorrow"), "is no instant"),
        (("reference", "publish", "calendar", "2026.yaml", *SAID, "--effective-from", ""), "is no instant"),
        (("reference", "publish", "calendar", "2026.yaml", "--who", "", "--why", "x"), "--who has to be one line"),
        (("replay", "publish", "--into", "bank.bi", *SAID, "--from", ""), "is no instant"),
        (("replay", "check", "--to", ""), "is no instant"),
        (("case", "timeline", CASE, "--as-of", ""), "is no instant"),
        (("case", "show", CASE, "--as-of", ""), "is no instant"),
        (("access", "list", "--since", ""), "is no instant"),
        (("export", "--to", "x", "--as-of", ""), "is no instant"),
        (("dead-letters", "list", "--since", "9999-01-01T00:00:00+00:00"), "beyond the years"),
        (("dead-letters", "list", "--since", ""), "is no instant"),
        (("export", "--to", "x", "--as-of", AHEAD), "--as-of 2199-01-01T00:00:00+08:00 lies ahead, it is 20"),
        (("case", "timeline", CASE, "--as-of", AHEAD), "name an instant that has been, or leave it out"),
        (("case", "show", CASE, "--as-of", AHEAD), "--as-of 2199-01-01T00:00:00+08:00 lies ahead"),
        (("replay", "check", "--from", AHEAD), "--from 2199-01-01T00:00:00+08:00 lies ahead"),
        (("replay", "publish", "--into", "bank.bi", *SAID, "--from", AHEAD), "lies ahead"),
        (("access", "list", "--since", AHEAD), "--since 2199-01-01T00:00:00+08:00 lies ahead"),
        (("dead-letters", "list", "--since", AHEAD), "--since 2199-01-01T00:00:00+08:00 lies ahead"),
        (("dead-letters", "redrive", "--since", AHEAD, *SAID), "lies ahead"),
        (("dead-letters", "list", "--service", "slo"), "choose of routing"),
        (("logs", "--case", "20200305-4295057337-0"), "redress case show 20200305-4295057337-0"),
        (("logs", "--case", ""), "redress case show"),
        (("access", "list", "--kind", "open"), "choose of opened"),
        (("schemas", "export", ""), "'folder': it is empty"),
        (("backup", ""), "'folder': it is empty"),
        (("reference", "publish", "[/x]", "2026.yaml", *SAID), "there is no kind '[/x]'"),
    ],
)
def test_wrong_use_ends_with_2_and_one_line(data: Path, words: tuple[str, ...], says: str) -> None:
    """An option that is there and empty, as a script's missing variable makes it, is no option left out."""
    done = redress(*words, "--data", str(data), check=False)

    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert says in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("reference", "publish", "calendar", "FILE", *SAID), "The calendar file is not valid: "),
        (("reference", "publish", "figures", "FILE", *SAID), "The file of figures is not valid: "),
        (("reference", "publish", "pack", "FILE", *SAID), "The pack is not valid: "),
        (("reference", "publish", "routing", "FILE", *SAID), "The routing rules"),
        (("reference", "publish", "organisation", "FILE", *SAID), "The organisation file"),
        (("reference", "publish", "template", "FILE", *SAID), "A template starts with"),
        (("replay", "check", "--with", "calendar=FILE"), "The calendar file is not valid: "),
    ],
)
def test_a_file_of_another_kind_is_refused_in_one_line(data: Path, words: tuple[str, ...], says: str) -> None:
    """It names the first place that is wrong, not every one."""
    other = "name: neither this\nnor: that\n"
    (data / "other.yaml").write_text(other, encoding="utf-8")
    named = [word.replace("FILE", str(data / "other.yaml")) for word in words]
    done = redress(
        *named, "--effective-from" if words[0] == "reference" else "--from", NOW, "--data", str(data), check=False
    )

    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert says in done.stderr


@pytest.mark.parametrize("said", ["[]", "null", "3"])
def test_what_is_no_submission_is_refused(tmp_path: Path, said: str) -> None:
    """JSON it is."""
    file = tmp_path / "submission.json"
    file.write_text(said, encoding="utf-8")
    done = redress("route", str(file), check=False)

    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert "one JSON object" in done.stderr


@pytest.mark.parametrize("ports", ["70000", "-5"])
def test_ports_that_there_are_not_are_refused(tmp_path: Path, ports: str) -> None:
    """The last of an installation's ports lies 91 above its first."""
    done = redress("up", "--ports", ports, "--data", str(tmp_path / "data"), check=False)

    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert "ports" in done.stderr
    assert [] == list(tmp_path.iterdir())


def test_a_setting_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    """Also by a command that needs no installation."""
    done = redress("token", "--person", "luo.tian", "--data", str(tmp_path), check=False, REDRESS_PARTITIONS="many")

    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert "partitions" in done.stderr


def test_what_fails_into_a_file_is_one_line_too(data: Path, tmp_path: Path) -> None:
    """Where no bar is shown there is no empty line of one."""
    (tmp_path / "full").write_bytes(b"")
    done = redress("backup", str(tmp_path / "full"), "--data", str(data), check=False)

    assert (3, 1) == (done.returncode, done.stderr.count("\n")), done.stderr


def test_a_list_that_is_none_is_named(tmp_path: Path) -> None:
    """A restore would bring back what must not come back."""
    file = tmp_path / "erased"
    file.write_bytes(b"\xff\xfe\x00")
    done = redress("restore", str(tmp_path), "--data", str(tmp_path / "new"), "--erased", str(file), check=False)

    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert "redress keys erased" in done.stderr


def test_a_fault_of_ours_is_one_line_that_quotes_nobody() -> None:
    """It says what failed and where, for whom it is reported to."""
    done = subprocess.run(
        [sys.executable, "-c", FAILING], capture_output=True, text=True, timeout=60, check=False, env=os.environ
    )

    assert (3, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert "KeyError" in done.stderr
    assert "customer" not in done.stderr


def test_a_disk_that_takes_no_output_is_told(data: Path) -> None:
    """What was asked for was not said."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ops.cli", "topics", "show", "--data", str(data)],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert (3, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert "No space left on device" in done.stderr


def test_what_libraries_have_to_say_is_no_output_of_a_command() -> None:
    """Such as a pool of connections, every second, of a database that is away: the command says it in one line."""
    saying = (
        "import logging; from shared.process import logs; logs.say_nothing(); logging.getLogger('pool').warning('x')"
    )
    done = subprocess.run([sys.executable, "-c", saying], capture_output=True, text=True, check=True)

    assert ("", "") == (done.stdout, done.stderr)
