"""What Redress and its broker write on this machine nobody else can read."""

from pathlib import Path

import pytest

from shared.process.settings import Settings
from tests.acceptance.test_handling import act, received

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]


def test_nothing_in_the_data_folder_is_open_to_others(old_bank: Settings) -> None:
    """Folders 0700, files 0600, also those of the broker, and those that were there before."""
    case = str(received(old_bank, "data-folder")["case_id"])
    assert act(old_bank, case, "accept-handover").status_code == 200
    modes = {path: path.lstat().st_mode & 0o777 for path in (old_bank.data, *old_bank.data.rglob("*")) if path.exists()}
    kinds = {path.relative_to(old_bank.data).parts[0] for path in modes if path != old_bank.data}

    assert {"broker", "keys", "logs", "run", "vault", "console", "outbox"} <= kinds
    assert any(path.suffix == ".log" and "complaints.events" in str(path) for path in modes), "what Kafka writes"
    assert {} == {str(path): oct(mode) for path, mode in modes.items() if mode != right(path)}


def right(path: Path) -> int:
    """The mode that a path has to have."""
    return 0o700 if path.is_dir() else 0o600
