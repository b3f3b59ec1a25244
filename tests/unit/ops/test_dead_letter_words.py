"""What operators say of themselves and why is one line that everybody can read, whatever is typed or pasted."""

from pathlib import Path

import pytest

from ops.cli.terminal import WRONG_USE
from tests.support.installation import redress

SAID = {"--who": "luo.tian", "--why": "as the runbook says", "--ticket": "T-1", "--approved-by": "jin.hao"}


@pytest.mark.parametrize(
    ("option", "wrong"),
    [("--who", "luo\u202e.tian"), ("--who", "two\nlines"), ("--why", "x" * 100_000), ("--ticket", "bell\x07"),
     ("--approved-by", "")],
    ids=["turned", "two lines", "long", "bell", "empty"],
)  # fmt: skip
def test_what_is_no_line_is_refused_in_one(tmp_path: Path, option: str, wrong: str) -> None:
    """And not repeated: it would turn round, or fill, the terminal of whoever reads the error."""
    words = [word for pair in {**SAID, option: wrong}.items() for word in pair]
    done = redress("dead-letters", "redrive", "id", *words, "--data", str(tmp_path), check=False)

    assert (WRONG_USE, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert f"{option} has to be one line of 1 to 200 characters" in done.stderr
