"""What was printed goes in time; what nobody has printed never does, and is told."""

import os
import time
from pathlib import Path

from services.notify.sending.print_tray import DONE, TRAY, PrintTray
from shared.process.retention import DAY_SECONDS, Kept, remove_older
from shared.process.settings import Settings
from tests.support.waiting import until


def lying(folder: Path, name: str, days_old: float = 0.0) -> Path:
    """A file in a folder, written so many days ago."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"%PDF")
    written = time.time() - days_old * DAY_SECONDS
    os.utime(folder / name, (written, written))
    return folder / name


def test_a_letter_that_nobody_fetched_in_time_is_told_and_stays(tmp_path: Path) -> None:
    """What is done, and what is no letter, is not counted."""
    tray = tmp_path / TRAY
    lying(tray, "fresh.pdf")
    late = lying(tray, "late.pdf", 3.1)
    lying(tray, "half.draft", 9)
    lying(tray / DONE, "printed.pdf", 9)
    watch = PrintTray(Settings(data=tmp_path, print_days=3, outbox_days=1))
    watch.look()

    assert {"letters_to_print": 2, "letters_not_printed": 1} == watch.numbers()
    assert late.exists()
    late.rename(tray / DONE / late.name)
    watch.look()
    assert {"letters_to_print": 1, "letters_not_printed": 0} == watch.numbers()


def test_without_a_tray_nothing_is_told(tmp_path: Path) -> None:
    """Most banks write e-mail first."""
    watch = PrintTray(Settings(data=tmp_path))
    watch.look()

    assert {"letters_to_print": 0, "letters_not_printed": 0} == watch.numbers()


def test_a_file_goes_once_it_has_lain_in_its_folder_for_so_many_days(tmp_path: Path) -> None:
    """Counted from when it came there, not from when it was written; others of the folder, and folders in it, stay."""
    written_long_ago = lying(tmp_path, "letter.pdf", 400)
    lying(tmp_path, "list.txt", 400)
    lying(tmp_path / "deeper.pdf", "letter.pdf", 400)
    kept, now = Kept(tmp_path, "*.pdf"), time.time()

    assert 0 == remove_older(kept, 30, now)
    assert 0 == remove_older(kept, 30, now + 29.9 * DAY_SECONDS)
    assert written_long_ago.exists()
    assert 1 == remove_older(kept, 30, now + 30.1 * DAY_SECONDS)
    assert ["deeper.pdf", "list.txt"] == sorted(file.name for file in tmp_path.iterdir())


def test_for_ever_is_0_days(tmp_path: Path) -> None:
    """As whoever audits an installation may want it."""
    letter = lying(tmp_path, "letter.pdf")

    assert 0 == remove_older(Kept(tmp_path, "*.pdf"), 0, time.time() + 10_000 * DAY_SECONDS)
    assert letter.exists()


async def test_a_tray_that_began_counts_by_itself_and_removes_nothing_that_waits(tmp_path: Path) -> None:
    """As notify's process has it."""
    late = lying(tmp_path / TRAY, "late.pdf", 9)
    watch = PrintTray(Settings(data=tmp_path, outbox_days=1))
    watch.begin()
    await until(lambda: watch.numbers()["letters_not_printed"] == 1)

    assert late.exists()
    for task in watch._tasks:
        task.cancel()
