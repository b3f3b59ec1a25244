"""Log lines of several processes are told in the order of their times, each once, whatever they are."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from ops.cli.processes import in_words
from ops.local.log_lines import LogFile, files_of, together
from shared.errors import BadReference


def line(second: int, event: str, **more: Any) -> bytes:
    """A line as a process writes it."""
    said = {"event": event, "level": "info", "timestamp": f"2026-01-02T10:00:{second:02d}.000000Z", **more}
    return orjson.dumps(said) + b"\n"


def events(files: list[LogFile]) -> list[str]:
    """What the new lines say, in their order."""
    return [str(one.said.get("event", one.text)) for one in together(files)]


Reading = Callable[[str | None], list[LogFile]]


@pytest.fixture
def reading(data: Path) -> Iterator[Reading]:
    """The log files of one process or of all, closed in the end."""
    with ExitStack() as stack:

        def read(name: str | None) -> list[LogFile]:
            return [stack.enter_context(closing(file)) for file in files_of(data, name)]

        yield read


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the logs of two processes and of the broker."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "sla.log").write_bytes(line(1, "a") + line(4, "d", case_id="c-1"))
    (folder / "notify.log").write_bytes(line(2, "b") + b"Traceback (most recent call last):\n\n" + line(5, "e"))
    (folder / "broker.log").write_bytes(line(3, "murmur") + line(3, "c", level="warning"))
    return tmp_path


def test_lines_come_in_the_order_of_their_times(reading: Reading) -> None:
    """One without a time stays behind the one before it."""
    assert ["a", "b", "Traceback (most recent call last):", "murmur", "c", "d", "e"] == events(reading(None))
    assert ["a", "d"] == events(reading("sla"))


def test_what_comes_is_told_once_and_only_when_it_is_whole(reading: Reading) -> None:
    """Also where a line is being written, and where somebody begins the file anew."""
    (file,) = reading("sla")
    assert ["a", "d"] == events([file])
    more = line(6, "more")
    with file.path.open("ab") as writing:
        writing.write(more[:10])
    assert [] == events([file])
    with file.path.open("ab") as writing:
        writing.write(more[10:])
    assert ["more"] == events([file])
    file.path.write_bytes(line(7, "anew"))

    assert ["anew"] == events([file])


def test_what_is_put_aside_meanwhile_is_told_to_its_end(data: Path, reading: Reading) -> None:
    """The oldest first; what came just before it was put aside, while somebody follows, is told too."""
    folder = data / "logs"
    for number in range(1, 12):
        (folder / f"sla.log.{number}").write_bytes(line(0, f"old {number}"))
    (file,) = reading("sla")
    assert [*(f"old {number}" for number in range(11, 0, -1)), "a", "d"] == events([file])
    with file.path.open("ab") as writing:
        writing.write(line(6, "last"))
    file.path.rename(folder / "sla.log.1")
    file.path.write_bytes(line(7, "first"))

    assert ["last", "first"] == events([file])
    assert [] == events([file])


def test_the_broker_is_heard_when_it_warns(reading: Reading) -> None:
    """What it says to itself is of no use to who looks at all processes."""
    assert ["murmur"] == [one.said["event"] for one in together(reading(None)) if one.is_murmur]


def test_a_line_that_was_cut_off_is_shown_as_it_is(reading: Reading) -> None:
    """A process was killed while it wrote."""
    (file,) = reading("sla")
    file.path.write_bytes(line(1, "a")[:20] + b"\n" + line(2, "b"))

    assert ['{"event":"a","level"', "b"] == events([file])


def test_a_process_that_there_is_not_is_refused_with_those_that_there_are(data: Path) -> None:
    """Nobody has to guess."""
    with pytest.raises(BadReference, match="notify, sla"):
        files_of(data, "slo")


def test_a_line_is_told_in_words(reading: Reading) -> None:
    """When, who, how grave, what, and about what."""
    said = {one.process: in_words(one).plain for one in together(reading(None))}

    assert "2026-01-02T10:00:04Z sla            info     d case_id=c-1" == said["sla"]
    assert "2026-01-02T10:00:05Z notify         info     e" == said["notify"]


def test_only_lines_that_name_a_case_are_about_it(reading: Reading) -> None:
    """By its id, wherever it stands in a line."""
    about = [one.said["event"] for one in together(reading(None)) if one.is_about("c-1")]

    assert ["d"] == about


def test_a_file_that_is_just_put_aside_is_waited_for(data: Path, reading: Reading) -> None:
    """For a moment there is none of its name."""
    (file,) = reading("sla")
    assert ["a", "d"] == events([file])
    file.path.rename(data / "logs" / "sla.log.1")

    assert [] == events([file])
    file.path.write_bytes(line(7, "first"))

    assert ["first"] == events([file])
