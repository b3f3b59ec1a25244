"""Wrong use of ``redress export`` ends with 2 and one line, and what is not there with 3; nothing is half done."""

from pathlib import Path

import pytest

from ops.cli.terminal import OUT_OF_REACH, WRONG_USE
from ops.local import installation
from shared.process.settings import Settings
from tests.support.installation import redress


def ran(*words: str) -> tuple[int, str]:
    """How the command ended, and what it said."""
    done = redress("export", *words, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--from", "yesterday"], "is no day: write it such as"),
        (["--until", "2026-02-30"], "is no day: write it such as"),
        (["--from", "2026-02-02", "--until", "2026-02-01"], "lies before"),
        (["--as-of", "2026-04-10T10:00:00"], "needs an offset"),
        (["--as-of", "now"], "is no instant"),
    ],
)
def test_wrong_use_ends_with_2_and_one_line(tmp_path: Path, words: list[str], says: str) -> None:
    """It says what to write, and makes no folder."""
    code, said = ran("--to", str(tmp_path / "to"), "--data", str(tmp_path), *words)

    assert (WRONG_USE, 1) == (code, said.count("\n"))
    assert says in said
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--to", "2026-03-31"], "is a day: name a folder"),
        (["--to", ""], "is empty: name a folder"),
        (["--to", "one", "--to", "two"], "names one folder"),
        (["--to", "one", "--to", "2026-03-31", "--until", "2026-03-30"], "at most one last day"),
        (["--to", "one", "--to", "2026-03-31", "--to", "2026-03-30"], "at most one last day"),
        (["--to", "one", "--from", "2026-04-01", "--to", "2026-03-31"], "lies before"),
    ],
)
def test_the_folder_and_the_last_day_are_told_apart(tmp_path: Path, words: list[str], says: str) -> None:
    """Both are called --to: whatever is neither one folder nor one day is wrong use, and makes nothing."""
    code, said = ran(*words, "--data", str(tmp_path))

    assert (WRONG_USE, 1) == (code, said.count("\n"))
    assert says in said


@pytest.mark.parametrize("days", [["--to", "2026-03-31"], ["--until", "2026-03-31"]])
def test_the_last_day_may_be_called_either_way(
    tmp_path: Path, days: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is made under its name."""
    monkeypatch.chdir(tmp_path)
    installation.remember(Settings(data=tmp_path / "data"))
    code, said = ran("--to", "to", "--from", "2026-01-01", *days, "--data", "data")

    assert (OUT_OF_REACH, True) == (code, "redress up" in said)
    assert ["data", "to"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_file_where_the_folder_should_be_is_wrong_use(tmp_path: Path) -> None:
    """The file stays as it is."""
    settings = Settings(data=tmp_path / "data")
    installation.remember(settings)
    (tmp_path / "to").write_text("mine")
    code, said = ran("--to", str(tmp_path / "to"), "--data", str(settings.data))

    assert (WRONG_USE, True, "mine") == (code, "is no folder" in said, (tmp_path / "to").read_text())


def test_without_an_installation_or_a_database_it_ends_with_3(tmp_path: Path) -> None:
    """One line each, which says what to start."""
    nowhere = ran("--to", str(tmp_path / "to"), "--data", str(tmp_path / "nowhere"))
    settings = Settings(data=tmp_path / "data")
    installation.remember(settings)
    empty = ran("--to", str(tmp_path / "to"), "--data", str(settings.data))

    assert [OUT_OF_REACH, OUT_OF_REACH] == [nowhere[0], empty[0]]
    assert all("redress up" in said for _, said in (nowhere, empty))
    assert [1, 1] == [said.count("\n") for _, said in (nowhere, empty)]
