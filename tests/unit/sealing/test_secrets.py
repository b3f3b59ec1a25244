"""Secrets come as files where a folder is named, each called as its setting."""

from pathlib import Path

import pytest

from shared.process.settings import Settings, misspelled
from shared.sealing.process_start import begin


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of secrets as Kubernetes lays one: links into a folder of its own, and what is none of ours."""
    given = tmp_path / "secrets"
    (given / "..data").mkdir(parents=True)
    (given / "..data" / "REDRESS_VAULT_URL").write_text("postgresql://redress:secret@db/vault\n")
    (given / "REDRESS_VAULT_URL").symlink_to(Path("..data") / "REDRESS_VAULT_URL")
    (given / "postgres-ca.crt").write_text("a certificate")
    monkeypatch.setenv("REDRESS_SECRETS", str(given))
    monkeypatch.setenv("REDRESS_DATA", str(tmp_path / "data"))
    return given


def test_a_secret_is_read_from_its_file(folder: Path) -> None:
    """Without the line end that an editor leaves, and masked as any other."""
    settings = Settings()

    assert settings.vault_url is not None
    assert "postgresql://redress:secret@db/vault" == settings.vault_url.get_secret_value()
    assert "secret@" not in repr(settings)


def test_a_variable_counts_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So one process can be told otherwise."""
    monkeypatch.setenv("REDRESS_VAULT_URL", "postgresql://elsewhere/vault")
    settings = Settings()

    assert settings.vault_url is not None
    assert "postgresql://elsewhere/vault" == settings.vault_url.get_secret_value()


def test_a_file_that_looks_like_a_setting_and_is_none_is_told(folder: Path) -> None:
    """Else a misspelled address of the vault would be a vault of this machine's own."""
    (folder / "REDRESS_VALT_URL").write_text("postgresql://db/vault")

    assert ["REDRESS_VALT_URL: there is no such setting; did you mean REDRESS_VAULT_URL?"] == misspelled()


def test_a_folder_that_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No process starts without what it was to be given."""
    monkeypatch.setenv("REDRESS_SECRETS", str(tmp_path / "nowhere"))
    with pytest.raises(SystemExit) as ended:
        begin()

    assert 2 == ended.value.code
    assert capsys.readouterr().err.startswith("redress: REDRESS_SECRETS: ")
